"""总台账: what came, what went and what is left, per quota document and organisation, and per dividend contract.

Each figure of OUTPUTS §5 is one SELECT that gives (document, organisation, fen), or (contract, period, fen). What is
read into memory is one line per document and organisation, however many payments there were.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from projections.tables.allocations import ALLOCATIONS
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS
from projections.tables.payments import PAYMENTS

ARRIVED, BROKEN_DOWN, TRANSFERRED = "到达", "分解", "拨付"
NO_DOCUMENT = ""
"""Where a payment stands that no document funds: its balance is negative, the unexplained amount (MIS-05)."""

PPM = 1_000_000

Figures = dict[str, int]
Key = tuple[str | None, str | None]


def balances(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """`documents` by document and organisation, `dividends` by contract and period, as OUTPUTS §5 prints them."""
    return {"documents": document_balances(connection), "dividends": dividend_balances(connection)}


def document_balances(connection: Connection) -> list[dict[str, Any]]:
    """One object per quota document and organisation with any figure; what no document funds stands under ""."""
    documents = _gathered(connection, DOCUMENT_FIGURES)
    return [
        {"quota_doc_no": document, "org": org} | figures | {"unspent_fen": _unspent(figures)}
        for (document, org), figures in _sorted(documents)
    ]


def dividend_balances(connection: Connection) -> list[dict[str, Any]]:
    """One object per contract and period with a receipt or a payment, with the village that holds the contract."""
    contracts = ASSET_CONTRACTS.c
    found = select(contracts.contract_no, contracts.village).order_by(contracts.position.desc())
    villages = {row.contract_no: row.village for row in connection.execute(found)}
    dividends = _gathered(connection, DIVIDEND_FIGURES)
    return [
        {"contract_no": contract_no, "period": period, "village": villages.get(contract_no)}
        | figures
        | {"undistributed_fen": _undistributed(figures)}
        for (contract_no, period), figures in _sorted(dividends)
    ]


def _unspent(figures: Figures) -> int:
    """结余: arrived + transferred in − handed down − passed on − paid + returned + reversed."""
    came = figures["arrived_fen"] + figures["transferred_in_fen"]
    went = figures["handed_down_fen"] + figures["passed_on_fen"] + figures["paid_fen"]
    return came - went + figures["returned_fen"] + figures["reversed_fen"]


def _undistributed(figures: Figures) -> int:
    """未分: received − reserve − paid + returned + reversed."""
    left = figures["received_fen"] - figures["reserve_fen"] - figures["paid_fen"]
    return left + figures["returned_fen"] + figures["reversed_fen"]


def _gathered(connection: Connection, queries: Mapping[str, Callable[[], Select[Any]]]) -> dict[Key, Figures]:
    gathered: defaultdict[Key, Figures] = defaultdict(lambda: dict.fromkeys(queries, 0))
    for name, query in queries.items():
        for first, second, fen in connection.execute(query()):
            if fen:
                gathered[first, second][name] = int(fen)
    return gathered


def _sorted(gathered: Mapping[Key, Figures]) -> Iterator[tuple[Key, Figures]]:
    """By code point, null first."""
    yield from sorted(gathered.items(), key=lambda line: [(part is not None, part or "") for part in line[0]])


def _arrived() -> Select[Any]:
    """到达 with 接收单位 = org."""
    rows = ALLOCATIONS.c
    return _total(rows.quota_doc_no, rows.to_org, rows.amount_fen).where(rows.entry_kind == ARRIVED)


def _sub_allocated() -> Select[Any]:
    """分解 with 下达单位 = org. It says for what, and moves nothing."""
    rows = ALLOCATIONS.c
    return _total(rows.quota_doc_no, rows.from_org, rows.amount_fen).where(rows.entry_kind == BROKEN_DOWN)


def _brings_cash() -> ColumnElement[bool]:
    """Whether a row 拨付 brings the cash of an arrived quota, which is counted already.

    It goes to an organisation at which the document arrived, from the 下达单位 of that 到达 or from one to which the
    document never came.
    """
    rows = ALLOCATIONS.c
    arrival = ALLOCATIONS.table.alias("arrival").c
    return exists().where(
        arrival.entry_kind == ARRIVED,
        arrival.quota_doc_no == rows.quota_doc_no,
        arrival.to_org == rows.to_org,
        or_(arrival.from_org == rows.from_org, ~_came(rows.quota_doc_no, rows.from_org)),
    )


def _came(document: ColumnElement[str], org: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the document came to the organisation: 接收单位 of one of its rows 到达 or 拨付, whatever the day.

    The row asked about is named: two levels down, SQLAlchemy would not find it by itself and ask about any row.
    """
    coming = ALLOCATIONS.table.alias("coming").c
    asked = exists().where(
        coming.entry_kind.in_((ARRIVED, TRANSFERRED)), coming.quota_doc_no == document, coming.to_org == org
    )
    return asked.correlate(ALLOCATIONS.table)


