"""INT-01: a month after the instruction, less arrived than was approved."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from domain.money import fen_of
from projections.rules.phrases import SEPARATOR, every
from projections.rules.rule import RED, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.claims import CLAIMS
from projections.tables.commitments import stands
from projections.tables.contracts import CONTRACTS
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.payments import PAYMENTS, SUBSIDY

CLAIM, CONTRACT = "补贴", "项目"
FIELD: Final = "\x1e"
"""Between the figures of one instructed line."""


class Line(NamedTuple):
    """One funding line of an instruction: what, when, and by which agreed instalments."""

    instruction_no: str
    line_no: int
    instructed_on: int
    amount_fen: int
    instalments: str

    @classmethod
    def read(cls, text: str) -> "Line":
        """The line that the SELECT wrote into one text."""
        number, line_no, day, amount, instalments = text.split(FIELD)
        return cls(number, int(line_no), int(day), int(amount), instalments)


def instructed_for(persons: Select[Any]) -> Select[Any]:
    """What the instructions were about that name persons who changed."""
    return select(INSTRUCTIONS.c.ref_no).where(INSTRUCTIONS.c.payee_id.in_(persons))


def instructions_of(withdrawn: Select[Any]) -> Select[Any]:
    """What the instructions were about of which a line was withdrawn."""
    return select(INSTRUCTIONS.c.ref_no).where(INSTRUCTIONS.c.instruction_no.in_(withdrawn))


def contracts_themselves(contracts: Select[Any]) -> Select[Any]:
    """An instruction for a project names its contract."""
    return contracts


def still_short(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """Of what was instructed in whole, only what is due by now: an agreed instalment is due a month after its date."""
    for row in found:
        due = sorted(_due([Line.read(text) for text in set(row["lines"].split(SEPARATOR))]))
        owed_fen, paid_fen = 0, int(row["paid_fen"])
        for day, fen_due in due:
            owed_fen += fen_due if day + limits.days < limits.as_of.toordinal() else 0
        if owed_fen - paid_fen > limits.tolerated_fen:
            positions = filter(None, (row["instructed"], row["paid"]))
            yield dict(row) | {
                "evidence": SEPARATOR.join(positions),
                "owed_fen": owed_fen,
                "at_risk_fen": owed_fen - paid_fen,
                "holds_from": _first_short(due, paid_fen + limits.tolerated_fen) + limits.days + 1,
            }


def _due(lines: Iterable[Line]) -> Iterator[tuple[int, int]]:
    """Days with what is owed from then on; the agreed dates, where an instruction has such."""
    by_instruction: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_instruction[line.instruction_no].append(line)
    for of_one in by_instruction.values():
        agreed = next(filter(None, map(_instalments, (line.instalments for line in of_one))), None)
        yield from agreed or [(line.instructed_on, line.amount_fen) for line in of_one]


def _instalments(text: str) -> list[tuple[int, int]]:
    """`2020-06-20:1500.00;2020-12-20:1500.00`; nothing where it is written otherwise."""
    try:
        parts = [part.rsplit(":", 1) for part in unicodedata.normalize("NFKC", text).split(";") if part.strip()]
        return [(date.fromisoformat(day.strip()).toordinal(), fen_of(Decimal(amount.strip()))) for day, amount in parts]
    except (ValueError, ArithmeticError):
        return []


def _first_short(due: Iterable[tuple[int, int]], paid_fen: int) -> int:
    """The day of what is owed beyond what was paid."""
    for day, owed_fen in due:
        paid_fen -= owed_fen
        if paid_fen < 0:
            return day
    return day


@rule(
    "INT-01",
    zh="少付",
    en="short payment",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(INSTRUCTIONS, PAYMENTS),
    parameters={
        "days": Parameter(30, "days", "指令（或约定分期日）后应付清的天数"),
        "tolerated_fen": Parameter(100, "fen", "可容忍的差额"),
    },
    anchor=("claim",),
    subjects=("claim", "contract", "person", "org", "payment", "instruction"),
    keyed_by="claim",
    reached_by={"instruction": instructions_of, "contract": contracts_themselves, "person": instructed_for},
    why_zh="按指令应付{owed_yuan}，到期后实付净额{paid_yuan}，少付{at_risk_yuan}。",
    why_en="{owed_yuan} was instructed and due; {paid_yuan} was paid, net of returns: {at_risk_yuan} is short.",
    decides=still_short,
)
def less_paid_than_instructed(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody keeps back what was approved for another: what was instructed arrives, within a month, to the yuan.

    What was instructed for one claim or contract is taken together, as is what was paid for it after returns. Where
    the payments leave 申请编号 blank, one to the same payee of the same amount counts as that of the claim.
    """
    instructed = _instructed(touched, limits)
    s, p = instructed.c, PAYMENTS.c
    paid_for = or_(
        and_(s.ref_kind == CLAIM, p.claim_key == s.claim), and_(s.ref_kind == CONTRACT, p.contract_no == s.claim)
    )
    return (
        select(*s)
        .add_columns(every(p.bank_ref).label("payment"), every(p.position).label("paid"))
        .outerjoin(PAYMENTS.table, paid_for)
        .group_by(*s)
    )


