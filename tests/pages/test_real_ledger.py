"""The pages over a real ledger of the sample township, by the real application."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Playwright, expect
from python_calamine import CalamineWorkbook

from api.app import create_app
from api.ledger import Ledger
from api.public_log import PublicLog
from api.reading import notices
from audit.merkle import root_of
from domain.event import BookName
from domain.money import yuan
from tests.pages.conftest import SAMPLES
from tests.pages.serving import browsing, served, sign_in
from tests.pages.test_notice_pages import text_of

PLAN = "SC-2021-001"
STAFF = ("/alerts", "/households/H-0001", "/households/H-0001?as_of=2020-06-30", "/import", "/events/1", "/events/4011")


@pytest.fixture(scope="module")
def app(demonstrated: Ledger) -> FastAPI:
    return create_app(demonstrated)


@pytest.fixture(scope="module")
def anybody(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture(scope="module")
def staff(app: FastAPI, demonstrated: Ledger, anybody: TestClient) -> TestClient:
    return TestClient(app, headers={"Authorization": f"Bearer {demonstrated.keeper_token}"})


@pytest.fixture(scope="module")
def pages(demonstrated: Ledger, anybody: TestClient, staff: TestClient) -> dict[str, str]:
    """Every kind of page in both languages, as text."""
    hanging = [f"/notices/{quote(notice['notice_no'])}" for notice in notices(demonstrated)]
    public = ["/", "/notices", *hanging, "/spot-checks", f"/spot-checks/{PLAN}", "/verification"]
    told = {}
    for client, addresses in ((anybody, public), (staff, STAFF)):
        for address in addresses:
            for lang in ("zh", "en"):
                answer = client.get(address, params={"lang": lang} if "?" not in address else None)
                assert answer.status_code == 200, address
                told[f"{lang} {address}"] = answer.text
    return told


def column(workbook: str, header: str) -> set[str]:
    """The values under a header of a workbook of the sample."""
    sheet = CalamineWorkbook.from_path(SAMPLES / f"{workbook}.xlsx").get_sheet_by_index(0)
    rows = [[str(cell) for cell in row] for row in sheet.to_python()]
    heads = next(row for row in rows if header in row)
    return {row[heads.index(header)] for row in rows[rows.index(heads) + 1 :]} - {""}


def test_no_page_holds_an_identity_account_or_telephone_number_of_the_sample(pages: dict[str, str]) -> None:
    numbers = (
        column("roster", "身份证号")
        | column("subsidy_payments", "卡号")
        | column("subsidy_payments", "身份证号")
        | column("loans", "联系电话")
        | column("loans", "放款账号")
        | column("deaths", "身份证号")
        | column("orgs", "账号")
    )

    assert len(numbers) > 1_500
    for address, page in pages.items():
        runs = set(re.findall(r"\d[\dXx-]{6,}", page))
        assert runs & numbers == set(), address


def test_names_stand_whole_on_notices_only_and_nowhere_else(pages: dict[str, str]) -> None:
    names = {name for name in column("roster", "姓名") if len(name) >= 3}

    for address, page in pages.items():
        if "/notices/" not in address:
            words = set(re.findall(r"[\u4e00-\u9fff]{3,4}", page))
            assert words & names == set(), address
    assert any("/notices/" in address and name in page for address, page in pages.items() for name in names)


def test_the_home_page_tells_the_figures_of_the_ledger(staff: TestClient, pages: dict[str, str]) -> None:
    figures = staff.get("/api/v1/overview").json()
    text = text_of(pages["zh /"])

    for fen in (figures["arrived_fen"], figures["paid_fen"]):
        assert yuan(fen) in text
    assert f"{figures['payments']:,}" in text
    assert f"{figures['households']} 户" in text
    assert f"共 {figures['size']:,} 条记录" in text
    assert "核验通过" in text
    assert "待核疑点" not in text  # leads are for staff: the supervised do not hold the case file


def test_the_picture_and_its_table_add_up_to_what_was_paid(staff: TestClient, pages: dict[str, str]) -> None:
    paid_fen = staff.get("/api/v1/overview").json()["paid_fen"]
    rows = re.findall(r"<tr><td>.*?</td><td>.*?</td><td class=\"num\">¥([\d,.]+)</td>", pages["zh /"])

    total_fen = sum(int(row.replace(",", "").replace(".", "")) for row in rows)
    assert total_fen == 2 * paid_fen  # once from the sources to the programmes, once from there to the villages


def test_a_notice_names_the_signed_head_that_covers_it_and_the_tree_before(
    demonstrated: Ledger, pages: dict[str, str]
) -> None:
    head = PublicLog(demonstrated, BookName.MONEY).opened()[0].head
    in_fours = " ".join(re.findall("....", head.root.hex()))
    for notice in notices(demonstrated):
        page = pages[f"zh /notices/{quote(notice['notice_no'])}"]

        assert "尚未有签名的树根" not in page
        assert in_fours in text_of(page)
        assert notice["root"] == root_of(demonstrated.money.leaves(notice["size"])).hex()


def test_an_alert_leads_to_the_entries_that_it_rests_on(staff: TestClient, pages: dict[str, str]) -> None:
    evidence = re.findall(r'href="(/events/\d+)"', pages["en /alerts"])

    assert evidence
    for address in dict.fromkeys(evidence[:6]):
        assert re.search(r"<code>[a-z-]+/v1</code>", staff.get(address).text), address


def test_a_history_at_an_earlier_day_is_shorter_and_says_what_was_paid_for(pages: dict[str, str]) -> None:
    whole, earlier = pages["zh /households/H-0001"], pages["zh /households/H-0001?as_of=2020-06-30"]

    assert whole.count("moment-day") > earlier.count("moment-day") > 0
    assert "发放补贴 特困人员供养金" in text_of(whole)
    assert re.search(r"某某 440899\*{8}\d\d\*\* 户主", text_of(whole))


def test_the_first_entry_tells_that_the_ledger_was_opened(staff: TestClient) -> None:
    for book in ("money", "supervision"):
        text = text_of(staff.get(f"/events/1?book={book}&lang=zh").text)
        assert "第 1 条 · 建账" in text


def test_the_twins_that_pages_link_to_are_answered_by_the_api(
    anybody: TestClient, staff: TestClient, pages: dict[str, str]
) -> None:
    for address, page in pages.items():
        client = staff if any(address.endswith(path) for path in STAFF) else anybody
        for link in dict.fromkeys(re.findall(r'href="(/api/v1/[^"]+)"', page)):
            assert client.get(unescape(link)).status_code == 200, (address, link)


def test_a_workbook_that_is_sent_through_the_page_is_taken_in_and_told_row_by_row(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "ledger", place_code="440899101", place_name="测试镇") as ledger:
        app = create_app(ledger)
        with TestClient(app, headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as client:
            sent = [
                ("files", (name, (SAMPLES / name).read_bytes()))
                for name in ("manifest.xlsx", "places.xlsx", "orgs.xlsx")
            ]
            led = client.post("/import", files=sent, follow_redirects=False).headers["location"]
            client.get(f"/api/v1{led.replace('/import', '/imports')}/events")  # ends when the import does
            text = text_of(client.get(led).text)

    assert "已完成" in text
    assert re.search(r"orgs\.xlsx · \S+ 已入账 39 39 0 0 0 0", text)


@pytest.mark.browser
def test_an_import_is_followed_in_the_browser_until_it_has_ended(
    tmp_path: Path, playwright: Playwright, chromium_path: str
) -> None:
    with (
        Ledger.create(tmp_path / "ledger", place_code="440899101", place_name="测试镇") as ledger,
        served(create_app(ledger)) as where,
        browsing(playwright, chromium_path) as context,
    ):
        sign_in(context, where, ledger.keeper_token)
        page = context.new_page()
        page.goto(f"{where}/import?lang=en")
        names = ("manifest", "places", "orgs", "staff", "programmes", "roster", "subsidy_payments")
        page.set_input_files("#files", [SAMPLES / f"{name}.xlsx" for name in names])
        page.click("#drop button")

        expect(page.locator("h2#result-heading")).to_contain_text("PKG-440899101-2020", timeout=60_000)
        expect(page.locator("main")).to_contain_text("subsidy_payments.xlsx")


@pytest.mark.browser
def test_the_real_draw_of_the_demonstration_is_recomputed_in_a_browser(
    demonstrated: Ledger, playwright: Playwright, chromium_path: str
) -> None:
    with served(create_app(demonstrated)) as where, browsing(playwright, chromium_path) as context:
        page = context.new_page()
        page.goto(f"{where}/spot-checks/{PLAN}")
        page.click("#draw button")

        for part in ("root", "seed", "sample"):
            expect(page.locator(f'[data-part="{part}"] [data-same]')).to_be_visible(timeout=30_000)
