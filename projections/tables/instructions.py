"""支付指令台账: what the bank was told to pay, a row a funding line."""

from typing import cast

from domain.event import Versioned
from domain.instruction import PaymentInstructed
from projections.tables.column import Unit, derived, personal, stated
from projections.tables.fact_table import FactTable


def _line_no(placed: Versioned) -> int:
    """行号; one that is not stated is the first (FORMATS)."""
    return cast("PaymentInstructed", placed.event).line_no or 1


INSTRUCTIONS = FactTable(
    "instructions",
    columns=(
        *stated(PaymentInstructed, "instruction_no ref_kind ref_no"),
        personal("payee_name"),
        *stated(PaymentInstructed, "payee_id account_no quota_doc_no"),
        derived("line_no", Unit.INTEGER, _line_no),
        *stated(
            PaymentInstructed, "amount_fen purpose_code preparer approver approved_on instructed_on instalment_plan"
        ),
    ),
    events=(PaymentInstructed,),
    keys={
        "instruction_no": "instruction",
        "ref_no": "claim",
        "payee_id": "person",
        "account_no": "account",
        "quota_doc_no": "document",
    },
    indexes=("ref_no", "instruction_no line_no", "payee_id", "quota_doc_no", "ref_kind instructed_on"),
    key=("instruction_no", "line_no"),
)
