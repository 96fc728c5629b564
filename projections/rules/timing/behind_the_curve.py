"""IDL-04: at mid-year, in September or at the end of the year less was spent than should have been by then."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, CompoundSelect, Select, cast, func, literal, select, union_all

from projections.balances import PPM
from projections.dialect import BIGINT
from projections.rules.phrases import every, evidence
from projections.rules.rule import BLUE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.rules.timing.documents import arrivals, documents_above, families, spent
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import PAYMENTS

YEARS_LOOKED_BACK = 3


@rule(
    "IDL-04",
    zh="进度滞后",
    en="behind the curve",
    severity=BLUE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "支出进度：六月底50%，九月底75%，十二月底92%"),
    needs=(ALLOCATIONS, PAYMENTS),
    parameters={
        "june_ppm": Parameter(500_000, "ppm", "六月底支出进度", most=PPM),
        "september_ppm": Parameter(750_000, "ppm", "九月底支出进度", most=PPM),
        "december_ppm": Parameter(920_000, "ppm", "十二月底支出进度", most=PPM),
        "days": Parameter(90, "days", "到达后至考核日的最短天数"),
    },
    anchor=("fund",),
    subjects=("fund", "entry"),
    keyed_by="fund",
    reached_by={"document": documents_above},
    why_zh="指标到达{came_yuan}，到{target_on}支出{spent_yuan}，未达到应有的进度{target_percent}，差{at_risk_yuan}。",
    why_en="{came_yuan} arrived and {spent_yuan} was spent: {at_risk_yuan} short of the {target_percent} that was due "
    "by {target_on}.",
)
def spent_behind_the_curve(touched: Touched, limits: Limits) -> CompoundSelect[Any]:
    """The year's money is spent over the year: judged by the last of the three days that has passed.

    A document that came shortly before that day is not behind; one out of which others were issued is judged in them.
    """
    family = families(touched)
    return union_all(*(_behind(touched, limits, family, target) for target in _targets(limits)))


class Target(NamedTuple):
    """How much of a year's money should have been spent by the end of a day."""

    year: int
    day: date
    share_ppm: int


def _targets(limits: Limits) -> list[Target]:
    """For each of the last years, the last day of the curve that has passed."""
    curve = ((6, 30, limits.june_ppm), (9, 30, limits.september_ppm), (12, 31, limits.december_ppm))
    passed = {
        year: Target(year, date(year, month, day), share_ppm)
        for year in range(limits.as_of.year - YEARS_LOOKED_BACK, limits.as_of.year + 1)
        for month, day, share_ppm in curve
        if date(year, month, day) < limits.as_of
    }
    return list(passed.values())


def _behind(touched: Touched, limits: Limits, family: CTE, target: Target) -> Select[Any]:
    """The documents of a year of which less was spent by the day than its share."""
    on = target.day.toordinal()
    a, s = arrivals(touched, on).subquery("arrivals").c, spent(family, on).subquery("spent").c
    came, gone = cast(func.sum(a.amount_fen), BIGINT), func.max(s.spent_fen)
    wanted = came // PPM * target.share_ppm + came % PPM * target.share_ppm // PPM
    return (
        select(a.document.label("fund"), every(a.entry_no).label("entry"), evidence(a.position))
        .add_columns((wanted - gone).label("at_risk_fen"), came.label("came_fen"), gone.label("spent_fen"))
        .add_columns(literal(on).label("target_on"), literal(target.share_ppm).label("target_ppm"))
        .add_columns(literal(on + 1).label("holds_from"))
        .join(s.spent_fen.table, s.document == a.document)
        .where(a.year == target.year, s.below == 0, a.occurred_on + limits.days <= on)
        .group_by(a.document)
        .having(gone < wanted)
    )
