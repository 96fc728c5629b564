"""总台账: the balances that packages come to, computed straight from their rows (OUTPUTS §5)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing import RETURNS, Township

_FIGURES = (
    "arrived_fen", "sub_allocated_fen", "received_fen", "transferred_in_fen", "handed_down_fen", "passed_on_fen",
    "paid_fen", "returned_fen", "reversed_fen",
)  # fmt: skip


def balances(township: Township) -> dict[str, list[Values]]:
    """The answer of `balances --json`."""
    return {"documents": _documents(township), "dividends": _dividends(township)}


def _documents(township: Township) -> list[Values]:
    entries = [record.values for record in township.records("allocations")]
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for document, org, figure, amount_fen in _allocated(entries):
        sums[document, org][figure] += amount_fen
    for fact in township.facts("payments"):
        sums[fact.values["quota_doc_no"] or "", fact.values["org"]]["paid_fen"] += fact.values["amount_fen"]
    return [
        {"quota_doc_no": document, "org": org} | {figure: sums[document, org][figure] for figure in _FIGURES}
        | {"unspent_fen": _unspent(sums[document, org])}
        for document, org in sorted(sums)
    ]  # fmt: skip


def _dividends(township: Township) -> list[Values]:
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for receipt in (record.values for record in township.records("dividend_receipts")):
        share_ppm = township.contracts.get(receipt["contract_no"], {}).get("reserve_ppm") or 0
        sums[receipt["contract_no"], receipt["period"]]["received_fen"] += receipt["amount_fen"]
        reserve_fen = receipt["amount_fen"] * share_ppm // 1_000_000
        sums[receipt["contract_no"], receipt["period"]]["reserve_fen"] += reserve_fen
    for row in (record.values for record in township.records("dividends")):
        sums[row["contract_no"], row["period"]]["paid_fen"] += row["paid_fen"]
    return [
        RETURNS
        | {
            "contract_no": contract_no,
            "period": period,
            "village": township.contracts.get(contract_no, {"village": None})["village"],
            "undistributed_fen": figures["received_fen"] - figures["reserve_fen"] - figures["paid_fen"],
        }
        | {figure: figures[figure] for figure in ("received_fen", "reserve_fen", "paid_fen")}
        for (contract_no, period), figures in sorted(sums.items())
    ]


def _unspent(figures: Mapping[str, int]) -> int:
    came = figures["arrived_fen"] + figures["transferred_in_fen"]
    return came - figures["handed_down_fen"] - figures["passed_on_fen"] - figures["paid_fen"]


def _allocated(entries: Sequence[Values]) -> Iterable[tuple[str, str, str, int]]:
    """Document, organisation, figure and amount of all that 资金指标台账 moves or names (OUTPUTS §5)."""
    came = {(entry["quota_doc_no"], entry["to_org"]) for entry in entries if entry["entry_kind"] in {"到达", "拨付"}}
    arrived = {(e["quota_doc_no"], e["to_org"], e["from_org"]) for e in entries if e["entry_kind"] == "到达"}
    arrived_at = {(document, org) for document, org, _ in arrived}
    for entry in entries:
        document, giver, taker = entry["quota_doc_no"], entry["from_org"], entry["to_org"]
        amount_fen = entry["amount_fen"]
        parent = entry["parent_doc_no"] or document
        if entry["entry_kind"] == "分解":
            yield document, giver, "sub_allocated_fen", amount_fen
        elif entry["entry_kind"] == "到达":
            yield document, taker, "arrived_fen", amount_fen
            if giver != taker and (parent, giver) in came:
                yield parent, giver, "handed_down_fen", amount_fen
        elif (document, taker) in arrived_at and ((document, taker, giver) in arrived or (document, giver) not in came):
            yield document, taker, "received_fen", amount_fen
        else:
            yield document, taker, "transferred_in_fen", amount_fen
            yield document, giver, "passed_on_fen", amount_fen
