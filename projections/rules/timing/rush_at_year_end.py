"""IDL-03: much of the year's money is paid in December, or in its last days."""

from datetime import date
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, or_, select, union_all

from projections.balances import PPM
from projections.dialect import BIGINT
from projections.rules.coverage.periods_due import ONCE, YEARLY
from projections.rules.rule import YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

YEARS_LOOKED_BACK = 3


@rule(
    "IDL-03",
    zh="年底突击",
    en="rush at the end of the year",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "十二月支出占比40%，最后十日25%"),
    needs=(PAYMENTS,),
    parameters={
        "december_ppm": Parameter(400_000, "ppm", "十二月支出占全年的比例", most=PPM),
        "last_days_ppm": Parameter(250_000, "ppm", "最后十日支出占全年的比例", most=PPM),
        "last_days": Parameter(10, "days", "年末的天数", least=1, most=31),
        "payments": Parameter(20, "payments", "全年最少付款笔数", least=1),
    },
    anchor=("org", "year"),
    subjects=("org",),
    keyed_by=None,
    why_zh="{org}{year}年付款{payments}笔共{year_yuan}，其中十二月{at_risk_yuan}，最后{days}日{last_days_yuan}。",
    why_en="{org} made {payments} payments in {year}, {year_yuan} in all: {at_risk_yuan} of it in December, "
    "{last_days_yuan} in the last {days} days.",
)
def paid_in_a_rush(_: Touched, limits: Limits) -> Select[Any]:
    """Money is spent when it is needed, not when the year ends.

    What is paid once a year is left out, as is a year of which the ledger has only the end.
    """
    p, g, y = PAYMENTS.c, PROGRAMMES.c, _years(limits).subquery("years").c
    in_december = p.paid_on >= y.december
    fen = cast(func.sum(p.net_fen), BIGINT)
    december = func.sum(case((in_december, p.net_fen), else_=0))
    last_days = func.sum(case((p.paid_on > y.ends - limits.last_days, p.net_fen), else_=0))
    newest = func.max(case((in_december, p.position)))
    too_much = or_(december > _part(fen, limits.december_ppm), last_days > _part(fen, limits.last_days_ppm))
    return (
        select(p.org, y.year, fen.label("year_fen"), december.label("at_risk_fen"), last_days.label("last_days_fen"))
        .add_columns(func.count().label("payments"), cast(newest, String).label("evidence"))
        .add_columns(y.ends.label("holds_from"), literal(limits.last_days).label("days"))
        .join_from(PAYMENTS.table, y.year.table, p.paid_on.between(y.starts, y.ends))
        .outerjoin(PROGRAMMES.table, g.programme == p.programme)
        .where(p.net_fen > 0, p.org.is_not(None))
        .where(or_(g.period_kind.is_(None), g.period_kind.not_in((YEARLY, ONCE))))
        .group_by(p.org, y.year, y.ends, y.october)
        .having(func.count() >= limits.payments, func.min(p.paid_on) < y.october, too_much)
    )


def _part(fen: Any, share_ppm: int) -> Any:
    return fen // PPM * share_ppm + fen % PPM * share_ppm // PPM


def _years(limits: Limits) -> Any:
    """The last years that are over."""
    days = ((1, 1, "starts"), (10, 1, "october"), (12, 1, "december"), (12, 31, "ends"))
    return union_all(
        *(
            select(
                literal(f"{year}").label("year"),
                *(literal(date(year, month, day).toordinal()).label(name) for month, day, name in days),
            )
            for year in range(limits.as_of.year - YEARS_LOOKED_BACK, limits.as_of.year + 1)
            if date(year, 12, 31) <= limits.as_of
        )
    )
