"""The verification state of both books, what it proves and what not, and how to check oneself."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.pages.readings import BookState
from api.pages.site import Here

router = APIRouter(include_in_schema=False)


@router.get("/verification")
def verification(request: Request, site: Here) -> Response:
    """Both books: size, head, root, and up to where they were verified."""
    report = site.readings.verification()
    books = [with_coverage(state, report) for state in site.readings.books()]
    return site.page(request, "verification.html", report=report, books=books)


def with_coverage(state: BookState, report: dict[str, Any] | None) -> dict[str, Any]:
    """A book's state with `verified`, the position up to which the last verification read it (0: never)."""
    read = {book["book"]: book["size"] for book in report["books"]} if report else {}
    return {**state._asdict(), "verified": read.get(state.book, 0)}
