"""DIV-02: a month after its day no dividend was paid."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from projections.rules.dividends.terms import Span, lines_of, owed_fen, pay_day, read_lines
from projections.rules.phrases import SEPARATOR, every
from projections.rules.rule import ORANGE, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDENDS, PROFIT_REPORTS

HALF_A_YEAR = 183
A_YEAR_AND_A_MONTH = 396
FIRST_DAYS = 60
"""A contract signed so shortly before its 分红日 pays a dividend only on the next."""


class Paid(NamedTuple):
    """A day on which dividends for a year were paid."""

    year: str
    paid_on: int


def long_overdue(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """Every 分红日 of a contract that passed a month ago, and for which nothing was paid."""
    for row in found:
        paid = [Paid(period[:4], int(day)) for period, day in read_lines(row["paid"])]
        profits = {period[:4]: int(fen) for period, fen in read_lines(row["profits"])}
        for day in _missed(row, paid, limits):
            owed = owed_fen(row, Span(date(day.year, 1, 1), date(day.year, 12, 31)), profits.get(f"{day.year}"))
            yield dict(row) | {
                "period": f"{day.year}",
                "evidence": SEPARATOR.join(filter(None, (str(row["position"]), row["reported_at"]))),
                "pay_on": day.toordinal(),
                "at_risk_fen": int(owed),
                "days": limits.days,
                "holds_from": day.toordinal() + limits.days + 1,
            }


def _missed(row: Found, paid: list[Paid], limits: Limits) -> Iterator[date]:
    """The days without a dividend; before the contract's first one on record only that of the last year is judged.

    Of what was before, the ledger may not have been told.
    """
    as_of = limits.as_of.toordinal()
    known_from = min((one.paid_on for one in paid), default=as_of)
    for year in range(date.fromordinal(row["starts_on"]).year, limits.as_of.year + 1):
        day = pay_day(row, year)
        on = day.toordinal()
        judged = row["starts_on"] + FIRST_DAYS <= on <= row["until"] and on + limits.days < as_of
        if not judged or on <= min(known_from, as_of - A_YEAR_AND_A_MONTH):
            continue
        if not any(one.year == f"{year}" or abs(one.paid_on - on) <= HALF_A_YEAR for one in paid):
            yield day


@rule(
    "DIV-02",
    zh="逾期未付",
    en="dividend overdue",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "合同约定的分红日后三十日内发放"),
    needs=(ASSET_CONTRACTS, DIVIDENDS),
    parameters={"days": Parameter(30, "days", "分红日之后的天数")},
    anchor=("contract", "period"),
    subjects=("contract", "org"),
    keyed_by="contract",
    why_zh="合同约定{pay_on}分红，过后{days}天以上没有{period}期分红，应分{at_risk_yuan}。",
    why_en="The contract pays on {pay_on}; more than {days} days later there is no dividend for {period}: "
    "{at_risk_yuan} was owed.",
    decides=long_overdue,
)
def no_dividend_a_month_after_its_day(touched: Touched, _: Limits) -> Select[Any]:
    """A dividend is paid on the day that the contract names, or within the month."""
    k, d, reports = ASSET_CONTRACTS.c, DIVIDENDS.c, PROFIT_REPORTS.c
    paid = select(lines_of(d.period, d.paid_on)).where(d.contract_no == k.contract_no, d.net_fen > 0).scalar_subquery()
    profits = select(lines_of(reports.period, reports.profit_fen)).where(reports.contract_no == k.contract_no)
    reported = select(every(reports.position)).where(reports.contract_no == k.contract_no)
    return select(
        k.contract_no.label("contract"),
        k.operator_uscc.label("org"),
        *(k.principal_fen, k.guaranteed_ppm, k.share_ppm, k.day_count, k.pay_day, k.starts_on, k.until, k.position),
        paid.label("paid"),
        profits.scalar_subquery().label("profits"),
        reported.scalar_subquery().label("reported_at"),
    ).where(~k.quarantined, touched(k.contract_no))
