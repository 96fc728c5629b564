"""Time and randomness come in as parameters, so that one seed replays one failure (STYLE R10)."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one time, without summer time, since 1991; business days are counted in it."""

Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""

Randomness = Callable[[int], bytes]
"""Gives so many random bytes."""


def wall_clock() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


def system_randomness(count: int) -> bytes:
    """`count` bytes from the operating system."""
    return os.urandom(count)


def instant(moment: datetime) -> str:
    """`moment` as events write it: `2026-11-24T03:39:18.123456Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def business_day(moment: datetime) -> date:
    """The day in China at `moment`."""
    return moment.astimezone(SHANGHAI).date()
