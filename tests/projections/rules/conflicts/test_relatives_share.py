"""COI-02: ten households near to cadres, and Fisher's exact test (DOMAIN §4 G)."""

from datetime import date
from typing import Any

from tests.projections.rules.facts_told import member
from tests.projections.rules.town import Town
from tests.projections.rules.works import declare, staff

PAID = date(2020, 5, 21)


def settle(town: Town, near: int, others: int, *, paid_near: int, paid_others: int, **stated: Any) -> None:
    """So many households near to one cadre, so many others, and who of them is paid."""
    staff(town, "G-6", "领导")
    for kind, size, paid in (("亲", near, paid_near), ("邻", others, paid_others)):
        for number in range(size):
            name = f"{kind}{number}"
            member(town, name, f"H-{name}")
            if kind == "亲":
                declare(town, "G-6", name)
            if number < paid:
                town.pay(name, "2020", PAID, **stated)


def test_households_near_to_a_cadre_that_are_paid_far_more_often_are_raised(town: Town) -> None:
    settle(town, 10, 40, paid_near=10, paid_others=20)

    [alert] = town.found("COI-02")

    assert alert["anchor"] == ("place:一村",)
    assert alert["subjects"] == ("place:一村", *(f"household:H-亲{number}" for number in range(10)))
    assert (alert["amount_at_risk_fen"], alert["severity"]) == (10 * 181_00, "Y")
    assert alert["why_zh"] == "干部及备案亲属10户中10户受益，其他40户中20户受益，难以用偶然解释。"


def test_a_share_that_chance_brings_once_in_a_hundred_is_not_raised(town: Town) -> None:
    settle(town, 10, 40, paid_near=9, paid_others=20)

    assert town.found("COI-02") == []


def test_nine_households_are_a_tiny_hamlet_and_say_nothing(town: Town) -> None:
    settle(town, 9, 60, paid_near=9, paid_others=5)

    assert town.found("COI-02") == []


def test_premiums_that_are_paid_for_everybody_say_nothing(town: Town) -> None:
    settle(town, 10, 40, paid_near=10, paid_others=20, channel="代缴")

    assert town.found("COI-02") == []


def test_what_was_paid_more_than_a_year_ago_says_nothing(town: Town) -> None:
    town.as_of = date(2021, 5, 21)
    settle(town, 10, 40, paid_near=10, paid_others=20)
    a_year_ago = town.found("COI-02")
    town.as_of = date(2021, 5, 20)

    within_it = town.found("COI-02")

    assert a_year_ago == []
    assert len(within_it) == 1
