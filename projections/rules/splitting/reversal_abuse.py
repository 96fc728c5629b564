"""LED-04: somebody reverses much of what he prepared, or reversed what was announced and entered it for another."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal, or_, select

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.returns import PAYMENT_RETURNS, REVERSAL
from projections.tables.supervision import SPOT_CHECK_SAMPLES


def _reversed() -> CTE:
    """Payments that were reversed, with the day and who did it: whoever entered the reversal, else the payment.

    What the bank sent back (退票) is none of them.
    """
    p, r = PAYMENTS.c, PAYMENT_RETURNS.c
    return (
        select(p.bank_ref, p.claim_no, p.id_no, p.programme, p.period, p.village, r.returned_on)
        .add_columns(func.sum(p.amount_fen).label("amount_fen"), func.coalesce(r.preparer, p.preparer).label("staff"))
        .add_columns(p.preparer.label("prepared_by"))
        .add_columns(every(p.position).label("positions"), r.position.label("return_at"))
        .join(PAYMENTS.table, p.bank_ref == r.target_ref)
        .where(r.return_kind == REVERSAL, ~r.quarantined)
        .group_by(p.bank_ref, p.claim_no, p.id_no, p.programme, p.period, p.village, r.returned_on)
        .group_by(r.preparer, p.preparer, r.position)
        .cte("reversed")
    )


def _named(payee: ColumnElement[Any], was: Any) -> ColumnElement[bool]:
    """Whether a notice of the programme named `payee` before the reversal."""
    n, line = NOTICES.c, NOTICE_LINES.c
    return exists().where(
        line.id_no == payee, n.notice_no == line.notice_no, n.programme == was.programme, n.starts_on <= was.returned_on
    )


def _entered_for_another(reversed_: CTE) -> CTE:
    """Of the reversed payments that were announced or drawn those that came again to somebody else.

    They came again if the claim is the same; or if programme, period, village, amount and clerk are, and the new payee
    had not been announced.
    """
    p, drawn = PAYMENTS.c, SPOT_CHECK_SAMPLES.c
    was = reversed_.c
    is_drawn = exists().where(
        drawn["items"].contains(literal('"') + was.bank_ref + '"'), drawn.drawn_on <= was.returned_on
    )
    alike = and_(p.programme == was.programme, p.period == was.period, p.village == was.village)
    same_need = and_(alike, p.amount_fen == was.amount_fen, p.preparer == was.prepared_by, ~_named(p.id_no, was))
    return (
        select(was.staff, was.bank_ref, was.returned_on, every(was.positions, was.return_at).label("positions"))
        .add_columns(
            every(p.bank_ref).label("again"), every(p.id_no).label("new_payees"), every(p.position).label("at")
        )
        .join_from(reversed_, PAYMENTS.table, or_(p.claim_no == was.claim_no, same_need))
        .where(p.kind == SUBSIDY, p.net_fen > 0, p.id_no != was.id_no, p.paid_on >= was.returned_on)
        .where(or_(_named(was.id_no, was), is_drawn))
        .group_by(was.staff, was.bank_ref, was.returned_on)
        .cte("entered_for_another")
    )


def _prepared() -> CTE:
    """How many payments each hand prepared."""
    p = PAYMENTS.c
    first_line = and_(p.line_no == 1, p.preparer.is_not(None))
    return select(p.preparer, func.count().label("entries")).where(first_line).group_by(p.preparer).cte("prepared")


@rule(
    "LED-04",
    zh="冲正异常",
    en="reversal abuse",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "reversal share of actor >5 % (n≥20)"),
    needs=(PAYMENTS, PAYMENT_RETURNS),
    parameters={
        "percent": Parameter(5, "percent", "一名经办人冲正笔数占其经办笔数的比例", most=100),
        "entries": Parameter(20, "entries", "判断比例所需的经办笔数", least=1),
    },
    anchor=("staff",),
    subjects=("staff", "payment", "claim", "person"),
    keyed_by=None,
    why_zh="经办{entries}笔，冲正{reversals}笔共{at_risk_yuan}，其中{moved}笔在公示或抽中之后冲正并改发他人。",
    why_en="{reversals} reversals, {at_risk_yuan} in all, beside {entries} entries; {moved} of them undid what had "
    "been announced or drawn, and came again for somebody else.",
)
def reversed_too_often_or_for_another(touched: Touched, limits: Limits) -> Select[Any]:
    """A reversal mends a mistake: it is rare, and what had been announced does not come again to somebody else."""
    was, prepared = _reversed(), _prepared()
    moved = _entered_for_another(was)
    entries = func.coalesce(func.max(prepared.c.entries), 0)
    too_many = and_(entries >= limits.entries, func.count() * 100 > entries * limits.percent)
    m, w = moved.c, was.c
    return (
        select(w.staff, every(w.bank_ref, func.coalesce(m.again, w.bank_ref)).label("payment"))
        .add_columns(
            every(w.claim_no).label("claim"), every(w.id_no, func.coalesce(m.new_payees, w.id_no)).label("person")
        )
        .add_columns(evidence(w.positions, w.return_at, func.coalesce(m.at, w.positions)))
        .add_columns(func.sum(w.amount_fen).label("at_risk_fen"), func.max(w.returned_on).label("holds_from"))
        .add_columns(entries.label("entries"), func.count().label("reversals"), func.count(m.again).label("moved"))
        .select_from(was)
        .outerjoin(prepared, prepared.c.preparer == w.staff)
        .outerjoin(moved, and_(m.staff == w.staff, m.bank_ref == w.bank_ref))
        .where(w.staff.is_not(None))
        .group_by(w.staff)
        .having(or_(too_many, func.count(m.again) > 0))
    )
