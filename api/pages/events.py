"""One sealed entry, for staff: its bytes, its leaf and link, and how to compute them oneself."""

from typing import Any

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from api.pages.site import Here, Site, Staff
from audit.book import Sealed
from domain.event import BookName
from domain.money import yuan

router = APIRouter(include_in_schema=False)

ENVELOPE = ("occurred_on", "known_on", "recorded_at", "kind", "actor", "on_behalf_of", "correlation_id", "causation_id")
HIDDEN = frozenset({"salt", "commitments", "sealed", "sealed_for", "source", "content", *ENVELOPE})
"""What the page tells apart from the event's own fields, or does not tell: ciphertext says nothing to anybody."""


@router.get("/events/{position:int}")
def event(request: Request, position: int, site: Here, staff: Staff) -> Response:
    """The entry at `position` of the money book, or of `?book=supervision`."""
    book, sealed = found(request, site, position)
    before = site.readings.entry(book, position - 1) if position > 1 else None
    state = msgspec.json.decode(sealed.state)
    source = state.get("source", {})
    return site.page(
        request,
        "event.html",
        book=book,
        sealed=sealed,
        topic=sealed.topic.partition("/")[0],
        previous_link=before.link.hex() if before else None,
        last=site.readings.books()[list(BookName).index(BookName(book))].size,
        envelope={name: state[name] for name in ENVELOPE if name in state},
        fields=fields_of(state),
        source=source,
        file_name=site.readings.file_name(source["file_sha256"]) if "file_sha256" in source else None,
        ciphertext=bool(state.get("sealed")),
        commitments=len(state.get("commitments", ())),
    )


@router.get("/events/{position:int}/entry")
def entry(request: Request, position: int, site: Here, staff: Staff) -> Response:
    """The entry's bytes exactly as they were sealed, to hash them oneself."""
    book, sealed = found(request, site, position)
    return Response(
        sealed.entry,
        media_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{book}-{position}.entry"',
            "Cache-Control": "no-store",
        },
    )


def found(request: Request, site: Site, position: int) -> tuple[str, Sealed]:
    """The book that was asked for and its entry at `position`.

    Raises:
        HTTPException: 404 when there is no such book or entry.
    """
    book = request.query_params.get("book", BookName.MONEY.value)
    sealed = site.readings.entry(book, position) if book in set(BookName) and position > 0 else None
    if sealed is None:
        raise HTTPException(404)
    return book, sealed


def fields_of(state: dict[str, Any]) -> list[tuple[str, str]]:
    """The event's own fields with their values as text."""
    return [(name, as_text(name, value)) for name, value in state.items() if name not in HIDDEN]


def as_text(name: str, value: Any) -> str:
    """A value of the sealed state in a table's cell; money in fen, as it is sealed, and in yuan."""
    if isinstance(value, str):
        return value
    told = msgspec.json.encode(value).decode()
    return f"{told} ({yuan(value)})" if name.endswith("_fen") and isinstance(value, int) else told
