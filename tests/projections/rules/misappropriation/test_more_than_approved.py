"""MIS-04: claim, contract and project, each by itself, to the fen (DOMAIN §4 E)."""

from datetime import date
from typing import Any

from domain.contract import ProjectChanged
from domain.instruction import InstructionWithdrawn
from tests.projections.history import person
from tests.projections.rules.facts_told import instruct, returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import A_PRICE_FEN, CONTRACT, PROJECT, SUPPLIER, contract, count, pay, project

MARCH, APRIL, JULY = date(2020, 3, 6), date(2020, 4, 20), date(2020, 7, 29)
LARGER_FEN = 400_000_00


def test_a_contract_paid_beyond_its_amount_is_raised_from_the_payment_that_exceeds_it(town: Town) -> None:
    signed = contract(town)
    payments = [pay(town, "ZF-1", MARCH, A_PRICE_FEN), pay(town, "ZF-2", JULY, 30_000_00)]

    [alert] = town.found("MIS-04")

    assert alert["anchor"] == ("obligation:GC-1", "of:contract")
    named = ("contract:GC-1", "project:XM-1", "payment:ZF-1", "payment:ZF-2", f"org:{SUPPLIER}")
    assert alert["subjects"] == named
    assert alert["event_refs"] == (signed, *payments)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (30_000_00, JULY, "R")
    assert alert["why_zh"] == "核准¥300,000.00，扣除退回后已付¥330,000.00（2笔），超付¥30,000.00。"


def test_a_contract_paid_to_the_fen_raises_nothing_and_one_fen_more_does(town: Town) -> None:
    contract(town)
    pay(town, "ZF-1", MARCH, A_PRICE_FEN)
    exact = town.found("MIS-04")
    pay(town, "ZF-2", APRIL, 1)

    [alert] = town.found("MIS-04")

    assert exact == []
    assert alert["amount_at_risk_fen"] == 1


def test_an_amendment_counts_from_its_date_on(town: Town) -> None:
    amended: dict[str, Any] = {"amended_amount_fen": 330_000_00, "amended_on": JULY}
    contract(town, **amended)
    pay(town, "ZF-1", MARCH, A_PRICE_FEN)
    pay(town, "ZF-2", JULY, 30_000_00)
    on_the_day = town.found("MIS-04")
    contract(town, "GC-2", **amended)
    pay(town, "ZF-3", APRIL, 330_000_00, contract_no="GC-2")

    [before_it] = town.found("MIS-04")

    assert on_the_day == []
    assert before_it["anchor"] == ("obligation:GC-2", "of:contract")
    assert (before_it["amount_at_risk_fen"], before_it["holds_from"]) == (30_000_00, APRIL)


def test_an_amendment_stated_late_but_agreed_in_time_withdraws_the_alert(town: Town) -> None:
    contract(town)
    pay(town, "ZF-1", MARCH, 330_000_00)
    town.run()
    changed = {"contract_no": CONTRACT, "project_no": PROJECT, "supplier_uscc": SUPPLIER, "amount_fen": A_PRICE_FEN}
    days = {"signed_on": date(2020, 2, 25), "amended_on": date(2020, 3, 1), "amended_amount_fen": 330_000_00}
    town.history.tell(ProjectChanged, f"contract {CONTRACT}", **changed, **days)

    outcome = town.live_is_whole()

    assert count("MIS-04", outcome.withdrawn) == 1


def test_what_a_second_amendment_leaves_of_the_first_stands_until_its_date(town: Town) -> None:
    contract(town, amended_amount_fen=330_000_00, amended_on=MARCH)
    contract(town, amended_amount_fen=350_000_00, amended_on=JULY)
    pay(town, "ZF-1", APRIL, 330_000_00)

    assert town.found("MIS-04") == []


def test_an_amendment_that_lowers_the_price_below_what_was_paid_is_raised_from_its_date(town: Town) -> None:
    contract(town, amended_amount_fen=280_000_00, amended_on=JULY)
    pay(town, "ZF-1", MARCH, A_PRICE_FEN)

    [alert] = town.found("MIS-04")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (20_000_00, JULY)


def test_a_project_is_judged_by_its_plan_over_all_its_contracts(town: Town) -> None:
    project(town)
    for number, ref in (("GC-1", "ZF-1"), ("GC-2", "ZF-2")):
        contract(town, number, amount_fen=200_000_00)
        pay(town, ref, MARCH if ref == "ZF-1" else APRIL, 200_000_00, contract_no=number)

    [alert] = town.found("MIS-04")

    assert alert["anchor"] == ("obligation:XM-1", "of:project")
    assert {"contract:GC-1", "contract:GC-2"} < set(alert["subjects"])
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (100_000_00, APRIL)


def test_instalments_of_a_claim_up_to_what_was_approved_raise_nothing(town: Town) -> None:
    for day in (MARCH, APRIL):
        town.pay("甲", "2020", day, claim_no="SQ-1", amount_fen=300_00, approved_amount_fen=600_00, pay_kind="分期")

    assert town.found("MIS-04") == []


def test_a_claim_paid_one_fen_above_what_was_approved_is_raised(town: Town) -> None:
    for day, fen in ((MARCH, 300_00), (APRIL, 300_01)):
        town.pay("甲", "2020", day, claim_no="SQ-1", amount_fen=fen, approved_amount_fen=600_00)

    [alert] = town.found("MIS-04")

    assert alert["anchor"] == ("obligation:SQ-1", "of:claim")
    assert alert["subjects"] == ("claim:SQ-1", "payment:REF1", "payment:REF2", f"person:{person('甲')}")
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (1, APRIL)


def test_a_claim_that_was_returned_and_paid_again_was_paid_once(town: Town) -> None:
    for day in (MARCH, APRIL):
        town.pay("甲", "2020", day, claim_no="SQ-1", amount_fen=600_00, approved_amount_fen=600_00)
    twice = town.run()
    returned(town, "REF1", APRIL, 600_00)

    once = town.live_is_whole()

    assert count("MIS-04", twice.raised) == 1
    assert count("MIS-04", once.withdrawn) == 1


def test_where_nothing_says_what_was_approved_the_instruction_does(town: Town) -> None:
    instruct(town, "SQ-1", MARCH, 600_00)
    town.pay("甲", "2020", MARCH, claim_no="SQ-1", amount_fen=700_00)
    town.pay("乙", "2020", MARCH, claim_no="SQ-2", amount_fen=700_00)

    [alert] = town.found("MIS-04")

    assert alert["anchor"] == ("obligation:SQ-1", "of:claim")
    assert alert["amount_at_risk_fen"] == 100_00


def test_changed_plans_contracts_and_instructions_are_the_same_live_and_whole(town: Town) -> None:
    project(town)
    contract(town)
    instruct(town, "SQ-1", MARCH, 600_00)
    town.pay("甲", "2020", MARCH, claim_no="SQ-1", amount_fen=700_00)
    pay(town, "ZF-1", MARCH, 330_000_00)
    first = town.live_is_whole()
    project(town, budget_fen=LARGER_FEN)
    second = town.live_is_whole()
    town.history.tell(InstructionWithdrawn, "instruction ZL-SQ-1", instruction_no="ZL-SQ-1", line_no=1)

    third = town.live_is_whole()

    assert count("MIS-04", first.raised) == 3
    assert count("MIS-04", second.withdrawn) == 1
    assert count("MIS-04", third.withdrawn) == 1
