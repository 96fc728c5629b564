"""DUP-06: one person is paid from two villages for one period, or stands on the roster of two on one day."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, cast, exists, func, literal, null, or_, select, union_all

from projections.dialect import BIGINT, TEXT
from projections.rules.duplicates.household_paid_twice import PARTED
from projections.rules.phrases import counted, every, evidence, nth
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.places import PLACES
from projections.tables.roster import ROSTER_SPANS

MOVED = ("迁出", *PARTED)
"""退出类型 of whoever leaves a village and may stand on another's roster."""


def village_named(stated: ColumnElement[str]) -> ColumnElement[str]:
    """The village's own name: 区划登记 knows other spellings of it."""
    v = PLACES.c
    spelt_so = or_(v.place_name == stated, func.replace(v.aliases, '"' + stated + '"', "") != v.aliases)
    return func.coalesce(select(func.min(v.place_name)).where(spelt_so).scalar_subquery(), stated)


def paid_by_villages(touched: Touched, limits: Limits) -> CTE:
    """What each village had a person paid under one programme for one period, where several spellings did."""
    p = PAYMENTS.c
    one_period = (p.id_no, p.programme, p.period)
    counts = and_(counted(p), p.village.is_not(None), p.period.is_not(None), touched(p.id_no))
    several = (
        select(*one_period)
        .where(counts)
        .group_by(*one_period)
        .having(func.count(p.village.distinct()) >= limits.villages)
        .cte("several")
    )
    lines = (
        select(*one_period, village_named(p.village).label("village"), p.period_start, p.period_end, p.position)
        .add_columns(p.net_fen, p.paid_on, p.claim_no, p.bank_ref)
        .join(several, and_(*(several.c[column.name] == column for column in one_period)))
        .where(counts)
        .cte("lines")
        .c
    )
    of_village = (lines.id_no, lines.programme, lines.period, lines.village)
    return (
        select(*of_village, func.sum(lines.net_fen).label("fen"), every(lines.position).label("positions"))
        .add_columns(every(lines.claim_no).label("claim"), every(lines.bank_ref).label("payment"))
        .add_columns(func.min(lines.paid_on).label("first_on"), func.max(lines.paid_on).label("last_on"))
        .add_columns(func.min(lines.period_start).label("starts_on"), func.max(lines.period_end).label("ends_on"))
        .group_by(*of_village)
        .cte("of_village")
    )


def moved_meanwhile(v: Any) -> ColumnElement[bool]:
    """Whether the person left that village within the period, or before it paid for the last time."""
    s = ROSTER_SPANS.c
    left = and_(s.village == v.village, s.exit_kind.in_(MOVED), s.exited_on >= v.starts_on)
    meanwhile = or_(s.exited_on <= v.ends_on, s.exited_on <= v.last_on)
    return exists().where(s.id_no == v.id_no, s.quarantined.is_(False), left, meanwhile)


def paid_twice_over(touched: Touched, limits: Limits) -> Select[Any]:
    """A row a village beyond the one that had most paid, and one for that one with nothing at risk."""
    v = paid_by_villages(touched, limits).c
    group = (v.id_no, v.programme, v.period)
    moved = func.max(case((moved_meanwhile(v), 1), else_=0)).over(partition_by=group)
    n = (
        select(*v, moved.label("moved"), func.count().over(partition_by=group).label("villages"))
        .add_columns(nth(v.fen.desc(), v.first_on, v.village, of=group).label("by_size"))
        .add_columns(nth(v.first_on, v.village, of=group).label("by_day"))
        .subquery("in_turn")
        .c
    )
    return select(
        n.id_no,
        n.village,
        case((n.by_size >= limits.villages, n.fen), else_=0).label("fen"),
        case((n.by_day >= limits.villages, n.first_on)).label("paid_on"),
        cast(null(), BIGINT).label("listed_on"),
        n.claim,
        n.payment,
        n.positions,
    ).where(n.villages >= limits.villages, n.moved == 0)


def listed_twice(touched: Touched) -> Select[Any]:
    """A row a span of the roster that shares a day with one in another village."""
    s, other = ROSTER_SPANS.table.alias("span").c, ROSTER_SPANS.table.alias("other").c
    share_a_day = and_(
        or_(other.exited_on.is_(None), other.exited_on > s.included_on),
        or_(s.exited_on.is_(None), s.exited_on > other.included_on),
    )
    elsewhere = and_(other.id_no == s.id_no, other.village != s.village, other.quarantined.is_(False), share_a_day)
    return (
        select(s.id_no, s.village, literal(0).label("fen"), cast(null(), BIGINT).label("paid_on"))
        .add_columns(func.min(case((other.included_on > s.included_on, other.included_on), else_=s.included_on)))
        .add_columns(cast(null(), TEXT), cast(null(), TEXT), cast(s.last_position, TEXT))
        .join(other.id_no.table, elsewhere)
        .where(s.quarantined.is_(False), touched(s.id_no))
        .group_by(s.id_no, s.village, s.last_position)
    )


@rule(
    "DUP-06",
    zh="跨村跨镇",
    en="cross-village",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(20, "提高精准识别质量,完善动态管理机制"),
    needs=(PAYMENTS,),
    parameters={"villages": Parameter(2, "villages", "同一人同项同期的村数", least=2)},
    anchor=("person",),
    subjects=("person", "claim", "payment", "place"),
    keyed_by="person",
    why_zh="同一人在{villages}个村同时在册或同项同期领取，重复领取{at_risk_yuan}。",
    why_en="One person stands on the roster of {villages} villages at once, or was paid from them for the same period; "
    "{at_risk_yuan} was paid twice over.",
)
def paid_or_listed_in_two_villages(touched: Touched, limits: Limits) -> Select[Any]:
    """Identify precisely: a person belongs to one village at a time. Whoever moves within the period is in both.

    At risk is what the villages beyond the one that paid most had paid. It holds from the first payment of a second
    village; where nothing was paid twice, from the first day on two rosters.
    """
    n = union_all(paid_twice_over(touched, limits), listed_twice(touched)).subquery("rows").c
    return (
        select(n.id_no.label("person"), every(n.village).label("place"), func.sum(n.fen).label("at_risk_fen"))
        .add_columns(every(n.claim).label("claim"), every(n.payment).label("payment"), evidence(n.positions))
        .add_columns(func.coalesce(func.min(n.paid_on), func.min(n.listed_on)).label("holds_from"))
        .add_columns(func.count(n.village.distinct()).label("villages"))
        .group_by(n.id_no)
    )
