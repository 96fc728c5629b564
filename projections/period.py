"""Periods for which money is paid: `2020`, `2020Q2`, `2020-03` (FORMATS, Types)."""

import re
from datetime import MAXYEAR, date, timedelta

WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
MONTHS_IN_A_QUARTER = 3
MONTHS_IN_A_YEAR = 12


def first_day(period: str) -> date | None:
    """The day on which `period` begins; None when it is written like none, as a quarantined row's may be."""
    told = WRITTEN.fullmatch(period)
    if told is None or told["year"] == "0000":
        return None
    month = told["month"] or (int(told["quarter"] or 1) - 1) * MONTHS_IN_A_QUARTER + 1
    return date(int(told["year"]), int(month), 1)


def last_day(period: str) -> date | None:
    """The day on which `period` ends; None when it is written like none."""
    begins = first_day(period)
    if begins is None:
        return None
    told = WRITTEN.fullmatch(period)
    months = 1 if told and told["month"] else MONTHS_IN_A_QUARTER if told and told["quarter"] else MONTHS_IN_A_YEAR
    years, month = divmod(begins.month - 1 + months, MONTHS_IN_A_YEAR)
    if begins.year + years > MAXYEAR:
        return date.max
    return date(begins.year + years, month + 1, 1) - timedelta(days=1)


def count_of_periods(first: str | None, last: str | None) -> int:
    """How many periods there are from `first` to `last`, both counted; 1 where they are not of one kind, in order."""
    begins, ends = WRITTEN.fullmatch(first or ""), WRITTEN.fullmatch(last or "")
    if begins is None or ends is None:
        return 1
    for unit, in_a_year in (("month", 12), ("quarter", 4)):
        if begins[unit] and ends[unit]:
            years = int(ends["year"]) - int(begins["year"])
            return max(1, years * in_a_year + int(ends[unit]) - int(begins[unit]) + 1)
        if begins[unit] or ends[unit]:
            return 1
    return max(1, int(ends["year"]) - int(begins["year"]) + 1)
