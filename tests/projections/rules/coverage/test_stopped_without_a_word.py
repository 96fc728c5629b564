"""COV-02: pay that stops, and each reason that it may have stopped for (DOMAIN §4 M)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import entitle, found, live, member, programme, returned
from tests.projections.rules.town import DISABILITY, Town

SEPTEMBER_29, SEPTEMBER_30 = date(2020, 9, 29), date(2020, 9, 30)


@pytest.fixture
def stopped(town: Town) -> Town:
    """甲 was paid for June and not for July and August, which were paid out to 乙."""
    programme(town)
    for name, months in (("甲", (6,)), ("乙", (6, 7, 8))):
        member(town, name, f"H-{name}")
        entitle(town, name, f"H-{name}")
        for month in months:
            town.pay(name, f"2020-{month:02}", date(2020, month, 21))
    return town


def test_pay_that_stops_is_raised_once_the_first_period_without_is_overdue(stopped: Town) -> None:
    stopped.as_of = SEPTEMBER_29
    on_the_last_day = found(stopped, "COV-02")
    stopped.as_of = SEPTEMBER_30

    [alert] = found(stopped, "COV-02")

    assert on_the_last_day == []
    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}")
    assert alert["subjects"] == (f"person:{person('甲')}", "household:H-甲")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (181_00, SEPTEMBER_30, "O")


def test_every_unpaid_period_since_the_stop_is_at_risk(stopped: Town) -> None:
    [alert] = found(stopped, "COV-02")

    assert alert["amount_at_risk_fen"] == 2 * 181_00
    assert alert["why_zh"].startswith(f"“{DISABILITY}”自2020-07期起停发2期")


def test_who_was_never_paid_did_not_stop_being_paid(stopped: Town) -> None:
    member(stopped, "丙", "H-丙")
    entitle(stopped, "丙", "H-丙")

    assert len(found(stopped, "COV-02")) == 1


def test_a_payment_that_the_bank_returned_is_no_silence(stopped: Town) -> None:
    stopped.pay("甲", "2020-07", date(2020, 7, 21))
    stopped.pay("甲", "2020-08", date(2020, 8, 21))
    returned(stopped, "REF5", date(2020, 7, 25), 181_00)

    assert found(stopped, "COV-02") == []


def test_a_death_by_the_end_of_the_period_is_a_reason(stopped: Town) -> None:
    raised = live(stopped, "COV-02")
    stopped.death("甲", date(2020, 7, 31), date(2020, 8, 5))

    outcome = live(stopped, "COV-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


@pytest.mark.parametrize("kind", ["清退", "迁出", "分户", "婚出", "脱贫"])
def test_an_exit_of_any_kind_since_the_period_before_is_a_reason(stopped: Town, kind: str) -> None:
    raised = live(stopped, "COV-02")
    member(stopped, "甲", "H-甲", exited_on=date(2020, 6, 15), exit_kind=kind)

    outcome = live(stopped, "COV-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_an_entitlement_that_ended_or_was_declined_is_a_reason(stopped: Town) -> None:
    raised = live(stopped, "COV-02")
    entitle(stopped, "甲", "H-甲", ends_on=date(2020, 6, 30))
    ended = live(stopped, "COV-02")
    entitle(stopped, "甲", "H-甲")
    live(stopped, "COV-02")
    entitle(stopped, "甲", "H-甲", declined_on=date(2020, 7, 2))

    declined = live(stopped, "COV-02")

    assert len(raised.raised) == len(ended.withdrawn) == 1
    assert len(declined.withdrawn) == 1


def test_a_gap_that_is_filled_later_is_withdrawn(stopped: Town) -> None:
    raised = live(stopped, "COV-02")
    for month in (7, 8):
        stopped.pay("甲", f"2020-{month:02}", date(2020, 12, 1), pay_kind="补发")

    outcome = live(stopped, "COV-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_an_annual_programme_never_stops_without_a_word(town: Town) -> None:
    programme(town, "教育补助", period_kind="年")
    for name, years in (("甲", (2019,)), ("乙", (2019, 2020))):
        member(town, name, f"H-{name}")
        entitle(town, name, f"H-{name}", programme="教育补助", starts_on=date(2019, 1, 1))
        for year in years:
            town.pay(name, f"{year}", date(year, 9, 1), programme="教育补助")

    assert found(town, "COV-02") == []
