"""FAL-12: a claim was paid above the standard in force."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.false_claims.standing import persons_paid_in
from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.fact_table import MILLION
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMME_RATES, PROGRAMMES

FIXED, CEILING, BY_QUANTITY = "定额", "上限", "数量×标准"
"""计发方式; what is paid at discretion (据实) has no standard."""


def claims_paid(touched: Touched) -> FromClause:
    """What was paid on each claim for each period, with its quantity and 档次."""
    p = PAYMENTS.c
    claim = (p.id_no, p.programme, p.period, p.period_start, p.period_end, p.claim_key)
    return (
        select(*claim, func.sum(p.net_fen).label("fen"), func.max(p.quantity_millionths).label("quantity"))
        .add_columns(func.coalesce(func.max(p.variant), "").label("variant"), func.min(p.paid_on).label("paid_on"))
        .add_columns(func.max(p.household_no).label("household_no"), every(p.claim_no).label("claim"))
        .add_columns(every(p.bank_ref).label("payment"), every(p.position).label("positions"))
        .where(counted(p), p.period_start.is_not(None), touched(p.id_no))
        .group_by(*claim)
        .subquery("claims_paid")
    )


def entitled_fen(c: Any) -> ColumnElement[int | None]:
    """The amount to which the payee, or else the household, is entitled for the period."""
    e = ENTITLEMENTS.c
    then = and_(e.starts_on <= c.period_end, or_(e.ends_on.is_(None), e.ends_on >= c.period_start))
    most = select(func.max(e.amount_per_period_fen)).where(e.programme == c.programme, e.quarantined.is_(False), then)
    own = most.where(e.id_no == c.id_no).scalar_subquery()
    return func.coalesce(own, most.where(e.household_no == c.household_no).scalar_subquery())


@rule(
    "FAL-12",
    zh="超标准",
    en="above standard",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(17, "健全扶贫资金项目常态化监管机制"),
    needs=(PAYMENTS, PROGRAMMES, PROGRAMME_RATES),
    parameters={"tolerance_fen": Parameter(100, "fen", "允许的尾差")},
    anchor=("person", "programme", "period"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under, "rate": persons_paid_under, "household": persons_paid_in},
    why_zh="“{programme}”{period}期发放{paid_yuan}，按当期标准最多{allowed_yuan}，超出{at_risk_yuan}。",
    why_en="{programme} for {period}: {paid_yuan} was paid; the standard in force allows {allowed_yuan}. "
    "Beyond it: {at_risk_yuan}.",
)
def paid_above_the_standard(touched: Touched, limits: Limits) -> Select[Any]:
    """Keep payments under constant watch: a claim comes to what the standard of its period gives, and no more.

    The standard is that in force on the first day of the period. Where a quantity is paid for and none is stated, the
    amount of the entitlement is the limit. A supplement (补差) is a claim of its own.
    """
    c, g, r = claims_paid(touched).c, PROGRAMMES.c, PROGRAMME_RATES.c
    in_force = and_(r.starts_on <= c.period_start, or_(r.until.is_(None), r.until >= c.period_start))
    of_variant = and_(r.programme == c.programme, func.coalesce(r.variant, "") == c.variant)
    allowed_fen = case(
        (g.amount_rule.in_((FIXED, CEILING)), r.rate_fen),
        (and_(g.amount_rule == BY_QUANTITY, c.quantity.is_not(None)), r.rate_fen * c.quantity // MILLION),
        (g.amount_rule == BY_QUANTITY, entitled_fen(c)),
    )
    n = (
        select(*c, allowed_fen.label("allowed_fen"))
        .join(PROGRAMMES.table, g.programme == c.programme)
        .outerjoin(PROGRAMME_RATES.table, and_(of_variant, in_force))
        .subquery("judged")
        .c
    )
    return (
        select(n.id_no.label("person"), n.programme, n.period, every(n.claim).label("claim"))
        .add_columns(every(n.payment).label("payment"), evidence(n.positions), func.sum(n.fen).label("paid_fen"))
        .add_columns(func.sum(n.allowed_fen).label("allowed_fen"), func.min(n.paid_on).label("holds_from"))
        .add_columns(func.sum(n.fen - n.allowed_fen).label("at_risk_fen"))
        .where(n.fen > n.allowed_fen + limits.tolerance_fen)
        .group_by(n.id_no, n.programme, n.period)
    )
