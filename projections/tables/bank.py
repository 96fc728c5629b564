"""银行流水: the bank's own side of what was paid."""

from domain.bank import StatementLineRecorded
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

BANK_LINES = FactTable(
    "bank_lines",
    columns=(
        *stated(StatementLineRecorded, "bank_ref booked_on statement_account from_account"),
        personal("from_name"),
        *stated(StatementLineRecorded, "to_account"),
        personal("to_name"),
        *stated(StatementLineRecorded, "amount_fen"),
        personal("summary"),
        *stated(StatementLineRecorded, "quota_doc_no teller"),
    ),
    events=(StatementLineRecorded,),
    keys={"statement_account": "account", "from_account": "account", "to_account": "account", "bank_ref": "payment"},
    indexes=("bank_ref", "statement_account", "from_account", "to_account", "quota_doc_no", "teller"),
    key=("statement_account", "bank_ref"),
)
