"""DUP-04 from the second member of a household on, and around the day of a parting (DOMAIN §4 A)."""

from datetime import date

import pytest

from projections.rules.pack import Pack
from tests.projections.history import person
from tests.projections.rules.lists import roster, sent_back
from tests.projections.rules.town import Town

RELIEF = "最低生活保障金"
GRANT = {"programme": RELIEF, "household_no": "H-1"}
MAY_19, MAY_25 = date(2020, 5, 19), date(2020, 5, 25)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("DUP-04",)


@pytest.fixture
def granting(town: Town) -> Town:
    """A town that pays a grant per household and one per person."""
    town.programme(RELIEF, unit="户")
    town.programme(unit="个人")
    return town


def test_a_second_member_paid_for_one_month_is_one_alert_from_that_payment_on(granting: Town) -> None:
    first = granting.pay("甲", "2020-05", MAY_19, amount_fen=1_925_00, **GRANT)
    second = granting.pay("乙", "2020-05", MAY_25, amount_fen=385_00, **GRANT)

    [alert] = granting.found("DUP-04")

    assert alert["anchor"] == ("household:H-1", f"programme:{RELIEF}", "2020-05")
    assert alert["subjects"] == (
        "household:H-1",
        *sorted(f"person:{person(who)}" for who in "甲乙"),
        "claim:SQ-1",
        "claim:SQ-2",
        "payment:REF1",
        "payment:REF2",
    )
    assert alert["event_refs"] == (first, second)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (385_00, MAY_25, "R")
    assert alert["why_zh"] == (
        "“最低生活保障金”按户发放，2020-05期同一户有2人受领共¥2310.00，超出一份的¥385.00。"
    ).replace("¥2310.00", "¥2,310.00" if "," in alert["why_zh"] else "¥2310.00")


def test_one_member_a_period_other_households_and_grants_per_person_are_lawful(granting: Town) -> None:
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("甲", "2020-05", MAY_25, **GRANT)
    granting.pay("乙", "2020-06", MAY_25, **GRANT)
    granting.pay("丙", "2020-05", MAY_25, programme=RELIEF, household_no="H-2")
    granting.pay("甲", "2020-04", MAY_19, household_no="H-1")
    granting.pay("乙", "2020-04", MAY_19, household_no="H-1")

    assert granting.found("DUP-04") == []


def test_a_payment_that_came_back_and_went_to_another_member_is_one(granting: Town) -> None:
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    sent_back(granting, "REF1")
    granting.pay("乙", "2020-05", MAY_25, **GRANT)

    assert granting.found("DUP-04") == []


@pytest.mark.parametrize(("parted", "expected"), [(date(2020, 8, 29), 0), (date(2020, 8, 30), 1)])
def test_a_parting_counts_through_the_ninetieth_day_about_the_period(
    granting: Town, parted: date, expected: int
) -> None:
    roster(granting, "乙", exited_on=parted, exit_kind="分户")
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("乙", "2020-05", MAY_25, **GRANT)

    assert len(granting.found("DUP-04")) == expected


def test_whoever_founds_a_household_out_of_this_one_is_none_of_it(granting: Town) -> None:
    roster(granting, "乙", "H-8002", date(2020, 5, 12), included_kind="分户", from_household="H-1")
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("乙", "2020-05", MAY_25, **GRANT)

    assert granting.found("DUP-04") == []


def test_a_death_in_the_household_is_no_parting_of_it(granting: Town) -> None:
    roster(granting, "乙", exited_on=MAY_19, exit_kind="死亡")
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("乙", "2020-05", MAY_25, **GRANT)

    assert len(granting.found("DUP-04")) == 1


def test_a_pack_may_allow_more_members_and_fewer_days(granting: Town) -> None:
    granting.pack = Pack.read('version = "2"\n[DUP-04]\nmembers = 3')
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("乙", "2020-05", MAY_25, **GRANT)

    assert granting.found("DUP-04") == []


def test_a_parting_and_terms_that_come_later_are_judged_at_once(granting: Town) -> None:
    granting.pay("甲", "2020-05", MAY_19, **GRANT)
    granting.pay("乙", "2020-05", MAY_25, **GRANT)
    raised = granting.live_is_whole().raised
    roster(granting, "乙", exited_on=MAY_19, exit_kind="分户")
    parted = granting.live_is_whole().withdrawn
    roster(granting, "乙", exited_on=date(2019, 1, 1), exit_kind="分户")
    again = granting.live_is_whole().raised
    granting.programme(RELIEF, unit="个人")

    ended = granting.live_is_whole().withdrawn

    assert [len(alerts) for alerts in (raised, parted, again, ended)] == [1, 1, 1, 1]
