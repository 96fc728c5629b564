"""DIV-02 on the thirtieth day and the thirty-first (DOMAIN §4 L)."""

from datetime import date

import pytest

from tests.projections.rules.facts_told import CONTRACT, USCC, contract, dividend, found, live, profit
from tests.projections.rules.town import Town

JANUARY_19, JANUARY_20 = date(2021, 1, 19), date(2021, 1, 20)


@pytest.fixture
def villages(town: Town) -> Town:
    """A contract without a dividend; another contract paid one."""
    contract(town)
    contract(town, "HT-02")
    dividend(town, "H-2", 30_000_00, "HT-02")
    return town


def test_a_contract_without_a_dividend_thirty_days_after_its_day_is_overdue(villages: Town) -> None:
    villages.as_of = JANUARY_19
    on_the_thirtieth_day = found(villages, "DIV-02")
    villages.as_of = JANUARY_20

    [alert] = found(villages, "DIV-02")

    assert on_the_thirtieth_day == []
    assert alert["anchor"] == (f"contract:{CONTRACT}", "2020")
    assert alert["subjects"] == (f"contract:{CONTRACT}", f"org:{USCC}")
    assert alert["event_refs"] == (1,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (30_000_00, JANUARY_20, "O")
    assert "2020-12-20" in alert["why_zh"]


def test_a_dividend_paid_late_withdraws_it(villages: Town) -> None:
    raised = live(villages, "DIV-02")
    dividend(villages, "H-1", 30_000_00, paid_on=date(2021, 2, 1))

    outcome = live(villages, "DIV-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_a_reported_profit_raises_what_was_owed(villages: Town) -> None:
    contract(villages, share_ppm=100_000)
    live(villages, "DIV-02")
    profit(villages, fen=10_000_00)

    [changed] = live(villages, "DIV-02").changed

    assert changed["amount_at_risk_fen"] == 31_000_00


def test_a_contract_signed_shortly_before_its_day_or_ended_by_then_owes_nothing_on_it(villages: Town) -> None:
    contract(villages, starts_on=date(2020, 11, 1))
    signed_late = found(villages, "DIV-02")
    contract(villages, starts_on=date(2019, 1, 1), until=date(2020, 12, 19))

    ended = found(villages, "DIV-02")

    assert signed_late == ended == []


def test_of_years_before_the_first_dividend_on_record_the_ledger_says_nothing(town: Town) -> None:
    contract(town, starts_on=date(2017, 1, 1))
    dividend(town, "H-1", 30_000_00)

    assert found(town, "DIV-02") == []


def test_a_year_between_two_dividends_on_record_is_missed_however_long_ago(town: Town) -> None:
    contract(town, starts_on=date(2017, 1, 1))
    for year in (2017, 2018, 2020):
        dividend(town, "H-1", 30_000_00, period=f"{year}", paid_on=date(year, 12, 20), bank_ref=f"FH-{year}")

    [alert] = found(town, "DIV-02")

    assert alert["anchor"] == (f"contract:{CONTRACT}", "2019")


def test_a_dividend_day_in_spring_pays_for_the_year_before(town: Town) -> None:
    contract(town, pay_day="02-29")
    dividend(town, "H-1", 30_000_00, paid_on=date(2021, 2, 27))

    assert found(town, "DIV-02") == []
