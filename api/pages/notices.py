"""The public board: the list of notices, and one notice as it is read on a phone and printed on a wall."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from api.pages.qr import qr_svg
from api.pages.site import Here

router = APIRouter(include_in_schema=False)

LARGE_SHEET_LINES = 40
"""A list of more lines is printed on A3 (DOMAIN §6)."""

SHEETS = {"a4": (20, 30), "a3": (34, 52)}
"""Lines above each subtotal, on the first page and on each further one: as many as fit when no line wraps."""


@router.get("/notices")
def board(request: Request, site: Here) -> Response:
    """All notices, the newest first."""
    notices = sorted(site.readings.notices(), key=lambda notice: (notice["from"], notice["notice_no"]), reverse=True)
    return site.page(request, "notices.html", notices=notices)


@router.get("/notices/{notice_no:path}")
def notice(request: Request, notice_no: str, site: Here) -> Response:
    """One notice, with the signed head that covers it.

    `?size=&root=` come from the code on papers from before there was /check; the page says whether they are the
    ledger's.
    """
    try:
        told = site.readings.notice(notice_no)
    except LookupError as error:
        raise HTTPException(404) from error
    paper = "a3" if len(told["lines"]) > LARGE_SHEET_LINES else "a4"
    head = site.readings.notice_head(told)
    check = f"/check#{head.fragment(notice_no)}" if head else None
    return site.page(
        request,
        "notice.html",
        notice=told,
        paper=paper,
        sheets=list(sheets(told["lines"], *SHEETS[paper])),
        address=site.address_of(request, f"/notices/{notice_no}"),
        head=head,
        check=check,
        check_address=site.address_of(request, "/check"),
        code=qr_svg(site.address_of(request, check)) if check else None,
        on_paper=compared(request, told),
    )


def sheets(lines: list[dict[str, Any]], first: int, further: int) -> Iterator[dict[str, Any]]:
    """The lines page by page, each page with its subtotal."""
    start = 0
    while start < len(lines):
        page = lines[start : start + (further if start else first)]
        yield {
            "lines": page,
            "first": page[0]["line_no"],
            "last": page[-1]["line_no"],
            "subtotal_fen": sum(line["amount_fen"] for line in page),
        }
        start += len(page)


def compared(request: Request, told: dict[str, Any]) -> str | None:
    """Whether the root that somebody read from paper is the ledger's: `same`, `different`, or None if none was given.

    Only a whole root counts: two histories that share a short head can be searched for.
    """
    root = request.query_params.get("root")
    if root is None:
        return None
    given = "".join(root.split()).lower()
    return "same" if (request.query_params.get("size"), given) == (str(told["size"]), told["root"]) else "different"
