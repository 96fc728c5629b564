"""`python -m bench.checking`: a notice checked in a phone's browser, which is a Chromium slowed four times.

    python -m bench.checking [--lines 500] [--ledger 1000000]

The page is served as it is; the notice is an invented one in a ledger of so many entries. With WebCrypto, as a phone
has it over https, and without, as an old one or a page over http: there the script itself computes every hash and the
signature. Of each, the median of several checks counts: one alone is how warm the machine was.
"""

from playwright.sync_api import BrowserContext, sync_playwright

from bench.figure import Figure, machine, options_of, save, tell
from tests.conftest import find_chromium
from tests.pages.inventing_proofs import Invented, Server, invented
from tests.pages.serving import browsing, served

LINES = 500
LEDGER = 1_000_000
ROUNDS = 5
SLOWER = 4
TARGET_MS = 1_000.0
PHONE = 360

WITHOUT = "Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })"


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.checking")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--ledger", type=int, default=LEDGER)
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("bench.checking needs Chromium: apt-get install chromium, or set MINGZHANG_CHROMIUM.")
    notice = invented(options.lines, size=options.ledger // 2 + options.lines, newest=options.ledger)
    print(f"checking, {options.lines} lines in {options.ledger:,} entries, one run on {machine()}")
    figures = []
    with served(Server(notice.proof).app) as where, sync_playwright() as playwright:
        for script, how in (("", "WebCrypto"), (WITHOUT, "no WebCrypto")):
            with browsing(playwright, chromium, width=PHONE) as context:
                if script:
                    context.add_init_script(script)
                figures += measured(context, f"{where}/check", notice, f"{options.lines} lines, {how}")
    tell(figures)
    save(figures, options.json)


def measured(context: BrowserContext, address: str, notice: Invented, what: str) -> list[Figure]:
    """The computing alone, and from the opening of the page until the result is seen."""
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    computing, opening = [], []
    for _ in range(ROUNDS):
        page.goto("about:blank")
        page.goto(f"{address}#{notice.fragment}")
        page.wait_for_selector('[data-result][data-verdict="good"]:not([hidden])')
        computing.append(float(page.get_attribute("[data-result]", "data-milliseconds") or "nan"))
        opening.append(float(page.evaluate("performance.getEntriesByName('checked')[0].startTime")))
    part = f"check, slowed {SLOWER}×"
    return [
        Figure(part, f"{what}, computed and shown", middle(computing), "ms", target=TARGET_MS, at_most=True),
        Figure(part, f"{what}, from opening the page", middle(opening), "ms", target=TARGET_MS, at_most=True),
    ]


def middle(rounds: list[float]) -> float:
    """The median."""
    return sorted(rounds)[len(rounds) // 2]


if __name__ == "__main__":
    main()
