"""The page that checks a notice in the reader's own browser, and the worker that keeps it for when there is no network.

The page is the same for every notice: which one it is, and the signed head on its paper, stand behind `#` in the
address and so never reach the server. What is checked, and what not, is told in docs/decisions/0014.
"""

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from api.pages.assets import FOLDER
from api.pages.site import Here

router = APIRouter(include_in_schema=False)

WORKER = "check-worker.js"

STEPS = {
    "paper": ("code", "typed", "other"),
    "signature": ("code", "typed", "flipped"),
    "newest": ("good", "same", "rotated", "foreign", "shorter", "unsigned", "rewritten"),
    "header": ("good", "withheld", "outside", "another"),
    "lines": ("good", "erased", "unbound", "changed", "others"),
    "sums": ("good", "erased", "unknown", "count", "total"),
}
"""The steps of `check.js`, in its order, each with what may come of it."""

FIGURES = (
    "count",
    "erased",
    "fingerprint",
    "lines",
    "milliseconds",
    "newest",
    "position",
    "root",
    "size",
    "sum",
    "title",
    "total",
    "wrong",
)
"""What `check.js` fills in; a text names them in braces."""

SAID = ("working", "strange", "short", "long", "unknown", "unsigned", "failed", "offline", "garbled", "torn")
"""Why nothing was checked, or not yet."""


@router.get("/check")
def check(request: Request, site: Here) -> Response:
    """For everybody."""
    figures = {name: Markup('<b data-figure="{}"></b>').format(name) for name in FIGURES}
    return site.page(request, "check.html", steps=STEPS, said=SAID, figures=figures)


@router.get(f"/{WORKER}")
def worker() -> Response:
    """The service worker: at the root, since a worker answers for nothing above its own address."""
    return Response((FOLDER / WORKER).read_bytes(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})
