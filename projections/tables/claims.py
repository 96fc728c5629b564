"""Claims: the payments of one 申请编号 together (OUTPUTS §6). Where it is empty each 流水号 is a claim of its own."""

from sqlalchemy import case, delete, func, insert, select

from domain.disbursement import PaymentMade
from projections.batch import Batch
from projections.tables.column import Unit, derived, internal, stated
from projections.tables.fact_table import FactTable
from projections.tables.payments import PAYMENTS

CLAIMS = FactTable(
    "claims",
    columns=(
        derived("claim_no", Unit.TEXT),
        *stated(PaymentMade, "programme period id_no household_no village quantity approved_amount_fen applied_on"),
        *stated(PaymentMade, "approved_on approver preparer"),
        derived("paid_fen", Unit.FEN),
        derived("returned_fen", Unit.FEN),
        derived("reversed_fen", Unit.FEN),
        derived("net_fen", Unit.FEN),
        internal("claim_key", Unit.TEXT),
        internal("payments", Unit.INTEGER),
    ),
    keys={"id_no": "person", "household_no": "household", "claim_key": "claim", "programme": "programme"},
    indexes=("claim_key",),
    key=("claim_no",),
)

_OF_FIRST_PAYMENT = (
    *("position", "stream", "last_position", "quarantined", "claim_key"),
    *("programme", "period", "id_no", "household_no", "village", "quantity", "quantity_millionths"),
    *("approved_amount_fen", "applied_on", "approved_on", "approver", "preparer"),
)
_SUMMED = {
    "paid_fen": "amount_fen",
    "returned_fen": "returned_fen",
    "reversed_fen": "reversed_fen",
    "net_fen": "net_fen",
}


def derive_claims(batch: Batch) -> None:
    """State the claims whose payments the batch changed anew, each by its first payment by 发放日期, 流水号."""
    if "payments" not in batch.changed:
        return
    payments = PAYMENTS.c
    keys = batch.those("claim")
    order = (payments.paid_on, func.coalesce(payments.bank_ref, ""), payments.position, payments.line_no)
    first_line = case((payments.line_no == 1, 1), else_=0)
    ranked = (
        select(
            *(payments[name] for name in _OF_FIRST_PAYMENT),
            func.coalesce(payments.claim_no, payments.bank_ref).label("claim_no"),
            *(
                func.sum(payments[summed]).over(partition_by=payments.claim_key).label(f"claim_{name}")
                for name, summed in _SUMMED.items()
            ),
            func.sum(first_line).over(partition_by=payments.claim_key).label("payments"),
            func.row_number().over(partition_by=payments.claim_key, order_by=order).label("place"),
        )
        .where(payments.claim_key.in_(keys))
        .subquery()
    )
    first = ranked.c
    values = {name: first[name] for name in (*_OF_FIRST_PAYMENT, "claim_no", "payments")}
    values |= {name: first[f"claim_{name}"] for name in _SUMMED}
    batch.connection.execute(delete(CLAIMS.table).where(CLAIMS.c.claim_key.in_(keys)))
    batch.connection.execute(
        insert(CLAIMS.table).from_select(list(values), select(*values.values()).where(first.place == 1))
    )
    batch.changed.add(CLAIMS.name)
