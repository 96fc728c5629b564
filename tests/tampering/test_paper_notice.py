"""A villager scans the code on a paper notice of yesterday, in a real browser, at an office that rewrote its history.

Found by: the villager. The page is told by the paper which tree to ask for, and believes nothing else: it crosses out
what does not follow from the root and the signature on the paper.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect, sync_playwright

from api.app import create_app
from tests.api.rewriting_books import Row, edited
from tests.api.stamping import register
from tests.pages.serving import browsing, served
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AMOUNT, AT, SIZE

pytestmark = pytest.mark.browser

PHONE = 360


@pytest.fixture
def scanned(office: Office, holders: Holders, chromium_path: str) -> Callable[[], dict[str, str]]:
    """What the page says of each step, and in words of the newest head, once the paper's code was scanned."""

    def look(address: str) -> dict[str, str]:
        with sync_playwright() as driver, browsing(driver, chromium_path, width=PHONE) as phone:
            page = phone.new_page()
            page.goto(f"{address}/check?lang=en#{holders.paper.code}")
            expect(page.locator("[data-result]")).to_be_visible(timeout=20_000)
            steps = page.locator("[data-step]").all()
            told = {str(step.get_attribute("data-step")): str(step.get_attribute("data-verdict")) for step in steps}
            told["words"] = page.locator('[data-step="newest"] p:visible').inner_text()
            return told

    def done() -> dict[str, str]:
        with (
            office.opened() as ledger,
            served(create_app(ledger)) as address,
            ThreadPoolExecutor(1) as elsewhere,  # the thread of the other tests has a driver of its own
        ):
            return elsewhere.submit(look, address).result()

    return done


def test_a_paper_of_yesterday_is_good_at_an_office_that_only_went_on(
    office: Office, scanned: Callable[[], dict[str, str]]
) -> None:
    (office.log / "policy").unlink()
    with office.opened() as ledger:
        register(ledger, 901, 902)
    office.sign()

    told = scanned()

    assert {verdict for step, verdict in told.items() if step != "words"} == {"good"}
    assert f"{SIZE + 2} entries, and its first {SIZE}" in told["words"]


def test_a_paper_of_yesterday_shows_a_villager_that_history_was_rewritten(
    office: Office, scanned: Callable[[], dict[str, str]]
) -> None:
    def enrich(rows: list[Row]) -> None:
        rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))

    office.forge(enrich)

    told = scanned()

    assert (told["paper"], told["signature"], told["newest"]) == ("bad", "good", "bad")
    assert "rewritten" in told["words"], told["words"]
