"""Objections by hand: filed by staff, resolved by whoever neither published nor is objected to, and opened again."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from api.acting import acting, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.stepping import Command, Papers, first_stated, papers, papers_there, row_after, take, timeline
from domain.notice import NoticeRow
from domain.objection import Objection, ObjectionFiled, ObjectionResolved, ObjectionRow, ObjectionStep
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.entry import Stated
from intake.sheets.objections import OBJECTIONS as OBJECTIONS_SHEET
from projections.tables.dividends import DIVIDENDS
from projections.tables.fact_table import FactTable
from projections.tables.loans import LOANS
from projections.tables.notices import NOTICE_LINES
from projections.tables.objections import LOAN, NOTICE, PAYMENT
from projections.tables.payments import PAYMENTS

OBJECTION = OBJECTIONS_SHEET.stream_kind
CONCERNED: Mapping[str, tuple[tuple[FactTable, str, tuple[str, ...]], ...]] = {
    PAYMENT: (
        (PAYMENTS, "bank_ref", ("id_no", "approver", "preparer")),
        (DIVIDENDS, "bank_ref", ("id_no", "signed_by_id")),
    ),
    LOAN: ((LOANS, "loan_no", ("id_no", "agent_id", "holder_id")),),
}
"""Whom an objection to a payment or a loan is about: its table, its number, and the columns that name people."""


class Answer(NamedTuple):
    """What came of an objection.

    outcome:  成立, 不成立, 部分成立 or 撤回.
    """

    outcome: str


def file(ledger: Ledger, actor: str, stated: Mapping[str, Stated]) -> tuple[dict[str, Any], bool]:
    """File an objection; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-REF` for what it is about and is not there,
            `E-DUP` for a number in use.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may_record(OBJECTIONS_SHEET.key)
        hand = Hand(ledger, OBJECTIONS_SHEET, who, recorded=lambda sheet, keys: first_stated(ledger, sheet, keys))
        fate = hand.fate_of(stated)
        if not fate.to_record:
            return objection(ledger, fate.unchanged[0].get("objection_no")), False
        [(row, before)] = fate.to_record
        if before is not None:
            _refuse_number_in_use(row.get("objection_no"))
        refuse_set_aside(OBJECTIONS_SHEET, fate.problems)
        seal(ledger, hand.placed(hand.written(fate)))
        return objection(ledger, row.get("objection_no")), True

    return decided(ledger, decide)


def resolve(ledger: Ledger, command: Command, answer: Answer) -> dict[str, Any]:
    """结案: by nobody who published what it is about, nor is objected to.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def place(told: Objection, actor: Actor) -> list[Placed]:
        for concerned, as_what in _concerned(ledger, told.row):
            actor.refuse_same_hand(concerned, as_what=as_what)
        actor.refuse_unless_may(Deed.RESOLVE_OBJECTION)
        changes = {"resolved_on": ledger.today, "outcome": answer.outcome, "resolver": actor.staff_no}
        event = row_after(
            ledger, OBJECTIONS_SHEET, told.row, ObjectionResolved, actor, **changes, reason=command.reason
        )
        return [Placed(ledger.stream(OBJECTION, command.number), told.version + 1, event)]

    return _take(ledger, command, ObjectionStep.RESOLVE, place)


def reopen(ledger: Ledger, command: Command) -> dict[str, Any]:
    """重新受理: something new was said; the objection is open again, and a notice that had matured has not.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def place(told: Objection, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may_record(OBJECTIONS_SHEET.key)
        changes = dict.fromkeys(("resolved_on", "outcome", "resolver"))
        event = row_after(ledger, OBJECTIONS_SHEET, told.row, ObjectionFiled, actor, **changes, reason=command.reason)
        return [Placed(ledger.stream(OBJECTION, command.number), told.version + 1, event)]

    return _take(ledger, command, ObjectionStep.REOPEN, place)


def objection(ledger: Ledger, objection_no: str) -> dict[str, Any]:
    """An objection as it stands: stage, version, what it is about, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    ledger.project()
    found = _papers(ledger, objection_no)
    told = Objection.told_by(found.told, version=found.version)
    row = told.row
    return {
        "objection_no": objection_no,
        "stage": told.stage.value,
        "version": told.version,
        "ref_kind": row.ref_kind,
        "ref_no": row.ref_no,
        "filed_on": str(row.filed_on),
        "denial": row.denial,
        "resolved_on": str(row.resolved_on) if row.resolved_on else None,
        "outcome": row.outcome,
        "resolver": row.resolver,
        "allowed": [step.value for step in told.allowed],
        "timeline": timeline(found.events),
    }


def _take(ledger: Ledger, command: Command, step: ObjectionStep, place: Any) -> dict[str, Any]:
    def read() -> Objection:
        found = _papers(ledger, command.number)
        return Objection.told_by(found.told, version=found.version)

    take(ledger, command, step, read, place)
    return objection(ledger, command.number)


def _papers(ledger: Ledger, objection_no: str) -> Papers:
    remedy = "File it first, or check the number: mingzhang facts objections."
    return papers_there(ledger, OBJECTION, objection_no, field="objection_no", remedy=remedy)


def _refuse_number_in_use(objection_no: str) -> None:
    raise Refused(
        "E-DUP",
        field="objection_no",
        value=objection_no,
        why=f"Objection {objection_no} was filed already, and states otherwise.",
        remedy="Give the new objection another number.",
    )


def _concerned(ledger: Ledger, row: ObjectionRow) -> Iterator[tuple[str | None, str]]:
    """The persons who must not answer it, each with why."""
    if row.ref_kind == NOTICE:
        notice_no, _, line_no = row.ref_no.partition("#")
        for event in papers(ledger, "notice", notice_no).told:
            if isinstance(event, NoticeRow):
                yield person_of(ledger, event.actor), "published the notice"
                yield person_of(ledger, event.responsible), "answers for the notice"
        if line_no.isdecimal():
            lines = NOTICE_LINES.c
            asked = select(lines.id_no).where(lines.notice_no == notice_no, lines.line_no == int(line_no))
            with ledger.engine.connect() as connection:
                yield connection.execute(asked).scalar(), "is objected to"
    for table, number, columns in CONCERNED.get(row.ref_kind, ()):
        asked_of = select(*(table.c[column] for column in columns)).where(table.c[number] == row.ref_no)
        with ledger.engine.connect() as connection:
            found = connection.execute(asked_of).all()
        for named in found:
            for person in named:
                yield person_of(ledger, person), "is objected to"
