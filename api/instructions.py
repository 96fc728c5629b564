"""Payment instructions: given for an approved claim or a contract, out of documents that still cover them.

One append holds the instruction's lines, what they take of each document (`FundsCommitted`) and what is now instructed
under the claim or contract (`AmountInstructed`). Whoever else takes of one of these is first or second at its next
version; the second reads again and decides again, so eight writers never overspend a document, nor pay a claim twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from api.acting import acting, approval_limits
from api.by_hand import Hand, decided, refuse_set_aside, refuse_stale, seal
from api.committing import commitments, releases
from api.ledger import Ledger, Placed
from api.obligations import Obligation, obligation
from api.overriding import NO_OVERRIDE, Override, overridden
from api.stepping import sealed_reason, timeline
from domain.catalogue import load
from domain.event import Event
from domain.instruction import AmountInstructed, InstructionWithdrawn, PaymentInstructed
from domain.money import plain_yuan, yuan
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.checking import Fate
from intake.claim_form import OVERRIDE_REASON
from intake.entry import Stated
from intake.sheet import Sheet
from intake.sheets import SHEETS
from projections.tables.commitments import FUND_COMMITMENTS
from projections.tables.instructions import INSTRUCTIONS

INSTRUCTION = "instruction"
ON_PAPER: Sheet = SHEETS["payment_instructions"]
FORM = replace(ON_PAPER, columns=(*ON_PAPER.columns, OVERRIDE_REASON))
"""A native instruction states what a row of 支付指令台账 states, and why a known fact is no reason not to."""


class Line(NamedTuple):
    """What one document pays of an instruction."""

    quota_doc_no: str
    amount_fen: int
    purpose_code: str


class Order(NamedTuple):
    """An instruction to be given.

    ref_kind, ref_no: 补贴 and a claim's number, or 项目 and a contract's.
    payee_name, payee_id, account_no: who receives it, where.
    actor, approver: 工号 of who prepares and who approves; two persons.
    approved_on:      审批日期; None: today.
    org:              the organisation that pays; None: the first 镇财政.
    instalment_plan:  where the lines are a part of what was approved.
    """

    instruction_no: str
    ref_kind: str
    ref_no: str
    payee_name: str
    payee_id: str
    account_no: str
    lines: Sequence[Line]
    actor: str
    approver: str
    approved_on: date | None = None
    org: str | None = None
    instalment_plan: str | None = None
    override: Override = NO_OVERRIDE

    @property
    def amount_fen(self) -> int:
        """All lines together."""
        return sum(line.amount_fen for line in self.lines)


def instruct(ledger: Ledger, order: Order) -> tuple[dict[str, Any], bool]:
    """Give an instruction; gives it, and whether it is new.

    Raises:
        Refused: `E-AUTH`, `E-SOD`, `E-REF` for a document, claim or contract that there is not, `E-STATE` for a claim
            that is not approved or already instructed, `E-BALANCE` where the lines are not what was approved,
            `E-FUNDS` where a document does not cover its line, `E-OVERRIDE`, `E-DUP`.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        actor = _hands(ledger, order)
        hand = Hand(ledger, FORM, actor)
        fate = hand.fate_of(*_rows(order, ledger.today))
        if _stands(ledger, order, fate):
            return instruction(ledger, order.instruction_no), False
        refuse_set_aside(FORM, fate.problems)
        owed = obligation(ledger, order.ref_kind, order.ref_no)
        owed.refuse_unless_covers(order.amount_fen, by_instalments=order.instalment_plan is not None)
        codes = overridden(ledger, owed.stops, actor, order.override)
        states = {"soft_stops": codes, "override_approver": order.override.approver if codes else None}
        pen = Hand(ledger, replace(FORM, states=states), actor)
        placed = pen.placed(pen.written(fate))
        owed.refuse_other_payee(placed[0].event)
        taken = commitments(ledger, [one.event for one in placed], actor=actor.staff_no, org=order.org)
        total_fen = owed.instructed_fen + order.amount_fen
        seal(ledger, [*placed, *taken, _instructed(ledger, owed, order.instruction_no, total_fen, actor)])
        return instruction(ledger, order.instruction_no), True

    return decided(ledger, decide)


