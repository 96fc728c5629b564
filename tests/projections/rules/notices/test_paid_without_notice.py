"""PUB-01: money moves after a notice that names the payee has matured (DOMAIN §4 I)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.lists import roster
from tests.projections.rules.notices.posting import LAST_DAY, MAY, PAID, name, object_to, post, subsidised, turn
from tests.projections.rules.town import AN_AMOUNT_FEN, DISABILITY, Town

A_DAY = timedelta(days=1)


def test_whoever_is_paid_and_named_on_no_notice_is_raised(town: Town) -> None:
    subsidised(town)
    post(town)
    name(town, "乙")
    paid = town.pay("甲", MAY, PAID)

    [alert] = town.found("PUB-01")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}", MAY)
    assert {"claim:SQ-1", "payment:REF1"} < set(alert["subjects"])
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((paid,), AN_AMOUNT_FEN)
    assert (alert["severity"], alert["holds_from"]) == ("R", PAID)


@pytest.mark.parametrize(("paid_on", "expected"), [(LAST_DAY, 1), (LAST_DAY + A_DAY, 0)])
def test_a_notice_has_matured_on_the_day_after_its_last(town: Town, paid_on: date, expected: int) -> None:
    subsidised(town)
    post(town)
    name(town)
    town.pay("甲", MAY, paid_on)

    assert len(town.found("PUB-01")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"period_from": "2020-04"}, 1),
        ({"period_from": "2020-04", "period_to": "2020-06"}, 0),
        ({"period_from": "2020-06", "period_to": "2020-07"}, 1),
    ],
)
def test_a_line_names_the_periods_from_its_first_to_its_last(town: Town, line: dict[str, Any], expected: int) -> None:
    subsidised(town)
    post(town)
    name(town, **line)
    town.pay("甲", MAY, PAID)

    assert len(town.found("PUB-01")) == expected


@pytest.mark.parametrize(
    "notice",
    [{"programme": "低保"}, {"notice_kind": "公告"}, {"withdrawn_on": PAID}, {"starts_on": PAID + A_DAY}],
    ids=["of another programme", "after the fact", "withdrawn by the day of payment", "posted afterwards"],
)
def test_what_is_no_notice_before_the_fact_of_this_programme_does_not_count(town: Town, notice: dict[str, Any]) -> None:
    subsidised(town)
    post(town, **notice)
    name(town)
    town.pay("甲", MAY, PAID)

    assert len(town.found("PUB-01")) == 1


@pytest.mark.parametrize(("resolved_on", "expected"), [(None, 1), (PAID + A_DAY, 1), (PAID, 0)])
def test_a_line_under_an_open_objection_has_not_matured(town: Town, resolved_on: date | None, expected: int) -> None:
    subsidised(town)
    post(town)
    name(town)
    object_to(town, resolved_on=resolved_on)
    town.pay("甲", MAY, PAID)

    assert len(town.found("PUB-01")) == expected


def test_an_objection_to_another_line_holds_nobody_else(town: Town) -> None:
    subsidised(town)
    post(town)
    name(town)
    object_to(town, "GS-1#2")
    town.pay("甲", MAY, PAID)

    assert town.found("PUB-01") == []


def test_what_needs_no_notice_or_came_back_is_not_asked_for_one(town: Town) -> None:
    subsidised(town)
    subsidised(town, name="临时救助", needs_notice=False)
    post(town)
    name(town, "乙")
    town.pay("甲", MAY, PAID, programme="临时救助")
    town.pay("丙", MAY, PAID)
    returned(town, "REF2", PAID + A_DAY, AN_AMOUNT_FEN)

    assert town.found("PUB-01") == []


def test_a_payment_sent_again_rests_on_the_notice_of_the_first(town: Town) -> None:
    subsidised(town)
    post(town)
    name(town)
    town.pay("甲", MAY, PAID)
    returned(town, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    town.pay("甲", MAY, PAID + 5 * A_DAY, claim_no="SQ-1", pay_kind="重发")

    assert town.found("PUB-01") == []


@pytest.mark.parametrize(("unit", "expected"), [("户", 0), ("个人", 1)])
def test_a_household_is_named_by_any_of_its_members_and_a_person_is_not(town: Town, unit: str, expected: int) -> None:
    subsidised(town, unit=unit)
    post(town)
    name(town, "甲妻", household_no="H-1")
    town.pay("甲", MAY, PAID, household_no="H-1")

    assert len(town.found("PUB-01")) == expected


def test_notices_lines_objections_and_terms_that_change_turn_the_alert_live(town: Town) -> None:
    subsidised(town)
    post(town, "GS-9", programme="低保")
    town.pay("甲", MAY, PAID)

    assert turn(town, "PUB-01") == (1, 0)
    name(town)
    assert turn(town, "PUB-01") == (0, 0)
    post(town)
    assert turn(town, "PUB-01") == (0, 1)
    object_to(town)
    assert turn(town, "PUB-01") == (1, 0)
    object_to(town, resolved_on=PAID - A_DAY)
    assert turn(town, "PUB-01") == (0, 1)
    post(town, withdrawn_on=PAID - A_DAY)
    assert turn(town, "PUB-01") == (1, 0)
    subsidised(town, needs_notice=False)
    assert turn(town, "PUB-01") == (0, 1)


def test_a_roster_that_tells_of_which_household_the_payee_is_turns_it_live(town: Town) -> None:
    subsidised(town, unit="户")
    post(town)
    name(town, "甲妻", household_no="H-1")
    town.pay("甲", MAY, PAID)

    assert turn(town, "PUB-01") == (1, 0)
    roster(town, "甲")
    assert turn(town, "PUB-01") == (0, 1)
    roster(town, "甲", exited_on=date(2020, 5, 1), exit_kind="迁出")
    assert turn(town, "PUB-01") == (1, 0)
    returned(town, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    assert turn(town, "PUB-01") == (0, 1)
