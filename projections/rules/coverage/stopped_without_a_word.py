"""COV-02: a subsidy that was paid for one period stops with the next, and nothing says why."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from projections.rules.coverage.periods_due import MONTHLY, QUARTERLY, REACHED_BY, paid, unpaid
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import DEATHS, ROSTER_SPANS


@rule(
    "COV-02",
    zh="无声停发",
    en="stopped without a word",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(20, "完善动态管理机制,对不符合条件的农户及时清退"),
    needs=(ENTITLEMENTS, PAYMENTS, PROGRAMMES),
    parameters={"days": Parameter(30, "days", "发放时限之后的天数")},
    anchor=("person", "programme"),
    subjects=("person", "household"),
    keyed_by="person",
    reached_by=REACHED_BY,
    why_zh="“{programme}”自{first}期起停发{periods}期，共{at_risk_yuan}；没有退出、死亡、迁移或放弃的记录。",
    why_en="{programme} stopped with {first}: {periods} period(s), {at_risk_yuan} in all, were not paid, and there is "
    "no exit, death, move or waiver.",
)
def paid_before_and_not_since(touched: Touched, limits: Limits) -> Select[Any]:
    """Who leaves the lists leaves them by a decision that is on record: pay that came monthly or quarterly goes on.

    A payment that the bank returned is no silence. An exit of whatever kind since the period before, or a death by the
    end of the period, is a reason.
    """
    rows = unpaid(touched, limits)
    u, g = rows.c, PROGRAMMES.c
    stops = (
        select(u.id_no, u.programme, func.min(u.starts).label("stopped_on"))
        .join(PROGRAMMES.table, g.programme == u.programme)
        .where(g.period_kind.in_((MONTHLY, QUARTERLY)), paid(u, u.previous, PAYMENTS.c.net_fen > 0))
        .where(~paid(u, u.period), ~_a_reason(u))
        .group_by(u.id_no, u.programme)
        .subquery("stops")
        .c
    )
    since = and_(stops.id_no == u.id_no, stops.programme == u.programme, stops.stopped_on <= u.starts)
    return (
        select(u.id_no.label("person"), u.programme, every(u.household_no).label("household"), evidence(u.position))
        .add_columns(func.sum(u.amount_fen).label("at_risk_fen"), func.count().label("periods"))
        .add_columns(func.min(u.period).label("first"), (func.min(u.due_on) + 1).label("holds_from"))
        .join_from(rows, stops.id_no.table, since)
        .group_by(u.id_no, u.programme)
    )


def _a_reason(u: Any) -> ColumnElement[bool]:
    """Whether something on record explains the stop: an exit of any kind, or a death."""
    spans, d = ROSTER_SPANS.c, DEATHS.c
    left = exists().where(spans.id_no == u.id_no, spans.exited_on.between(u.previous_starts, u.ends))
    died = exists().where(d.id_no == u.id_no, d.death_on <= u.ends)
    return left | died
