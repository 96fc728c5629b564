"""What an asset contract owes for a period, in exact figures, and how a SELECT hands its lists to a pure function."""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func

from projections.balances import PPM
from projections.period import WRITTEN, first_day
from projections.rules.phrases import SEPARATOR, every

FULL_YEAR, ACT360 = "整年", "ACT360"
A_YEAR: Final = 365
A_BANKERS_YEAR: Final = 360
LEAP_MONTH, LEAP_DAY = 2, 29

FIELD: Final = "\x1e"
"""Between the figures of one line of a list."""


def lines_of(*figures: ColumnElement[Any]) -> ColumnElement[str]:
    """The group's rows as one text, a line each, of which a null figure is empty."""
    first, *others = (func.coalesce(cast(figure, String), "") for figure in figures)
    line: ColumnElement[str] = first
    for figure in others:
        line = line + FIELD + figure
    return every(line)


def read_lines(text: str | None) -> Iterator[list[str]]:
    """The lines that `lines_of` wrote, each once."""
    for line in sorted(set((text or "").split(SEPARATOR))):
        if line:
            yield line.split(FIELD)


class Span(NamedTuple):
    """Days, the last one counted."""

    starts: date
    ends: date


def span_of(period: str) -> Span | None:
    """The days of a period; None when it is written like none."""
    told, starts = WRITTEN.fullmatch(period), first_day(period)
    if told is None or starts is None:
        return None
    months = 12 if not (told["quarter"] or told["month"]) else 3 if told["quarter"] else 1
    last_month = starts.month + months - 1
    return Span(starts, date(starts.year, last_month, monthrange(starts.year, last_month)[1]))


def owed_fen(terms: Any, span: Span, profit_fen: int | None) -> Fraction:
    """保底 for the days of the period within the term, and the share of reported profit, if there was one.

    A full contract year is 365/365, in leap years too (整年); ACT365 and ACT360 count every day.
    """
    starts = max(span.starts, date.fromordinal(terms["starts_on"]))
    ends = min(span.ends, date.fromordinal(terms["until"]))
    days = max(0, (ends - starts).days + 1)
    if terms["day_count"] == FULL_YEAR:
        days -= sum(starts <= day <= ends for day in _leap_days(starts, ends))
    base = A_BANKERS_YEAR if terms["day_count"] == ACT360 else A_YEAR
    guaranteed = Fraction(terms["principal_fen"] * terms["guaranteed_ppm"] * days, PPM * base)
    return guaranteed + Fraction(max(0, profit_fen or 0) * (terms["share_ppm"] or 0), PPM)


def pay_day(terms: Any, year: int) -> date:
    """分红日 in a year."""
    month, day = (int(part) for part in terms["pay_day"].split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def _leap_days(starts: date, ends: date) -> list[date]:
    return [date(year, LEAP_MONTH, LEAP_DAY) for year in range(starts.year, ends.year + 1) if isleap(year)]
