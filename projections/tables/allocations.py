"""资金指标台账: quota money arrives, is broken down, is transferred."""

from domain.allocation import AllocationReceived, AllocationRow, SubAllocated, Transferred
from projections.tables.column import stated
from projections.tables.fact_table import FactTable

ALLOCATIONS = FactTable(
    "allocations",
    columns=stated(
        AllocationRow,
        "entry_no entry_kind quota_doc_no parent_doc_no fund_source from_org to_org to_account amount_fen "
        "purpose_codes target occurred_on year bank_ref integration_doc",
    ),
    events=(AllocationReceived, SubAllocated, Transferred),
    keys={"quota_doc_no": "document", "parent_doc_no": "document", "to_account": "account"},
    indexes=("quota_doc_no", "parent_doc_no"),
    key=("entry_no",),
)
