"""PUB-04: while an objection to a line is open, the line is not paid (DOMAIN §4 I)."""

from datetime import date, timedelta

import pytest

from domain.objection import ObjectionFiled
from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.lists import roster
from tests.projections.rules.notices.posting import MAY, PAID, name, object_to, post, subsidised, turn
from tests.projections.rules.town import AN_AMOUNT_FEN, Town

A_DAY = timedelta(days=1)


@pytest.fixture
def announced(town: Town) -> Town:
    """A town in which the lines of 甲 and 乙 hang on the board."""
    subsidised(town)
    post(town)
    name(town)
    name(town, "乙", line_no=2)
    return town


def test_a_line_that_is_paid_under_an_open_objection_is_raised(announced: Town) -> None:
    objection = object_to(announced)
    paid = announced.pay("甲", MAY, PAID)
    announced.pay("乙", MAY, PAID)

    [alert] = announced.found("PUB-04")

    assert alert["anchor"] == ("objection:YY-1",)
    named = {"notice:GS-1", f"person:{person('甲')}", "claim:SQ-1", "payment:REF1"}
    assert set(alert["subjects"]) == named | {"objection:YY-1"}
    assert alert["event_refs"] == (objection, paid)
    assert (alert["amount_at_risk_fen"], alert["severity"], alert["holds_from"]) == (AN_AMOUNT_FEN, "R", PAID)


@pytest.mark.parametrize(("filed_on", "expected"), [(PAID, 1), (PAID + A_DAY, 0)])
def test_an_objection_of_the_day_of_payment_holds_it_and_a_later_one_does_not(
    announced: Town, filed_on: date, expected: int
) -> None:
    object_to(announced, filed_on=filed_on)
    announced.pay("甲", MAY, PAID)

    assert len(announced.found("PUB-04")) == expected


@pytest.mark.parametrize(("resolved_on", "expected"), [(PAID, 0), (PAID + A_DAY, 1)])
def test_what_was_resolved_or_taken_back_by_the_day_of_payment_is_not_open(
    announced: Town, resolved_on: date, expected: int
) -> None:
    object_to(announced, resolved_on=resolved_on, outcome="撤回")
    announced.pay("甲", MAY, PAID)

    assert len(announced.found("PUB-04")) == expected


def test_an_objection_to_the_whole_notice_holds_every_line(announced: Town) -> None:
    object_to(announced, "GS-1")
    announced.pay("甲", MAY, PAID)
    announced.pay("乙", MAY, PAID)

    [alert] = announced.found("PUB-04")

    assert alert["amount_at_risk_fen"] == 2 * AN_AMOUNT_FEN


def test_an_objection_to_another_line_period_or_thing_holds_nothing(announced: Town) -> None:
    object_to(announced, "GS-1#2")
    announced.pay("甲", MAY, PAID)
    announced.pay("乙", "2020-06", PAID)
    loan = {"objection_no": "YY-2", "ref_kind": "贷款", "ref_no": "GS-1#1", "filed_on": date(2020, 5, 8)}
    announced.history.tell(ObjectionFiled, "objection YY-2", **loan)

    assert announced.found("PUB-04") == []


def test_a_household_named_by_two_of_its_members_is_paid_once(town: Town) -> None:
    subsidised(town, unit="户")
    post(town)
    name(town, household_no="H-1")
    name(town, "甲妻", line_no=2, household_no="H-1")
    object_to(town, "GS-1")
    town.pay("甲", MAY, PAID, household_no="H-1")

    [alert] = town.found("PUB-04")

    assert alert["amount_at_risk_fen"] == AN_AMOUNT_FEN


def test_objections_lines_and_payments_that_change_turn_it_live(town: Town) -> None:
    subsidised(town)
    object_to(town)
    post(town)
    town.pay("甲", MAY, PAID)
    assert turn(town, "PUB-04") == (0, 0)

    name(town)
    assert turn(town, "PUB-04") == (1, 0)
    object_to(town, resolved_on=PAID - A_DAY, outcome="不成立")
    assert turn(town, "PUB-04") == (0, 1)
    object_to(town, resolved_on=PAID + A_DAY, outcome="不成立")
    assert turn(town, "PUB-04") == (1, 0)
    returned(town, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    assert turn(town, "PUB-04") == (0, 1)
    town.pay("甲", MAY, PAID, claim_no="SQ-1")
    assert turn(town, "PUB-04") == (1, 0)


def test_households_and_terms_that_change_turn_it_live(town: Town) -> None:
    subsidised(town, unit="户")
    post(town)
    name(town, "甲妻", household_no="H-1")
    object_to(town)
    town.pay("甲", MAY, PAID)
    assert turn(town, "PUB-04") == (0, 0)

    roster(town, "甲")
    assert turn(town, "PUB-04") == (1, 0)
    subsidised(town, unit="个人")
    assert turn(town, "PUB-04") == (0, 1)
