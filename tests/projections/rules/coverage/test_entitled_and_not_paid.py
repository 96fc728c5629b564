"""COV-01 on the last day and one later, and for each lawful case that resembles it (DOMAIN §4 M)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import entitle, found, live, member, programme, returned
from tests.projections.rules.town import DISABILITY, Town

MARCH_31, APRIL_1 = date(2020, 3, 31), date(2020, 4, 1)


@pytest.fixture
def roster(town: Town) -> Town:
    """甲 and 乙 are on the roster and entitled; January was paid out to 乙."""
    programme(town)
    for name in ("甲", "乙"):
        member(town, name, f"H-{name}")
        entitle(town, name, f"H-{name}")
    town.pay("乙", "2020-01", date(2020, 1, 21))
    return town


def test_a_period_unpaid_is_raised_once_its_deadline_and_thirty_days_have_passed(roster: Town) -> None:
    roster.as_of = MARCH_31
    on_the_last_day = found(roster, "COV-01")
    roster.as_of = APRIL_1

    [alert] = found(roster, "COV-01")

    assert on_the_last_day == []
    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}")
    assert alert["subjects"] == (f"person:{person('甲')}", "household:H-甲")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (181_00, APRIL_1, "O")
    assert "自2020-01至2020-01" in alert["why_zh"]


def test_all_unpaid_periods_of_one_person_and_programme_are_one_alert(roster: Town) -> None:
    for month in range(2, 13):
        roster.pay("乙", f"2020-{month:02}", date(2020, month, 21))

    [alert] = found(roster, "COV-01")

    assert alert["amount_at_risk_fen"] == 12 * 181_00


def test_a_period_that_was_paid_to_nobody_is_not_known_to_be_unpaid(roster: Town) -> None:
    roster.pay("乙", "2020-02", date(2020, 4, 21), pay_kind="补发")

    [alert] = found(roster, "COV-01")

    assert alert["amount_at_risk_fen"] == 181_00


def test_arrears_paid_later_withdraw_it_and_a_return_brings_it_back(roster: Town) -> None:
    raised = live(roster, "COV-01")
    roster.pay("甲", "2020-01", date(2020, 9, 21), pay_kind="补发")
    paid = live(roster, "COV-01")
    returned(roster, "REF2", date(2020, 9, 25), 181_00)

    came_back = live(roster, "COV-01")

    assert len(raised.raised) == len(paid.withdrawn) == len(came_back.raised) == 1


def test_who_declined_in_writing_before_the_end_of_the_period_is_not_owed_it(roster: Town) -> None:
    raised = live(roster, "COV-01")
    entitle(roster, "甲", "H-甲", declined_on=date(2020, 1, 31))

    outcome = live(roster, "COV-01")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_death_before_the_period_ends_the_entitlement_and_within_it_does_not(roster: Town) -> None:
    roster.death("甲", date(2020, 1, 1), APRIL_1)
    within = live(roster, "COV-01")
    roster.history.correct("death 甲", death_on=date(2019, 12, 31))

    before = live(roster, "COV-01")

    assert len(within.raised) == len(before.withdrawn) == 1


@pytest.mark.parametrize(
    ("exited_on", "kind", "alerts"),
    [
        (date(2020, 1, 1), "清退", 0),
        (date(2020, 1, 2), "清退", 1),
        (date(2019, 6, 1), "脱贫", 1),
        (date(2019, 6, 1), "迁出", 0),
    ],
)
def test_removal_ends_the_entitlement_from_the_next_period_and_leaving_poverty_does_not(
    roster: Town, exited_on: date, kind: str, alerts: int
) -> None:
    member(roster, "甲", "H-甲", exited_on=exited_on, exit_kind=kind)

    assert len(found(roster, "COV-01")) == alerts


def test_an_entitlement_that_ended_before_the_period_is_a_reason(roster: Town) -> None:
    entitle(roster, "甲", "H-甲", starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31))

    assert found(roster, "COV-01") == []


def test_an_annual_programme_is_not_overdue_on_the_last_day_of_its_deadline(town: Town) -> None:
    programme(town, "医保代缴", period_kind="年", deadline_days=60)
    for name in ("甲", "乙"):
        member(town, name, f"H-{name}")
        entitle(town, name, f"H-{name}", programme="医保代缴", amount_per_period_fen=280_00)
    town.pay("乙", "2020", date(2020, 2, 19), programme="医保代缴")
    town.as_of = date(2021, 3, 31)
    on_the_last_day = found(town, "COV-01")
    town.as_of = date(2021, 4, 1)

    overdue = found(town, "COV-01")

    assert on_the_last_day == []
    assert [alert["amount_at_risk_fen"] for alert in overdue] == [280_00]


def test_a_programme_for_households_may_pay_any_member_and_one_for_persons_may_not(roster: Town) -> None:
    roster.pay("丙", "2020-01", date(2020, 1, 21), household_no="H-甲")
    for_persons = live(roster, "COV-01")
    programme(roster, unit="户")

    for_households = live(roster, "COV-01")

    assert len(for_persons.raised) == len(for_households.withdrawn) == 1


def test_a_payment_once_for_all_is_due_once_whatever_year_it_is_paid_for(town: Town) -> None:
    programme(town, "危房改造", period_kind="一次性", deadline_days=60)
    for name, period in (("甲", "2020"), ("乙", "2019")):
        member(town, name, f"H-{name}")
        entitle(town, name, f"H-{name}", programme="危房改造", starts_on=date(2019, 5, 1))
        town.pay(name, period, date(2020, 2, 19), programme="危房改造")

    assert found(town, "COV-01") == []


def test_a_period_paid_out_for_the_first_time_raises_those_who_got_nothing(roster: Town) -> None:
    live(roster, "COV-01")
    roster.pay("乙", "2020-02", date(2020, 2, 21))

    [changed] = live(roster, "COV-01").changed

    assert changed["amount_at_risk_fen"] == 2 * 181_00


def test_a_row_whose_number_cannot_be_read_is_no_reason_to_say_that_its_household_got_nothing(roster: Town) -> None:
    roster.pay("丙", "2020-01", date(2020, 1, 21), household_no="H-甲", quarantine=("E-ID:id_no",))

    assert found(roster, "COV-01") == []
