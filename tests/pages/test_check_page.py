"""The check of a notice in a real Chromium: what a villager is told of a good notice, and of each way to deceive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, signed
from tests.pages.addresses import LANGUAGES
from tests.pages.conftest import pages_of
from tests.pages.example import ORIGIN, SIGNER, Guarded, Township
from tests.pages.inventing_proofs import NOTICE_NO, Invented, Server, encoded, header_entry, invented
from tests.pages.serving import browsing, served
from tests.pages.test_in_a_browser import PHONE, RULES

pytestmark = pytest.mark.browser

GOOD = dict.fromkeys(("paper", "signature", "newest", "header", "lines", "sums"), "good")
LONG = 500
SLOWER = 4

Proof = dict[str, Any]
Change = Callable[[Proof], None]


@pytest.fixture(scope="module")
def notice() -> Invented:
    """A notice of 26 lines, printed when the ledger had 700 entries, of the 1,000 that it has today."""
    return invented(26, size=700, newest=1_000)


@pytest.fixture(scope="module")
def serving(notice: Invented) -> Iterator[Server]:
    server = Server(notice.proof)
    with served(server.app) as server.address:
        yield server


@pytest.fixture
def server(serving: Server, notice: Invented) -> Server:
    """The server, honest again; what a test lets it say is changed in a copy."""
    serving.sent, serving.status = deepcopy(notice.proof), 200
    return serving


@pytest.fixture
def address(server: Server) -> str:
    return server.address


@pytest.fixture(scope="module")
def phone(playwright: Playwright, chromium_path: str) -> Iterator[BrowserContext]:
    with browsing(playwright, chromium_path, width=PHONE) as context:
        yield context


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """A phone whose console must stay silent."""
    opened = phone.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert [told for told in complaints if "Failed to load resource" not in told] == []


def result_of(page: Page) -> dict[str, str]:
    """What came of each step, once it is shown."""
    expect(page.locator("[data-result]")).to_be_visible(timeout=20_000)
    steps = page.locator("[data-step]").all()
    return {str(step.get_attribute("data-step")): str(step.get_attribute("data-verdict")) for step in steps}


def words_of(page: Page, step: str) -> str:
    """What is told of a step."""
    return page.locator(f'[data-step="{step}"] p:visible').inner_text()


def type_in(page: Page, root: str, *, size: str = "", notice_no: str = NOTICE_NO) -> None:
    page.fill("#notice-no", notice_no)
    page.fill("#digits", root)
    page.fill("#size", size)
    page.click("form.typed button")


def test_the_code_on_a_good_notice_leads_to_ticks_and_to_its_lines(page: Page, address: str, notice: Invented) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    assert result_of(page) == GOOD
    expect(page.locator('[data-whole="good"]')).to_be_visible()
    assert "1,000 entries, and its first 700" in words_of(page, "newest")
    assert "26 lines, ¥19,500.00 in all" in words_of(page, "sums")
    expect(page.locator(".checked tbody tr")).to_have_count(26)
    expect(page.locator(".checked tbody tr").first).to_contain_text("440899********11**")
    expect(page.locator('code[data-figure="root"]')).to_have_text(
        " ".join(notice.root[at : at + 4] for at in range(0, 64, 4))
    )
    assert not [url for url in asked if notice.fragment[-40:] in url or notice.root in url]


def test_digits_that_are_typed_from_paper_are_enough_with_blanks_and_capitals(
    page: Page, address: str, notice: Invented
) -> None:
    page.goto(f"{address}/check?lang=en")
    digits = notice.root.upper()

    for typed, count in ((" ".join(digits[at : at + 4] for at in range(0, 64, 4)), 64), (digits[:40], 40)):
        type_in(page, typed, size="700")
        assert result_of(page) == GOOD
        assert f"The {count} digits" in words_of(page, "paper")
    assert "fingerprint" in words_of(page, "signature")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{root:.39}", "Only 39 digits were typed, and at least 40 are needed."),
        ("{root:.16}", "are found on one computer in 20 minutes"),
        ("", "Only 0 digits were typed"),
        ("{root}0", "65 digits were typed, and a root has 64."),
        ("O{root}", "only the digits 0 to 9 and the letters a to f"),
    ],
)
def test_digits_that_prove_nothing_are_refused_with_the_reason_and_nothing_is_asked(
    page: Page, address: str, notice: Invented, typed: str, said: str
) -> None:
    page.goto(f"{address}/check?lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    type_in(page, typed.format(root=notice.root))

    expect(page.locator("[data-said]")).to_contain_text(said)
    expect(page.locator("[data-result]")).to_be_hidden()
    assert [url for url in asked if "/notices/" in url] == []


def test_one_wrong_digit_among_forty_is_told_to_be_another_root(page: Page, address: str, notice: Invented) -> None:
    page.goto(f"{address}/check?lang=en")
    wrong = f"{notice.root[:39]}{'0' if notice.root[39] != '0' else '1'}"

    type_in(page, wrong)

    assert result_of(page)["paper"] == "bad"
    assert "another root than your paper" in words_of(page, "paper")
    expect(page.locator('[data-whole="bad"]')).to_contain_text("call 12317")


def flip_an_amount(proof: Proof) -> None:
    proof["lines"][6]["text"] = proof["lines"][6]["text"].replace('"amount_fen":60000', '"amount_fen":90000')


def exchange_a_line(proof: Proof) -> None:
    """A line with a leaf of its own, as if it had been sealed so."""
    proof["lines"][6] |= {
        name: invented(26, size=700, newest=700).proof["lines"][5][name] for name in ("leaf", "salt", "text")
    }


def take_a_line_away(proof: Proof) -> None:
    del proof["lines"][-1]


def change_the_total_of_the_header(proof: Proof) -> None:
    proof["header"]["entry"] = encoded(header_entry({"notice_no": NOTICE_NO, "line_count": 26, "total_fen": 1}))


def show_another_notices_header(proof: Proof) -> None:
    """An entry that is in the tree, and is no header: the line after it in the proof of another place."""
    proof["header"]["position"] += 1


def rewrite_what_is_behind_the_paper(proof: Proof) -> None:
    another = invented(27, size=700, newest=1_000).proof
    proof |= {"newest": another["newest"], "consistency": another["consistency"]}


def put_an_old_copy_back(proof: Proof) -> None:
    proof |= {"newest": invented(26, size=600, newest=600).proof["newest"], "consistency": []}


def sign_the_newest_with_a_key_of_nobody(proof: Proof) -> None:
    text = proof["newest"].partition("\n\n")[0] + "\n"
    proof["newest"] = signed(text, [Ed25519Signer(ORIGIN, bytes(32))])


def answer_for_another_ledger(proof: Proof) -> None:
    other = Ed25519Signer("elsewhere.test/money", bytes(32))
    proof["newest"] = signed(Checkpoint(other.name, 1_000, bytes(32)).text, [other])
    proof["keys"] = [{"vkey": other.vkey, "until": None}]


@pytest.mark.parametrize(
    ("change", "step", "said"),
    [
        (flip_an_amount, "lines", "Line 7 is not as it was sealed"),
        (exchange_a_line, "lines", "some were exchanged, added or taken away"),
        (take_a_line_away, "lines", "some were exchanged, added or taken away"),
        (take_a_line_away, "sums", "The list has 25 lines, and the header seals 26."),
        (change_the_total_of_the_header, "header", "it was changed"),
        (show_another_notices_header, "header", "is not in the ledger"),
        (rewrite_what_is_behind_the_paper, "newest", "what came before was rewritten"),
        (put_an_old_copy_back, "newest", "Today's ledger has 600 entries only, and the paper's had 700"),
        (sign_the_newest_with_a_key_of_nobody, "newest", "has no valid signature"),
        (answer_for_another_ledger, "newest", "another ledger than the one on the paper"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_whatever_the_server_changes_is_crossed_out_with_the_reason(
    page: Page, server: Server, notice: Invented, change: Change, step: str, said: str
) -> None:
    proof = deepcopy(notice.proof)
    change(proof)
    server.sent = proof

    page.goto(f"{server.address}/check?lang=en#{notice.fragment}")

    assert result_of(page)[step] == "bad"
    assert said in words_of(page, step)
    expect(page.locator('[data-whole="bad"]')).to_be_visible()


def test_a_flipped_amount_is_marked_in_the_list_itself(
    page: Page, server: Server, address: str, notice: Invented
) -> None:
    proof = deepcopy(notice.proof)
    flip_an_amount(proof)
    server.sent = proof
    page.goto(f"{address}/check#{notice.fragment}")
    result_of(page)

    wrong = page.locator('.checked tr[data-verdict="bad"]')

    expect(wrong).to_have_count(1)
    expect(wrong.locator(".line-no")).to_have_text("7")
    expect(wrong.locator(".line-mark")).to_have_text("✗")


def test_a_paper_with_another_root_or_a_flipped_signature_is_crossed_out(
    page: Page, address: str, notice: Invented
) -> None:
    other = invented(25, size=700, newest=1_000)
    at = notice.fragment.index("g=") + 10
    flipped = notice.fragment[:at] + ("A" if notice.fragment[at] != "A" else "B") + notice.fragment[at + 1 :]

    page.goto(f"{address}/check?lang=en#{other.fragment}")
    of_another_root = result_of(page)
    page.goto(f"{address}/check?lang=zh#{flipped}")
    of_a_flipped_signature = result_of(page)

    assert of_another_root["paper"] == of_another_root["newest"] == of_another_root["header"] == "bad"
    assert of_a_flipped_signature == GOOD | {"signature": "bad"}
    assert "签名不对" in words_of(page, "signature")


def test_a_list_with_an_erased_person_adds_up_without_naming_anybody(
    page: Page, server: Server, address: str, notice: Invented
) -> None:
    proof = deepcopy(notice.proof)
    proof["lines"][2] |= {"salt": None, "text": None}
    server.sent = proof

    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    assert result_of(page) == GOOD | {"sums": "open"}
    assert "of 1 the personal data were erased by law" in words_of(page, "lines")
    expect(page.locator(".checked tbody tr").nth(2)).to_contain_text("Personal data erased by law")
    expect(page.locator('[data-whole="open"]')).to_be_visible()


def test_an_imported_list_is_told_to_be_out_of_reach_and_never_ticked(
    page: Page, server: Server, address: str, notice: Invented
) -> None:
    proof = deepcopy(notice.proof)
    proof["header"] = None
    for line in proof["lines"]:
        line |= {"leaf": None, "salt": None}
    server.sent = proof

    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    assert result_of(page) == GOOD | {"header": "open", "lines": "open", "sums": "open"}
    assert "an auditor can check each" in words_of(page, "lines")


def test_a_key_that_took_over_is_told_with_its_fingerprint(
    page: Page, server: Server, address: str, notice: Invented
) -> None:
    newer = Ed25519Signer(ORIGIN, bytes(32))
    proof = deepcopy(notice.proof)
    proof["newest"] = signed(proof["newest"].partition("\n\n")[0] + "\n", [newer])
    proof["keys"] = [{"vkey": SIGNER.vkey, "until": 700}, {"vkey": newer.vkey, "until": None}]
    server.sent = proof

    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    assert result_of(page) == GOOD
    assert "Another key signs now" in words_of(page, "newest")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "There is no notice of that number"),
        (409, "not yet under a signed head"),
        (500, "The server gave no proof"),
    ],
)
def test_a_server_that_gives_nothing_is_told_as_it_is(
    page: Page, server: Server, address: str, notice: Invented, status: int, said: str
) -> None:
    server.status = status

    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    expect(page.locator("[data-said]")).to_contain_text(said)
    expect(page.locator("[data-result]")).to_be_hidden()


@pytest.mark.parametrize("sent", [{}, [], {"root": "zz"}, {"newest": "no note"}])
def test_what_cannot_be_read_is_not_trusted(
    page: Page, server: Server, address: str, notice: Invented, sent: Any
) -> None:
    proof = deepcopy(notice.proof) | sent if isinstance(sent, dict) and sent else sent
    server.sent = proof

    page.goto(f"{address}/check?lang=en#{notice.fragment}")

    said = page.locator("[data-said]:visible, [data-whole='bad']:visible")
    expect(said.first).to_be_visible()
    expect(page.locator('[data-whole="good"]')).to_be_hidden()


def test_a_code_that_is_torn_asks_to_be_scanned_again(page: Page, address: str, notice: Invented) -> None:
    page.goto(f"{address}/check?lang=en#{notice.fragment.replace('&r=', '&r=!')}")

    expect(page.locator("[data-said]")).to_contain_text("Scan the code on the notice again")


def test_once_loaded_the_page_checks_without_a_network_what_it_checked_before(
    playwright: Playwright, chromium_path: str, notice: Invented
) -> None:
    with browsing(playwright, chromium_path, width=PHONE) as context:
        with served(Server(notice.proof).app) as where:
            page = context.new_page()
            page.goto(f"{where}/check#{notice.fragment}")
            result_of(page)
            expect(page.locator("[data-kept]")).to_be_hidden()
            expect(page.locator("#check")).to_have_attribute("data-offline", "ready")
        context.set_offline(True)

        page.goto("about:blank")
        page.goto(f"{where}/check#{notice.fragment}")

        assert result_of(page) == GOOD
        expect(page.locator("[data-kept]")).to_contain_text("以前留存的核验材料")
        page.goto(f"{where}/check?lang=zh")
        type_in(page, notice.root, notice_no="GG-2020-none")
        expect(page.locator("[data-said]")).to_contain_text("现在没有网络")


def test_a_proof_that_was_kept_in_a_file_is_checked_like_one_from_the_server(
    playwright: Playwright, chromium_path: str, address: str, notice: Invented, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    with browsing(playwright, chromium_path, width=PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/check#{notice.fragment}")
        result_of(page)
        with page.expect_download() as download:
            page.click("[data-keep]")
        download.value.save_as(kept)

    with served(pages_of(Township(), Guarded())) as elsewhere, browsing(playwright, chromium_path) as context:
        page = context.new_page()
        page.goto(f"{elsewhere}/check?lang=en#{notice.fragment}")
        expect(page.locator("[data-said]")).to_contain_text("There is no notice of that number")
        page.set_input_files("#file", kept)
        assert result_of(page) == GOOD


def test_a_browser_without_web_cryptography_finds_the_same(page: Page, address: str, notice: Invented) -> None:
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")

    page.goto(f"{address}/check#{notice.fragment}")

    assert result_of(page) == GOOD


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_a_result_and_it_is_no_wider_than_a_phone(
    page: Page, server: Server, address: str, notice: Invented, lang: str
) -> None:
    proof = deepcopy(notice.proof)
    flip_an_amount(proof)
    server.sent = proof
    page.goto(f"{address}/check?lang={lang}#{notice.fragment}")
    result_of(page)

    looked = Axe().run(page, options={"runOnly": RULES}).response

    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in looked["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('.findings p')).fontSize)")) >= 18


def test_the_notice_page_leads_to_the_check_and_without_scripts_says_what_it_needs(
    playwright: Playwright, chromium_path: str
) -> None:
    with served(pages_of(Township(), Guarded())) as where:
        with browsing(playwright, chromium_path, width=PHONE) as context:
            page = context.new_page()
            page.goto(f"{where}/notices/{quote(NOTICE_NO)}")
            page.click(".check-link a")
            expect(page.locator("#notice-no")).to_have_value(NOTICE_NO)
        with browsing(playwright, chromium_path, width=PHONE, scripts=False) as context:
            page = context.new_page()
            page.goto(f"{where}/check?lang=en")
            expect(page.locator("[data-scriptless]")).to_contain_text("allow scripts, take another browser")


@contextmanager
def slowed(page: Page, times: int) -> Iterator[None]:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    yield
    session.detach()


def test_five_hundred_lines_are_checked_with_the_processor_slowed_four_times(phone: BrowserContext) -> None:
    notice = invented(LONG, size=70_000, newest=100_000)
    page = phone.new_page()
    with served(Server(notice.proof).app) as where, slowed(page, SLOWER):
        page.goto(f"{where}/check#{notice.fragment}")
        found = result_of(page)
        milliseconds = float(page.get_attribute("[data-result]", "data-milliseconds") or "nan")

    assert found == GOOD
    print(f"{LONG} lines, processor slowed {SLOWER} times: {milliseconds:.0f} ms")  # noqa: T201  told, not judged
