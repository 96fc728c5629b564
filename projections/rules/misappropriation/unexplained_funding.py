"""MIS-05: the bank paid what no instruction tells it to pay."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, null, select, union, union_all

from projections.rules.misappropriation.obligations import CLAIM, CONTRACT, OF_A_CLAIM, OF_A_CONTRACT, the_same
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.claims import CLAIMS
from projections.tables.commitments import stands
from projections.tables.contracts import CONTRACTS
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.payments import PAYMENTS


def _kept_since(ref_kind: str) -> ColumnElement[int | None]:
    """The day from which instructions of a kind are kept in this ledger; null while there is none."""
    i = INSTRUCTIONS.c
    return select(func.min(i.instructed_on)).where(i.ref_kind == ref_kind).scalar_subquery()


def instructed_obligations(keys: Select[Any]) -> Select[Any]:
    """The claims and contracts under these instructions; all that were paid, once the first of its kind is given."""
    i, p = INSTRUCTIONS.c, PAYMENTS.c
    those = select(i.ref_no).where(i.instruction_no.in_(keys))
    paid = [
        select(number).where(
            number.is_not(None),
            exists().where(i.instruction_no.in_(keys), i.ref_kind == kind, i.instructed_on == _kept_since(kind)),
        )
        for number, kind in ((p.claim_no, OF_A_CLAIM), (p.contract_no, OF_A_CONTRACT))
    ]
    reached = union(those, *paid).subquery()
    return select(reached.c[0])


def _unexplained(touched: Touched) -> CTE:
    """Claims and contracts that were paid more than the instructions that stand tell to pay."""
    i, c, k = INSTRUCTIONS.c, CLAIMS.c, CONTRACTS.c
    told = (
        select(i.ref_kind, i.ref_no, func.sum(i.amount_fen).label("instructed_fen"))
        .where(stands(), touched(i.ref_no))
        .group_by(i.ref_kind, i.ref_no)
        .cte("told")
    )
    instructed_fen = func.coalesce(told.c.instructed_fen, 0)
    claims = (
        select(literal(CLAIM).label("of"), c.claim_key.label("number"), instructed_fen.label("instructed_fen"))
        .outerjoin(told, and_(told.c.ref_no == c.claim_key, told.c.ref_kind == OF_A_CLAIM))
        .where(c.net_fen > instructed_fen, touched(c.claim_key))
    )
    contracts = (
        select(literal(CONTRACT), k.contract_no, instructed_fen)
        .outerjoin(told, and_(told.c.ref_no == k.contract_no, told.c.ref_kind == OF_A_CONTRACT))
        .where(k.net_fen > instructed_fen, touched(k.contract_no))
    )
    return union_all(claims, contracts).cte("unexplained")


def _paid(of: str, ref_kind: str, number: ColumnElement[Any], unexplained: CTE, before: int) -> Select[Any]:
    """The payments of such claims, or contracts, since instructions are kept and `before` a day."""
    p, u = PAYMENTS.c, unexplained.c
    numbers = {CLAIM: p.claim_no, CONTRACT: p.contract_no}
    return (
        select(u.of, u.number, u.instructed_fen, p.bank_ref, p.position, p.line_no, p.paid_on, p.net_fen, p.account_no)
        .add_columns(*((column if kind == of else null()).label(kind) for kind, column in numbers.items()))
        .join(unexplained, and_(u.of == of, u.number == number))
        .where(p.net_fen > 0, p.paid_on >= _kept_since(ref_kind), p.paid_on < before)
    )


@rule(
    "MIS-05",
    zh="混用资金",
    en="unexplained funding",
    severity=ORANGE,
    mode=Mode.STREAMING | Mode.PERIODIC,
    clause=plan(17, "加强扶贫资金使用和监管"),
    needs=(PAYMENTS, INSTRUCTIONS),
    parameters={"lag_days": Parameter(5, "days", "指令晚于支付入账仍属正常的天数")},
    anchor=("obligation", "of"),
    subjects=("claim", "contract", "payment", "account"),
    keyed_by="obligation",
    reached_by={CLAIM: the_same, CONTRACT: the_same, "instruction": instructed_obligations},
    why_zh="已付{paid_yuan}（{payments}笔），支付令只有{instructed_yuan}，{at_risk_yuan}没有支付令说明资金来源。",
    why_en="{paid_yuan} was paid in {payments} payments; the instructions that stand come to {instructed_yuan}, so "
    "that none explains {at_risk_yuan}.",
)
def paid_without_instruction(touched: Touched, limits: Limits) -> Select[Any]:
    """Supervise the use of the money: what the bank pays, an instruction told it to, with the lines that fund it.

    Judged from the first instruction of a kind (补贴, 项目) on, and only by claims and contracts that have a number: an
    office that gives no instructions for projects, or numbers no claims, cannot be measured by them. Some days are
    left for the instruction to come in.
    """
    p = PAYMENTS.c
    unexplained = _unexplained(touched)
    before = limits.as_of.toordinal() - limits.lag_days
    rows = union_all(
        _paid(CLAIM, OF_A_CLAIM, p.claim_no, unexplained, before),
        _paid(CONTRACT, OF_A_CONTRACT, p.contract_no, unexplained, before),
    ).cte("paid")
    n = rows.c
    running_fen = so_far(n.net_fen, n.paid_on, n.position, n.line_no, of=(n.of, n.number))
    t = select(*n, (running_fen - n.instructed_fen).label("beyond_fen")).subquery("in_turn").c
    return (
        select(t.number.label("obligation"), t.of, every(t.claim).label("claim"), every(t.contract).label("contract"))
        .add_columns(every(t.bank_ref).label("payment"), every(t.account_no).label("account"), evidence(t.position))
        .add_columns(func.sum(t.net_fen).label("paid_fen"), func.max(t.instructed_fen).label("instructed_fen"))
        .add_columns(func.max(t.beyond_fen).label("at_risk_fen"), func.count(t.position.distinct()).label("payments"))
        .add_columns(
            (func.min(case((t.beyond_fen > 0, t.paid_on))) + limits.lag_days + 1).label("holds_from"),
        )
        .group_by(t.of, t.number)
        .having(func.max(t.beyond_fen) > 0)
    )
