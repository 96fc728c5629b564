"""FAL-05 where two sessions share a minute, and where they only meet (DOMAIN §4 C)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import attended, sent_back
from tests.projections.rules.town import Town

MARCH = date(2020, 3, 22)
MORNING = ("2020-03-06 08:30", "2020-03-06 11:30")
TRAINED = {"programme": "职业培训补贴", "amount_fen": 600_00}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-05",)


def test_sessions_of_two_classes_at_once_are_one_alert_with_one_subsidy_at_risk(town: Town) -> None:
    first = attended(town, "PX-3", "甲", *MORNING)
    second = attended(town, "PX-4", "甲", *MORNING, subsidised=False)
    attended(town, "PX-3", "甲", "2020-03-07 08:30", "2020-03-07 11:30")
    attended(town, "PX-4", "甲", "2020-03-07 11:00", "2020-03-07 17:30")
    paid = town.pay("甲", "2020Q1", MARCH, class_id="PX-3", **TRAINED)

    [alert] = town.found("FAL-05")

    assert alert["anchor"] == (f"person:{person('甲')}", "at_class:PX-4")
    assert alert["subjects"] == (
        f"person:{person('甲')}",
        *("class:PX-3", "class:PX-4", "claim:SQ-1", "payment:REF1"),
    )
    assert alert["event_refs"] == (first, second, 3, 4, paid)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (600_00, date(2020, 3, 6), "R")
    assert alert["why_zh"] == "同一人同一时间在2个培训班签到，重叠2天；所涉补贴¥600.00。"


@pytest.mark.parametrize(("begins", "expected"), [("2020-03-06 11:30", 0), ("2020-03-06 11:29", 1)])
def test_a_session_may_begin_when_the_other_ends(town: Town, begins: str, expected: int) -> None:
    attended(town, "PX-3", "甲", *MORNING)
    attended(town, "PX-4", "甲", begins, "2020-03-06 17:30")

    assert len(town.found("FAL-05")) == expected


def test_half_days_stored_as_whole_days_say_nothing_of_either_half(town: Town) -> None:
    attended(town, "PX-3", "甲", "2020-03-06 00:00", "2020-03-06 23:59")
    attended(town, "PX-4", "甲", *MORNING)

    assert town.found("FAL-05") == []


def test_one_class_two_persons_and_a_quarantined_row_are_not_two_places_at_once(town: Town) -> None:
    attended(town, "PX-3", "甲", *MORNING)
    attended(town, "PX-3", "甲", "2020-03-06 08:31", "2020-03-06 11:30")
    attended(town, "PX-4", "乙", *MORNING)
    attended(town, "PX-4", "甲", *MORNING, quarantine=("E-ID:id_no",))

    assert town.found("FAL-05") == []


def test_a_session_and_a_return_that_come_later_are_judged_at_once(town: Town) -> None:
    attended(town, "PX-3", "甲", *MORNING)
    town.pay("甲", "2020Q1", MARCH, class_id="PX-3", **TRAINED)
    town.live_is_whole()
    attended(town, "PX-4", "甲", *MORNING)
    [raised] = town.live_is_whole().raised
    sent_back(town, "REF1", 600_00)

    [changed] = town.live_is_whole().changed

    assert (raised["amount_at_risk_fen"], changed["amount_at_risk_fen"]) == (600_00, 0)
