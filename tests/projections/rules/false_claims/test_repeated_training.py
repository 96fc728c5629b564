"""FAL-06 from the second class of one skill on, beyond the yearly limit, and where it is lawful (DOMAIN §4 C)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import attended, training_class
from tests.projections.rules.town import Town

JANUARY, JULY = date(2020, 1, 18), date(2020, 7, 18)
WINTER, SUMMER = ("2020-01-02 08:30", "2020-01-02 11:30"), ("2020-07-02 08:30", "2020-07-02 11:30")
TRAINED = {"programme": "职业培训补贴", "amount_fen": 600_00}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-06",)


@pytest.fixture
def teaching(town: Town) -> Town:
    """A town with two classes for one skill and one for another."""
    town.programme("职业培训补贴", max_per_year=1)
    for class_id in ("PX-5", "PX-6"):
        training_class(town, class_id, "育婴员")
    training_class(town, "PX-7", "电工")
    return town


def test_a_second_subsidised_class_of_one_skill_is_one_alert_from_its_payment_on(teaching: Town) -> None:
    attended(teaching, "PX-5", "甲", *WINTER)
    attended(teaching, "PX-6", "甲", *SUMMER)
    teaching.pay("甲", "2020Q1", JANUARY, class_id="PX-5", **TRAINED)
    teaching.pay("甲", "2020Q3", JULY, class_id="PX-6", **TRAINED)

    [alert] = teaching.found("FAL-06")

    assert alert["anchor"] == (f"person:{person('甲')}",)
    assert alert["subjects"] == (
        f"person:{person('甲')}",
        *("class:PX-5", "class:PX-6", "claim:SQ-2", "payment:REF2"),
    )
    assert alert["event_refs"] == (5, 6, 8)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (600_00, JULY, "O")
    assert alert["why_zh"] == "同一人同一工种等级重复享受培训补贴，或超过年度限次；超出部分¥600.00。"


def test_a_retake_without_a_second_subsidy_and_another_skill_or_level_are_lawful(teaching: Town) -> None:
    training_class(teaching, "PX-8", "育婴员", level="中级")
    attended(teaching, "PX-5", "甲", *WINTER, result="不合格")
    attended(teaching, "PX-6", "甲", *SUMMER, result="补考合格", subsidised=False)
    attended(teaching, "PX-7", "甲", *SUMMER)
    attended(teaching, "PX-8", "甲", *SUMMER)
    attended(teaching, "PX-6", "乙", *SUMMER)

    assert teaching.found("FAL-06") == []


def test_sessions_of_one_class_are_one_class_and_an_unpaid_second_class_holds_from_its_day(teaching: Town) -> None:
    attended(teaching, "PX-5", "甲", *WINTER)
    attended(teaching, "PX-5", "甲", "2020-01-03 08:30", "2020-01-03 11:30")
    lawful = teaching.found("FAL-06")
    attended(teaching, "PX-6", "甲", *SUMMER)

    [alert] = teaching.found("FAL-06")

    assert lawful == []
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (0, date(2020, 7, 2))


def test_claims_beyond_the_yearly_limit_count_whatever_the_skill_but_supplements_do_not(teaching: Town) -> None:
    attended(teaching, "PX-7", "甲", *WINTER)
    teaching.pay("甲", "2020Q1", JANUARY, **TRAINED)
    teaching.pay("甲", "2021Q1", JULY, **TRAINED)
    teaching.pay("甲", "2020Q1", JULY, pay_kind="补差", **TRAINED)
    lawful = teaching.found("FAL-06")
    teaching.pay("甲", "2020Q3", JULY, **TRAINED)

    [alert] = teaching.found("FAL-06")

    assert lawful == []
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (600_00, JULY)


def test_sessions_classes_and_terms_that_come_later_are_judged_at_once(teaching: Town) -> None:
    attended(teaching, "PX-5", "甲", *WINTER)
    attended(teaching, "PX-7", "甲", *SUMMER)
    teaching.live_is_whole()
    training_class(teaching, "PX-7", "育婴员")
    renamed = teaching.live_is_whole().raised
    training_class(teaching, "PX-7", "电工")
    back = teaching.live_is_whole().withdrawn
    teaching.pay("乙", "2020Q1", JANUARY, **TRAINED)
    teaching.pay("乙", "2020Q3", JULY, **TRAINED)
    too_often = teaching.live_is_whole().raised
    teaching.programme("职业培训补贴", max_per_year=2)

    allowed = teaching.live_is_whole().withdrawn

    assert [len(alerts) for alerts in (renamed, back, too_often, allowed)] == [1, 1, 1, 1]
