"""MIS-05: what no instruction explains, once instructions of its kind are kept (DOMAIN §4 E)."""

from datetime import date, timedelta

from domain.instruction import InstructionWithdrawn
from tests.projections.history import account
from tests.projections.rules.facts_told import instruct, returned
from tests.projections.rules.town import AS_OF, Town
from tests.projections.rules.works import contract, count, pay

KEPT, PAID = date(2020, 1, 14), date(2020, 3, 6)


def kept(town: Town) -> None:
    """Instructions for claims are kept from January on."""
    instruct(town, "SQ-0", KEPT, 600_00)


def test_a_claim_paid_without_an_instruction_is_raised_after_five_days(town: Town) -> None:
    kept(town)
    payment = town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00, account_no=account("甲"))

    [alert] = town.found("MIS-05")

    assert alert["anchor"] == ("obligation:SQ-1", "of:claim")
    assert alert["subjects"] == ("claim:SQ-1", "payment:REF1", f"account:{account('甲')}")
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((payment,), 600_00)
    assert (alert["holds_from"], alert["severity"]) == (date(2020, 3, 12), "O")
    assert alert["why_zh"] == "已付¥600.00（1笔），支付令只有¥0.00，¥600.00没有支付令说明资金来源。"


def test_an_instruction_may_come_in_five_days_after_the_payment(town: Town) -> None:
    kept(town)
    town.pay("甲", "2020", AS_OF - timedelta(days=5), claim_no="SQ-1")
    in_time = town.found("MIS-05")
    town.as_of = AS_OF + timedelta(days=1)

    late = town.found("MIS-05")

    assert in_time == []
    assert len(late) == 1


def test_a_claim_with_an_instruction_over_the_whole_of_it_is_explained(town: Town) -> None:
    instruct(town, "SQ-1", KEPT, 400_00)
    instruct(town, "SQ-1", KEPT, 200_00, line_no=2)
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00)

    assert town.found("MIS-05") == []


def test_lines_that_are_missing_leave_the_rest_unexplained(town: Town) -> None:
    instruct(town, "SQ-1", KEPT, 400_00)
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00)

    [alert] = town.found("MIS-05")

    assert alert["amount_at_risk_fen"] == 200_00


def test_what_was_paid_before_instructions_were_kept_cannot_be_measured_by_them(town: Town) -> None:
    kept(town)
    town.pay("甲", "2020", KEPT - timedelta(days=1), claim_no="SQ-1")

    assert town.found("MIS-05") == []


def test_payments_for_projects_are_not_measured_by_instructions_for_claims(town: Town) -> None:
    kept(town)
    contract(town)
    pay(town, "ZF-1", PAID, 90_000_00)

    assert town.found("MIS-05") == []


def test_a_contract_without_instruction_is_raised_where_projects_have_them(town: Town) -> None:
    instruct(town, "GC-0", KEPT, 600_00, ref_kind="项目")
    contract(town)
    pay(town, "ZF-1", PAID, 90_000_00)

    [alert] = town.found("MIS-05")

    assert alert["anchor"] == ("obligation:GC-1", "of:contract")
    assert alert["subjects"][:2] == ("contract:GC-1", "payment:ZF-1")


def test_a_claim_without_a_number_cannot_be_named_by_an_instruction(town: Town) -> None:
    kept(town)
    town.pay("甲", "2020", PAID, claim_no=None)

    assert town.found("MIS-05") == []


def test_an_instruction_that_comes_withdraws_and_one_that_is_withdrawn_raises_again(town: Town) -> None:
    kept(town)
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00)
    raised = town.live_is_whole()
    instruct(town, "SQ-1", PAID, 600_00)
    explained = town.live_is_whole()
    town.history.tell(InstructionWithdrawn, "instruction ZL-SQ-1", instruction_no="ZL-SQ-1", line_no=1)

    again = town.live_is_whole()

    assert [count("MIS-05", outcome.raised) for outcome in (raised, explained, again)] == [1, 0, 1]
    assert count("MIS-05", explained.withdrawn) == 1


def test_the_first_instruction_of_its_kind_makes_every_later_payment_judged(town: Town) -> None:
    contract(town)
    pay(town, "ZF-1", PAID, 90_000_00)
    town.pay("甲", "2020", PAID, claim_no="SQ-1")
    nothing = town.live_is_whole()
    kept(town)
    claims = town.live_is_whole()
    instruct(town, "GC-0", KEPT, 600_00, ref_kind="项目")

    contracts = town.live_is_whole()

    assert [count("MIS-05", outcome.raised) for outcome in (nothing, claims, contracts)] == [0, 1, 1]


def test_what_came_back_needs_no_instruction(town: Town) -> None:
    kept(town)
    town.pay("甲", "2020", PAID, claim_no="SQ-1", amount_fen=600_00)
    town.run()
    returned(town, "REF1", PAID, 600_00)

    outcome = town.live_is_whole()

    assert count("MIS-05", outcome.withdrawn) == 1
