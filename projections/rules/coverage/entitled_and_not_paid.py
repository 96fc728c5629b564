"""COV-01: somebody is entitled, and nothing was paid for a period long after it was due."""

from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.coverage.periods_due import REACHED_BY, unpaid
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


@rule(
    "COV-01",
    zh="应享未享",
    en="entitled, not paid",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(10, "完善困难残疾人生活补贴制度和重度残疾人护理补贴制度"),
    needs=(ENTITLEMENTS, PAYMENTS, PROGRAMMES),
    parameters={"days": Parameter(30, "days", "发放时限之后的天数")},
    anchor=("person", "programme"),
    subjects=("person", "household"),
    keyed_by="person",
    reached_by=REACHED_BY,
    why_zh="应享“{programme}”{periods}期（自{first}至{last}）未发放，共{at_risk_yuan}；最早一期应在{due_on}前发放。",
    why_en="{programme}: {periods} period(s) from {first} to {last} were due and not paid, {at_risk_yuan} in all; the "
    "first was due by {due_on}.",
    waits_for="应享名单未载明的项目（名册规则）",
)
def due_and_not_paid(touched: Touched, limits: Limits) -> Select[Any]:
    """Whoever is entitled gets it, all of it: 100 % coverage.

    A period counts once its last day, the programme's deadline and a month more have passed; death and removal end the
    entitlement from the next period.
    """
    u = unpaid(touched, limits).c
    return (
        select(u.id_no.label("person"), u.programme, every(u.household_no).label("household"), evidence(u.position))
        .add_columns(func.sum(u.amount_fen).label("at_risk_fen"), func.count().label("periods"))
        .add_columns(func.min(u.period).label("first"), func.max(u.period).label("last"))
        .add_columns(func.min(u.due_on).label("due_on"), (func.min(u.due_on) + 1).label("holds_from"))
        .group_by(u.id_no, u.programme)
    )
