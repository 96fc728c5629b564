"""DUP-06 from the second village on, and on the days about a move (DOMAIN §4 A)."""

from datetime import date
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import FIRST_VILLAGE, SECOND_VILLAGE, place, roster, sent_back
from tests.projections.rules.town import Town

FEBRUARY, MARCH, JUNE = date(2020, 2, 22), date(2020, 3, 22), date(2020, 6, 22)
HERE: dict[str, Any] = {"village": FIRST_VILLAGE}
THERE: dict[str, Any] = {"village": SECOND_VILLAGE}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("DUP-06",)


def test_payments_of_two_villages_for_the_same_months_are_one_alert_about_the_person(town: Town) -> None:
    for period, day in (("2020-02", FEBRUARY), ("2020-03", MARCH)):
        town.pay("甲", period, day, **HERE)
        town.pay("甲", period, day, amount_fen=150_00, **THERE)

    [alert] = town.found("DUP-06")

    assert alert["anchor"] == (f"person:{person('甲')}",)
    assert alert["subjects"][-2:] == (f"place:{FIRST_VILLAGE}", f"place:{SECOND_VILLAGE}")
    assert alert["event_refs"] == (1, 2, 3, 4)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (300_00, FEBRUARY, "R")
    assert alert["why_zh"] == "同一人在2个村同时在册或同项同期领取，重复领取¥300.00。"


def test_other_months_other_programmes_and_money_that_came_back_are_not_twice(town: Town) -> None:
    town.pay("甲", "2020-02", FEBRUARY, **HERE)
    town.pay("甲", "2020-03", MARCH, **THERE)
    town.pay("甲", "2020-02", MARCH, programme="高龄津贴", **THERE)
    town.pay("甲", "2020-02", MARCH, **THERE)
    sent_back(town, "REF4")

    assert town.found("DUP-06") == []


def test_another_spelling_of_one_village_is_the_same_village(town: Town) -> None:
    town.pay("甲", "2020", FEBRUARY, village="一村")
    town.pay("甲", "2020", MARCH, **HERE)
    before = town.found("DUP-06")
    place(town, FIRST_VILLAGE, "一村", "测试一")

    after = town.found("DUP-06")

    assert (len(before), after) == (1, [])


@pytest.mark.parametrize(("moved", "expected"), [(date(2020, 1, 1), 0), (date(2019, 12, 31), 1)])
def test_whoever_moves_within_the_period_is_paid_by_both_villages_lawfully(
    town: Town, moved: date, expected: int
) -> None:
    roster(town, "甲", exited_on=moved, exit_kind="迁出", **HERE)
    roster(town, "甲", "H-2", moved, included_kind="迁入", **THERE)
    town.pay("甲", "2020", FEBRUARY, **HERE)
    town.pay("甲", "2020", JUNE, **THERE)

    assert len(town.found("DUP-06")) == expected


@pytest.mark.parametrize(("exited_on", "expected"), [(date(2020, 3, 1), 0), (date(2020, 3, 2), 1)])
def test_two_rosters_that_share_a_day_are_an_alert_and_two_that_meet_are_a_move(
    town: Town, exited_on: date, expected: int
) -> None:
    town.pay("乙", "2020-02", FEBRUARY, **HERE)
    first = roster(town, "甲", exited_on=exited_on, exit_kind="迁出", **HERE)
    second = roster(town, "甲", "H-2", date(2020, 3, 1), **THERE)

    alerts = town.found("DUP-06")

    assert [alert["event_refs"] for alert in alerts] == [(first, second)][:expected]
    assert [(alert["amount_at_risk_fen"], alert["holds_from"]) for alert in alerts] == [(0, date(2020, 3, 1))][
        :expected
    ]


def test_two_households_of_one_village_and_a_quarantined_row_are_not_two_villages(town: Town) -> None:
    town.pay("乙", "2020-02", FEBRUARY, **HERE)
    roster(town, "甲", **HERE)
    roster(town, "甲", "H-2", **HERE)
    roster(town, "甲", "H-3", quarantine=("E-ID:id_no",), **THERE)

    assert town.found("DUP-06") == []


def test_a_move_that_is_reported_later_withdraws_what_was_raised(town: Town) -> None:
    roster(town, "甲", **HERE)
    roster(town, "甲", "H-2", MARCH, **THERE)
    town.pay("甲", "2020", FEBRUARY, **HERE)
    town.pay("甲", "2020", JUNE, **THERE)
    raised = town.live_is_whole().raised
    roster(town, "甲", exited_on=MARCH, exit_kind="迁出", **HERE)

    withdrawn = town.live_is_whole().withdrawn

    assert (len(raised), len(withdrawn)) == (1, 1)
