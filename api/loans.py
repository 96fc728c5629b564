"""Loans: applied for, credited or declined by a second person; looked after, renewed and extended once the bank lent.

The papers stand on a stream of their own. An extension states the loan's own row anew, so 小额信贷台账 shows it; a
renewal is a new application that names the loan, and takes it for itself on the loan's papers in the same append.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from api.acting import acting, approval_limits, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.lending import stops_against, wish_applied, wish_of
from api.overriding import Override, overridden
from api.stepping import Command, first_stated, papers, row_after, sealed_reason, take, timeline
from domain.event import Event
from domain.lending import (
    AS_STATED,
    DEVIATED,
    Loan,
    LoanApplied,
    LoanCredited,
    LoanDeclined,
    LoanRenewalSought,
    LoanStep,
    LoanWithdrawn,
    PostLoanCheck,
)
from domain.loan import LoanExtended, LoanRow
from domain.money import yuan
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.entry import Stated
from intake.loan_form import LOAN_FORM
from intake.sheets.loans import LOANS as LOANS_SHEET
from projections.lending import Term, against_term, borrower, lent

LOAN_FILE, LOAN_ROW = LOAN_FORM.stream_kind, LOANS_SHEET.stream_kind
EXTENDED = "展期"


class Look(NamedTuple):
    """A look after a loan (贷后检查).

    use:      `as_stated` or `deviated`.
    finding:  what was found; it is sealed.
    evidence: SHA-256 of the check's document.
    """

    checked_on: date
    use: str
    finding: str
    evidence: Sequence[str] = ()


class Extension(NamedTuple):
    """A later day on which a loan is due, and who grants it (工号): a second person."""

    due_on: date
    approver: str


def apply(ledger: Ledger, actor: str, stated: Mapping[str, Stated]) -> tuple[dict[str, Any], bool]:
    """Apply for a loan; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-DUP`, `E-OVERRIDE`, and `E-STATE` where it is
            to renew a loan that may not be renewed.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may(Deed.APPLY_FOR_LOAN)
        _refuse_issued(ledger, str(stated.get("loan_no")))
        hand = Hand(ledger, LOAN_FORM, who, recorded=lambda form, keys: first_stated(ledger, form, keys))
        fate = hand.fate_of(stated)
        if not fate.to_record:
            return loan(ledger, fate.unchanged[0].get("loan_no")), False
        [(row, _)] = fate.to_record
        refuse_set_aside(LOAN_FORM, fate.problems)
        renewal = _sought(ledger, row.get("renews"), row.get("loan_no"), who)
        wish, number = wish_of(ledger, row), row.get("id_no")
        override = Override(row.get("override_reason"), row.get("override_approver"))
        codes = overridden(ledger, stops_against(ledger, wish, number), who, override)
        pen = Hand(ledger, replace(LOAN_FORM, states={"soft_stops": codes}), who)
        seal(ledger, [*pen.placed(pen.written(fate)), *renewal])
        return loan(ledger, row.get("loan_no")), True

    return decided(ledger, decide)


def credit(ledger: Ledger, command: Command) -> dict[str, Any]:
    """授信 by a second person, below whose limit the amount is.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version, `E-BALANCE` for more than was
            asked for, `E-OVERRIDE` where known facts speak against it.
    """

    def step(applied: LoanApplied, actor: Actor) -> Event:
        amount_fen = applied.amount_fen if command.amount_fen is None else command.amount_fen
        actor.refuse_same_hand(person_of(ledger, applied.actor), as_what="applied for the loan")
        actor.refuse_unless_may(Deed.CREDIT_LOAN)
        actor.refuse_from_limit(Deed.CREDIT_LOAN, amount_fen, approval_limits(ledger))
        _refuse_more_than_asked(amount_fen, applied.amount_fen)
        if applied.renews is not None:
            old = told_of(ledger, applied.renews)
            old.refuse_unless_prolonged_rightly(LoanStep.RENEW, ledger.today, by=command.number)
        number = ledger.vault.numbers([applied.id_no]).get(applied.id_no)
        stops = stops_against(ledger, wish_applied(applied, amount_fen), number)
        codes = overridden(ledger, stops, actor, command.override)
        reason = command.override.reason if codes else None
        return LoanCredited(
            **_envelope(ledger, LoanCredited, applied, actor, reason),
            loan_no=command.number,
            credited_fen=amount_fen,
            soft_stops=codes,
            override_approver=command.override.approver if codes else None,
        )

    return _take(ledger, command, LoanStep.CREDIT, step)


def decline(ledger: Ledger, command: Command) -> dict[str, Any]:
    """不予授信, with a reason.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def step(applied: LoanApplied, actor: Actor) -> Event:
        actor.refuse_same_hand(person_of(ledger, applied.actor), as_what="applied for the loan")
        actor.refuse_unless_may(Deed.CREDIT_LOAN)
        envelope = _envelope(ledger, LoanDeclined, applied, actor, command.reason)
        return LoanDeclined(**envelope, loan_no=command.number)

    return _take(ledger, command, LoanStep.DECLINE, step, gives_up=True)


def withdraw(ledger: Ledger, command: Command) -> dict[str, Any]:
    """撤回 before the bank issued it.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def step(applied: LoanApplied, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.WITHDRAW_LOAN)
        envelope = _envelope(ledger, LoanWithdrawn, applied, actor, command.reason)
        return LoanWithdrawn(**envelope, loan_no=command.number)

    return _take(ledger, command, LoanStep.WITHDRAW, step, gives_up=True)


def check(ledger: Ledger, command: Command, look: Look) -> dict[str, Any]:
    """贷后检查: somebody has looked after a loan that the bank lent.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-DATE` for a day to come, `E-CONFLICT` for a stale version.
    """

    def place(told: Loan, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.CHECK_LOAN)
        _refuse_wrong_look(look, ledger.today)
        envelope = ledger.envelope(PostLoanCheck, actor=actor.staff_no, occurred_on=look.checked_on)
        person = _borrower(ledger, told)
        event = PostLoanCheck(
            **{**envelope, "evidence": tuple(look.evidence)},
            **sealed_reason(ledger, person, look.finding, under="finding"),
            loan_no=command.number,
            checked_on=look.checked_on,
            use=look.use,
        )
        return [Placed(ledger.stream(LOAN_FILE, command.number), told.papers + 1, event)]

    take(ledger, command, LoanStep.CHECK, lambda: told_of(ledger, command.number), place)
    return loan(ledger, command.number)


def extend(ledger: Ledger, command: Command, extension: Extension) -> dict[str, Any]:
    """展期: the loan is due later; granted by a second person, of what is not overdue and was looked after lately.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-DATE` for a day that is not later, `E-OVERRIDE` for a term
            beyond the longest, `E-CONFLICT` for a stale version.
    """

    def place(told: Loan, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.EXTEND_LOAN)
        approver = acting(ledger, extension.approver)
        approver.refuse_same_hand(actor.person, as_what="prepares the extension")
        approver.refuse_unless_may(Deed.APPROVE_EXTENSION)
        told.refuse_unless_prolonged_rightly(LoanStep.EXTEND, ledger.today)
        stands = told.lent.entries if told.lent else 0
        rows = papers(ledger, LOAN_ROW, command.number).told[:stands]
        row = next(event for event in reversed(rows) if isinstance(event, LoanRow))
        owed_fen = told.lent.outstanding_fen if told.lent else 0
        approver.refuse_from_limit(Deed.APPROVE_EXTENSION, owed_fen, approval_limits(ledger))
        _refuse_not_later(extension.due_on, row.due_on)
        stops = list(against_term(Term(row.issued_on, extension.due_on)))
        codes = overridden(ledger, stops, actor, command.override)
        changes: dict[str, Any] = {"due_on": extension.due_on, "status": EXTENDED, "approver": approver.staff_no}
        if codes:
            changes |= {"soft_stops": codes, "override_approver": command.override.approver}
            changes["reason"] = command.override.reason
        event = row_after(ledger, LOANS_SHEET, row, LoanExtended, actor, **changes)
        return [Placed(ledger.stream(LOAN_ROW, command.number), stands + 1, event)]

    take(ledger, command, LoanStep.EXTEND, lambda: told_of(ledger, command.number), place)
    return loan(ledger, command.number)


def loan(ledger: Ledger, loan_no: str) -> dict[str, Any]:
    """A loan as it stands: stage, version, amounts, hands, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    ledger.project()
    told = told_of(ledger, loan_no)
    events = [*papers(ledger, LOAN_FILE, loan_no).events, *papers(ledger, LOAN_ROW, loan_no).events]
    applied, issued = told.applied, told.lent
    return {
        "loan_no": loan_no,
        "stage": told.stage.value,
        "version": told.version,
        "id_no": _borrower(ledger, told),
        "amount_fen": applied.amount_fen if applied else None,
        "credited_fen": told.credited_fen or None,
        "outstanding_fen": issued.outstanding_fen if issued else None,
        "due_on": str(issued.due_on if issued else applied.due_on if applied else ""),
        "preparer": applied.actor if applied else None,
        "creditor": told.creditor,
        "renews": applied.renews if applied else None,
        "sought_by": told.sought_by,
        "checked_on": str(told.checked.checked_on) if told.checked else None,
        "use": told.use,
        "soft_stops": sorted({code for _, event in events for code in getattr(event, "soft_stops", ())}),
        "allowed": [step.value for step in told.possible(ledger.today)],
        "timeline": timeline(sorted(events, key=lambda one: one[0])),
    }


def told_of(ledger: Ledger, loan_no: str) -> Loan:
    """The loan, by its papers and the bank.

    Both streams are read before the views are asked: whatever comes meanwhile takes the next version of one.

    Raises:
        Refused: `E-REF` when there is neither.
    """
    file, row_stream = papers(ledger, LOAN_FILE, loan_no), ledger.stream(LOAN_ROW, loan_no)
    latest = ledger.money.latest([row_stream]).get(row_stream)
    ledger.project()
    with ledger.engine.connect() as connection:
        issued = lent(connection, loan_no)
    if not file.events and issued is None:
        raise Refused(
            "E-REF",
            field="loan_no",
            value=loan_no,
            why=f"There is no loan {loan_no}, nor an application for one.",
            remedy="Apply for it first, or check the number: mingzhang facts loans.",
        )
    if issued is not None:
        issued = issued._replace(entries=latest.version if latest else 0)
    return Loan.told_by(loan_no, file.told, issued, today=ledger.today)


def _take(
    ledger: Ledger,
    command: Command,
    step: LoanStep,
    make: Callable[[LoanApplied, Actor], Event],
    *,
    gives_up: bool = False,
) -> dict[str, Any]:
    """Take one step with an application; with `gives_up` the loan that it was to renew is free again."""

    def place(told: Loan, actor: Actor) -> list[Placed]:
        if told.applied is None:
            raise Refused("E-STATE", why="Only the bank has told of this loan.", remedy="Apply for a new one.")
        placed = [Placed(ledger.stream(LOAN_FILE, command.number), told.papers + 1, make(told.applied, actor))]
        if gives_up and told.applied.renews is not None:
            placed.append(_renewal(ledger, told_of(ledger, told.applied.renews), None, actor))
        return placed

    take(ledger, command, step, lambda: told_of(ledger, command.number), place)
    return loan(ledger, command.number)


def _sought(ledger: Ledger, renews: str | None, loan_no: str, actor: Actor) -> list[Placed]:
    """What the application says on the papers of the loan that it is to renew."""
    if renews is None:
        return []
    old = told_of(ledger, renews)
    old.refuse_unless_prolonged_rightly(LoanStep.RENEW, ledger.today)
    return [_renewal(ledger, old, loan_no, actor)]


def _renewal(ledger: Ledger, old: Loan, renewed_by: str | None, actor: Actor) -> Placed:
    envelope = ledger.envelope(LoanRenewalSought, actor=actor.staff_no)
    event = LoanRenewalSought(**envelope, loan_no=old.loan_no, renewed_by=renewed_by)
    return Placed(ledger.stream(LOAN_FILE, old.loan_no), old.papers + 1, event)


def _envelope(
    ledger: Ledger, event_class: type[Event], applied: LoanApplied, actor: Actor, reason: str | None
) -> dict[str, Any]:
    return {**ledger.envelope(event_class, actor=actor.staff_no), **sealed_reason(ledger, applied.id_no, reason)}


def _borrower(ledger: Ledger, told: Loan) -> str | None:
    if told.applied is not None:
        return told.applied.id_no
    with ledger.engine.connect() as connection:
        return borrower(connection, told.loan_no)


def _refuse_issued(ledger: Ledger, loan_no: str) -> None:
    """Refuse an application under the number of a loan that has none, and was lent.

    Raises:
        Refused: `E-DUP`.
    """
    with ledger.engine.connect() as connection:
        issued = lent(connection, loan_no) is not None
    if issued and not any(isinstance(event, LoanApplied) for event in papers(ledger, LOAN_FILE, loan_no).told):
        raise Refused(
            "E-DUP",
            field="loan_no",
            value=loan_no,
            why=f"Loan {loan_no} was lent already.",
            remedy="Apply under another number; a renewal names this one as `renews`.",
        )


def _refuse_more_than_asked(amount_fen: int, asked_fen: int) -> None:
    if amount_fen > asked_fen:
        raise Refused(
            "E-BALANCE",
            field="amount_fen",
            value=str(amount_fen),
            why=f"{yuan(amount_fen)} would be granted, and {yuan(asked_fen)} was asked for.",
            remedy="Grant at most what was asked for.",
        )


def _refuse_wrong_look(look: Look, today: date) -> None:
    if look.checked_on > today:
        raise Refused(
            "E-DATE",
            field="checked_on",
            value=str(look.checked_on),
            why=f"The check is of {look.checked_on}; today is {today}.",
            remedy="Record it when it was made.",
        )
    if look.use not in (AS_STATED, DEVIATED):
        raise Refused("E-SCHEMA", field="use", value=look.use, why="No such use.", remedy=f"{AS_STATED}, {DEVIATED}.")


def _refuse_not_later(due_on: date, before: date) -> None:
    if due_on <= before:
        raise Refused(
            "E-DATE",
            field="due_on",
            value=str(due_on),
            why=f"The loan is due on {before}; {due_on} is no later.",
            remedy="Extend it to a later day.",
        )
