"""Claims: submitted, reviewed, approved or rejected by different people, withdrawn before anybody is told to pay.

The stream of a claim is the claim: a step is sealed at its next version, so two who act at once meet there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from api.acting import acting, approval_limits, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.overriding import Override, overridden
from api.stepping import Command, first_stated, papers_there, sealed_reason, take, timeline
from domain.claim import (
    Claim,
    ClaimApproved,
    ClaimRejected,
    ClaimReviewed,
    ClaimStep,
    ClaimSubmitted,
    ClaimWithdrawn,
    Paid,
)
from domain.event import Event
from domain.money import yuan
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.claim_form import CLAIM_FORM
from intake.entry import Stated
from intake.sheet import Row, Sheet
from projections.contradictions import Payee, against_payee
from projections.tables.payments import PAYMENTS
from vault.vault import PERSON

CLAIM = "claim"


def submit(ledger: Ledger, actor: str, stated: Mapping[str, Stated]) -> tuple[dict[str, Any], bool]:
    """Submit a claim; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-DUP`, `E-OVERRIDE`.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may(Deed.SUBMIT_CLAIM)
        hand = Hand(ledger, CLAIM_FORM, who, recorded=lambda form, keys: first_stated(ledger, form, keys))
        fate = hand.fate_of(stated)
        if not fate.to_record:
            return claim(ledger, fate.unchanged[0].get("claim_no")), False
        [(row, _)] = fate.to_record
        refuse_set_aside(CLAIM_FORM, fate.problems)
        codes = overridden(ledger, _stops(ledger, _payee_of(ledger, row), noticed=False), who, _override_of(row))
        form: Sheet = replace(CLAIM_FORM, states={"soft_stops": codes})
        pen = Hand(ledger, form, who)
        seal(ledger, pen.placed(pen.written(fate)))
        return claim(ledger, row.get("claim_no")), True

    return decided(ledger, decide)


def review(ledger: Ledger, command: Command) -> dict[str, Any]:
    """初审 by a second person.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def step(told: Claim, actor: Actor) -> Event:
        actor.refuse_same_hand(person_of(ledger, told.submitted.actor), as_what="submitted the claim")
        actor.refuse_unless_may(Deed.REVIEW_CLAIM)
        return ClaimReviewed(**_envelope(ledger, ClaimReviewed, told, actor), claim_no=command.number)

    return _take(ledger, command, ClaimStep.REVIEW, step)


def approve(ledger: Ledger, command: Command) -> dict[str, Any]:
    """批准 by a third person, below whose limit the amount is.

    Raises:
        Refused: as `review`; `E-BALANCE` for more than was claimed, `E-OVERRIDE` where known facts speak against it.
    """

    def step(told: Claim, actor: Actor) -> Event:
        claimed_fen = told.submitted.amount_fen
        amount_fen = claimed_fen if command.amount_fen is None else command.amount_fen
        actor.refuse_same_hand(person_of(ledger, told.submitted.actor), as_what="submitted the claim")
        actor.refuse_same_hand(person_of(ledger, told.reviewer), as_what="reviewed the claim")
        actor.refuse_unless_may(Deed.APPROVE_CLAIM)
        actor.refuse_from_limit(Deed.APPROVE_CLAIM, amount_fen, approval_limits(ledger))
        _refuse_more_than_claimed(amount_fen, claimed_fen)
        stops = _stops(ledger, payee_of(told.submitted), noticed=True)
        codes = overridden(ledger, stops, actor, command.override)
        return ClaimApproved(
            **_envelope(ledger, ClaimApproved, told, actor, command.override.reason if codes else None),
            claim_no=command.number,
            approved_amount_fen=amount_fen,
            soft_stops=codes,
            override_approver=command.override.approver if codes else None,
        )

    return _take(ledger, command, ClaimStep.APPROVE, step)


def reject(ledger: Ledger, command: Command) -> dict[str, Any]:
    """不予批准, with a reason.

    Raises:
        Refused: as `review`.
    """

    def step(told: Claim, actor: Actor) -> Event:
        actor.refuse_same_hand(person_of(ledger, told.submitted.actor), as_what="submitted the claim")
        actor.refuse_unless_may(Deed.APPROVE_CLAIM)
        return ClaimRejected(**_envelope(ledger, ClaimRejected, told, actor, command.reason), claim_no=command.number)

    return _take(ledger, command, ClaimStep.REJECT, step)


def withdraw(ledger: Ledger, command: Command) -> dict[str, Any]:
    """撤回 before it was instructed.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def step(told: Claim, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.WITHDRAW_CLAIM)
        return ClaimWithdrawn(**_envelope(ledger, ClaimWithdrawn, told, actor, command.reason), claim_no=command.number)

    return _take(ledger, command, ClaimStep.WITHDRAW, step)


def claim(ledger: Ledger, claim_no: str) -> dict[str, Any]:
    """A claim as it stands: stage, version, amounts, hands, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    told, events = told_of(ledger, claim_no)
    submitted = told.submitted
    return {
        "claim_no": claim_no,
        "stage": told.stage.value,
        "version": told.version,
        "programme": submitted.programme,
        "period": submitted.period,
        "id_no": submitted.id_no,
        "amount_fen": submitted.amount_fen,
        "approved_fen": told.approved_fen or None,
        "instructed_fen": told.instructed_fen,
        "preparer": submitted.actor,
        "reviewer": told.reviewer,
        "approver": told.approver,
        "soft_stops": sorted({code for _, event in events for code in getattr(event, "soft_stops", ())}),
        "allowed": [step.value for step in told.allowed],
        "timeline": timeline(events),
    }


def told_of(ledger: Ledger, claim_no: str) -> tuple[Claim, list[tuple[int, Event]]]:
    """The claim, and its events with their positions.

    Raises:
        Refused: `E-REF` when there is none.
    """
    remedy = "Submit it first; a claim that only a workbook's payment names has no papers here."
    found = papers_there(ledger, CLAIM, claim_no, field="claim_no", remedy=remedy)
    return Claim.told_by(found.told, _paid(ledger, claim_no)), found.events


def payee_of(submitted: ClaimSubmitted) -> Payee:
    """Who is to be paid, for what."""
    return Payee(submitted.id_no, submitted.household_no, submitted.programme, submitted.period)


def stops_of(ledger: Ledger, told: Claim) -> Sequence[Any]:
    """What speaks against paying the claim now."""
    return _stops(ledger, payee_of(told.submitted), noticed=True)


def _take(ledger: Ledger, command: Command, step: ClaimStep, make: Callable[[Claim, Actor], Event]) -> dict[str, Any]:
    """Take one step with a claim, at its next version."""
    stream = ledger.stream(CLAIM, command.number)
    take(
        ledger,
        command,
        step,
        lambda: told_of(ledger, command.number)[0],
        lambda told, actor: [Placed(stream, told.version + 1, make(told, actor))],
    )
    return claim(ledger, command.number)


def _envelope(
    ledger: Ledger, event_class: type[Event], told: Claim, actor: Actor, reason: str | None = None
) -> dict[str, Any]:
    return {
        **ledger.envelope(event_class, actor=actor.staff_no),
        **sealed_reason(ledger, told.submitted.id_no, reason),
    }


def _payee_of(ledger: Ledger, row: Row) -> Payee:
    number = row.get("id_no")
    person = ledger.vault.find(PERSON, [number]).get(number)
    return Payee(person.ref if person else None, row.get("household_no"), row.get("programme"), row.get("period"))


def _override_of(row: Row) -> Override:
    return Override(row.get("override_reason"), row.get("override_approver"))


def _stops(ledger: Ledger, payee: Payee, *, noticed: bool) -> Sequence[Any]:
    with ledger.engine.connect() as connection:
        return against_payee(connection, payee, today=ledger.today, noticed=noticed)


def _paid(ledger: Ledger, claim_no: str) -> Paid:
    payments = PAYMENTS.c
    asked = select(
        func.coalesce(func.sum(payments.amount_fen), 0),
        func.coalesce(func.sum(payments.returned_fen), 0),
        func.coalesce(func.sum(payments.reversed_fen), 0),
    ).where(payments.claim_no == claim_no)
    with ledger.engine.connect() as connection:
        return Paid(*(int(fen) for fen in connection.execute(asked).one()))


def _refuse_more_than_claimed(amount_fen: int, claimed_fen: int) -> None:
    if amount_fen > claimed_fen:
        raise Refused(
            "E-BALANCE",
            field="amount_fen",
            value=str(amount_fen),
            why=f"{yuan(amount_fen)} would be approved, and {yuan(claimed_fen)} was claimed.",
            remedy="Approve at most what was claimed.",
        )
