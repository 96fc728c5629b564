"""DUP-05 on the day that both programmes cover, a day apart, and by household and payroll (DOMAIN §4 A)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import entitlement, payroll
from tests.projections.rules.town import Town

PROVIDED, RELIEF, POST = "特困人员供养金", "最低生活保障金", "公益性岗位补贴"
FEBRUARY, MARCH, APRIL = date(2020, 2, 22), date(2020, 3, 22), date(2020, 4, 18)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("DUP-05",)


@pytest.fixture
def granting(town: Town) -> Town:
    """A town where provision and relief exclude each other, and a post excludes whoever is on the payroll."""
    town.programme(RELIEF, unit="户", excludes=(PROVIDED,))
    town.programme(PROVIDED, unit="个人", excludes=(RELIEF,))
    town.programme(POST, unit="个人", excludes=("财政供养",))
    return town


def test_months_of_both_are_one_alert_about_the_smaller_of_the_two_sums(granting: Town) -> None:
    months = (("2020-02", FEBRUARY), ("2020-03", MARCH))
    for period, day in months:
        granting.pay("甲", period, day, programme=PROVIDED, household_no="H-1", amount_fen=1_103_00)
    for period, day in (*months, ("2020-07", APRIL)):
        granting.pay("甲", period, day, programme=RELIEF, household_no="H-1", amount_fen=385_00)

    [alert] = granting.found("DUP-05")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{PROVIDED}", f"excluded:{RELIEF}")
    assert alert["subjects"][:2] == (f"person:{person('甲')}", "household:H-1")
    assert alert["subjects"][-4:] == ("payment:REF1", "payment:REF2", "payment:REF3", "payment:REF4")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (770_00, FEBRUARY, "O")
    assert alert["event_refs"] == (4, 5, 6, 7)


def test_another_member_of_the_household_counts_where_a_programme_is_paid_to_households(granting: Town) -> None:
    granting.pay("甲", "2020-02", FEBRUARY, programme=PROVIDED, household_no="H-1")
    granting.pay("乙", "2020-02", MARCH, programme=RELIEF, household_no="H-1")

    [alert] = granting.found("DUP-05")

    assert alert["anchor"][0] == f"person:{person('甲')}"
    assert alert["holds_from"] == MARCH


def test_two_members_of_a_household_may_each_have_a_programme_of_their_own(town: Town) -> None:
    town.programme("孤儿津贴", unit="个人", excludes=("残疾补贴",))
    town.programme("残疾补贴", unit="个人")
    town.pay("甲", "2020-02", FEBRUARY, programme="孤儿津贴", household_no="H-1")
    town.pay("乙", "2020-02", FEBRUARY, programme="残疾补贴", household_no="H-1")
    lawful = town.found("DUP-05")
    town.pay("甲", "2020-02", MARCH, programme="残疾补贴", household_no="H-1", amount_fen=50_00)

    [alert] = town.found("DUP-05")

    assert lawful == []
    assert alert["amount_at_risk_fen"] == 50_00


@pytest.mark.parametrize(("begins", "expected"), [(date(2020, 3, 16), 0), (date(2020, 3, 15), 1)])
def test_the_month_of_a_switch_is_cut_between_the_entitlements(granting: Town, begins: date, expected: int) -> None:
    entitlement(granting, "甲", PROVIDED, ends_on=date(2020, 3, 15))
    entitlement(granting, "甲", RELIEF, since=begins)
    granting.pay("甲", "2020-03", MARCH, programme=PROVIDED)
    granting.pay("甲", "2020-03", MARCH, programme=RELIEF)

    assert len(granting.found("DUP-05")) == expected


def test_neighbouring_months_and_programmes_that_exclude_nothing_are_lawful(granting: Town) -> None:
    granting.programme(unit="个人")
    granting.pay("甲", "2020-02", FEBRUARY, programme=PROVIDED)
    granting.pay("甲", "2020-03", MARCH, programme=RELIEF)
    granting.pay("甲", "2020-02", FEBRUARY)

    assert granting.found("DUP-05") == []


@pytest.mark.parametrize(("until", "expected"), [(date(2020, 2, 1), 181_00), (date(2020, 1, 31), 0)])
def test_whoever_is_on_the_payroll_on_a_day_of_the_period_puts_all_of_it_at_risk(
    granting: Town, until: date, expected: int
) -> None:
    listed = payroll(granting, "甲", date(2012, 9, 1), until)
    paid = granting.pay("甲", "2020-02", FEBRUARY, programme=POST)
    granting.pay("乙", "2020-02", FEBRUARY, programme=POST)

    alerts = granting.found("DUP-05")

    assert sum(alert["amount_at_risk_fen"] for alert in alerts) == expected
    assert [alert["event_refs"] for alert in alerts] == [(listed, paid)][: len(alerts)]
    assert [alert["anchor"][2] for alert in alerts] == ["excluded:财政供养"][: len(alerts)]


def test_entitlements_payroll_and_terms_that_come_later_are_judged_at_once(granting: Town) -> None:
    granting.pay("甲", "2020-03", MARCH, programme=PROVIDED, household_no="H-1")
    granting.pay("乙", "2020-03", MARCH, programme=RELIEF, household_no="H-1")
    granting.pay("丙", "2020-03", MARCH, programme=POST)
    raised = granting.live_is_whole().raised
    entitlement(granting, "甲", PROVIDED, ends_on=date(2020, 3, 15))
    entitlement(granting, "乙", RELIEF, since=date(2020, 3, 16))
    switched = granting.live_is_whole().withdrawn
    payroll(granting, "丙", date(2020, 1, 1))
    listed = granting.live_is_whole().raised
    granting.programme(POST, unit="个人", excludes=())

    ended = granting.live_is_whole().withdrawn

    assert [len(alerts) for alerts in (raised, switched, listed, ended)] == [1, 1, 1, 1]


def test_a_payment_that_moves_to_another_household_is_judged_at_once(granting: Town) -> None:
    granting.pay("甲", "2020-03", MARCH, programme=PROVIDED, household_no="H-1")
    granting.pay("乙", "2020-03", MARCH, programme=RELIEF, household_no="H-1")
    granting.live_is_whole()
    granting.history.correct("payment 2", household_no="H-2")

    assert len(granting.live_is_whole().withdrawn) == 1
