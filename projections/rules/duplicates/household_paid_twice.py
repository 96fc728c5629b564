"""DUP-04: two members of one household are paid under a programme that pays a household once."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from projections.rules.paid import PER_HOUSEHOLD
from projections.rules.phrases import counted, every, evidence, nth
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import ROSTER_SPANS

PARTED = ("分户", "婚出")
"""退出类型 of whoever leaves a household for one of their own."""


def households_paid_under(terms: Select[Any]) -> Select[Any]:
    """The households paid under the programmes whose terms changed."""
    return select(PAYMENTS.c.household_no).where(PAYMENTS.c.programme.in_(terms))


def households_of(persons: Select[Any]) -> Select[Any]:
    """The households in which `persons` were paid."""
    return select(PAYMENTS.c.household_no).where(PAYMENTS.c.id_no.in_(persons))


def parted_about_then(days: int) -> ColumnElement[bool]:
    """Whether the payee left that household within so many days of the period or of the payment."""
    p, s = PAYMENTS.c, ROSTER_SPANS.c
    left = and_(s.household_no == p.household_no, s.exit_kind.in_(PARTED))
    began = and_(s.from_household == p.household_no, s.included_kind.in_(PARTED))

    def about_then(day: ColumnElement[int]) -> ColumnElement[bool]:
        of_period = day.between(p.period_start - days, p.period_end + days)
        return or_(of_period, day.between(p.paid_on - days, p.paid_on + days))

    parted = or_(and_(left, about_then(s.exited_on)), and_(began, about_then(s.included_on)))
    return exists().where(s.id_no == p.id_no, s.quarantined.is_(False), parted)


def members_paid(touched: Touched, limits: Limits) -> FromClause:
    """What each member got, in the households where several are paid for one period; who parted then is left out."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    one_period = (p.household_no, p.programme, p.period)
    counts = and_(counted(p), p.household_no.is_not(None), p.period.is_not(None))
    several = (
        select(*one_period)
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counts, g.unit == PER_HOUSEHOLD, touched(p.household_no))
        .group_by(*one_period)
        .having(func.count(p.id_no.distinct()) >= limits.members)
        .cte("several")
    )
    fen, first_on = func.sum(p.net_fen), func.min(p.paid_on)
    return (
        select(*one_period, p.id_no, fen.label("fen"), first_on.label("first_on"), every(p.position).label("positions"))
        .add_columns(every(p.claim_no).label("claim"), every(p.bank_ref).label("payment"))
        .add_columns(nth(fen.desc(), first_on, p.id_no, of=one_period).label("by_size"))
        .add_columns(nth(first_on, p.id_no, of=one_period).label("by_day"))
        .join(several, and_(*(several.c[column.name] == column for column in one_period)))
        .where(counts, ~parted_about_then(limits.days_about_parting))
        .group_by(*one_period, p.id_no)
        .subquery("members")
    )


@rule(
    "DUP-04",
    zh="同户重复",
    en="household twice",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(9, "完善农村低保制度,健全低保对象认定方法"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={
        "members": Parameter(2, "persons", "按户发放的项目同期同户的受领人数", least=2),
        "days_about_parting": Parameter(90, "days", "分户前后不计的天数"),
    },
    anchor=("household", "programme", "period"),
    subjects=("household", "person", "claim", "payment"),
    keyed_by="household",
    reached_by={"terms": households_paid_under, "person": households_of},
    why_zh="“{programme}”按户发放，{period}期同一户有{members}人受领共{paid_yuan}，超出一份的{at_risk_yuan}。",
    why_en="{programme} is paid to a household; for {period} {members} members of one were paid {paid_yuan}, of which "
    "{at_risk_yuan} is beyond one grant.",
)
def household_paid_to_several_members(touched: Touched, limits: Limits) -> Select[Any]:
    """What is granted to a household is paid to it once. Whoever founds a household about then is none of it.

    At risk is what the members beyond the one who got most received.
    """
    m = members_paid(touched, limits).c
    return (
        select(m.household_no.label("household"), m.programme, m.period, every(m.id_no).label("person"))
        .add_columns(every(m.claim).label("claim"), every(m.payment).label("payment"), evidence(m.positions))
        .add_columns(func.count().label("members"), func.sum(m.fen).label("paid_fen"))
        .add_columns(func.sum(case((m.by_size >= limits.members, m.fen), else_=0)).label("at_risk_fen"))
        .add_columns(func.min(case((m.by_day >= limits.members, m.first_on))).label("holds_from"))
        .group_by(m.household_no, m.programme, m.period)
        .having(func.count() >= limits.members)
    )
