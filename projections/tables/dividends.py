"""资产收益合同, 股东名册, 分红到账, 分红台账: what the village invested, received and paid on."""

from sqlalchemy import ColumnElement, or_, select

from domain.dividend import (
    AssetContractSigned,
    DividendPaid,
    DividendReceived,
    OperatorReport,
    OperatorStatusReported,
    PrincipalReturned,
    ProfitReported,
    ShareRow,
    SharesChanged,
    SharesHeld,
)
from projections.batch import Batch
from projections.tables.column import Unit, copied, derived, personal, stated
from projections.tables.fact_table import FactTable
from projections.tables.organisations import org_of
from projections.tables.returns import after_returns, came_back

ASSET_CONTRACTS = FactTable(
    "asset_contracts",
    columns=stated(
        AssetContractSigned,
        "contract_no operator_name operator_uscc village principal_fen guaranteed_ppm share_ppm reserve_ppm "
        "day_count pay_day starts_on until total_shares",
    ),
    events=(AssetContractSigned,),
    register=True,
    keys={"contract_no": "contract", "operator_uscc": "org", "village": "place"},
    indexes=("contract_no", "operator_uscc"),
    key=("contract_no",),
)

SHARES = FactTable(
    "shares",
    columns=(
        *stated(ShareRow, "contract_no household_no"),
        personal("name"),
        *stated(ShareRow, "id_no shares starts_on until resolution"),
    ),
    events=(SharesHeld, SharesChanged),
    register=True,
    keys={"contract_no": "contract", "household_no": "household", "id_no": "person"},
    indexes=("contract_no household_no", "household_no", "id_no"),
    key=("contract_no", "id_no", "starts_on"),
)

PROFIT_REPORTS = FactTable(
    "profit_reports",
    columns=stated(OperatorReport, "contract_no period profit_fen status reported_on"),
    events=(ProfitReported, OperatorStatusReported),
    register=True,
    keys={"contract_no": "contract"},
    indexes=("contract_no period",),
    key=("contract_no", "period"),
)

DIVIDEND_RECEIPTS = FactTable(
    "dividend_receipts",
    columns=(
        *stated(DividendReceived, "bank_ref contract_no period amount_fen to_account received_on"),
        derived("org", Unit.TEXT),
    ),
    events=(DividendReceived,),
    keys={"contract_no": "contract", "to_account": "account"},
    indexes=("contract_no period", "to_account", "bank_ref"),
    key=("bank_ref",),
)

DIVIDENDS = FactTable(
    "dividends",
    columns=(
        *stated(
            DividendPaid,
            "contract_no operator_name operator_uscc principal_fen guaranteed_ppm period pool_due_fen household_no",
        ),
        personal("head_name"),
        *stated(DividendPaid, "id_no shares paid_fen paid_on account_no"),
        personal("holder_name", elsewhere="head_name"),
        personal("signed_by"),
        *stated(DividendPaid, "signed_by_id bank_ref"),
        derived("village", Unit.TEXT),
        derived("returned_fen", Unit.FEN, 0),
        derived("reversed_fen", Unit.FEN, 0),
        copied("net_fen", Unit.FEN, "paid_fen"),
        derived("returned_on", Unit.DAY),
        *stated(DividendPaid, "holder_matches id_quality", hidden=True),
    ),
    events=(DividendPaid,),
    keys={
        "contract_no": "contract",
        "household_no": "household",
        "id_no": "person",
        "signed_by_id": "person",
        "account_no": "account",
        "village": "place",
        "bank_ref": "payment",
    },
    indexes=("contract_no period", "household_no", "id_no", "signed_by_id", "account_no", "bank_ref"),
    key=("bank_ref",),
)

PRINCIPAL_RETURNS = FactTable(
    "principal_returns",
    columns=stated(PrincipalReturned, "contract_no amount_fen returned_on bank_ref"),
    events=(PrincipalReturned,),
    keys={"contract_no": "contract"},
    indexes=("contract_no",),
    key=("contract_no", "returned_on"),
    listed=False,
)


def derive_dividends(batch: Batch) -> None:
    """Work out the village of each dividend and the organisation of each receipt, for what the batch concerns."""
    dividends, receipts = DIVIDENDS.c, DIVIDEND_RECEIPTS.c
    village = {"village": village_of(dividends.contract_no)}
    if "dividends" in batch.changed:
        batch.recompute(DIVIDENDS, batch.new(dividends.position), village)
    if batch.changed & {"dividends", "payment_returns"}:
        new = batch.new(dividends.position)
        ours = or_(dividends.bank_ref.in_(batch.those("returned")), new & came_back(dividends.bank_ref))
        batch.recompute(DIVIDENDS, ours, after_returns(dividends.bank_ref, dividends.paid_fen))
    if "asset_contracts" in batch.changed:
        batch.recompute(DIVIDENDS, dividends.contract_no.in_(batch.those("contract")), village)
    org = {"org": org_of(receipts.to_account)}
    if "dividend_receipts" in batch.changed:
        batch.recompute(DIVIDEND_RECEIPTS, batch.new(receipts.position), org)
    if "accounts" in batch.changed:
        batch.recompute(DIVIDEND_RECEIPTS, receipts.to_account.in_(batch.those("account")), org)


def village_of(contract_no: ColumnElement[str]) -> ColumnElement[str | None]:
    """The 投资村 of a contract, null when the register does not have it."""
    contracts = ASSET_CONTRACTS.c
    return (
        select(contracts.village)
        .where(contracts.contract_no == contract_no)
        .order_by(contracts.position)
        .limit(1)
        .scalar_subquery()
    )