def withdraw(
    ledger: Ledger, instruction_no: str, *, actor: str, reason: str, version: int | None = None
) -> dict[str, Any]:
    """Withdraw an instruction that the bank has not paid; gives back what it took of its documents.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE` when it was paid or withdrawn, `E-CONFLICT` for a stale version.
    """

    def decide() -> dict[str, Any]:
        who = acting(ledger, actor)
        who.refuse_unless_may(Deed.WITHDRAW_INSTRUCTION)
        lines = _lines(ledger, instruction_no)
        refuse_stale(version, lines[0].version, f"Instruction {instruction_no}")
        _refuse_withdrawn(instruction_no, lines)
        first = lines[0].told
        amount_fen = sum(line.told.amount_fen for line in lines)
        taken = _taken(ledger, instruction_no)
        owed = obligation(ledger, first.ref_kind, first.ref_no, must_stand=bool(taken))
        _refuse_paid(instruction_no, owed, amount_fen, native=bool(taken))
        placed = [_withdrawn(ledger, line, who, reason) for line in lines]
        placed += releases(ledger, taken, instruction_no, who.staff_no)
        if taken:
            left_fen = max(owed.instructed_fen - amount_fen, 0)
            placed.append(_instructed(ledger, owed, instruction_no, left_fen, who))
        seal(ledger, placed)
        return instruction(ledger, instruction_no)

    return decided(ledger, decide)


