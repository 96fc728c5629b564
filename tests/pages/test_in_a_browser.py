"""The pages in a real Chromium: legible to everybody, on a phone, without scripts, and on paper."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, expect

from tests.pages.addresses import LANGUAGES, LONG_NOTICE, NOTICE, PUBLIC, STAFF, in_language
from tests.pages.conftest import pages_of
from tests.pages.example import CHECKS, ITEMS, TOKEN, Guarded, Township
from tests.pages.serving import browsing, served, sign_in

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 1280
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
A4_POINTS, A3_POINTS = (595, 842), (842, 1191)


class Tampered(Township):
    """A township that hands out another list than the one that was drawn from."""

    def spot_check_items(self, plan_id: str) -> list[tuple[str, int]]:
        return ITEMS[:-1]


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return pages_of(Township(), Guarded())


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as where:
        yield where


@pytest.fixture(scope="session")
def desk(playwright: Playwright, chromium_path: str, address: str) -> Iterator[BrowserContext]:
    with browsing(playwright, chromium_path, width=DESK) as context:
        sign_in(context, address, TOKEN)
        yield context


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    """A page on a desk whose console must stay silent."""
    opened = desk.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert [told for told in complaints if "status of 422" not in told] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_axe_finds_nothing_on_a_phone_or_a_desk_and_no_page_is_wider_than_its_screen(
    page: Page, address: str, path: str, lang: str
) -> None:
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}{in_language(path, lang)}")

        looked = Axe().run(page, options={"runOnly": RULES}).response

        assert len(looked["passes"]) > 10
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in looked["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", NOTICE, "/alerts", "/households/H-0001"])
def test_everything_that_can_be_pressed_on_a_phone_is_large_enough_for_a_thumb(
    page: Page, address: str, path: str
) -> None:
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.goto(f"{address}{path}")

    small = page.evaluate(
        """[...document.querySelectorAll("button, select, input:not([type=hidden]), nav a, .tool, summary")]
        .filter((one) => one.checkVisibility())
        .filter((one) => one.getBoundingClientRect().height < 24 || one.getBoundingClientRect().width < 24)
        .map((one) => one.outerHTML)"""
    )

    assert small == []


def test_the_keyboard_reaches_the_content_first_and_the_place_is_seen(page: Page, address: str) -> None:
    page.goto(f"{address}/notices")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_public_board_works_with_scripts_off(playwright: Playwright, chromium_path: str, address: str) -> None:
    with browsing(playwright, chromium_path, width=PHONE, scripts=False) as context:
        page = context.new_page()
        page.goto(f"{address}/")
        page.click('nav.places a[href="/notices"]')
        page.click("text=测试镇职业培训补贴（2020Q2）发放公告")
        expect(page.locator("table.lines tbody tr").first).to_contain_text("440899********11**")
        page.click("text=English")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("h2#object-heading")).to_have_text("How to object")

        page.goto(f"{address}/spot-checks/SC-2021-001")
        expect(page.locator("#draw")).to_be_hidden()
        expect(page.locator("pre.recipe")).to_have_count(3)


def test_signing_in_and_out_works_with_scripts_off(playwright: Playwright, chromium_path: str, address: str) -> None:
    with browsing(playwright, chromium_path, scripts=False) as context:
        page = context.new_page()
        page.goto(f"{address}/alerts")
        page.fill("#token", TOKEN)
        page.click("main button")
        expect(page.locator("h1")).to_have_text("疑点")
        page.click("header button")
        page.goto(f"{address}/alerts")
        expect(page.locator("h1")).to_have_text("工作人员登录")


def test_a_phone_gets_a_list_of_the_flow_and_a_desk_the_picture(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=zh")
    expect(page.locator("svg.flow")).to_be_visible()
    expect(page.locator(".legs")).to_be_hidden()

    page.set_viewport_size({"width": PHONE, "height": 800})
    expect(page.locator("svg.flow")).to_be_hidden()
    expect(page.locator(".legs")).to_be_visible()
    expect(page.locator("summary", has_text="查看数据表")).to_be_visible()


@pytest.mark.parametrize("plan", [CHECKS[0]["plan"], CHECKS[1]["plan"]])
def test_a_browser_recomputes_the_draw_and_finds_it_the_same(page: Page, address: str, plan: str) -> None:
    page.goto(f"{address}/spot-checks/{plan}?lang=en")
    page.click("#draw button")

    for part in ("root", "seed", "sample"):
        row = page.locator(f'#draw [data-part="{part}"]')
        expect(row.locator("[data-same]")).to_be_visible()
        expect(row.locator("[data-different]")).to_be_hidden()
    told = page.locator('#draw [data-part="seed"] [data-value]').inner_text().replace(" ", "")
    assert told == next(check["seed"] for check in CHECKS if check["plan"] == plan)


def test_a_browser_that_gets_another_list_says_that_it_differs(playwright: Playwright, chromium_path: str) -> None:
    with served(pages_of(Tampered(), Guarded())) as where, browsing(playwright, chromium_path) as context:
        page = context.new_page()
        page.goto(f"{where}/spot-checks/SC-2021-001?lang=en")
        page.click("#draw button")

        expect(page.locator('[data-part="root"] [data-different]')).to_be_visible()
        expect(page.locator('[data-part="seed"] [data-different]')).to_be_visible()
        expect(page.locator('[data-part="root"] [data-same]')).to_be_hidden()


def test_a_browser_without_the_means_is_shown_the_commands_instead(page: Page, address: str) -> None:
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    page.goto(f"{address}/spot-checks/SC-2021-001?lang=en")

    expect(page.locator("#draw button")).to_be_hidden()
    expect(page.locator('[data-state="insecure"]')).to_be_visible()


def test_chosen_files_are_listed_before_they_are_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/import?lang=en")
    workbook = FilePayload(name="补贴.xlsx", mimeType="application/octet-stream", buffer=b"x" * 2_345)
    page.set_input_files("#files", [workbook, FilePayload(name="loans.csv", mimeType="text/csv", buffer=b"y")])

    expect(page.locator("[data-chosen] li")).to_have_text(["补贴.xlsx · 2 kB", "loans.csv · 1 kB"])
    page.click("#drop button")
    expect(page.locator("h1")).to_have_text("An import")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("path", "size", "pages"), [(NOTICE, A4_POINTS, 2), (LONG_NOTICE, A3_POINTS, 2)])
def test_a_notice_is_printed_on_its_sheet_with_its_pages_filled(
    page: Page, address: str, path: str, size: tuple[int, int], pages: int, lang: str
) -> None:
    page.goto(f"{address}{in_language(path, lang)}")
    printed = page.pdf(prefer_css_page_size=True)

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [(round(float(width)), round(float(height))) for width, height in boxes] == [size] * pages


def test_on_paper_a_notice_is_black_on_white_with_its_head_and_root_on_every_page(page: Page, address: str) -> None:
    page.goto(f"{address}{NOTICE}")
    page.emulate_media(media="print")

    colours = page.evaluate(
        """[...new Set([...document.querySelectorAll(".notice *:not(svg):not(svg *)")]
        .filter((one) => one.checkVisibility()).map((one) => getComputedStyle(one).color))]"""
    )
    shown = page.evaluate(
        """Object.fromEntries(["header.masthead", ".places", ".twins", ".foot", ".lines thead", ".lines tfoot",
        ".lines .subtotal"].map((name) => [name, getComputedStyle(document.querySelector(name)).display]))"""
    )
    fonts = page.evaluate("getComputedStyle(document.querySelector('.notice-head h1')).fontSize")

    assert colours == ["rgb(0, 0, 0)"]
    assert shown == {
        "header.masthead": "none",
        ".places": "none",
        ".twins": "none",
        ".foot": "none",
        ".lines thead": "table-header-group",
        ".lines tfoot": "table-footer-group",
        ".lines .subtotal": "table-row",
    }
    assert fonts == f"{22 * 96 / 72:.4f}px"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sheet_numbers_its_pages_in_the_language_of_the_notice(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}{in_language(NOTICE, lang)}")
    sheet = page.evaluate("getComputedStyle(document.querySelector('.notice')).page")
    page.emulate_media(media="print")
    printed = page.evaluate("getComputedStyle(document.querySelector('.notice')).page")
    numbered = page.evaluate(
        """[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
        .filter((rule) => rule instanceof CSSPageRule && rule.selectorText)
        .map((rule) => [rule.selectorText, /counter\\(page\\).*counter\\(pages\\)/.test(rule.cssText)])"""
    )

    assert (sheet, printed) == ("auto", f"a4-{lang}")
    assert dict(numbered) == {"a4-zh": True, "a4-en": True, "a3-zh": True, "a3-en": True}
