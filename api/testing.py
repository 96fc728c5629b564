"""A clock and a seed that tests may set, so that two ledgers can be compared entry by entry.

    MINGZHANG_TEST=1  MINGZHANG_TEST_CLOCK=2021-01-10T08:00:00+08:00  MINGZHANG_TEST_SEED=any-text

Under the same clock and seed two ledgers that are made alike and import the same packages, by the same commands in the
same order, have the same heads, on whatever engine. The clock stands: how often an engine reads it changes nothing, and
no entry is recorded before another. Each opening of a ledger draws from a stream of its own, named by the heads that it
found, so that no process repeats what another has drawn.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.clock import Clock, Randomness, SeededRandomness, standing_clock, system_randomness, wall_clock
from domain.refusal import Refused

if TYPE_CHECKING:
    from api.settings import Settings

FLAG = "MINGZHANG_TEST"
ONLY_IN_TESTS = ("MINGZHANG_TEST_CLOCK", "MINGZHANG_TEST_SEED")


def refuse_outside_tests(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a test's clock or seed where nobody says that this is a test.

    Raises:
        Refused: `E-STATE`; with a known seed anybody knows every key, and with a clock that stands no entry's time is
            true.
    """
    named = [name for name in ONLY_IN_TESTS if environment.get(name)]
    if named and environment.get(FLAG) != "1":
        raise Refused(
            "E-STATE",
            field=named[0],
            why=f"{' and '.join(named)} would give this ledger keys that anybody can compute, or a false time.",
            remedy=f"Unset {' and '.join(named)}; for a test set {FLAG}=1 as well.",
        )


def clock_of(settings: "Settings") -> Clock:
    """The test's clock, else the machine's."""
    return wall_clock if settings.test_clock is None else standing_clock(settings.test_clock)


def randomness_of(settings: "Settings", *labels: str) -> Randomness:
    """The stream of the test's seed under `labels`, else the operating system's randomness."""
    return system_randomness if settings.test_seed is None else SeededRandomness(settings.test_seed, *labels)
