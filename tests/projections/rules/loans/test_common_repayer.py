"""LNM-04 at its thresholds, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date

import pytest

from domain.disbursement import EventReversed
from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named, of_household, repays
from tests.projections.rules.town import Town

SUMMER, AUTUMN = date(2020, 7, 9), date(2020, 10, 9)


def lend_to(town: Town, *borrowers: str) -> None:
    """A loan of 40 000 yuan to each, of a household of his own."""
    for number, borrower in enumerate(borrowers, start=1):
        town.lend(f"JJ-{number}", borrower, f"H-{number}", f"card {number}", ISSUED)


def test_one_outsider_who_repays_two_borrowers_is_raised(town: Town) -> None:
    lend_to(town, "甲", "乙")
    repays(town, "HK1", "JJ-1", "代还", 1_000_00, SUMMER)
    repays(town, "HK2", "JJ-2", "代还", 1_00, AUTUMN)

    [alert] = town.found("LNM-04")

    assert alert["anchor"] == (f"person:{person('代还')}",)
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 80_000_00, AUTUMN)
    assert {"loan:JJ-1", "loan:JJ-2", "payment:HK1", "payment:HK2"} <= set(alert["subjects"])
    assert alert["why_zh"].startswith("户外的同一人为2名借款人还款，代还本金¥1,001.00，涉及2笔贷款共¥80,000.00")


def test_half_of_one_loan_from_outside_is_raised_when_it_is_reached(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 10_000_00, SUMMER)
    repays(town, "HK2", "JJ-1", "代还", 10_000_00, AUTUMN)

    [alert] = town.found("LNM-04")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (40_000_00, AUTUMN)
    assert "of one loan as much as 50%" in alert["why_en"]


def test_a_fen_less_than_half_of_a_loan_is_let_pass(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 20_000_00 - 1, SUMMER)

    assert town.found("LNM-04") == []


def test_interest_is_no_part_of_the_share_of_a_loan(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 19_000_00, SUMMER, repaid_interest_fen=1_000_00)

    assert town.found("LNM-04") == []


def test_the_borrower_and_the_household_repay_what_is_theirs(town: Town) -> None:
    lend_to(town, "甲", "乙")
    of_household(town, "家人", "H-1", relation="子女")
    of_household(town, "家人", "H-2", relation="子女")
    for number, borrower in enumerate(("甲", "乙"), start=1):
        repays(town, f"HK{number}", f"JJ-{number}", borrower, 20_000_00, SUMMER, payer_relation="本人")
        repays(town, f"HL{number}", f"JJ-{number}", "家人", 20_000_00, SUMMER, payer_relation="子女")

    assert town.found("LNM-04") == []


@pytest.mark.parametrize("relation", ["配偶", "子女", "父母"])
def test_close_kin_who_live_elsewhere_make_it_yellow(town: Town, relation: str) -> None:
    lend_to(town, "甲", "乙")
    repays(town, "HK1", "JJ-1", "外出", 40_000_00, SUMMER, payer_relation=relation)
    repays(town, "HK2", "JJ-2", "外出", 1_000_00, SUMMER, payer_relation=relation)

    [alert] = town.found("LNM-04")

    assert alert["severity"] == "Y"


def test_a_child_of_one_borrower_who_repays_strangers_too_is_red(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙")
    repays(town, "HK1", "JJ-1", "外出", 1_000_00, SUMMER, payer_relation="子女")
    repays(town, "HK2", "JJ-2", "外出", 1_000_00, SUMMER)
    repays(town, "HK3", "JJ-3", "外出", 1_000_00, SUMMER)

    [alert] = town.found("LNM-04")

    assert alert["severity"] == "R"


def test_a_stranger_whom_the_bank_does_not_name_is_raised_for_half_a_loan(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", None, 20_000_00, SUMMER)

    [alert] = town.found("LNM-04")

    assert alert["anchor"] == (f"person:{person('甲')}",)


def test_a_repayment_that_came_back_withdraws_the_alert(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 20_000_00, SUMMER)
    town.run()
    back = {"return_ref": "CZ1", "target_ref": "HK1", "return_kind": "冲正", "amount_fen": 20_000_00}
    town.history.tell(EventReversed, "repayment HK1", returned_on=AUTUMN, **back)

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-04")) == 1


def test_a_payer_who_proves_to_be_of_the_household_withdraws_the_alert(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 20_000_00, SUMMER)
    town.run()
    of_household(town, "代还", "H-1", relation="配偶")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-04")) == 1


def test_a_loan_that_is_stated_anew_changes_its_share(town: Town) -> None:
    lend_to(town, "甲")
    repays(town, "HK1", "JJ-1", "代还", 20_000_00, SUMMER)
    town.run()
    town.lend("JJ-1", "甲", "H-1", "card 1", ISSUED, principal_fen=40_000_02)

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-04")) == 1
