"""退票冲正台账: what came back, by the 流水号 that it takes back. Not listed: it shows on the payments themselves."""

from domain.disbursement import EventReversed, PaymentReturned, ReturnRow
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

RETURN, REVERSAL = "退票", "冲正"

PAYMENT_RETURNS = FactTable(
    "payment_returns",
    columns=(
        *stated(ReturnRow, "return_ref return_kind target_ref amount_fen returned_on"),
        personal("reason"),
        *stated(ReturnRow, "preparer"),
    ),
    events=(PaymentReturned, EventReversed),
    keys={"target_ref": "payment"},
    indexes=("target_ref", "return_ref"),
    key=("return_ref",),
    listed=False,
)
