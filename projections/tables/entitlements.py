"""应享名单: what is due to whom, from when until when."""

from domain.entitlement import EntitlementEnded, EntitlementGranted, EntitlementRow
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

ENTITLEMENTS = FactTable(
    "entitlements",
    columns=(
        *stated(EntitlementRow, "programme household_no"),
        personal("name"),
        *stated(EntitlementRow, "id_no starts_on ends_on amount_per_period_fen granted_on declined_on"),
    ),
    events=(EntitlementGranted, EntitlementEnded),
    register=True,
    keys={"id_no": "person", "household_no": "household"},
    indexes=("id_no programme starts_on", "household_no", "programme"),
    key=("id_no", "programme", "starts_on"),
)
