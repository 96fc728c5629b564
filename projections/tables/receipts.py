"""签收回访台账: what beneficiaries themselves say that they received."""

from domain.receipt import ReceiptConfirmed
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

RECEIPTS = FactTable(
    "receipts",
    columns=(
        *stated(ReceiptConfirmed, "receipt_no bank_ref"),
        personal("name"),
        *stated(ReceiptConfirmed, "id_no stated_amount_fen method"),
        personal("signed_by"),
        *stated(ReceiptConfirmed, "signed_by_id stated_on visitor"),
    ),
    events=(ReceiptConfirmed,),
    keys={"receipt_no": "receipt", "bank_ref": "payment", "id_no": "person", "signed_by_id": "person"},
    indexes=("bank_ref", "id_no", "signed_by_id"),
    key=("receipt_no",),
)
