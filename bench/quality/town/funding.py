"""Where honest money comes from: quota documents from province to county to township, as large as what they pay."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.quality.town.book import Row
from bench.quality.town.township import COUNTY_FINANCE, Township
from bench.quality.town.works import arrive, assign, new_document, transfer

PROVINCE = "省财政厅"
INTEREST = "小额信贷贴息"
BEFORE_THE_FIRST_PAYMENT, UNTIL_CASH, UNTIL_ASSIGNED = timedelta(days=14), timedelta(days=3), timedelta(days=6)
PARENT_BEFORE, PARENT_UNTIL_ASSIGNED = timedelta(days=20), timedelta(days=15)


@dataclass
class Need:
    """What one document must pay."""

    purpose: str
    target: str
    fen: int = 0
    days: list[date] = field(default_factory=list)


def fund(town: Township) -> None:
    """Documents for everything paid that has none, and arrivals of those that have not arrived."""
    _name_documents(town, "subsidy_payments")
    _name_documents(town, "interest_subsidies")
    arrived = {row["quota_doc_no"] for row in town.book.of("allocations")}
    needs = {document: need for document, need in needed(town).items() if document not in arrived}
    by_quarter: dict[tuple[int, int], list[tuple[str, Need]]] = defaultdict(list)
    for document, need in needs.items():
        by_quarter[_quarter(min(need.days))].append((document, need))
    for _, wanted in sorted(by_quarter.items()):
        hand_down(town, wanted)


def hand_down(town: Township, wanted: list[tuple[str, Need]]) -> None:
    """The documents of a quarter out of one of the province."""
    first = min(min(need.days) for _, need in wanted) - BEFORE_THE_FIRST_PAYMENT
    parent = f"粤测财农〔2020〕{town.ordinal('parent document')}号"
    purposes = tuple(sorted({need.purpose for _, need in wanted}))
    whole_fen = sum(need.fen for _, need in wanted)
    arrive(
        town, parent, whole_fen, first - PARENT_BEFORE, from_org=PROVINCE, to_org=COUNTY_FINANCE, purpose_codes=purposes
    )  # fmt: skip
    for document, need in wanted:
        assign(
            town, parent, need.fen, first - PARENT_BEFORE + PARENT_UNTIL_ASSIGNED, need.target,
            from_org=COUNTY_FINANCE, purpose_codes=(need.purpose,),
        )  # fmt: skip
        supply(town, document, need, parent)


def supply(town: Township, document: str, need: Need, parent: str | None = None) -> Row:
    """A document that arrives two weeks before its first payment, with its cash and its breakdown."""
    on = min(need.days) - BEFORE_THE_FIRST_PAYMENT
    purposes = (need.purpose,)
    row = arrive(town, document, need.fen, on, parent_doc_no=parent, purpose_codes=purposes)
    transfer(town, document, need.fen, on + UNTIL_CASH, purpose_codes=purposes)
    assign(town, document, need.fen, on + UNTIL_ASSIGNED, need.target, purpose_codes=purposes)
    return row


def needed(town: Township) -> dict[str, Need]:
    """What each document pays, net of what came back."""
    came_back = {row["target_ref"] for row in town.book.of("payment_returns")}
    needs: dict[str, Need] = {}
    for row, target, purpose in _paid(town):
        if row["quota_doc_no"] is None:
            continue
        need = needs.setdefault(row["quota_doc_no"], Need(purpose, target))
        need.days.append(row["paid_on"])
        if row["bank_ref"] not in came_back:
            need.fen += row["amount"]
    return {document: need for document, need in needs.items() if need.fen}


def _paid(town: Township) -> Iterable[tuple[Row, str, str]]:
    for row in town.book.of("subsidy_payments"):
        yield row, row["programme"], town.programmes[row["programme"]].purpose
    for row in town.book.of("interest_subsidies"):
        yield row, INTEREST, "L01"
    for row in town.book.of("project_payments"):
        yield row, row["project_no"], row["purpose_code"]


def _name_documents(town: Township, sheet: str) -> None:
    documents: dict[tuple[str, tuple[int, int]], str] = {}
    for row in town.book.of(sheet):
        if "quota_doc_no" not in row:
            key = (row.get("programme", INTEREST), _quarter(row["paid_on"]))
            row["quota_doc_no"] = documents.get(key) or documents.setdefault(key, new_document(town))


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3
