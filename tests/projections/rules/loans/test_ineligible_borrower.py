"""LNM-07: each ground at its threshold, one day or year beside it, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date, timedelta

import pytest

from domain.person import PayrollListed
from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named, of_household
from tests.projections.rules.town import Town

A_DAY = timedelta(days=1)


def lend(town: Town, age: int | None = 45) -> int:
    """A loan of 40 000 yuan to 甲 of H-1."""
    return town.lend("JJ-1", "甲", "H-1", "card", ISSUED, borrower_age=age)


def why(town: Town) -> list[str]:
    """The sentences that the rule says of the town."""
    return [alert["why_zh"].partition("：")[2] for alert in town.found("LNM-07")]


def test_a_borrower_who_never_stood_on_the_roster_is_not_eligible(town: Town) -> None:
    position = lend(town)

    [alert] = town.found("LNM-07")

    assert alert["anchor"] == ("loan:JJ-1",)
    assert alert["subjects"] == ("loan:JJ-1", f"person:{person('甲')}", "household:H-1")
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 40_000_00, ISSUED)
    assert alert["event_refs"] == (position,)
    assert alert["why_zh"] == "2020-03-10放款¥40,000.00时借款人不合条件：不在册。"


@pytest.mark.parametrize(("included_on", "grounds"), [(ISSUED, []), (ISSUED + A_DAY, ["不在册。"])])
def test_the_roster_is_read_on_the_day_of_issue(town: Town, included_on: date, grounds: list[str]) -> None:
    of_household(town, "甲", "H-1", included_on=included_on)
    lend(town)

    assert why(town) == grounds


@pytest.mark.parametrize("exit_kind", ["清退", "销户", "死亡", "迁出"])
@pytest.mark.parametrize(("exited_on", "grounds"), [(ISSUED + A_DAY, []), (ISSUED, ["不在册。"])])
def test_removal_death_and_moving_away_end_eligibility(
    town: Town, exit_kind: str, exited_on: date, grounds: list[str]
) -> None:
    of_household(town, "甲", "H-1", exited_on=exited_on, exit_kind=exit_kind)
    lend(town)

    assert why(town) == grounds


@pytest.mark.parametrize("exit_kind", ["脱贫", "分户", "婚出"])
def test_leaving_poverty_or_the_household_keeps_eligibility(town: Town, exit_kind: str) -> None:
    of_household(town, "甲", "H-1", exited_on=date(2019, 12, 31), exit_kind=exit_kind)
    lend(town)

    assert why(town) == []


def test_whoever_was_removed_after_leaving_poverty_is_not_eligible(town: Town) -> None:
    of_household(town, "甲", "H-1", exited_on=date(2017, 12, 31), exit_kind="脱贫")
    of_household(town, "甲", "H-1", included_on=date(2018, 1, 1), exited_on=date(2019, 1, 1), exit_kind="清退")
    lend(town)

    assert why(town) == ["不在册。"]


def test_whoever_moved_and_was_included_again_is_eligible(town: Town) -> None:
    of_household(town, "甲", "H-9", exited_on=date(2019, 6, 1), exit_kind="迁出")
    of_household(town, "甲", "H-1", included_on=date(2019, 5, 20))
    lend(town)

    assert why(town) == []


@pytest.mark.parametrize(("age", "odd"), [(17, True), (18, False), (65, False), (66, True), (None, False)])
def test_the_age_is_that_on_the_day_of_issue(town: Town, *, age: int | None, odd: bool) -> None:
    of_household(town, "甲", "H-1")
    lend(town, age)

    assert why(town) == (["年龄不符。"] if odd else [])


@pytest.mark.parametrize(("until", "grounds"), [(None, ["财政供养。"]), (ISSUED, ["财政供养。"]), (ISSUED - A_DAY, [])])
def test_somebody_on_the_payroll_on_the_day_is_not_eligible(town: Town, until: date | None, grounds: list[str]) -> None:
    of_household(town, "甲", "H-1")
    pay = {"id_no": person("甲"), "org": "测试小学", "starts_on": date(2015, 9, 1), "until": until}
    town.history.tell(PayrollListed, "payroll 甲", **pay)
    lend(town)

    assert why(town) == grounds


def test_somebody_without_legal_capacity_is_not_eligible(town: Town) -> None:
    of_household(town, "甲", "H-1", incapable=True)
    lend(town)

    assert why(town) == ["无民事行为能力。"]


def test_a_loan_to_the_dead_holds_from_when_the_office_knew(town: Town) -> None:
    of_household(town, "甲", "H-1")
    lend(town)
    town.run()
    town.death("甲", ISSUED - A_DAY, ISSUED + 20 * A_DAY)

    outcome = town.live_is_whole()

    [alert] = named(outcome.raised, "LNM-07")
    assert alert["holds_from"] == ISSUED + 20 * A_DAY
    assert alert["why_en"].endswith("not eligible: dead.")


def test_a_death_on_the_day_of_issue_is_not_before_it(town: Town) -> None:
    of_household(town, "甲", "H-1")
    town.death("甲", ISSUED, ISSUED)
    lend(town)

    assert why(town) == []


def test_all_grounds_are_said_in_one_alert(town: Town) -> None:
    town.death("甲", ISSUED - A_DAY, ISSUED + A_DAY)
    lend(town, 70)

    [alert] = town.found("LNM-07")

    assert alert["why_zh"].endswith("不在册、年龄不符、已死亡。")
    assert alert["holds_from"] == ISSUED


def test_a_roster_that_is_loaded_later_withdraws_the_alert(town: Town) -> None:
    lend(town)
    town.run()
    of_household(town, "甲", "H-1")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-07")) == 1


def test_a_payroll_that_is_loaded_later_raises_the_alert(town: Town) -> None:
    of_household(town, "甲", "H-1")
    lend(town)
    town.run()
    pay = {"id_no": person("甲"), "org": "测试小学", "starts_on": date(2015, 9, 1)}
    town.history.tell(PayrollListed, "payroll 甲", **pay)

    outcome = town.live_is_whole()

    assert len(named(outcome.raised, "LNM-07")) == 1
