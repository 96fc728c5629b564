"""INT-01 at its threshold, one fen and one day below, and for each lawful case that resembles it (DOMAIN §4 D)."""

from datetime import date

import pytest

from domain.contract import ContractSigned
from domain.instruction import InstructionWithdrawn
from tests.projections.history import person
from tests.projections.rules.facts_told import found, instruct, live, returned
from tests.projections.rules.town import Town

MAY_19, MAY_21, JUNE_18, JUNE_19 = date(2020, 5, 19), date(2020, 5, 21), date(2020, 6, 18), date(2020, 6, 19)
HOUSING = {"programme": "危房改造补助", "claim_no": "SQ-1"}


def test_less_than_was_instructed_is_short_once_thirty_days_have_passed(town: Town) -> None:
    instructed = instruct(town, "SQ-1", MAY_19, 15_800_00)
    paid = town.pay("甲", "2020", MAY_21, amount_fen=10_000_00, **HOUSING)
    town.as_of = JUNE_18
    on_the_thirtieth_day = found(town, "INT-01")
    town.as_of = JUNE_19

    [alert] = found(town, "INT-01")

    assert on_the_thirtieth_day == []
    assert alert["anchor"] == ("claim:SQ-1",)
    assert alert["subjects"] == ("claim:SQ-1", f"person:{person('甲')}", "payment:REF1", "instruction:ZL-SQ-1")
    assert alert["event_refs"] == (instructed, paid)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (5_800_00, JUNE_19, "R")
    assert alert["why_zh"] == "按指令应付¥15,800.00，到期后实付净额¥10,000.00，少付¥5,800.00。"


@pytest.mark.parametrize(("paid_fen", "alerts"), [(15_799_00, 0), (15_798_99, 1)])
def test_exactly_one_yuan_less_is_tolerated_and_one_fen_more_is_not(town: Town, paid_fen: int, alerts: int) -> None:
    instruct(town, "SQ-1", MAY_19, 15_800_00)
    town.pay("甲", "2020", MAY_21, amount_fen=paid_fen, **HOUSING)

    assert len(found(town, "INT-01")) == alerts


def test_nothing_paid_at_all_is_short_by_the_whole(town: Town) -> None:
    instruct(town, "SQ-1", MAY_19, 15_800_00)
    town.pay("乙", "2020", MAY_21, claim_no="SQ-9")

    [alert] = found(town, "INT-01")

    assert alert["amount_at_risk_fen"] == 15_800_00


def test_an_agreed_instalment_is_due_thirty_days_after_its_own_date(town: Town) -> None:
    agreed = "2020-03-22:1500.00；2021-03-01：1500.00"
    instruct(town, "SQ-1", date(2020, 3, 20), 3_000_00, instalment_plan=agreed)
    town.pay("甲", "2020", date(2020, 3, 22), amount_fen=1_500_00, **HOUSING)
    town.as_of = date(2021, 3, 31)
    not_yet_due = found(town, "INT-01")
    town.as_of = date(2021, 4, 1)

    [alert] = found(town, "INT-01")

    assert not_yet_due == []
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (1_500_00, date(2021, 4, 1))


def test_two_instalments_paid_as_agreed_are_no_short_payment(town: Town) -> None:
    agreed = "2020-03-22:1500.00;2020-09-21:1500.00"
    instruct(town, "SQ-1", date(2020, 3, 20), 3_000_00, instalment_plan=agreed)
    for day in (date(2020, 3, 22), date(2020, 9, 21)):
        town.pay("甲", "2020", day, amount_fen=1_500_00, pay_kind="分期", **HOUSING)

    assert found(town, "INT-01") == []


def test_instalments_that_cannot_be_read_are_due_as_instructed(town: Town) -> None:
    instruct(town, "SQ-1", MAY_19, 3_000_00, instalment_plan="春秋两季各半")
    town.pay("甲", "2020", MAY_21, amount_fen=1_500_00, **HOUSING)

    assert len(found(town, "INT-01")) == 1


def test_two_funding_lines_of_one_instruction_are_taken_together(town: Town) -> None:
    instruct(town, "SQ-1", MAY_19, 1_000_00, line_no=1)
    instruct(town, "SQ-1", MAY_19, 1_000_00, line_no=2)
    town.pay("甲", "2020", MAY_21, amount_fen=1_500_00, **HOUSING)

    [alert] = found(town, "INT-01")

    assert alert["amount_at_risk_fen"] == 500_00


def test_a_payment_that_came_back_is_short_until_it_is_issued_again(town: Town) -> None:
    instruct(town, "SQ-1", MAY_19, 600_00)
    town.pay("甲", "2020", MAY_21, amount_fen=600_00, **HOUSING)
    nothing_yet = live(town, "INT-01")
    returned(town, "REF1", date(2020, 5, 25), 600_00)
    came_back = live(town, "INT-01")
    town.pay("甲", "2020", date(2020, 6, 4), amount_fen=600_00, pay_kind="重发", **HOUSING)

    issued_again = live(town, "INT-01")

    assert [len(outcome.raised) for outcome in (nothing_yet, came_back)] == [0, 1]
    assert [gone["rule_id"] for gone in issued_again.withdrawn] == ["INT-01"]


def test_a_line_that_was_withdrawn_is_owed_no_more(town: Town) -> None:
    instruct(town, "SQ-1", MAY_19, 600_00, line_no=1)
    town.pay("乙", "2020", MAY_21, claim_no="SQ-9")
    raised = live(town, "INT-01")
    stream = "withdrawal of ZL-SQ-1"
    town.history.tell(InstructionWithdrawn, stream, instruction_no="ZL-SQ-1", line_no=1)

    outcome = live(town, "INT-01")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_a_contract_is_judged_by_what_was_paid_under_it_and_one_not_registered_is_not(town: Town) -> None:
    town.pay("乙", "2020", MAY_21, claim_no="SQ-9")
    for number in ("GC-1", "GC-2"):
        instruct(town, number, MAY_19, 50_000_00, ref_kind="项目", payee_id="91440899MA9999910J")
    before = live(town, "INT-01")
    signed = {"project_no": "XM-1", "amount_fen": 50_000_00, "signed_on": date(2020, 1, 1)}
    town.history.tell(ContractSigned, "contract GC-1", contract_no="GC-1", **signed)

    [alert] = live(town, "INT-01").raised

    assert before.raised == []
    assert alert["subjects"] == ("claim:GC-1", "contract:GC-1", "org:91440899MA9999910J", "instruction:ZL-GC-1")
