"""Time and randomness come in as parameters, so that one seed replays one failure (STYLE R10)."""

import hmac
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

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


def standing_clock(moment: datetime) -> Clock:
    """A clock that stands at `moment`: how often it is read, and by whom, changes nothing."""
    stands_at = moment.astimezone(UTC)
    return lambda: stands_at


class SeededRandomness:
    """Bytes that only look random: the same from the same seed and labels, in the order in which they are drawn.

        key = HMAC-SHA256(seed, "mingzhang/test-randomness/v1" and the labels, each behind 0x1F)
        n-th draw = the first bytes of HMAC(key, n ‖ 0) ‖ HMAC(key, n ‖ 1) ‖ …   (n and the block as u64, big-endian)

    For tests that compare two ledgers. Who knows the seed knows every key that was drawn from it.
    """

    def __init__(self, seed: str, *labels: str) -> None:
        """Begin the stream of `seed` that is told from others by `labels`."""
        told_apart = "\x1f".join(("mingzhang/test-randomness/v1", *labels))
        self._key = hmac.digest(seed.encode(), told_apart.encode(), sha256)
        self._drawn = 0
        self._drawing = threading.Lock()

    def __call__(self, count: int) -> bytes:
        """The next `count` bytes."""
        with self._drawing:
            number = self._drawn.to_bytes(8, "big")
            self._drawn += 1
        blocks = range(-(-count // sha256().digest_size))
        return b"".join(hmac.digest(self._key, number + block.to_bytes(8, "big"), sha256) for block in blocks)[:count]


def instant(moment: datetime) -> str:
    """`moment` as events write it: `2026-11-24T03:39:18.123456Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def business_day(moment: datetime) -> date:
    """The day in China at `moment`."""
    return moment.astimezone(SHANGHAI).date()