def instruction(ledger: Ledger, instruction_no: str) -> dict[str, Any]:
    """An instruction as it stands: state, version, lines, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    lines = _lines(ledger, instruction_no)
    first = lines[0].told
    withdrawn = lines[0].withdrawn
    return {
        "instruction_no": instruction_no,
        "state": "withdrawn" if withdrawn else "instructed",
        "version": lines[0].version,
        "ref_kind": first.ref_kind,
        "ref_no": first.ref_no,
        "payee_id": first.payee_id,
        "amount_fen": sum(line.told.amount_fen for line in lines),
        "preparer": first.preparer,
        "approver": first.approver,
        "soft_stops": list(first.soft_stops),
        "lines": [
            {"line_no": line.line_no, "quota_doc_no": line.told.quota_doc_no, "amount_fen": line.told.amount_fen}
            for line in lines
        ],
        "allowed": [] if withdrawn else ["withdraw"],
        "timeline": timeline(sorted((one for line in lines for one in line.events), key=lambda one: one[0])),
    }


class _Standing(NamedTuple):
    """One line of an instruction, and what its stream holds."""

    line_no: int
    version: int
    told: PaymentInstructed
    withdrawn: bool
    events: list[tuple[int, Event]]


def _hands(ledger: Ledger, order: Order) -> Actor:
    """The preparer, once the approver may approve it and is somebody else."""
    actor = acting(ledger, order.actor)
    actor.refuse_unless_may(Deed.INSTRUCT)
    approver = acting(ledger, order.approver)
    approver.refuse_same_hand(actor.person, as_what="prepares the instruction")
    approver.refuse_unless_may(Deed.APPROVE_INSTRUCTION)
    approver.refuse_from_limit(Deed.APPROVE_INSTRUCTION, order.amount_fen, approval_limits(ledger))
    return actor


def _rows(order: Order, today: date) -> list[Mapping[str, Stated]]:
    """The instruction as rows of 支付指令台账, one a line."""
    return [
        {
            "instruction_no": order.instruction_no,
            "ref_kind": order.ref_kind,
            "ref_no": order.ref_no,
            "payee_name": order.payee_name,
            "payee_id": order.payee_id,
            "account_no": order.account_no,
            "quota_doc_no": line.quota_doc_no,
            "line_no": line_no,
            "amount": plain_yuan(line.amount_fen),
            "purpose_code": line.purpose_code,
            "preparer": order.actor,
            "approver": order.approver,
            "approved_on": (order.approved_on or today).isoformat(),
            "instructed_on": today.isoformat(),
            "instalment_plan": order.instalment_plan,
            "override_reason": order.override.reason,
        }
        for line_no, line in enumerate(order.lines, 1)
    ]


def _stands(ledger: Ledger, order: Order, fate: Fate) -> bool:
    """Whether this very instruction was given before.

    Raises:
        Refused: `E-DUP` when one of this number has other lines.
    """
    with ledger.engine.connect() as connection:
        asked = select(func.count()).where(INSTRUCTIONS.c.instruction_no == order.instruction_no)
        there = connection.execute(asked).scalar() or 0
    if not there and not fate.unchanged:
        return False
    if there == len(order.lines) and not fate.to_record:
        return True
    raise Refused(
        "E-DUP",
        field="instruction_no",
        value=order.instruction_no,
        why=f"Instruction {order.instruction_no} was given with {there} lines; {len(order.lines)} are stated now.",
        remedy="Give the new instruction another number, or withdraw the first.",
    )


def _instructed(ledger: Ledger, owed: Obligation, instruction_no: str, total_fen: int, actor: Actor) -> Placed:
    event = AmountInstructed(
        **ledger.envelope(AmountInstructed, actor=actor.staff_no),
        ref_kind=owed.ref_kind,
        ref_no=owed.ref_no,
        instruction_no=instruction_no,
        instructed_fen=total_fen,
    )
    return Placed(owed.stream, owed.version + 1, event)


def _lines(ledger: Ledger, instruction_no: str) -> list[_Standing]:
    rows = INSTRUCTIONS.c
    asked = select(rows.line_no).where(rows.instruction_no == instruction_no).order_by(rows.line_no)
    ledger.project()
    with ledger.engine.connect() as connection:
        numbers = [int(number) for number in connection.execute(asked).scalars()]
    if not numbers:
        raise Refused(
            "E-REF",
            field="instruction_no",
            value=instruction_no,
            why=f"There is no instruction {instruction_no}.",
            remedy="Check the number: mingzhang facts instructions.",
        )
    return [_line(ledger, instruction_no, number) for number in numbers]


def _line(ledger: Ledger, instruction_no: str, line_no: int) -> _Standing:
    entries = ledger.money.stream(ledger.stream(INSTRUCTION, instruction_no, str(line_no)))
    events = [(entry.position, load(entry.topic, entry.state)) for entry in entries]
    told = next(event for _, event in events if isinstance(event, PaymentInstructed))
    withdrawn = any(isinstance(event, InstructionWithdrawn) for _, event in events)
    return _Standing(line_no, entries[-1].version, told, withdrawn, events)


def _withdrawn(ledger: Ledger, line: _Standing, actor: Actor, reason: str) -> Placed:
    instruction_no = line.told.instruction_no
    person = line.told.payee_id if (line.told.payee_id or "").startswith("P-") else line.told.sealed_for
    event = InstructionWithdrawn(
        **ledger.envelope(InstructionWithdrawn, actor=actor.staff_no),
        **sealed_reason(ledger, person, reason),
        instruction_no=instruction_no,
        line_no=line.line_no,
    )
    return Placed(ledger.stream(INSTRUCTION, instruction_no, str(line.line_no)), line.version + 1, event)


def _taken(ledger: Ledger, instruction_no: str) -> list[tuple[str, str, int]]:
    """What the instruction took: document, organisation, fen; nothing of one that was imported."""
    rows = FUND_COMMITMENTS.c
    asked = select(rows.quota_doc_no, rows.org, rows.amount_fen).where(rows.instruction_no == instruction_no)
    with ledger.engine.connect() as connection:
        return [(str(document), str(org), int(fen)) for document, org, fen in connection.execute(asked)]


def _refuse_withdrawn(instruction_no: str, lines: Sequence[_Standing]) -> None:
    if any(line.withdrawn for line in lines):
        raise Refused(
            "E-STATE",
            field="instruction_no",
            value=instruction_no,
            why=f"Instruction {instruction_no} was withdrawn already.",
            remedy="Give a new one, under another number.",
        )


def _refuse_paid(instruction_no: str, owed: Obligation, amount_fen: int, *, native: bool) -> None:
    """Refuse to withdraw what the bank has paid: the rest that stays instructed must cover what was paid."""
    stays_fen = owed.instructed_fen - amount_fen if native else 0
    if owed.paid_fen <= max(stays_fen, 0):
        return
    raise Refused(
        "E-STATE",
        field="instruction_no",
        value=instruction_no,
        why=f"{yuan(owed.paid_fen)} were paid for {owed.ref_no}; {yuan(max(stays_fen, 0))} would stay instructed.",
        remedy="What was paid is reversed in full, and not withdrawn.",
    )
