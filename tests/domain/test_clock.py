"""Time as events write it, and days as China counts them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.clock import (
    SHANGHAI,
    SeededRandomness,
    business_day,
    instant,
    standing_clock,
    system_randomness,
    wall_clock,
)


def test_an_instant_is_written_in_utc_with_six_decimals_whatever_zone_it_came_in() -> None:
    in_shanghai = datetime(2026, 11, 24, 11, 39, 18, 42, SHANGHAI)

    assert instant(in_shanghai) == "2026-11-24T03:39:18.000042Z"


def test_the_business_day_turns_at_midnight_in_china() -> None:
    last_moment = datetime(2020, 6, 20, 15, 59, 59, 999_999, UTC)
    first_moment = datetime(2020, 6, 20, 16, 0, tzinfo=UTC)

    assert business_day(last_moment) == date(2020, 6, 20)
    assert business_day(first_moment) == date(2020, 6, 21)


def test_the_business_day_does_not_depend_on_where_the_server_stands() -> None:
    moment = datetime(2020, 6, 20, 16, 0, tzinfo=UTC)
    in_lima = moment.astimezone(timezone(timedelta(hours=-5)))

    assert business_day(in_lima) == business_day(moment)


def test_the_wall_clock_gives_aware_instants_that_never_run_backwards_here() -> None:
    earlier, later = wall_clock(), wall_clock()

    assert earlier.tzinfo is UTC
    assert earlier <= later


def test_system_randomness_gives_as_many_bytes_as_asked_and_never_the_same() -> None:
    one, other = system_randomness(16), system_randomness(16)

    assert len(one) == len(other) == 16
    assert one != other


def test_a_standing_clock_says_the_same_instant_in_utc_however_often_it_is_read() -> None:
    clock = standing_clock(datetime(2021, 3, 1, 8, 0, tzinfo=SHANGHAI))

    assert clock() == clock() == datetime(2021, 3, 1, tzinfo=UTC)
    assert clock().tzinfo is UTC


def test_seeded_randomness_gives_the_same_bytes_for_the_same_seed_and_labels() -> None:
    one, other = SeededRandomness("seed", "vault"), SeededRandomness("seed", "vault")

    assert [one(5), one(100), one(0)] == [other(5), other(100), b""]
    assert len(one(100)) == 100


@pytest.mark.parametrize("labels", [(), ("books",), ("vault", ""), ("va", "ult")])
def test_seeded_randomness_under_other_labels_is_another_stream(labels: tuple[str, ...]) -> None:
    assert SeededRandomness("seed", *labels)(32) != SeededRandomness("seed", "vault")(32)


def test_seeded_randomness_never_gives_the_same_bytes_twice_and_differs_by_seed() -> None:
    draw = SeededRandomness("seed")
    drawn = [draw(16) for _ in range(100)]

    assert len(set(drawn)) == 100
    assert SeededRandomness("seeds")(16) not in drawn
