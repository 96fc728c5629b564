"""DIV-01 to the fen, by each way of counting days, and the dividend of 高县 (DOMAIN §4 L, §8)."""

from datetime import date

import pytest

from tests.projections.rules.facts_told import (
    CONTRACT,
    USCC,
    contract,
    dividend,
    dividend_received,
    found,
    live,
    profit,
    returned,
)
from tests.projections.rules.town import Town

DECEMBER_20 = date(2020, 12, 20)


def test_half_of_what_is_guaranteed_is_below_it_from_the_day_of_the_dividend(town: Town) -> None:
    signed = contract(town)
    paid = dividend(town, "H-1", 15_000_00)

    [alert] = found(town, "DIV-01")

    assert alert["anchor"] == (f"contract:{CONTRACT}", "2020")
    assert alert["subjects"] == (f"contract:{CONTRACT}", f"org:{USCC}", "payment:FH-HT-01-H-1")
    assert alert["event_refs"] == (signed, paid)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (15_000_00, DECEMBER_20)
    assert alert["severity"] == "R"
    assert alert["why_zh"] == "合同2020期应分¥30,000.00，实发¥15,000.00，公益金¥0.00，低于保底¥15,000.00。"


@pytest.mark.parametrize(("paid_fen", "alerts"), [(79_000_00, 0), (78_999_00, 0), (78_998_99, 1)])
def test_the_dividend_of_gaoxian_is_the_guarantee_and_the_share_of_profit_less_a_yuan(
    town: Town, paid_fen: int, alerts: int
) -> None:
    """1 000 000 yuan at 5 % and 29 % of a profit of 100 000: 50 000 + 29 000."""
    contract(town, principal_fen=1_000_000_00, guaranteed_ppm=50_000, share_ppm=290_000)
    profit(town, fen=100_000_00)
    dividend(town, "H-1", paid_fen)

    assert len(found(town, "DIV-01")) == alerts


def test_a_loss_takes_nothing_from_the_guarantee_and_a_profit_reported_later_adds_to_it(town: Town) -> None:
    contract(town, share_ppm=290_000)
    profit(town, fen=-100_000_00)
    dividend(town, "H-1", 30_000_00)
    with_a_loss = live(town, "DIV-01")
    profit(town, fen=100_000_00)

    [alert] = live(town, "DIV-01").raised

    assert with_a_loss.raised == []
    assert alert["amount_at_risk_fen"] == 29_000_00


@pytest.mark.parametrize(
    ("day_count", "starts_on", "owed_fen"),
    [
        ("整年", date(2020, 1, 1), 30_000_00),
        ("ACT365", date(2020, 1, 1), 30_082_19),
        ("ACT360", date(2020, 1, 1), 30_500_00),
        ("整年", date(2020, 7, 1), 15_123_28),
    ],
)
def test_days_are_counted_as_the_contract_says_and_within_its_term(
    town: Town, day_count: str, starts_on: date, owed_fen: int
) -> None:
    contract(town, day_count=day_count, starts_on=starts_on)
    dividend(town, "H-1", owed_fen - 99)
    enough = live(town, "DIV-01")
    town.history.correct("dividend FH-HT-01-H-1", paid_fen=owed_fen - 10_00)

    [alert] = live(town, "DIV-01").raised

    assert enough.raised == []
    assert alert["amount_at_risk_fen"] == 10_00


def test_the_agreed_reserve_counts_as_paid_whether_or_not_a_receipt_is_on_record(town: Town) -> None:
    contract(town)
    dividend(town, "H-1", 27_000_00)
    not_agreed = live(town, "DIV-01")
    contract(town, reserve_ppm=100_000)
    agreed = live(town, "DIV-01")
    dividend_received(town, "DS", 28_000_00)

    [alert] = live(town, "DIV-01").raised

    assert len(not_agreed.raised) == len(agreed.withdrawn) == 1
    assert alert["amount_at_risk_fen"] == 200_00


def test_before_the_day_of_the_dividend_a_first_part_is_not_below_it(town: Town) -> None:
    contract(town)
    dividend(town, "H-1", 15_000_00, paid_on=date(2020, 6, 20))
    town.as_of = date(2020, 12, 19)

    assert found(town, "DIV-01") == []


def test_where_nothing_was_paid_or_all_of_it_came_back_it_is_not_this_rules(town: Town) -> None:
    contract(town)
    dividend(town, "H-1", 15_000_00)
    raised = live(town, "DIV-01")
    returned(town, "FH-HT-01-H-1", date(2020, 12, 28), 15_000_00)

    outcome = live(town, "DIV-01")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_the_twenty_ninth_of_february_is_no_day_of_a_full_year_in_parts(town: Town) -> None:
    contract(town, principal_fen=365_000_00)
    dividend(town, "H-1", 90 * 60_00, period="2020Q1", bank_ref="FH-Q1")

    assert found(town, "DIV-01") == []
