"""`/preflight`: which rules would rows raise, if they were recorded? Nothing is (DESIGN §6 "Alerts")."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.preflight import Trial
from api.rest.answers import answer
from api.rest.entries import Cell
from api.rest.imports import ImportProblem
from api.rest.parameters import Current, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.event import KEEPER

router = staff_router("/preflight", "alerts")

MOST_ROWS = 10_000


class PreflightRequest(BaseModel):
    """Rows that are about to be paid, lent or shared out.

    sheet:  of which sheet of FORMATS they are rows.
    rows:   each by the English alias of its columns, as a cell would state it.
    actor:  工号 of who asks; a clerk is shown what the rule pack lists as visible to clerks.
    """

    model_config = ConfigDict(extra="forbid")

    sheet: Literal["subsidy_payments", "project_payments", "loans", "dividends", "payment_instructions"] = (
        "subsidy_payments"
    )
    rows: Annotated[
        list[Annotated[dict[str, Cell], Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=MOST_ROWS)
    ]
    actor: Word = KEEPER


class RowPlace(BaseModel):
    """A row of a file, or of those that were sent, from 1."""

    file: str
    row: int


class PreflightAlert(BaseModel):
    """An alert that the rows would raise, or one that stands and that they would change."""

    rule_id: str
    name_zh: str
    name_en: str
    severity: Literal["R", "O", "Y", "B"]
    state: Literal["raised", "changed"]
    rows: list[RowPlace]
    amount_at_risk_fen: int
    why_zh: str
    why_en: str


class PreflightAnswer(BaseModel):
    """What the rules would find, by rule; empty when nothing is wrong that the rules know of.

    as_of:     the evaluation date.
    pack_hash: of the rule pack that judged.
    problems:  why rows could not be recorded; with an error among them nothing was tried.
    alerts_left_out: how many more there are behind the first thousand.
    """

    as_of: str
    pack_hash: str
    rows: int
    problems: list[ImportProblem]
    alerts: list[PreflightAlert]
    alerts_left_out: int


@router.post(
    "",
    response_model=PreflightAnswer,
    responses=documented(400, 403, 409, 413, 422),
    summary="Which rules would rows raise?",
)
def preflight(asked: PreflightRequest, ledger: Current) -> Response:
    """Runs the very SELECTs of the rules on the rows, in a transaction that is taken back; records nothing."""
    return answer(Trial(ledger, asked.actor).of_rows(asked.sheet, asked.rows))
