"""审批限额: from which amount on the next level decides, or work is tendered."""

from domain.limit import LimitSet
from projections.tables.column import stated
from projections.tables.fact_table import FactTable

APPROVAL_LIMITS = FactTable(
    "approval_limits",
    columns=stated(LimitSet, "limit_kind role amount_fen starts_on until"),
    events=(LimitSet,),
    register=True,
    keys={"limit_kind": "limit"},
    indexes=("limit_kind role starts_on",),
    key=("limit_kind", "role", "starts_on"),
)
