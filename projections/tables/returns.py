"""退票冲正台账: what came back, by the 流水号 that it takes back. Not listed: it shows on the payments themselves.

A return is of the whole payment. One that is quarantined (unknown target, another amount, a second one) is recorded
and set off against nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from domain.disbursement import EventReversed, PaymentReturned, ReturnRow
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

RETURN, REVERSAL = "退票", "冲正"

PAYMENT_RETURNS = FactTable(
    "payment_returns",
    columns=(
        *stated(ReturnRow, "return_ref return_kind target_ref amount_fen returned_on"),
        personal("reason"),
        *stated(ReturnRow, "preparer"),
    ),
    events=(PaymentReturned, EventReversed),
    keys={"target_ref": "returned"},
    indexes=("target_ref", "return_ref"),
    key=("return_ref",),
    listed=False,
)


def came_back(bank_ref: ColumnElement[str], kind: str | None = None) -> ColumnElement[bool]:
    """Whether a payment was returned (`退票`), reversed (`冲正`), or either."""
    returns = PAYMENT_RETURNS.c
    of_kind = () if kind is None else (returns.return_kind == kind,)
    return exists().where(returns.target_ref == bank_ref, returns.quarantined.is_(False), *of_kind)


def came_back_on(bank_ref: ColumnElement[str]) -> ColumnElement[int | None]:
    """The day on which it came back; null while it stands."""
    returns = PAYMENT_RETURNS.c
    return (
        select(func.min(returns.returned_on))
        .where(returns.target_ref == bank_ref, returns.quarantined.is_(False))
        .scalar_subquery()
    )


def after_returns(bank_ref: ColumnElement[str], gross_fen: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """The four columns of a payment that say what came back of it."""
    returned, reversed_ = came_back(bank_ref, RETURN), came_back(bank_ref, REVERSAL)
    return {
        "returned_fen": case((returned, gross_fen), else_=0),
        "reversed_fen": case((reversed_, gross_fen), else_=0),
        "net_fen": case((returned | reversed_, 0), else_=gross_fen),
        "returned_on": came_back_on(bank_ref),
    }
