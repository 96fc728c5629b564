"""Periods for which money is paid: `2020`, `2020Q2`, `2020-03` (FORMATS, Types)."""

import re
from datetime import date

WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
MONTHS_IN_A_QUARTER = 3


def first_day(period: str) -> date | None:
    """The day on which `period` begins; None when it is written like none, as a quarantined row's may be."""
    told = WRITTEN.fullmatch(period)
    if told is None or told["year"] == "0000":
        return None
    month = told["month"] or (int(told["quarter"] or 1) - 1) * MONTHS_IN_A_QUARTER + 1
    return date(int(told["year"]), int(month), 1)
