"""`/entries`: facts by hand, one row of a sheet of FORMATS at a time."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from starlette.responses import Response

from api import entries
from api.by_hand import told
from api.rest.answers import answer
from api.rest.imports import ImportProblem
from api.rest.once import OnceOnly
from api.rest.parameters import AnyLedger, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.kinds import LARGEST, LONGEST_TEXT

router = staff_router("/entries", "native entry")

MOST_IN_A_LIST = 1_000

Words = Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Broken = Annotated[StrictFloat, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
Cell = StrictBool | Whole | Broken | Words | Annotated[list[Words], Field(max_length=MOST_IN_A_LIST)] | None


class EntryRequest(BaseModel):
    """One row, and whose hand records it.

    actor:  工号 of a post of 干部名册 that is in force; `keeper` may register places, orgs and staff.
    row:    what the row states, by the English alias of each column (FORMATS), as a cell would state it: texts,
            numbers, days as 2020-06-20, money in the unit of the column's header, lists as arrays.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    row: Annotated[dict[str, Cell], Field(min_length=1, max_length=200)]


class EntryReceipt(BaseModel):
    """What was sealed of it, or stands already.

    unchanged:  the row was there with the same content: nothing was sealed anew.
    position, stream, version, topic: of its entry; null where the row tells of nothing that happened.
    problems:   warnings, and why it is not joined to people and programmes.
    """

    sheet: str
    unchanged: bool
    position: int | None
    stream: UUID | None
    version: int | None
    topic: str | None
    problems: list[ImportProblem]


@router.post(
    "/{sheet}",
    status_code=201,
    response_model=EntryReceipt,
    responses={
        200: {"model": EntryReceipt, "description": "It was there with the same content, or tells of nothing."},
        **documented(400, 403, 404, 409, 413),
    },
    summary="Record one row by hand",
)
def enter_row(
    sheet: Annotated[Segment, Path(description="The sheet's English name.", examples=["subsidy_payments"])],
    wanted: EntryRequest,
    ledger: AnyLedger,
    once: OnceOnly,
) -> Response:
    """The checks and codes of the same row in a workbook; a second row of one key with other content is E-DUP."""

    def enter() -> Response:
        entered = entries.enter(ledger, entries.Entry(sheet, wanted.actor, wanted.row))
        return receipt(sheet, entered)

    return once(wanted.model_dump(mode="json"), enter)


def receipt(sheet: str, entered: entries.Entered) -> Response:
    """What was sealed, with its address; 200 where nothing was."""
    given: dict[str, Any] = {
        "sheet": sheet,
        **entered._asdict(),
        "problems": told(entered.problems),
    }
    sealed = entered.position is not None and not entered.unchanged
    headers = {"Location": f"/api/v1/events/{entered.position}"} if sealed else {}
    return answer(given, 201 if sealed else 200, headers)
