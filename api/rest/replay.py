"""`/replay`: a subject's history, as it was, as the office says it knew, as this ledger knew it (OUTPUTS §7)."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import reading
from api.ledger import Ledger
from api.rest.answers import answer
from api.rest.parameters import Current, Day, Word
from api.rest.problems import documented
from api.rest.routing import staff_router

router = staff_router("/replay", "history")

KNOWN_AT = r"^([0-9]{1,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z)?)$"


class Occurrence(BaseModel):
    """One event that touches the subject; amounts in fen."""

    position: int
    occurred_on: str
    known_on: str | None
    recorded_at: str
    topic: str
    ref: str | None
    amount_fen: int | None
    balance_fen: int | None


class History(BaseModel):
    """State and timeline of a subject; `state` differs by the subject's kind (OUTPUTS §7)."""

    subject: str
    as_of: str
    known_on: str | None
    known_at: str | int | None
    state: dict[str, Any]
    timeline: list[Occurrence]


class Question(BaseModel):
    """A subject and three times, in a body: an ID or account number must not stand in an address that gets logged."""

    model_config = ConfigDict(extra="forbid")

    subject: Word
    as_of: Day | None = None
    known_on: Day | None = None
    known_at: Annotated[str, Field(pattern=KNOWN_AT)] | None = None


@router.get("/{subject:path}", response_model=History, responses=documented(404, 409), summary="A subject's history")
def replay_subject(
    ledger: Current,
    subject: Annotated[
        Word, Path(description="kind:value, e.g. household:H-0001 or person:P-…", examples=["household:H-0001"])
    ],
    as_of: Annotated[Day | None, Query(description="As it was on this day; by default today.")] = None,
    known_on: Annotated[Day | None, Query(description="As the office says it knew on this day.")] = None,
    known_at: Annotated[
        str | None, Query(pattern=KNOWN_AT, description="As this ledger knew it: a position or an instant.")
    ] = None,
) -> Response:
    """For people and accounts give the reference; who has the number only, asks with POST."""
    return _told(ledger, Question(subject=subject, as_of=as_of, known_on=known_on, known_at=known_at))


@router.post(
    "", response_model=History, responses=documented(400, 404, 409, 413), summary="A subject's history, by number"
)
def replay_by_number(ledger: Current, question: Question) -> Response:
    """As GET, for `person:` and an ID number. Changes nothing."""
    return _told(ledger, question)


def _told(ledger: Ledger, question: Question) -> Response:
    return answer(
        reading.replay(
            ledger,
            question.subject,
            as_of=question.as_of,
            known_on=question.known_on,
            known_at=question.known_at,
        )
    )
