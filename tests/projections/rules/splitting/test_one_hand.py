"""SOD-01: two of three duties in one hand, on payments and instructions (DOMAIN §4 F)."""

from datetime import date

import pytest

from domain.instruction import InstructionWithdrawn
from tests.projections.history import person
from tests.projections.rules.facts_told import instruct, returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import count, pay

PAID = date(2020, 5, 21)


@pytest.mark.parametrize(
    ("preparer", "approver", "cashier"), [("G-1", "G-1", "G-3"), ("G-3", "G-2", "G-3"), ("G-1", "G-2", "G-2")]
)
def test_two_duties_in_one_hand_are_raised(town: Town, preparer: str, approver: str, cashier: str) -> None:
    hands = {"preparer": preparer, "approver": approver, "cashier": cashier}
    payment = town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=13_100_00, **hands)

    [alert] = town.found("SOD-01")

    [both] = {hand for hand in hands.values() if list(hands.values()).count(hand) == 2}
    assert alert["anchor"] == ("claim:SQ-1",)
    assert alert["subjects"] == ("claim:SQ-1", "payment:REF1", f"person:{person('甲')}", f"staff:{both}")
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((payment,), 13_100_00)
    assert (alert["holds_from"], alert["severity"]) == (PAID, "R")
    assert alert["why_zh"] == "经办、审批、出纳三个岗位中有2个由同一人承担，涉及1行共¥13,100.00。"


def test_three_hands_raise_nothing_nor_do_duties_that_nobody_is_named_for(town: Town) -> None:
    town.pay("甲", "2020", PAID, preparer="G-1", approver="G-2", cashier="G-3")
    town.pay("乙", "2020", PAID, preparer="G-1", approver="G-2")
    town.pay("丙", "2020", PAID)

    assert town.found("SOD-01") == []


def test_one_hand_that_did_everything_is_told(town: Town) -> None:
    town.pay("甲", "2020", PAID, preparer="G-1", approver="G-1", cashier="G-1")

    [alert] = town.found("SOD-01")

    assert alert["why_en"].startswith("One hand did 3 of preparing, approving and paying")


def test_a_payment_for_a_project_stands_for_itself(town: Town) -> None:
    pay(town, "ZF-1", PAID, 90_000_00, preparer="G-2")
    pay(town, "ZF-2", PAID, 10_000_00, preparer="G-2")

    assert [alert["anchor"] for alert in town.found("SOD-01")] == [("claim:ZF-1",), ("claim:ZF-2",)]


def test_instalments_of_one_claim_are_one_case(town: Town) -> None:
    for day in (PAID, date(2020, 6, 21)):
        town.pay("甲", "2020", day, claim_no="SQ-1", amount_fen=300_00, preparer="G-2", approver="G-2")

    [alert] = town.found("SOD-01")

    assert alert["amount_at_risk_fen"] == 600_00


def test_a_payment_of_a_batch_list_without_any_number_is_its_own_claim(town: Town) -> None:
    town.pay("甲", "2020", PAID, claim_no=None, bank_ref=None, preparer="G-2", approver="G-2")

    assert len(town.found("SOD-01")) == 1


def test_an_instruction_that_one_hand_prepared_and_approved_is_raised_on_its_claim(town: Town) -> None:
    told = instruct(town, "SQ-1", PAID, 600_00, preparer="G-2", approver="G-2")
    town.pay("甲", "2020", PAID, claim_no="SQ-9")

    [alert] = town.found("SOD-01")

    assert alert["anchor"] == ("claim:SQ-1",)
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((told,), 600_00)


def test_a_payment_and_its_instruction_count_the_money_once(town: Town) -> None:
    instruct(town, "SQ-1", PAID, 600_00, preparer="G-2", approver="G-2")
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00, preparer="G-2", approver="G-2")

    [alert] = town.found("SOD-01")

    assert alert["amount_at_risk_fen"] == 600_00


def test_returns_and_withdrawn_instructions_withdraw_the_alerts(town: Town) -> None:
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00, preparer="G-2", approver="G-2")
    pay(town, "ZF-1", PAID, 90_000_00, preparer="G-2")
    instruct(town, "SQ-2", PAID, 600_00, preparer="G-2", approver="G-2")
    first = town.live_is_whole()
    returned(town, "REF1", PAID, 600_00)
    returned(town, "ZF-1", PAID, 90_000_00)
    town.history.tell(InstructionWithdrawn, "instruction ZL-SQ-2", instruction_no="ZL-SQ-2", line_no=1)

    second = town.live_is_whole()

    assert count("SOD-01", first.raised) == count("SOD-01", second.withdrawn) == 3
