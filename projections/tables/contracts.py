"""合同台账: contracts as they stand, with what was paid under them."""

from domain.contract import ContractRow, ContractSigned, ProjectChanged
from projections.tables.column import Unit, derived, stated
from projections.tables.fact_table import FactTable

CONTRACTS = FactTable(
    "contracts",
    columns=(
        *stated(
            ContractRow,
            "contract_no project_no supplier_name supplier_uscc method amount_fen signed_on recurring "
            "amended_amount_fen amended_on",
        ),
        derived("net_fen", Unit.FEN, 0),
    ),
    events=(ContractSigned, ProjectChanged),
    register=True,
    keys={"contract_no": "contract", "project_no": "project", "supplier_uscc": "org"},
    indexes=("contract_no", "project_no", "supplier_uscc"),
    key=("contract_no",),
)
