"""PUB-02: a notice hangs as long as its programme asks, and money waits for its end (DOMAIN §4 I)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.lists import roster
from tests.projections.rules.notices.posting import LAST_DAY, MAY, PAID, POSTED, name, post, subsidised, turn
from tests.projections.rules.town import AN_AMOUNT_FEN, Town

A_DAY = timedelta(days=1)
NINE_DAYS = POSTED + 9 * A_DAY


@pytest.mark.parametrize(
    ("asked", "days", "expected"), [(10, 10, 0), (10, 9, 1), (7, 7, 0), (7, 6, 1), (None, 10, 0), (None, 9, 1)]
)
def test_a_notice_of_a_day_less_than_its_programme_asks_is_too_short(
    town: Town, asked: int | None, days: int, expected: int
) -> None:
    subsidised(town, notice_days=asked)
    post(town, until=POSTED + days * A_DAY)
    name(town)
    town.pay("甲", MAY, PAID)

    assert len(town.found("PUB-02")) == expected


def test_the_alert_names_the_notice_and_what_was_paid_on_it(town: Town) -> None:
    subsidised(town)
    notice = post(town, until=NINE_DAYS)
    name(town)
    name(town, "乙", line_no=2)
    first = town.pay("甲", MAY, PAID)
    second = town.pay("乙", MAY, PAID + A_DAY)

    [alert] = town.found("PUB-02")

    assert alert["anchor"] == ("notice:GS-1",)
    named = {f"person:{person('甲')}", f"person:{person('乙')}", "claim:SQ-1", "claim:SQ-2", "payment:REF1"}
    assert named < set(alert["subjects"])
    assert alert["event_refs"] == (notice, first, second)
    assert (alert["amount_at_risk_fen"], alert["severity"], alert["holds_from"]) == (2 * AN_AMOUNT_FEN, "O", PAID)
    assert "共9天，须10天" in alert["why_zh"]


@pytest.mark.parametrize(("paid_on", "expected"), [(LAST_DAY, 1), (LAST_DAY + A_DAY, 0)])
def test_a_payment_on_the_last_day_of_the_notice_is_too_early(town: Town, paid_on: date, expected: int) -> None:
    subsidised(town)
    post(town)
    name(town)
    town.pay("甲", MAY, paid_on)

    assert len(town.found("PUB-02")) == expected


def test_what_a_second_and_sufficient_notice_names_is_in_order(town: Town) -> None:
    subsidised(town)
    post(town, until=NINE_DAYS)
    name(town)
    post(town, "GS-2")
    name(town, number="GS-2")
    town.pay("甲", MAY, PAID)

    assert town.found("PUB-02") == []


@pytest.mark.parametrize(
    "notice",
    [{"notice_kind": "公告"}, {"withdrawn_on": PAID}, {"programme": "低保"}],
    ids=["after the fact", "withdrawn", "of another programme"],
)
def test_a_payment_does_not_rest_on_what_is_no_standing_notice_of_it(town: Town, notice: dict[str, Any]) -> None:
    subsidised(town)
    post(town, **({"until": NINE_DAYS} | notice))
    name(town)
    town.pay("甲", MAY, PAID)

    assert town.found("PUB-02") == []


def test_what_needs_no_notice_or_came_back_is_not_too_early(town: Town) -> None:
    subsidised(town)
    subsidised(town, name="临时救助", needs_notice=False)
    post(town, until=NINE_DAYS)
    name(town)
    post(town, "GS-2", programme="临时救助", until=NINE_DAYS)
    name(town, number="GS-2")
    town.pay("甲", MAY, PAID, programme="临时救助")
    town.pay("甲", MAY, PAID)
    returned(town, "REF2", PAID + A_DAY, AN_AMOUNT_FEN)

    assert town.found("PUB-02") == []


def test_a_household_named_by_two_of_its_members_is_paid_once(town: Town) -> None:
    subsidised(town, unit="户")
    post(town, until=NINE_DAYS)
    name(town, household_no="H-1")
    name(town, "甲妻", line_no=2, household_no="H-1")
    town.pay("甲", MAY, PAID, household_no="H-1")

    [alert] = town.found("PUB-02")

    assert alert["amount_at_risk_fen"] == AN_AMOUNT_FEN


def test_notices_terms_and_payments_that_change_turn_the_alert_live(town: Town) -> None:
    subsidised(town)
    post(town, until=NINE_DAYS)
    name(town)
    assert turn(town, "PUB-02") == (0, 0)

    town.pay("甲", MAY, PAID)
    assert turn(town, "PUB-02") == (1, 0)
    post(town)
    assert turn(town, "PUB-02") == (0, 1)
    subsidised(town, notice_days=11)
    assert turn(town, "PUB-02") == (1, 0)
    returned(town, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    assert turn(town, "PUB-02") == (0, 1)


def test_a_second_notice_that_comes_and_goes_turns_the_first_live(town: Town) -> None:
    subsidised(town)
    post(town, until=NINE_DAYS)
    name(town)
    town.pay("甲", MAY, PAID)
    assert turn(town, "PUB-02") == (1, 0)

    post(town, "GS-2")
    name(town, number="GS-2")
    assert turn(town, "PUB-02") == (0, 1)
    post(town, "GS-2", withdrawn_on=LAST_DAY)
    assert turn(town, "PUB-02") == (1, 0)


def test_a_roster_that_tells_of_which_household_the_payee_is_turns_it_live(town: Town) -> None:
    subsidised(town, unit="户")
    post(town, until=NINE_DAYS)
    name(town, "甲妻", household_no="H-1")
    town.pay("甲", MAY, PAID)

    assert turn(town, "PUB-02") == (0, 0)
    roster(town, "甲")
    assert turn(town, "PUB-02") == (1, 0)
    roster(town, "甲", exited_on=date(2020, 5, 1), exit_kind="迁出")
    assert turn(town, "PUB-02") == (0, 1)
