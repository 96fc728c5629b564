"""COI-02: households near to cadres are paid far more often than the others of their village."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CTE, Select, and_, case, func, literal, or_, select, union

from projections.rules.conflicts.concentrated_contracts import months_before
from projections.rules.conflicts.fisher import MILLION, fisher_ppm
from projections.rules.paid import ON_BEHALF
from projections.rules.phrases import every, evidence
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.rules.splitting.approvals import serving
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.relations import RELATIONS
from projections.tables.roster import ROSTER_SPANS


def _near(day: Any) -> CTE:
    """Serving cadres and the relatives whom they declared."""
    s, r = STAFF.c, RELATIONS.c
    cadres = select(s.id_no.label("person"), s.last_position.label("basis")).where(~s.quarantined, serving(day, s))
    declared = (
        select(r.relative_id, r.last_position)
        .join(STAFF.table, and_(s.staff_no == r.staff_no, serving(day, s)))
        .where(~r.quarantined)
    )
    return union(cadres, declared).cte("near_cadres")


def _households(day: int) -> CTE:
    """Households on the roster by village: near a cadre (1) or not (0)."""
    m = ROSTER_SPANS.c
    near = _near(literal(day))
    return (
        select(m.village, m.household_no, func.max(case((near.c.person.is_not(None), 1), else_=0)).label("near"))
        .add_columns(every(near.c.basis).label("basis"))
        .outerjoin(near, near.c.person == m.id_no)
        .where(~m.quarantined, m.included_on <= day, or_(m.exited_on.is_(None), m.exited_on > day))
        .group_by(m.village, m.household_no)
        .cte("households")
    )


def seldom_by_chance(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """Villages with enough households near to cadres whose share of beneficiaries chance would seldom bring."""
    for row in rows:
        if row["ours"] < limits.households:
            continue
        if fisher_ppm(row["ours"], row["our_hits"], row["others"], row["their_hits"]) < limits.chance_ppm:
            yield row


@rule(
    "COI-02",
    zh="亲属受益率",
    en="relatives' share",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "Fisher one-sided p<0.01, n≥10"),
    needs=(PAYMENTS, ROSTER_SPANS, STAFF, RELATIONS),
    parameters={
        "households": Parameter(10, "households", "干部及备案亲属所在的户数", least=1),
        "months": Parameter(12, "months", "统计的月数", least=1),
        "chance_ppm": Parameter(10_000, "ppm", "单侧费希尔精确检验的显著性水平", most=MILLION),
    },
    anchor=("place",),
    subjects=("place", "household"),
    keyed_by=None,
    decides=seldom_by_chance,
    waits_for="亲属关系数据（备案以外） / relations beyond those declared",
    why_zh="干部及备案亲属{ours}户中{our_hits}户受益，其他{others}户中{their_hits}户受益，难以用偶然解释。",
    why_en="{our_hits} of {ours} households near to cadres were paid, and {their_hits} of {others} others: more than "
    "chance explains.",
)
def households_near_cadres_are_favoured(touched: Touched, limits: Limits) -> Select[Any]:
    """Who is near to a cadre has no better chance than the neighbours; relations are those declared.

    Premiums paid on behalf (代缴) are paid for everybody, and say nothing.
    """
    p = PAYMENTS.c
    day, since = limits.as_of.toordinal(), months_before(limits.as_of, limits.months).toordinal()
    households = _households(day)
    paid = (
        select(p.household_no, func.sum(p.net_fen).label("paid_fen"), func.max(p.paid_on).label("last_on"))
        .where(p.kind == SUBSIDY, ~p.quarantined, p.net_fen > 0, p.channel != ON_BEHALF)
        .where(p.paid_on > since, p.paid_on <= day, p.household_no.is_not(None))
        .group_by(p.household_no)
        .subquery("paid")
    )
    h, paid_fen = households.c, paid.c.paid_fen
    ours, hit = h.near == 1, paid_fen.is_not(None)
    return (
        select(h.village.label("place"), every(case((and_(ours, hit), h.household_no))).label("household"))
        .add_columns(func.count(case((ours, 1))).label("ours"), func.count(case((~ours, 1))).label("others"))
        .add_columns(func.count(case((and_(ours, hit), 1))).label("our_hits"))
        .add_columns(func.count(case((and_(~ours, hit), 1))).label("their_hits"), evidence(h.basis))
        .add_columns(func.coalesce(func.sum(case((ours, paid_fen))), 0).label("at_risk_fen"))
        .add_columns(func.coalesce(func.max(case((ours, paid.c.last_on))), day).label("holds_from"))
        .outerjoin(paid, paid.c.household_no == h.household_no)
        .group_by(h.village)
    )
