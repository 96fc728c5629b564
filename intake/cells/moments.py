"""Times of day (培训班次, 培训签到表): `2020-05-11 08:30`, or a day alone for the whole of it."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from intake.cells.days import EPOCH_1900, EPOCH_1904, SERIAL_DAYS, day_of, day_of_text, in_the_future
from intake.cells.fault import CellFault, shown
from intake.cells.text import FULL_WIDTH, Raw, tidy

FIRST_MINUTE, LAST_MINUTE = "00:00", "23:59"
"""A session of whole days runs from the first minute of its first day to the last of its last."""

MIDNIGHT_OF_A_DAY = "00:00:00"
"""What spreadsheets and databases put behind a day without a time; who means midnight writes 00:00."""

MINUTES_A_DAY = 24 * 60

_TIMED = re.compile(r"(.*?\S)(?:\s+|\s*T\s*)((\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)", re.ASCII)


def moment_parser(*, whole_day: str, today: date, future: bool, epoch_1904: bool) -> Callable[[Raw], Any]:
    """A parser of times of day; its value is text such as `2020-05-11 08:30`, seconds left off.

    whole_day:  the time that a day alone stands for.

    Faults: `E-DATE` for a day or time that does not exist, is not certain, or whose day lies after `today` unless
    `future`.
    """
    epoch = EPOCH_1904 if epoch_1904 else EPOCH_1900

    def parse(raw: Raw) -> Any:
        found = _moment(raw, epoch)
        if found is None or isinstance(found, CellFault):
            return found
        day, time = found
        return in_the_future(day, today) if day > today and not future else f"{day} {time or whole_day}"

    return parse


def _moment(raw: Raw, epoch: date) -> tuple[date, str | None] | CellFault | None:
    """The day and the time of day that a cell states; no time for a day alone."""
    if isinstance(raw, float) and not raw.is_integer() and int(raw) in SERIAL_DAYS:
        minutes = round(raw * MINUTES_A_DAY)
        return epoch + timedelta(days=minutes // MINUTES_A_DAY), _time(*divmod(minutes % MINUTES_A_DAY, 60))
    if isinstance(raw, datetime):
        midnight = not (raw.hour or raw.minute or raw.second)
        return raw.date(), None if midnight else _time(raw.hour, raw.minute)
    if isinstance(raw, str):
        words = tidy(raw)
        if isinstance(words, CellFault) or not words:
            return words or None
        if timed := _TIMED.fullmatch(words.translate(FULL_WIDTH)):
            return _timed(timed, epoch)
    day = day_of(raw, epoch)
    return (day, None) if isinstance(day, date) else day


def _timed(timed: re.Match[str], epoch: date) -> tuple[date, str | None] | CellFault:
    """A day with a time behind it."""
    day, hour, minute = day_of_text(timed[1], epoch), int(timed[3]), int(timed[4])
    if isinstance(day, CellFault):
        return day
    if hour >= 24 or minute >= 60:  # noqa: PLR2004  a day's hours, an hour's minutes
        return no_such_time(timed[2])
    return day, None if timed[2] == MIDNIGHT_OF_A_DAY else _time(hour, minute)


def _time(hour: int, minute: int) -> str:
    return f"{hour:02d}:{minute:02d}"


def no_such_time(text: str) -> CellFault:
    """No clock shows it."""
    return CellFault(
        "E-DATE",
        zh=f"没有“{shown(text)}”这一时刻",
        en=f"there is no time of day “{shown(text)}”",
        remedy="写成 2020-05-11 08:30 的样式 / Write it like 2020-05-11 08:30.",
    )
