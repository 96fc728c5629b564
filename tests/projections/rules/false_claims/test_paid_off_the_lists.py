"""FAL-03 off the roster or without entitlement, and for each lawful case that resembles it (DOMAIN §4 C)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import entitlement, roster
from tests.projections.rules.town import DISABILITY, Town

MAY, JUNE = date(2020, 5, 19), date(2020, 6, 18)
FIRST_OF_MAY = date(2020, 5, 1)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-03",)


@pytest.fixture
def listing(town: Town) -> Town:
    """A town with a programme of both lists, on which 甲 stands."""
    town.programme(requires_roster=True, requires_entitlement=True, carry_over_after_exit=True, unit="个人")
    roster(town, "甲")
    entitlement(town, "甲")
    return town


def test_whoever_is_on_neither_list_is_one_alert_a_programme(listing: Town) -> None:
    first = listing.pay("幽", "2020-05", MAY)
    second = listing.pay("幽", "2020-06", JUNE)
    listing.pay("甲", "2020-05", MAY)

    [alert] = listing.found("FAL-03")

    assert alert["anchor"] == (f"person:{person('幽')}", f"programme:{DISABILITY}")
    assert alert["event_refs"] == (first, second)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (362_00, MAY, "R")
    assert alert["why_zh"] == (
        "“困难残疾人生活补贴”的受领人在所属期首日不在花名册（2笔）或无应享核定（2笔），共发放2笔¥362.00。"
    )


@pytest.mark.parametrize(("since", "expected"), [(FIRST_OF_MAY, 0), (date(2020, 5, 2), 1)])
def test_the_roster_is_read_on_the_first_day_of_the_period(listing: Town, since: date, expected: int) -> None:
    roster(listing, "乙", since=since, registered_on=JUNE)
    entitlement(listing, "乙")
    listing.pay("乙", "2020-05", MAY)

    assert len(listing.found("FAL-03")) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2020, 5, 31), date(2020, 12, 31), 0),
        (date(2020, 6, 1), date(2020, 12, 31), 1),
        (date(2020, 1, 1), FIRST_OF_MAY, 0),
        (date(2020, 1, 1), date(2020, 4, 30), 1),
    ],
)
def test_an_entitlement_for_any_day_of_the_period_is_one_for_it(
    listing: Town, since: date, until: date, expected: int
) -> None:
    roster(listing, "乙")
    entitlement(listing, "乙", since=since, ends_on=until)
    listing.pay("乙", "2020-05", MAY)

    assert len(listing.found("FAL-03")) == expected


def test_another_member_s_entitlement_counts_where_a_household_is_paid(listing: Town) -> None:
    listing.programme("低保", requires_roster=True, requires_entitlement=True, unit="户")
    roster(listing, "乙")
    entitlement(listing, "甲", "低保")
    listing.pay("乙", "2020-05", MAY, programme="低保", household_no="H-1")

    assert listing.found("FAL-03") == []


@pytest.mark.parametrize(("exit_kind", "expected"), [("迁出", 1), ("分户", 1), ("脱贫", 0), ("清退", 0), ("死亡", 0)])
def test_who_moved_away_is_off_the_roster_and_others_left_it_for_other_rules(
    listing: Town, exit_kind: str, expected: int
) -> None:
    roster(listing, "乙", exited_on=FIRST_OF_MAY, exit_kind=exit_kind)
    entitlement(listing, "乙")
    listing.pay("乙", "2020-05", MAY)

    assert len(listing.found("FAL-03")) == expected


def test_the_dead_and_who_left_poverty_where_that_ends_it_are_other_rules_business(listing: Town) -> None:
    listing.programme("低保", requires_roster=True, requires_entitlement=True, carry_over_after_exit=False)
    roster(listing, "乙", exited_on=FIRST_OF_MAY, exit_kind="脱贫")
    listing.pay("乙", "2020-05", MAY, programme="低保")
    listing.death("丙", date(2020, 4, 30), MAY)
    listing.pay("丙", "2020-05", MAY)

    assert listing.found("FAL-03") == []


def test_a_programme_that_requires_no_list_and_an_unread_period_are_not_judged(listing: Town) -> None:
    listing.programme("临时救助", requires_roster=False, requires_entitlement=False)
    listing.pay("幽", "2020", MAY, programme="临时救助")
    listing.pay("幽", "春季", MAY)

    assert listing.found("FAL-03") == []


def test_lists_and_terms_that_come_later_are_judged_at_once(listing: Town) -> None:
    listing.pay("乙", "2020-05", MAY, household_no="H-2")
    raised = listing.live_is_whole().raised
    roster(listing, "乙", "H-2")
    changed = listing.live_is_whole().changed
    entitlement(listing, "乙")
    cleared = listing.live_is_whole().withdrawn
    entitlement(listing, "乙", ends_on=date(2020, 4, 30))
    again = listing.live_is_whole().raised
    listing.death("乙", date(2020, 4, 30), MAY)
    dead = listing.live_is_whole().withdrawn
    listing.pay("丁", "2020-05", MAY)
    another = listing.live_is_whole().raised
    listing.programme(requires_roster=False, requires_entitlement=False)

    ended = listing.live_is_whole().withdrawn

    counts = [len(alerts) for alerts in (raised, changed, cleared, again, dead, another, ended)]
    assert counts == [1, 1, 1, 1, 1, 1, 1]


def test_an_entitlement_of_the_household_that_comes_later_is_judged_at_once(listing: Town) -> None:
    listing.programme("低保", requires_roster=True, requires_entitlement=True, unit="户")
    roster(listing, "乙")
    listing.pay("乙", "2020-05", MAY, programme="低保", household_no="H-1")
    listing.live_is_whole()
    entitlement(listing, "甲", "低保")

    assert len(listing.live_is_whole().withdrawn) == 1
