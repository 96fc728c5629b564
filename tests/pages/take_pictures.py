"""Take the pictures of docs/pictures: home, notice, history and alerts, in both languages, at 360 and 1280 pixels.

python -m tests.pages.take_pictures --ledger demo-ledger --out docs/pictures
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import BrowserContext, FloatRect, sync_playwright

from api.app import create_app
from api.ledger import Ledger
from api.reading import notices
from tests.conftest import find_chromium
from tests.pages.serving import browsing, served, sign_in

TALLEST = {360: 1_900, 1280: 1_900}
"""Pixels from the top: what somebody sees first is what the picture is about."""


def main() -> None:
    """Serve the ledger, look at it, and save what is seen."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--ledger", type=Path, required=True, help="a ledger's folder; nothing in it is changed")
    asked.add_argument("--out", type=Path, required=True, help="where the PNG files go")
    asked.add_argument("--household", default="H-0001", help="whose history is shown")
    asked.add_argument("--chromium", default=find_chromium(), help="the browser")
    told = asked.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    with (
        Ledger.open(told.ledger) as ledger,
        served(create_app(ledger)) as address,
        sync_playwright() as playwright,
    ):
        pages = dict(wanted(ledger, told.household))
        for width in TALLEST:
            with browsing(playwright, told.chromium, width=width) as context:
                for picture in take(context, address, ledger.keeper_token, pages, width):
                    print(told.out / picture.name)  # noqa: T201  a script that says what it made
                    picture.replace(told.out)


class Picture:
    """One picture: its file name and its bytes."""

    def __init__(self, name: str, png: bytes) -> None:
        self.name = name
        self.png = png

    def replace(self, folder: Path) -> None:
        """Write it into `folder`."""
        (folder / self.name).write_bytes(self.png)


def wanted(ledger: Ledger, household: str) -> Iterator[tuple[str, str]]:
    """What is pictured, by name, with its address; the shortest notice that is a list."""
    yield "home", "/"
    lists = sorted(notices(ledger), key=lambda notice: (notice["line_count"] < 8, notice["line_count"]))
    if lists:
        yield "notice", f"/notices/{quote(lists[0]['notice_no'])}"
    yield "history", f"/households/{quote(household)}"
    yield "alerts", "/alerts"


def take(context: BrowserContext, address: str, token: str, pages: dict[str, str], width: int) -> Iterator[Picture]:
    """Each page in each language; what anybody may see is pictured as anybody sees it."""
    for name, path in pages.items():
        if name == "history":
            sign_in(context, address, token)
        for lang in ("zh", "en"):
            page = context.new_page()
            page.goto(f"{address}{path}?lang={lang}")
            tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST[width])
            clip = FloatRect(x=0, y=0, width=width, height=tall)
            yield Picture(f"{name}-{lang}-{width}.png", page.screenshot(full_page=True, clip=clip))
            page.close()


if __name__ == "__main__":
    main()