def _received() -> Select[Any]:
    """到位: the cash of an arrived quota. Shown, not counted."""
    rows = ALLOCATIONS.c
    transfer = and_(rows.entry_kind == TRANSFERRED, _brings_cash())
    return _total(rows.quota_doc_no, rows.to_org, rows.amount_fen).where(transfer)


def _transferred_in() -> Select[Any]:
    """拨入: all other rows 拨付, at 接收单位."""
    rows = ALLOCATIONS.c
    transfer = and_(rows.entry_kind == TRANSFERRED, ~_brings_cash())
    return _total(rows.quota_doc_no, rows.to_org, rows.amount_fen).where(transfer)


def _passed_on() -> Select[Any]:
    """拨出: the same rows, at 下达单位."""
    rows = ALLOCATIONS.c
    transfer = and_(rows.entry_kind == TRANSFERRED, ~_brings_cash())
    return _total(rows.quota_doc_no, rows.from_org, rows.amount_fen).where(transfer)


def _handed_down() -> Select[Any]:
    """下达: 到达 elsewhere with 下达单位 = org, out of this document, where this document itself came to org."""
    rows = ALLOCATIONS.c
    parent = func.coalesce(rows.parent_doc_no, rows.quota_doc_no)
    return _total(parent, rows.from_org, rows.amount_fen).where(
        rows.entry_kind == ARRIVED, rows.to_org != rows.from_org, _came(parent, rows.from_org)
    )


def _paid(fen: str) -> Callable[[], Select[Any]]:
    """支付 by funding line, or what came back of it; quarantined rows count, the money has left."""

    def total() -> Select[Any]:
        rows = PAYMENTS.c
        return _total(func.coalesce(rows.quota_doc_no, NO_DOCUMENT), rows.org, rows[fen])

    return total


def _dividends(fen: str) -> Callable[[], Select[Any]]:
    """实分, gross, or what came back of it."""

    def total() -> Select[Any]:
        rows = DIVIDENDS.c
        return _total(rows.contract_no, rows.period, rows[fen])

    return total


def _dividend_received() -> Select[Any]:
    """分红到账."""
    rows = DIVIDEND_RECEIPTS.c
    return _total(rows.contract_no, rows.period, rows.amount_fen)


def _reserve() -> Select[Any]:
    """公益金: each receipt times 公益金比例, rounded down to the fen.

    Divided before it is multiplied, whole millions and the rest apart, so that no product leaves 64 bits.
    """
    rows, contracts = DIVIDEND_RECEIPTS.c, ASSET_CONTRACTS.c
    share = contracts.reserve_ppm
    reserve = rows.amount_fen // PPM * share + rows.amount_fen % PPM * share // PPM
    return _total(rows.contract_no, rows.period, reserve).join(
        ASSET_CONTRACTS.table, contracts.contract_no == rows.contract_no
    )


def _total(first: ColumnElement[Any], second: ColumnElement[Any], fen: ColumnElement[Any]) -> Select[Any]:
    return select(first, second, func.sum(fen)).group_by(first, second)


DOCUMENT_FIGURES: Final[Mapping[str, Callable[[], Select[Any]]]] = {
    "arrived_fen": _arrived,
    "sub_allocated_fen": _sub_allocated,
    "received_fen": _received,
    "transferred_in_fen": _transferred_in,
    "handed_down_fen": _handed_down,
    "passed_on_fen": _passed_on,
    "paid_fen": _paid("amount_fen"),
    "returned_fen": _paid("returned_fen"),
    "reversed_fen": _paid("reversed_fen"),
}

DIVIDEND_FIGURES: Final[Mapping[str, Callable[[], Select[Any]]]] = {
    "received_fen": _dividend_received,
    "reserve_fen": _reserve,
    "paid_fen": _dividends("paid_fen"),
    "returned_fen": _dividends("returned_fen"),
    "reversed_fen": _dividends("reversed_fen"),
}
