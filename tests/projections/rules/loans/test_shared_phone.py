"""LNM-02 at its threshold, one below, and what it leaves alone (DOMAIN §4 B, §8 "21 loans one phone")."""

from datetime import date, timedelta

from tests.projections.history import person, phone
from tests.projections.rules.loans.lending import ISSUED, named, of_household
from tests.projections.rules.town import Town

ONE = phone("one")


def lend_with_one_phone(town: Town, *households: str | None) -> None:
    """A loan a day to a borrower of each of `households`, all with one telephone."""
    for number, household in enumerate(households):
        issued_on = ISSUED + timedelta(days=number)
        town.lend(f"JJ-{number}", f"借款人{number}", household, f"card {number}", issued_on, phone=ONE)


def test_twenty_one_loans_with_one_telephone_are_one_alert(town: Town) -> None:
    lend_with_one_phone(town, *(f"H-{number}" for number in range(21)))

    [alert] = town.found("LNM-02")

    assert alert["anchor"] == (f"phone:{ONE}",)
    assert alert["severity"] == "O"
    assert alert["amount_at_risk_fen"] == 21 * 40_000_00
    assert alert["holds_from"] == ISSUED + timedelta(days=2)
    assert {f"loan:JJ-{number}" for number in range(21)} <= set(alert["subjects"])
    assert {f"person:{person(f'借款人{number}')}" for number in range(21)} <= set(alert["subjects"])
    assert "21户21名借款人的21笔贷款共¥840,000.00" in alert["why_zh"]


def test_two_borrowers_may_leave_one_telephone_number(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-2")

    assert town.found("LNM-02") == []


def test_three_members_of_one_household_may_have_one_telephone(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-1", "H-1")

    assert town.found("LNM-02") == []


def test_three_loans_of_two_borrowers_are_not_three_borrowers(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-2")
    town.lend("JJ-9", "借款人1", "H-2", "card 1", date(2020, 9, 1), phone=ONE)

    assert town.found("LNM-02") == []


def test_the_second_household_completes_three_borrowers_of_another(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-1", "H-1", "H-2")

    [alert] = town.found("LNM-02")

    assert alert["holds_from"] == ISSUED + timedelta(days=3)


def test_the_alert_says_how_many_on_the_roster_have_the_telephone(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-2", "H-3")
    of_household(town, "机主", "H-7", phone=ONE)
    town.run()
    of_household(town, "机主家人", "H-7", phone=ONE, relation="子女")

    outcome = town.live_is_whole()

    [changed] = named(outcome.changed, "LNM-02")
    assert changed["why_zh"].endswith("花名册上留此电话的有2人。")


def test_a_telephone_that_was_stated_anew_withdraws_the_alert(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-2", "H-3")
    town.run()
    town.lend("JJ-2", "借款人2", "H-3", "card 2", ISSUED + timedelta(days=2), phone=phone("two"))

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-02")) == 1


def test_a_quarantined_loan_does_not_count_among_three(town: Town) -> None:
    lend_with_one_phone(town, "H-1", "H-2")
    town.lend("JJ-9", "丙", "H-3", "card", ISSUED, phone=ONE, quarantine=("E-ID:id_no",))

    assert town.found("LNM-02") == []
