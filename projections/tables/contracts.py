"""合同台账: contracts as they stand, with what was paid under them."""

from collections.abc import Mapping
from typing import Any

from domain.contract import ContractRow, ContractSigned, ProjectChanged
from projections.tables.column import Unit, derived, internal, stated
from projections.tables.fact_table import FactTable


def _keep_earlier_amendment(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A later amendment holds from its date; until then the largest amount stands that had been agreed by then."""
    agreed = [before["agreed_before_fen"]]
    if None not in (before["amended_on"], now["amended_on"]) and before["amended_on"] < now["amended_on"]:
        agreed.append(before["amended_amount_fen"])
    now["agreed_before_fen"] = max((fen for fen in agreed if fen is not None), default=None)


CONTRACTS = FactTable(
    "contracts",
    columns=(
        *stated(
            ContractRow,
            "contract_no project_no supplier_name supplier_uscc method amount_fen signed_on recurring "
            "amended_amount_fen amended_on",
        ),
        derived("net_fen", Unit.FEN, 0),
        internal("agreed_before_fen", Unit.FEN),
    ),
    events=(ContractSigned, ProjectChanged),
    register=True,
    keys={"contract_no": "contract", "project_no": "project", "supplier_uscc": "org"},
    indexes=("contract_no", "project_no", "supplier_uscc"),
    key=("contract_no",),
    carry=_keep_earlier_amendment,
)
