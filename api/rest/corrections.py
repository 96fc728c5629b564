"""`/events/{position}/correct` and `/reverse`: what is recorded is never changed, and a second person mends it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import corrections
from api.rest.entries import Cell, EntryReceipt, receipt
from api.rest.once import OnceOnly
from api.rest.parameters import AnyLedger, AtPosition, Segment, Word
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, Reason

router = staff_router("/events", "native entry")


class CorrectionRequest(BaseModel):
    """What a row states otherwise.

    actor:   工号 of a second person, not of who recorded it.
    fields:  by the English alias of each column; money, days and the row's key are never corrected.
    reason:  why; it is sealed.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    fields: Annotated[dict[str, Cell], Field(min_length=1, max_length=200)]
    reason: Reason


class ReversalRequest(BaseModel):
    """A payment taken back in full.

    actor:       工号 of a second person, not of who recorded it.
    return_ref:  the reversal's own number; absent, `CZ-` and the position.
    amount_fen:  if it is stated, it must be the full amount.
    reason:      why; it is sealed.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    return_ref: Segment | None = None
    amount_fen: Fen | None = None
    reason: Reason


@router.post(
    "/{position}/correct", status_code=201, response_model=EntryReceipt, responses=STEP, summary="Correct a row"
)
def correct_row(position: AtPosition, wanted: CorrectionRequest, ledger: AnyLedger, once: OnceOnly) -> Response:
    """The row is shown as corrected, its history shows both; E-SCHEMA for money, days and keys."""

    def correct() -> Response:
        correction = corrections.Correction(wanted.actor, wanted.fields, wanted.reason)
        return receipt("corrections", corrections.correct(ledger, position, correction))

    return once(wanted.model_dump(mode="json"), correct)


@router.post(
    "/{position}/reverse", status_code=201, response_model=EntryReceipt, responses=STEP, summary="Reverse a payment"
)
def reverse_payment(position: AtPosition, wanted: ReversalRequest, ledger: AnyLedger, once: OnceOnly) -> Response:
    """冲正 in full; E-BALANCE for a second one, or for another amount."""

    def reverse() -> Response:
        reversal = corrections.Reversal(wanted.actor, wanted.reason, wanted.return_ref, wanted.amount_fen)
        return receipt("payment_returns", corrections.reverse(ledger, position, reversal))

    return once(wanted.model_dump(mode="json"), reverse)
