"""How figures are read."""

from datetime import UTC, datetime

import pytest

from api.pages.figures import day, grouped, moment, period, rough_money, share


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "¥0.00", "¥0.00"),
        (99_999_99, "¥99,999.99", "¥99,999.99"),
        (100_000_00, "10.00 万元", "¥100,000.00"),
        (123_456_78, "12.35 万元", "¥123,456.78"),
        (999_999_99, "100.00 万元", "¥999,999.99"),
        (1_000_000_00, "100.00 万元", "¥1.00 million"),
        (99_999_999_99, "10,000.00 万元", "¥100.00 million"),
        (100_000_000_00, "1.00 亿元", "¥100.00 million"),
        (1_234_567_890_12, "12.35 亿元", "¥1.23 billion"),
        (-250_000_00, "-25.00 万元", "-¥250,000.00"),
        (2**53 - 1, "900,719.93 亿元", "¥90,071.99 billion"),
    ],
)
def test_large_amounts_are_told_in_the_unit_that_people_use(fen: int, zh: str, en: str) -> None:
    assert (rough_money(fen, "zh"), rough_money(fen, "en")) == (zh, en)


def test_a_day_is_told_as_each_language_writes_it() -> None:
    assert (day("2020-06-05", "zh"), day("2020-06-05", "en")) == ("2020年6月5日", "5 June 2020")


def test_an_instant_is_told_in_the_time_of_china_where_it_may_be_another_day() -> None:
    late = datetime(2026, 11, 24, 17, 5, 9, tzinfo=UTC)

    assert moment(late, "zh") == "2026年11月25日 01:05:09"
    assert moment("2026-11-24T17:05:09.123456Z", "en") == "25 November 2026, 01:05:09 (Beijing)"


@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        ("2020", "2020年", "2020"),
        ("2020Q2", "2020年第2季度", "Q2 2020"),
        ("2020-03", "2020年3月", "March 2020"),
        ("2020-13", "2020-13", "2020-13"),
        ("一次性", "一次性", "一次性"),
    ],
)
def test_a_period_is_told_as_people_say_it_and_anything_else_as_it_is(told: str, zh: str, en: str) -> None:
    assert (period(told, "zh"), period(told, "en")) == (zh, en)


def test_a_hash_is_printed_in_groups_of_four_without_losing_a_digit() -> None:
    printed = grouped("0123456789abcdef" * 4)

    assert len(printed.split()) == 16
    assert printed.replace(" ", "") == "0123456789abcdef" * 4


def test_a_share_of_nothing_is_nothing() -> None:
    assert (share(1, 3), share(0, 0), share(5, 5)) == ("33.3", "0.0", "100.0")
