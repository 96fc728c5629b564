"""LNM-13: the interest to the fen, each kind of day that is not allowed, and the payee (DOMAIN §4 B)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.disbursement import EventReversed
from domain.loan import InterestSubsidyPaid
from tests.projections.history import person
from tests.projections.rules.loans.lending import named, registers
from tests.projections.rules.town import Town

ISSUED, DUE = date(2020, 1, 26), date(2022, 1, 22)
UNTIL = date(2020, 4, 25)
INTEREST_FEN = 348_60
"""Of 32 500 yuan at 4.35 % on the 90 days from the issue: 348.5959."""

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_loan(town: Town) -> None:
    """A loan of 32 500 yuan at 4.35 %."""
    lend(town)


def lend(town: Town, **stated: Any) -> int:
    row = {"principal_fen": 32_500_00, "rate_ppm": 43_500, "due_on": DUE, "bank": "测试农商行"} | stated
    return town.lend("JJ-1", "甲", "H-1", "card", ISSUED, **row)


def subsidise(town: Town, amount_fen: int, **stated: Any) -> int:
    """A row of 贴息台账 to the borrower, for the first 90 days."""
    row = {"starts_on": ISSUED, "ends_before": UNTIL, "principal_fen": 32_500_00, "payee_id": person("甲")}
    paid = {"bank_ref": "TX1", "loan_no": "JJ-1", "amount_fen": amount_fen, "paid_on": UNTIL + 5 * A_DAY}
    return town.history.tell(InterestSubsidyPaid, "subsidy TX1", **(row | paid | stated))


def test_two_hundred_yuan_beyond_the_interest_are_at_risk(town: Town) -> None:
    position = subsidise(town, INTEREST_FEN + 200_00)

    [alert] = town.found("LNM-13")

    assert alert["anchor"] == ("loan:JJ-1", "payment:TX1")
    assert {"loan:JJ-1", "payment:TX1", f"person:{person('甲')}", "household:H-1"} == set(alert["subjects"])
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("O", 200_00)
    assert alert["holds_from"] == UNTIL + 5 * A_DAY
    assert position in alert["event_refs"]
    assert "可贴息的90天按本金¥32,500.00计息为¥348.60" in alert["why_zh"]


@pytest.mark.parametrize(("beyond", "alerts"), [(99, 0), (100, 1)])
def test_a_yuan_beyond_the_exact_interest_is_let_pass(town: Town, beyond: int, alerts: int) -> None:
    subsidise(town, INTEREST_FEN + beyond)

    assert len(town.found("LNM-13")) == alerts


def test_a_difference_that_comes_of_counting_days_is_yellow(town: Town) -> None:
    subsidise(town, 32_500_00 * 435 * 90 // (360 * 10_000))

    [alert] = town.found("LNM-13")

    assert alert["severity"] == "Y"


def test_only_fifty_thousand_yuan_of_principal_are_subsidised(town: Town) -> None:
    lend(town, principal_fen=80_000_00, topup_approved=True)
    interest = 50_000_00 * 435 * 90 // (365 * 10_000)
    subsidise(town, interest, principal_fen=80_000_00)
    allowed = town.found("LNM-13")
    subsidise(town, interest * 8 // 5, principal_fen=80_000_00, bank_ref="TX2")

    [alert] = town.found("LNM-13")

    assert allowed == []
    assert alert["amount_at_risk_fen"] == interest * 8 // 5 - interest


def test_days_after_the_due_date_are_not_subsidised(town: Town) -> None:
    lend(town, due_on=UNTIL - 30 * A_DAY)
    subsidise(town, INTEREST_FEN)

    [alert] = town.found("LNM-13")

    assert alert["amount_at_risk_fen"] == INTEREST_FEN - 232_40
    assert "可贴息的60天" in alert["why_zh"]


def test_days_after_the_settlement_are_not_subsidised(town: Town) -> None:
    subsidise(town, INTEREST_FEN)
    town.run()
    lend(town, settled_on=ISSUED + 45 * A_DAY, status="结清")

    outcome = town.live_is_whole()

    [alert] = named(outcome.raised, "LNM-13")
    assert alert["amount_at_risk_fen"] == INTEREST_FEN - 174_30


def test_days_before_the_issue_are_not_subsidised(town: Town) -> None:
    subsidise(town, INTEREST_FEN, starts_on=ISSUED - 45 * A_DAY, ends_before=ISSUED + 45 * A_DAY)

    assert len(town.found("LNM-13")) == 1


def test_what_another_person_received_is_at_risk_whole(town: Town) -> None:
    subsidise(town, INTEREST_FEN, payee_id=person("乙"))

    [alert] = town.found("LNM-13")

    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("O", INTEREST_FEN)
    assert "收款人既非借款人亦非承办银行" in alert["why_zh"]


def test_the_bank_may_receive_the_subsidy_itself(town: Town) -> None:
    subsidise(town, INTEREST_FEN, payee_id="承办银行")

    assert town.found("LNM-13") == []


def test_a_bank_that_registers_its_credit_code_withdraws_the_alert(town: Town) -> None:
    subsidise(town, INTEREST_FEN, payee_id="91440899MB00070262")
    town.run()
    registers(town, "测试农商行", "bank", org_kind="银行", uscc="91440899MB00070262")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-13")) == 1


def test_a_subsidy_that_came_back_withdraws_the_alert(town: Town) -> None:
    subsidise(town, INTEREST_FEN + 200_00)
    town.run()
    back = {"return_ref": "CZ1", "return_kind": "冲正", "target_ref": "TX1", "amount_fen": INTEREST_FEN + 200_00}
    town.history.tell(EventReversed, "subsidy TX1", returned_on=UNTIL + 9 * A_DAY, **back)

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-13")) == 1


def test_what_the_loans_own_row_states_is_measured_by_its_life(town: Town) -> None:
    lend(town, interest_subsidy_fen=2_500_00, settled_on=ISSUED + 365 * A_DAY, status="结清")

    [alert] = town.found("LNM-13")

    assert alert["anchor"] == ("loan:JJ-1", "payment:TX/JJ-1")
    assert alert["amount_at_risk_fen"] == 2_500_00 - 1_413_75
