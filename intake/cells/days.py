"""Days and periods (FORMATS, Reading: Dates)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from intake.cells.fault import CellFault, shown
from intake.cells.figures import exact, plain
from intake.cells.text import FULL_WIDTH, Raw, tidy

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
"""Years that a record of public money can name; anything else is a slip."""

EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
"""Day 0 of the two date systems of Excel (the first with its 29 February 1900, which no date here precedes)."""

SERIAL_DAYS = range(18_000, 80_000)
"""Serial numbers that are read as a day (1949 to 2119); below, a number is more likely a year or a count."""

COMPACT_DAYS = range(1900_01_01, 2200_00_00)

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_WRITTEN = re.compile(rf"(\d{{4}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}}){_TIME}", re.ASCII)
_HANZI = re.compile(rf"(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]{_TIME}", re.ASCII)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?", re.ASCII)

_YEAR = re.compile(r"(\d{4})(?:年度?|\.0+)?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})(?:[-/. ]?[Qq]|年?第?)([1-4一二三四])(?:季度?)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/](\d{1,2})|\.(\d{2})|(\d{2})|年(\d{1,2})月份?)", re.ASCII)
_CHINESE_QUARTER = {"一": "1", "二": "2", "三": "3", "四": "4"}


def day_parser(*, today: date, future: bool, epoch_1904: bool) -> Callable[[Raw], Any]:
    """A parser of days; a day after `today` is `E-DATE` unless `future`.

    Faults: `E-DATE` for a day that does not exist, lies in the future, or whose year, month and day are not certain.
    """
    epoch = EPOCH_1904 if epoch_1904 else EPOCH_1900

    def parse(raw: Raw) -> Any:
        found = day_of(raw, epoch)
        if isinstance(found, date) and found > today and not future:
            return in_the_future(found, today)
        return found

    return parse


def day_of(raw: Raw, epoch: date) -> date | CellFault | None:
    """The day that a cell states."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return day_of_number(raw, epoch)
    words = tidy(raw)
    if isinstance(words, CellFault):
        return words
    return day_of_text(words.translate(FULL_WIDTH), epoch) if words else None


def day_of_number(number: float, epoch: date) -> date | CellFault:
    """An Excel serial, or 20200301 typed as a number."""
    whole = int(number)
    if whole in SERIAL_DAYS:
        return epoch + timedelta(days=whole)
    if whole == number and whole in COMPACT_DAYS:
        return day_or_fault(str(whole), str(whole)[:4], str(whole)[4:6], str(whole)[6:])
    return unclear_day(plain(exact(number)))


def day_of_text(text: str, epoch: date) -> date | CellFault:
    """One of the written forms; each names the year with four digits first."""
    if written := _WRITTEN.fullmatch(text):
        return day_or_fault(text, written[1], written[3], written[4])
    if written := _HANZI.fullmatch(text) or _COMPACT.fullmatch(text):
        return day_or_fault(text, written[1], written[2], written[3])
    if _SERIAL.fullmatch(text) and int(text[:5]) in SERIAL_DAYS:
        return epoch + timedelta(days=int(text[:5]))
    return unclear_day(text)


def day_or_fault(text: str, year: str, month: str, day: str) -> date | CellFault:
    """The day, if the calendar has it."""
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        found = None
    if found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        return CellFault(
            "E-DATE",
            zh=f"没有“{shown(text)}”这一天",
            en=f"there is no day “{shown(text)}”",
            remedy="按原始凭证更正日期 / Correct the day from the voucher.",
        )
    return found


def unclear_day(text: str) -> CellFault:
    """Year, month and day are not all certain."""
    return CellFault(
        "E-DATE",
        zh=f"“{shown(text)}”不能确定是哪年哪月哪日",
        en=f"“{shown(text)}” does not say for certain which year, month and day",
        remedy="写成 2020-03-01 的样式 / Write it like 2020-03-01.",
    )


def in_the_future(found: date, today: date) -> CellFault:
    """What has happened cannot lie ahead."""
    return CellFault(
        "E-DATE",
        zh=f"日期 {found} 晚于今天 {today}",
        en=f"the day {found} lies after today, {today}",
        remedy="更正日期；尚未发生的事项不能入账 / Correct the day; what has not happened is not recorded.",
    )


def parse_period(raw: Raw) -> Any:
    """A year, a quarter or a month: `2020`, `2020Q1`, `2020-03`; a date cell counts as its month."""
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        text = plain(exact(raw))
    else:
        words = tidy(raw)
        if isinstance(words, CellFault):
            return words
        text = words.translate(FULL_WIDTH)
    return period_of(text) if text else None


def period_of(text: str) -> str | CellFault:
    """The period that the words name."""
    if found := _YEAR.fullmatch(text):
        return found[1] if EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR else no_such_period(text)
    if (found := _QUARTER.fullmatch(text)) and ("季" in text or "q" in text.casefold()):
        return f"{found[1]}Q{_CHINESE_QUARTER.get(found[2], found[2])}"
    if found := _MONTH.fullmatch(text):
        month = next(part for part in found.groups()[1:] if part)
        return f"{found[1]}-{int(month):02d}" if 1 <= int(month) <= 12 else no_such_period(text)  # noqa: PLR2004
    whole_day = day_of_text(text, EPOCH_1900) if not text.isdigit() else None
    return f"{whole_day:%Y-%m}" if isinstance(whole_day, date) else no_such_period(text)


def no_such_period(text: str) -> CellFault:
    """No year, quarter or month of this name."""
    return CellFault(
        "E-DATE",
        zh=f"“{shown(text)}”不是年、季或月",
        en=f"“{shown(text)}” is no year, quarter or month",
        remedy="写成 2020、2020Q1 或 2020-03 / Write 2020, 2020Q1 or 2020-03.",
    )
