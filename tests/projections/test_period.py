"""Periods as they are written, and the days on which they begin and end."""

from datetime import date

import pytest

from projections.period import first_day, last_day


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        ("2020", date(2020, 1, 1)),
        ("2020Q1", date(2020, 1, 1)),
        ("2020Q4", date(2020, 10, 1)),
        ("2020-01", date(2020, 1, 1)),
        ("2020-12", date(2020, 12, 1)),
        ("2020Q5", None),
        ("2020-13", None),
        ("2020-1", None),
        ("0000", None),
        ("２０２０", None),
        ("", None),
        ("春季", None),
    ],
)
def test_a_period_begins_on_its_first_day_and_what_is_no_period_never(period: str, begins: date | None) -> None:
    assert first_day(period) == begins


@pytest.mark.parametrize(
    ("period", "ends"),
    [
        ("2020", date(2020, 12, 31)),
        ("2020Q1", date(2020, 3, 31)),
        ("2020Q4", date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 29)),
        ("2021-02", date(2021, 2, 28)),
        ("2020-12", date(2020, 12, 31)),
        ("9999", date(9999, 12, 31)),
        ("9999-11", date(9999, 11, 30)),
        ("春季", None),
    ],
)
def test_a_period_ends_on_its_last_day_and_what_is_no_period_never(period: str, ends: date | None) -> None:
    assert last_day(period) == ends