def _instructed(touched: Touched, limits: Limits) -> CTE:
    """What was instructed for a claim or contract, line by line, where less was paid than the whole of it."""
    i, short = INSTRUCTIONS.c, _short(touched, limits).subquery("short").c
    figures = [cast(figure, String) for figure in (i.line_no, i.instructed_on, i.amount_fen)]
    line = i.instruction_no + FIELD + figures[0] + FIELD + figures[1] + FIELD + figures[2] + FIELD
    person = i.payee_id.startswith("P-")
    return (
        select(short.ref_no.label("claim"), short.ref_kind, short.paid_fen)
        .add_columns(case((short.ref_kind == CONTRACT, short.ref_no)).label("contract"))
        .add_columns(every(case((person, i.payee_id))).label("person"), every(case((~person, i.payee_id))).label("org"))
        .add_columns(every(i.instruction_no).label("instruction"), every(i.position).label("instructed"))
        .add_columns(every(line + func.coalesce(i.instalment_plan, "")).label("lines"))
        .join_from(short.ref_no.table, INSTRUCTIONS.table, _of(short))
        .where(*_due_lines(limits))
        .group_by(short.ref_kind, short.ref_no, short.paid_fen)
        .cte("instructed")
    )


def _of(short: Any) -> ColumnElement[bool]:
    """Whether a line is about what was found short; its number finds it, not its kind, of which there are two."""
    i = INSTRUCTIONS.c
    return and_(i.ref_no == short.ref_no, func.coalesce(i.ref_kind, "") == short.ref_kind)


def _short(touched: Touched, limits: Limits) -> Select[Any]:
    """The claims and contracts for which less was paid than was instructed in all; contracts only if on record."""
    i, c, k = INSTRUCTIONS.c, CLAIMS.c, CONTRACTS.c
    nothing, once = literal(0), literal(1)
    instructed = (
        select(i.ref_no, i.ref_kind, i.amount_fen.label("instructed_fen"), nothing.label("paid_fen"))
        .add_columns(nothing.label("on_record"))
        .where(*_due_lines(limits), touched(i.ref_no), ~_is_paid_without_a_number())
    )
    claims = select(c.claim_key, literal(CLAIM), nothing, c.net_fen, once).where(touched(c.claim_key))
    contracts = select(k.contract_no, literal(CONTRACT), nothing, k.net_fen, once).where(touched(k.contract_no))
    f = union_all(instructed, claims, contracts).subquery("figures").c
    paid = func.sum(f.paid_fen)
    return (
        select(f.ref_no, f.ref_kind, paid.label("paid_fen"))
        .group_by(f.ref_no, f.ref_kind)
        .having(func.sum(f.instructed_fen) - paid > limits.tolerated_fen)
        .having(or_(f.ref_kind == CLAIM, func.max(f.on_record) == 1))
    )


def _is_paid_without_a_number() -> ColumnElement[bool]:
    """Whether no payment names the claim, and one that names none paid its payee as much: 申请编号 may be blank."""
    i, c, p = INSTRUCTIONS.c, CLAIMS.c, PAYMENTS.c
    is_named = exists().where(c.claim_key == i.ref_no)
    same = and_(p.id_no == i.payee_id, p.claim_no.is_(None), p.amount_fen == i.amount_fen)
    paid = exists().where(same, p.kind == SUBSIDY, p.paid_on >= i.instructed_on)
    return and_(i.ref_kind == CLAIM, ~is_named, paid)


def _due_lines(limits: Limits) -> tuple[ColumnElement[bool], ...]:
    """The lines of instructions that stand and are older than a month."""
    i = INSTRUCTIONS.c
    return (~i.quarantined, i.instructed_on + limits.days < limits.as_of.toordinal(), stands())
