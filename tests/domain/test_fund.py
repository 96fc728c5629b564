"""A fund gives no more than what is left of it, and says both numbers."""

from datetime import date
from typing import Any

import pytest

from domain.event import Kind, Source
from domain.fund import Fund
from domain.instruction import FundsCommitted, FundsReleased, InstructionWithdrawn
from domain.refusal import Refused

DOCUMENT, ORG = "测试财农〔2020〕1号", "测试镇财政所"
ENVELOPE: dict[str, Any] = {
    "salt": "3d771f144987ef1fc943130fb48d70b7",
    "kind": Kind.CONTROL,
    "occurred_on": date(2020, 6, 1),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "G-0004",
    "source": Source(channel="api"),
}
MOVED: dict[str, Any] = {"quota_doc_no": DOCUMENT, "org": ORG, "instruction_no": "ZL-1", "amount_fen": 60_00}


def test_an_instruction_larger_than_what_is_left_is_refused_with_both_numbers() -> None:
    fund = Fund(DOCUMENT, ORG)

    with pytest.raises(Refused) as refusal:
        fund.commit(100_01, left_fen=100_00)

    assert refusal.value.code == "E-FUNDS"
    assert refusal.value.why == f"Payment of ¥100.01 exceeds the ¥100.00 still unspent of {DOCUMENT} at {ORG}."
    assert refusal.value.remedy == "Lower the amount, or record a supplementary appropriation first."


def test_an_instruction_may_take_the_last_fen_that_is_left() -> None:
    assert Fund(DOCUMENT, ORG, committed_fen=20_00).commit(100_00, left_fen=100_00) == 120_00


def test_a_fund_is_what_its_last_event_leaves_of_it() -> None:
    committed = FundsCommitted(**ENVELOPE, **MOVED, committed_fen=60_00)
    released = FundsReleased(**ENVELOPE, **MOVED, committed_fen=0)

    fund = Fund(DOCUMENT, ORG).after(committed, 1)

    assert (fund.committed_fen, fund.version) == (60_00, 1)
    assert (fund.after(released, 2).committed_fen, fund.release(60_00)) == (0, 0)


def test_what_moves_no_fund_leaves_it_as_it_is() -> None:
    fund = Fund(DOCUMENT, ORG, 60_00, 1)

    assert fund.after(InstructionWithdrawn(**ENVELOPE, instruction_no="ZL-1", line_no=1), 2) is fund
