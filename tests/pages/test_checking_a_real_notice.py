"""From a payment list to a villager's phone: a real ledger, its signed head, the printed code, and what is found."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import update

from api.app import create_app
from api.importing import import_path
from api.ledger import Ledger
from api.notice_heads import fingerprint
from api.publishing import publish_latest
from api.publishing_heads import publish
from audit.merkle import root_of
from domain.event import BookName
from projections.tables.notices import NOTICE_LINES
from tests.pages.conftest import SAMPLES
from tests.pages.serving import browsing, served
from tests.pages.test_check_page import GOOD, result_of, type_in, words_of

NEEDED = ("manifest", "places", "orgs", "staff", "programmes", "roster", "allocations", "subsidy_payments")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Two notices of the sample's payments, the second published after a head was signed over the first."""
    folder = tmp_path_factory.mktemp("checked")
    (folder / "package").mkdir()
    for name in NEEDED:
        shutil.copy(SAMPLES / f"{name}.xlsx", folder / "package")
    with Ledger.create(folder / "books", place_code="440899101", place_name="测试镇") as made:
        import_path(made, folder / "package")
        publish_latest(made, limit=1)
        publish(made, BookName.MONEY)
        publish_latest(made, limit=1)
        yield made


@pytest.fixture(scope="module")
def numbers(ledger: Ledger) -> list[str]:
    """The notices' numbers, the one under a signed head first."""
    with TestClient(create_app(ledger)) as client:
        told = client.get("/api/v1/notices").json()["items"]
    return [notice["notice_no"] for notice in sorted(told, key=lambda notice: notice["size"])]


@pytest.fixture
def phone(playwright: Playwright, chromium_path: str, ledger: Ledger) -> Iterator[tuple[Page, str]]:
    """A phone and the address of the ledger's server."""
    with served(create_app(ledger)) as where, browsing(playwright, chromium_path, width=360) as context:
        yield context.new_page(), where


def test_a_notice_names_a_head_once_one_is_signed_over_its_last_line_and_none_before(
    ledger: Ledger, numbers: list[str]
) -> None:
    with TestClient(create_app(ledger)) as client:
        pages = [client.get(f"/notices/{quote(number)}").text for number in numbers]

    printed = [re.findall(r'<code class="hash">([^<]+)</code>', page) for page in pages]
    signed = [size for size in (re.findall(r"账本规模：([\d,]+) 条", page) for page in pages) if size]
    assert printed[1] == []
    assert "尚未有签名的树根" in pages[1]
    [[size]] = signed
    assert printed[0][-2].replace(" ", "") == root_of(ledger.money.leaves(int(size.replace(",", "")))).hex()


@pytest.mark.browser
def test_the_code_and_the_digits_of_a_real_notice_check_and_a_changed_view_row_does_not(
    phone: tuple[Page, str], ledger: Ledger, numbers: list[str]
) -> None:
    page, where = phone
    page.goto(f"{where}/notices/{quote(numbers[0])}")
    root, key = (code.replace(" ", "") for code in page.locator(".proof code.hash").all_inner_texts())
    size = re.findall(r"[\d,]+", page.locator(".proof p", has_text="账本规模").inner_text())[0]
    page.click(".check-link a")

    assert result_of(page) == GOOD
    vkey = unescape(page.evaluate("async () => proofs.vkeyOf(paper.origin, paper.key)"))
    assert fingerprint(vkey) == key
    shown = page.locator(".checked tbody tr").all_inner_texts()
    page.goto(f"{where}/check?lang=en")
    type_in(page, root, size=size, notice_no=numbers[0])
    assert result_of(page) == GOOD
    assert page.locator(".checked tbody tr").all_inner_texts() == shown

    with ledger.engine.begin() as connection:
        third = (NOTICE_LINES.c.notice_no == numbers[0], NOTICE_LINES.c.line_no == 3)
        connection.execute(update(NOTICE_LINES.table).where(*third).values(whole_fen=NOTICE_LINES.c.whole_fen + 1))
    type_in(page, root, size=size, notice_no=numbers[0])
    expect(page.locator('[data-whole="bad"]')).to_be_visible()
    assert words_of(page, "lines").startswith("Line 3 is not as it was sealed")


@pytest.mark.browser
def test_a_notice_under_no_head_is_told_to_be_looked_at_again(phone: tuple[Page, str], numbers: list[str]) -> None:
    page, where = phone
    page.goto(f"{where}/check")

    type_in(page, "ab" * 32, notice_no=numbers[1])

    expect(page.locator("[data-said]")).to_contain_text("这份公示还没有签名的树根，请过一分钟再看")
