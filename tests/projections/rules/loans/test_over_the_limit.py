"""LNM-09: each limit at its threshold, one fen or day beyond, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named, repays
from tests.projections.rules.town import Town

DUE = date(2022, 3, 9)


def lend(town: Town, number: int, fen: int, issued_on: date = ISSUED, **stated: Any) -> int:
    """A loan of that number to 甲, or to another member, of H-1."""
    to, row = stated.pop("to", "甲"), {"principal_fen": fen, "due_on": DUE} | stated
    return town.lend(f"JJ-{number}", to, "H-1", f"card {number}", issued_on, **row)


def test_fifty_thousand_yuan_are_allowed_and_a_fen_more_is_raised(town: Town) -> None:
    lend(town, 1, 50_000_00)
    allowed = town.found("LNM-09")
    lend(town, 1, 50_000_01)

    [alert] = town.found("LNM-09")

    assert allowed == []
    assert alert["anchor"] == ("household:H-1",)
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("O", 1, ISSUED)


def test_two_loans_of_one_household_put_the_excess_at_risk(town: Town) -> None:
    first = lend(town, 1, 50_000_00)
    second = lend(town, 2, 30_000_00, date(2020, 5, 1), to="乙")

    [alert] = town.found("LNM-09")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (30_000_00, date(2020, 5, 1))
    assert set(alert["subjects"]) == {
        "household:H-1",
        "loan:JJ-1",
        "loan:JJ-2",
        f"person:{person('甲')}",
        f"person:{person('乙')}",
    }
    assert alert["event_refs"] == (first, second)
    assert alert["why_zh"].startswith("一户贷款余额最高¥80,000.00（超出上限¥30,000.00），同时未还清2笔")


def test_two_open_loans_below_the_limit_put_the_second_at_risk(town: Town) -> None:
    lend(town, 1, 20_000_00)
    lend(town, 2, 10_000_00, date(2020, 5, 1))

    [alert] = town.found("LNM-09")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (10_000_00, date(2020, 5, 1))


@pytest.mark.parametrize(("fen", "excess"), [(100_000_00, None), (100_000_01, 1)])
def test_an_approved_top_up_lifts_the_limit_to_a_hundred_thousand(town: Town, fen: int, excess: int | None) -> None:
    lend(town, 1, fen, topup_approved=True)

    found = town.found("LNM-09")

    assert [alert["amount_at_risk_fen"] for alert in found] == ([excess] if excess else [])


def test_what_was_repaid_makes_room_for_the_rest(town: Town) -> None:
    lend(town, 1, 50_000_00)
    repays(town, "HK1", "JJ-1", "甲", 50_000_00, date(2020, 6, 1))
    lend(town, 2, 50_000_00, date(2020, 6, 1))

    assert town.found("LNM-09") == []


def test_a_loan_that_was_settled_before_the_next_is_closed(town: Town) -> None:
    lend(town, 1, 30_000_00, settled_on=date(2020, 6, 1), status="结清")
    lend(town, 2, 30_000_00, date(2020, 6, 1))

    assert town.found("LNM-09") == []


@pytest.mark.parametrize(("overlap", "alerts"), [(0, 0), (3, 0), (4, 1)])
def test_a_renewed_loan_settled_within_three_days_counts_as_closed(town: Town, overlap: int, alerts: int) -> None:
    renewed_on = date(2020, 6, 10)
    lend(town, 1, 30_000_00, settled_on=renewed_on + timedelta(days=overlap), status="续贷")
    lend(town, 2, 30_000_00, renewed_on, renews="JJ-1")

    assert len(town.found("LNM-09")) == alerts


@pytest.mark.parametrize(("due_on", "alerts"), [(date(2023, 3, 10), 0), (date(2023, 3, 11), 1)])
def test_a_term_of_more_than_thirty_six_months_is_raised(town: Town, due_on: date, alerts: int) -> None:
    lend(town, 1, 43_500_00, due_on=due_on)

    found = town.found("LNM-09")

    assert [alert["amount_at_risk_fen"] for alert in found] == [43_500_00] * alerts


def test_a_loan_that_was_extended_is_not_too_long_for_that(town: Town) -> None:
    lend(town, 1, 43_500_00, due_on=ISSUED + timedelta(days=1_400), status="展期")

    assert town.found("LNM-09") == []


@pytest.mark.parametrize(("fee", "alerts"), [(0, 0), (1, 1)])
def test_any_fee_for_a_guarantee_is_raised(town: Town, fee: int, alerts: int) -> None:
    lend(town, 1, 43_500_00, guarantee_fee_fen=fee)

    found = town.found("LNM-09")

    assert [alert["amount_at_risk_fen"] for alert in found] == [fee] * alerts


def test_a_renewal_that_is_told_later_withdraws_the_alert(town: Town) -> None:
    lend(town, 1, 30_000_00, settled_on=date(2020, 6, 11), status="续贷")
    lend(town, 2, 30_000_00, date(2020, 6, 10))
    town.run()
    lend(town, 2, 30_000_00, date(2020, 6, 10), renews="JJ-1")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-09")) == 1


def test_a_repayment_that_is_told_later_withdraws_the_alert(town: Town) -> None:
    lend(town, 1, 20_000_00)
    lend(town, 2, 20_000_00, date(2020, 6, 10))
    town.run()
    repays(town, "HK1", "JJ-1", "甲", 20_000_00, date(2020, 6, 10))

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-09")) == 1


def test_a_loan_of_no_household_is_compared_with_no_other(town: Town) -> None:
    town.lend("JJ-1", "甲", None, "card", ISSUED)
    town.lend("JJ-2", "乙", None, "card two", ISSUED)

    assert town.found("LNM-09") == []
