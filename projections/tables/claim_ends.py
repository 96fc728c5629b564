"""Claims that ended without payment: rejected, or withdrawn before they were instructed. Not listed."""

from domain.claim import ClaimRejected, ClaimWithdrawn
from projections.tables.column import Unit, day_recorded, internal, stated
from projections.tables.fact_table import FactTable

CLAIM_ENDS = FactTable(
    "claim_ends",
    columns=(*stated(ClaimRejected, "claim_no occurred_on"), internal("recorded_on", Unit.DAY, day_recorded)),
    events=(ClaimRejected, ClaimWithdrawn),
    keys={"claim_no": "claim"},
    indexes=("claim_no",),
    key=("claim_no",),
    listed=False,
)
