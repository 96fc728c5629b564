"""FAL-02 on the day of an exit, the day before, and for each lawful case that resembles it (DOMAIN §4 C)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import roster
from tests.projections.rules.town import DISABILITY, Town

MAY, JUNE, JULY = date(2020, 5, 19), date(2020, 6, 18), date(2020, 7, 19)
FIRST_OF_MAY = date(2020, 5, 1)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-02",)


@pytest.fixture
def listing(town: Town) -> Town:
    """A town with a programme of the roster that leaving poverty does not end."""
    town.programme(requires_roster=True, carry_over_after_exit=True)
    return town


def test_months_paid_after_a_removal_are_one_alert_from_the_first_of_them(listing: Town) -> None:
    roster(listing, "甲", exited_on=date(2020, 4, 10), exit_kind="清退")
    paid = [listing.pay("甲", f"2020-0{day.month}", day, household_no="H-1") for day in (MAY, JUNE, JULY)]

    [alert] = listing.found("FAL-02")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}")
    assert alert["subjects"][:3] == (f"person:{person('甲')}", "household:H-1", "claim:SQ-1")
    assert alert["event_refs"] == (*paid,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (543_00, MAY, "O")
    assert alert["why_zh"] == "受领人已清退，“困难残疾人生活补贴”此后各期仍发放3笔共¥543.00。"


@pytest.mark.parametrize("exit_kind", ["清退", "销户"])
@pytest.mark.parametrize(("exited_on", "expected"), [(FIRST_OF_MAY, 1), (date(2020, 5, 2), 0)])
def test_the_roster_is_read_on_the_first_day_of_the_period(
    listing: Town, exit_kind: str, exited_on: date, expected: int
) -> None:
    roster(listing, "甲", exited_on=exited_on, exit_kind=exit_kind)
    listing.pay("甲", "2020-05", MAY)

    assert len(listing.found("FAL-02")) == expected


@pytest.mark.parametrize("exit_kind", ["脱贫", None])
def test_leaving_poverty_ends_only_what_is_not_carried_over(listing: Town, exit_kind: str | None) -> None:
    listing.programme("低保", requires_roster=True, carry_over_after_exit=False)
    roster(listing, "甲", exited_on=FIRST_OF_MAY, exit_kind=exit_kind)
    listing.pay("甲", "2020-05", MAY)
    listing.pay("甲", "2020-05", MAY, programme="低保")

    [alert] = listing.found("FAL-02")

    assert alert["anchor"][1] == "programme:低保"


def test_deaths_moves_a_new_span_and_programmes_beside_the_roster_are_others_business(listing: Town) -> None:
    listing.programme("临时救助", requires_roster=False)
    for who, exit_kind in (("亡", "死亡"), ("迁", "迁出"), ("返", "清退"), ("助", "清退")):
        roster(listing, who, exited_on=date(2020, 4, 1), exit_kind=exit_kind)
    roster(listing, "返", "H-1", FIRST_OF_MAY, included_kind="返贫")
    listing.death("故", date(2020, 4, 30), MAY)
    roster(listing, "故", exited_on=date(2020, 4, 30), exit_kind="销户")
    for who in "亡迁返故":
        listing.pay(who, "2020-05", MAY)
    listing.pay("助", "2020", MAY, programme="临时救助")

    assert listing.found("FAL-02") == []


def test_a_removal_and_terms_that_come_later_are_judged_at_once(listing: Town) -> None:
    roster(listing, "甲")
    listing.pay("甲", "2020-05", MAY)
    before = listing.live_is_whole().raised
    roster(listing, "甲", exited_on=FIRST_OF_MAY, exit_kind="清退")
    raised = listing.live_is_whole().raised
    listing.death("甲", date(2020, 4, 30), MAY)
    dead = listing.live_is_whole().withdrawn
    listing.death("甲", date(2020, 6, 30), JULY)
    again = listing.live_is_whole().raised
    listing.programme(requires_roster=False)

    ended = listing.live_is_whole().withdrawn

    assert [len(alerts) for alerts in (before, raised, dead, again, ended)] == [0, 1, 1, 1, 1]
