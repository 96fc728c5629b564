"""IDL-03 at its shares and its number of payments (DOMAIN §4 J)."""

from datetime import date

import pytest

from tests.projections.rules.facts_told import TOWNSHIP, found, org, programme
from tests.projections.rules.town import Town

DECEMBER_10, DECEMBER_30 = date(2020, 12, 10), date(2020, 12, 30)


@pytest.fixture
def office(town: Town) -> Town:
    """A township that pays a monthly programme, and an annual one."""
    org(town, TOWNSHIP, "镇财政")
    programme(town)
    programme(town, "医保代缴", period_kind="年")
    return town


def spread(town: Town, december_fen: int, on: date = DECEMBER_10, others: int = 19, **stated: str) -> None:
    """`others` payments of 100 yuan over the year, and one in December."""
    for number in range(others):
        town.pay("甲", "2020-03", date(2020, 1 + number % 11, 10), amount_fen=100_00)
    town.pay("甲", "2020-12", on, amount_fen=december_fen, **stated)


@pytest.mark.parametrize(("december_fen", "alerts"), [(1_266_66, 0), (1_266_67, 1)])
def test_more_than_two_fifths_of_the_year_in_december_is_a_rush(office: Town, december_fen: int, alerts: int) -> None:
    spread(office, december_fen)

    assert len(found(office, "IDL-03")) == alerts


@pytest.mark.parametrize(("december_fen", "alerts"), [(633_33, 0), (633_34, 1)])
def test_more_than_a_quarter_of_the_year_in_its_last_ten_days_is_a_rush(
    office: Town, december_fen: int, alerts: int
) -> None:
    spread(office, december_fen, DECEMBER_30)

    assert len(found(office, "IDL-03")) == alerts


def test_the_alert_names_the_payer_and_the_year(office: Town) -> None:
    spread(office, 2_000_00)

    [alert] = found(office, "IDL-03")

    assert alert["anchor"] == (f"org:{TOWNSHIP}", "2020")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (
        2_000_00,
        date(2020, 12, 31),
        "Y",
    )


def test_fewer_than_twenty_payments_say_nothing(office: Town) -> None:
    spread(office, 2_000_00, others=18)

    assert found(office, "IDL-03") == []


def test_what_is_paid_once_a_year_is_left_out(office: Town) -> None:
    spread(office, 2_000_00, programme="医保代缴", others=30)

    assert found(office, "IDL-03") == []


def test_a_year_that_is_not_over_or_of_which_only_the_end_is_known_is_not_judged(office: Town) -> None:
    for number in range(20):
        office.pay("甲", "2020-10", date(2020, 10, 1 + number), amount_fen=100_00)
    office.pay("甲", "2020-12", DECEMBER_10, amount_fen=9_000_00)
    only_the_end = found(office, "IDL-03")
    office.pay("甲", "2020-03", date(2020, 3, 10), amount_fen=100_00)
    office.as_of = date(2020, 12, 30)

    not_over = found(office, "IDL-03")

    assert only_the_end == not_over == []
