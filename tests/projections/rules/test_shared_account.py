"""LNM-01 at its threshold, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date

import pytest

from projections.rules.pack import Pack
from tests.projections.history import account, person
from tests.projections.rules.town import FEW, Town

APRIL_22, JULY_25 = date(2020, 4, 22), date(2020, 7, 25)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


def test_loans_of_two_households_into_one_account_are_raised_from_the_day_of_the_second(town: Town) -> None:
    second = town.lend("JJ-11", "杨", "H-0317", "card", JULY_25, principal_fen=36_500_00)
    first = town.lend("JJ-12", "梁", "H-0318", "card", APRIL_22, principal_fen=40_500_00)

    [alert] = town.found("LNM-01")

    assert alert["anchor"] == (f"account:{account('card')}",)
    assert alert["subjects"] == (
        f"account:{account('card')}",
        "loan:JJ-11",
        "loan:JJ-12",
        *sorted(f"person:{person(name)}" for name in ("杨", "梁")),
    )
    assert alert["event_refs"] == tuple(sorted((first, second)))
    assert alert["amount_at_risk_fen"] == 77_000_00
    assert alert["holds_from"] == JULY_25
    assert alert["why_zh"] == "2户2名借款人的2笔贷款共¥77,000.00放入同一账户。"
    assert alert["why_en"] == ("2 loans, ¥77,000.00 in all, to 2 borrowers of 2 households went into one account.")


def test_two_members_of_one_household_may_share_an_account(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-1", "card", JULY_25)

    assert town.found("LNM-01") == []


def test_one_borrower_may_take_two_loans_into_an_account_even_after_changing_household(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "甲", "H-2", "card", JULY_25)

    assert town.found("LNM-01") == []


def test_two_households_with_an_account_each_raise_nothing(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card one", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card two", JULY_25)

    assert town.found("LNM-01") == []


def test_the_rule_holds_from_the_loan_that_completes_borrowers_and_households(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", date(2020, 1, 10))
    town.lend("JJ-2", "乙", "H-1", "card", date(2020, 2, 10))
    town.lend("JJ-3", "丙", "H-2", "card", date(2020, 3, 10))
    town.lend("JJ-4", "丁", "H-3", "card", date(2020, 4, 10))

    [alert] = town.found("LNM-01")

    assert alert["holds_from"] == date(2020, 3, 10)
    assert alert["amount_at_risk_fen"] == 160_000_00
    assert alert["why_en"].startswith("4 loans, ¥160,000.00 in all, to 4 borrowers of 3 households")


def test_a_borrower_of_no_known_household_is_a_household_of_his_own(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", None, "card", JULY_25)

    assert len(town.found("LNM-01")) == 1


def test_a_quarantined_loan_is_not_joined_to_its_borrower(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", JULY_25, quarantine=("E-ID:id_no",))

    assert town.found("LNM-01") == []


def test_a_repayment_reported_later_changes_nothing_about_the_alert(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", JULY_25)
    town.run()
    town.lend("JJ-2", "乙", "H-2", "card", JULY_25, repaid_on=date(2021, 1, 5), repaid_fen=1_000_00)

    outcome = town.run()

    assert (outcome.raised, outcome.changed, outcome.withdrawn) == ([], [], [])


def test_a_pack_may_ask_for_three_borrowers_of_three_households(town: Town) -> None:
    town.pack = Pack.read('version = "2"\n[LNM-01]\nborrowers = 3')
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", JULY_25)
    two = town.found("LNM-01")
    town.lend("JJ-3", "丙", "H-3", "card", JULY_25)

    three = town.found("LNM-01")

    assert two == []
    assert len(three) == 1
