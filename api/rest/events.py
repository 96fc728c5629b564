"""`/events` and `/streams`: what was sealed, as it was sealed (OUTPUTS §3)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api import reading
from api.rest.answers import ETAGGED, JSON_LINES, answer, conditional, json_lines, lines
from api.rest.parameters import MOST, USUAL, AnyLedger, AtPosition, Book
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.event import BookName
from domain.kinds import LARGEST

router = staff_router("", "events")


class EventSource(BaseModel):
    """Where an event came in; what does not apply is left out."""

    channel: str
    file: str | None = None
    file_sha256: str | None = None
    sheet: str | None = None
    row: int | None = None


class SealedEvent(BaseModel):
    """One entry of a book (OUTPUTS §3): its leaf can be recomputed from stream, version, topic and state."""

    position: int
    stream: UUID
    version: int
    topic: str
    occurred_on: str | None
    known_on: str | None
    recorded_at: str
    leaf: str
    link: str
    source: EventSource
    state: dict[str, Any]


class EventPage(BaseModel):
    """Entries by position; `next` is the `from` of the next page, null at the end of the book."""

    items: list[SealedEvent]
    next: int | None


class EventStream(BaseModel):
    """All entries of one stream, by version."""

    book: BookName
    stream: UUID
    items: list[SealedEvent]


@router.get(
    "/events",
    response_model=EventPage,
    responses={200: {"content": {JSON_LINES: lines("SealedEvent")}}},
    summary="The sealed events of a book",
)
def list_events(
    ledger: AnyLedger,
    book: Book = BookName.MONEY,
    start: Annotated[int, Query(alias="from", ge=1, le=LARGEST, description="The first position.")] = 1,
    limit: Annotated[
        int | None, Query(ge=1, le=MOST, description=f"At most so many; by default {USUAL}, as jsonl all.")
    ] = None,
    shape: Annotated[
        Literal["json", "jsonl"], Query(alias="format", description="json: one page; jsonl: one event a line.")
    ] = "json",
) -> Response:
    """By position, without a gap."""
    if shape == "jsonl":
        return json_lines(reading.events(ledger, book, start=start, limit=limit))
    wanted = limit or USUAL
    items = list(reading.events(ledger, book, start=start, limit=wanted))
    following = start + len(items)
    more = len(items) == wanted and following <= ledger.book(book).head.position
    return answer({"items": items, "next": following if more else None})


@router.get(
    "/events/{position}",
    response_model=SealedEvent,
    responses={**ETAGGED, **documented(404)},
    summary="One sealed event",
)
def show_event(request: Request, ledger: AnyLedger, position: AtPosition, book: Book = BookName.MONEY) -> Response:
    """The entry at a position; it never changes."""
    return conditional(request, ledger, lambda: reading.event(ledger, book, position))


@router.get(
    "/streams/{stream}",
    response_model=EventStream,
    responses={**ETAGGED, **documented(404)},
    summary="The events of one stream",
)
def show_stream(
    request: Request,
    ledger: AnyLedger,
    stream: Annotated[UUID, Path(description="The stream that an event names.")],
    book: Book = BookName.MONEY,
) -> Response:
    """A payment with what became of it, a loan with its changes: everything under one key."""
    return conditional(
        request,
        ledger,
        lambda: {"book": book, "stream": stream, "items": reading.stream(ledger, book, stream)},
    )
