"""总台账: the balances that packages come to, computed straight from their rows (OUTPUTS §5)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing import Township
from tests.journeys.recomputing_payments import reversal

_FIGURES = (
    "arrived_fen", "sub_allocated_fen", "received_fen", "transferred_in_fen", "handed_down_fen", "passed_on_fen",
    "paid_fen", "returned_fen", "reversed_fen",
)  # fmt: skip
_OF_DIVIDENDS = ("received_fen", "reserve_fen", "paid_fen", "returned_fen", "reversed_fen")


def balances(township: Township) -> dict[str, list[Values]]:
    """The answer of `balances --json`."""
    return {"documents": documents(township), "dividends": dividends(township)}


def documents(township: Township) -> list[Values]:
    """Each document and organisation with any figure; under "" what no line covers."""
    entries = [record.values for record in township.records("allocations")]
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for document, org, figure, amount_fen in [*allocated(entries, township.ever("allocations")), *_spent(township)]:
        sums[document, org][figure] += amount_fen
    return [
        {"quota_doc_no": document, "org": org} | {figure: sums[document, org][figure] for figure in _FIGURES}
        | {"unspent_fen": unspent(sums[document, org])}
        for document, org in sorted(sums)
    ]  # fmt: skip


def dividends(township: Township) -> list[Values]:
    """Each contract and period with any figure."""
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for receipt in (record.values for record in township.records("dividend_receipts")):
        share_ppm = township.contracts.get(receipt["contract_no"], {}).get("reserve_ppm") or 0
        of_period = sums[receipt["contract_no"], receipt["period"]]
        of_period["received_fen"] += receipt["amount_fen"]
        of_period["reserve_fen"] += receipt["amount_fen"] * share_ppm // 1_000_000
    for row in (fact.values for fact in township.facts("dividends")):
        for figure in ("paid_fen", "returned_fen", "reversed_fen"):
            sums[row["contract_no"], row["period"]][figure] += row[figure]
    return [
        {"contract_no": contract_no, "period": period}
        | {"village": township.contracts.get(contract_no, {"village": None})["village"]}
        | {figure: figures[figure] for figure in _OF_DIVIDENDS}
        | {"undistributed_fen": figures["received_fen"] - figures["reserve_fen"] - _net(figures)}
        for (contract_no, period), figures in sorted(sums.items())
    ]


def unspent(figures: Mapping[str, int]) -> int:
    """结余 of one document at one organisation."""
    came = figures["arrived_fen"] + figures["transferred_in_fen"]
    return came - figures["handed_down_fen"] - figures["passed_on_fen"] - _net(figures)


def _net(figures: Mapping[str, int]) -> int:
    return figures["paid_fen"] - figures["returned_fen"] - figures["reversed_fen"]


def _spent(township: Township) -> Iterator[tuple[str, str, str, int]]:
    """支付, 退票 and 冲正, by funding line."""
    for payment in township.payments:
        for line in payment.lines:
            where = (line.quota_doc_no or "", str(line.org))
            back = reversal(line.amount_fen, payment.taken_back)
            yield *where, "paid_fen", line.amount_fen
            yield *where, "returned_fen", back["returned_fen"]
            yield *where, "reversed_fen", back["reversed_fen"]


def came_to(entries: Sequence[Values]) -> set[tuple[str, str]]:
    """The organisations to which each document came, by 到达 or 拨付, whatever the day."""
    return {(entry["quota_doc_no"], entry["to_org"]) for entry in entries if entry["entry_kind"] in {"到达", "拨付"}}


def parent_of(entry: Values) -> str:
    """The document out of which a row 到达 was issued: 上级文号, if empty its own."""
    return str(entry["parent_doc_no"] or entry["quota_doc_no"])


def hands_down(entry: Values, came: set[tuple[str, str]]) -> bool:
    """Whether a row 到达 is a part of a document that itself came to 下达单位 in these books."""
    elsewhere = entry["from_org"] != entry["to_org"]
    return entry["entry_kind"] == "到达" and elsewhere and (parent_of(entry), entry["from_org"]) in came


def brings_cash(entry: Values, entries: Sequence[Values], came: set[tuple[str, str]]) -> bool:
    """Whether a row 拨付 is 到位: the cash of a quota that arrived at 接收单位 already."""
    document, giver, taker = entry["quota_doc_no"], entry["from_org"], entry["to_org"]
    givers = {
        arrival["from_org"]
        for arrival in entries
        if arrival["entry_kind"] == "到达" and (arrival["quota_doc_no"], arrival["to_org"]) == (document, taker)
    }
    return entry["entry_kind"] == "拨付" and bool(givers) and (giver in givers or (document, giver) not in came)


def allocated(entries: Sequence[Values], ever: Sequence[Values]) -> Iterable[tuple[str, str, str, int]]:
    """Document, organisation, figure and amount of all that these rows of 资金指标台账 move or name (OUTPUTS §5).

    Where a document came or arrived is asked of all rows, `ever`, whatever the day.
    """
    came = came_to(ever)
    for entry in entries:
        document, giver, taker = entry["quota_doc_no"], entry["from_org"], entry["to_org"]
        amount_fen = entry["amount_fen"]
        if entry["entry_kind"] == "分解":
            yield document, giver, "sub_allocated_fen", amount_fen
        elif entry["entry_kind"] == "到达":
            yield document, taker, "arrived_fen", amount_fen
            if hands_down(entry, came):
                yield parent_of(entry), giver, "handed_down_fen", amount_fen
        elif brings_cash(entry, ever, came):
            yield document, taker, "received_fen", amount_fen
        else:
            yield document, taker, "transferred_in_fen", amount_fen
            yield document, giver, "passed_on_fen", amount_fen
