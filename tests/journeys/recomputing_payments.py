"""Payments of quota money and the lines that fund them, computed straight from the rows (OUTPUTS §5 and §6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.journeys.reading_workbooks import Statement, Values
from tests.journeys.recorded_rows import Record, RecordedRows

NOWHERE = "未登记账户"


@dataclass
class Line:
    """A part of a payment that one document covers, or none; of 支付台账 one row."""

    line_no: int
    quota_doc_no: str | None
    amount_fen: int
    org: str | None
    values: Values
    statement: Statement


@dataclass
class Payment:
    """One payment of quota money, of one 流水号 or of none, and what took it back."""

    kind: str
    reference: str | None
    paid_on: str
    lines: list[Line] = field(default_factory=list)
    taken_back: Values | None = None

    @property
    def amount_fen(self) -> int:
        """Gross, of all its lines."""
        return sum(line.amount_fen for line in self.lines)


def four(rows: Iterable[tuple[int, Values | None]]) -> Values:
    """Paid, returned, reversed and net of amounts, each with the row that took it back."""
    figures = {"paid_fen": 0, "returned_fen": 0, "reversed_fen": 0}
    for amount_fen, taken_back in rows:
        figures["paid_fen"] += amount_fen
        back = reversal(amount_fen, taken_back)
        figures["returned_fen"] += back["returned_fen"]
        figures["reversed_fen"] += back["reversed_fen"]
    return figures | {"net_fen": figures["paid_fen"] - figures["returned_fen"] - figures["reversed_fen"]}


def reversal(amount_fen: int, taken_back: Values | None) -> Values:
    """How much of an amount came back by 退票, how much by 冲正, and when."""
    kind = taken_back["return_kind"] if taken_back else None
    return {
        "returned_fen": amount_fen if kind == "退票" else 0,
        "reversed_fen": amount_fen if kind == "冲正" else 0,
        "returned_on": taken_back["returned_on"] if taken_back else None,
    }


def payments_of(rows: RecordedRows) -> list[Payment]:
    """Every payment, quarantined or not: subsidies, projects, interest subsidies."""
    found = [*_subsidies(rows), *_works(rows), *_interest_subsidies(rows)]
    for payment in found:
        payment.taken_back = rows.taken_back.get(payment.reference or "")
    return found


def organisation(rows: RecordedRows, account_no: str | None) -> str | None:
    """The organisation of an account; of none the first 镇财政 of the register."""
    orgs = [record.values for record in rows.records("orgs")]
    if account_no is None:
        return next((org["org_name"] for org in orgs if org["org_kind"] == "镇财政"), None)
    return next((org["org_name"] for org in orgs if org["account_no"] == account_no), NOWHERE)


def in_taking_order(records: Sequence[Record]) -> list[Record]:
    """Subsidies in the order in which they take from the lines of their claim: 发放日期, 流水号."""
    return sorted(records, key=lambda record: (record.values["paid_on"], record.values["bank_ref"] or ""))


def interest_records(rows: RecordedRows) -> Iterator[tuple[Values, Statement]]:
    """Rows of 贴息台账, and the `TX/…` of loans that state 贴息金额 and have no row there (OUTPUTS §5)."""
    detailed = set()
    for record in rows.records("interest_subsidies"):
        detailed.add(record.values["loan_no"])
        yield record.values, record.first
    for record in rows.records("loans"):
        loan = record.values
        if loan["interest_subsidy_fen"] and loan["loan_no"] not in detailed:
            said = _first_to_say("interest_subsidy_fen", record)
            paid = {
                "bank_ref": f"TX/{loan['loan_no']}",
                "loan_no": loan["loan_no"],
                "amount_fen": loan["interest_subsidy_fen"],
                "payee_id": loan["id_no"],
                "paid_on": said.as_of,
                "quota_doc_no": None,
            }
            yield paid, record.first


def _subsidies(rows: RecordedRows) -> Iterator[Payment]:
    claims: dict[str | None, list[Record]] = defaultdict(list)
    for record in rows.records("subsidy_payments"):
        claims[record.values["claim_no"]].append(record)
    instructed: dict[str, list[Values]] = defaultdict(list)
    for row in (record.values for record in rows.records("payment_instructions")):
        if row["ref_kind"] == "补贴":
            instructed[row["ref_no"]].append(row)
    for claim_no, records in claims.items():
        lines = instructed[claim_no] if claim_no else []
        lines.sort(key=lambda row: (row["instructed_on"], row["instruction_no"], row["line_no"]))
        yield from _funded(rows, in_taking_order(records), lines)


def _funded(rows: RecordedRows, records: Sequence[Record], lines: Sequence[Values]) -> Iterator[Payment]:
    """The payments of one claim, each with what it takes of the claim's lines."""
    taken: list[tuple[int, int, str | None]] = []  # which line, how much, when that came back
    for record in records:
        row = record.values
        back = rows.taken_back.get(row["bank_ref"] or "")
        came_back = back["returned_on"] if back else None
        left = [line["amount_fen"] for line in lines]
        for place, amount_fen, day in taken:
            if day is None or day > row["paid_on"]:
                left[place] -= amount_fen
        wanted, parts = row["amount_fen"], []
        for place, line in enumerate(lines):
            part = min(wanted, left[place])
            if part > 0 and row["quota_doc_no"] in {None, line["quota_doc_no"]}:
                parts.append((line["quota_doc_no"], part))
                taken.append((place, part, came_back))
                wanted -= part
        if row["quota_doc_no"]:
            parts = [(row["quota_doc_no"], row["amount_fen"])]
        elif wanted:
            parts.append((None, wanted))
        org = organisation(rows, row["paid_from"])
        yield Payment(
            "subsidy",
            row["bank_ref"],
            row["paid_on"],
            [Line(number, *part, org, row, record.first) for number, part in enumerate(parts, start=1)],
        )


def _works(rows: RecordedRows) -> Iterator[Payment]:
    payments: dict[str, Payment] = {}
    for record in rows.records("project_payments"):
        row = record.values
        payment = payments.setdefault(row["bank_ref"], Payment("project", row["bank_ref"], row["paid_on"]))
        org = organisation(rows, row["paid_from"])
        payment.lines.append(Line(row["line_no"], row["quota_doc_no"], row["amount_fen"], org, row, record.first))
    yield from payments.values()


def _interest_subsidies(rows: RecordedRows) -> Iterator[Payment]:
    for row, statement in interest_records(rows):
        org = organisation(rows, None)
        line = Line(1, row["quota_doc_no"], row["amount_fen"], org, row, statement)
        yield Payment("interest_subsidy", row["bank_ref"], row["paid_on"], [line])


def _first_to_say(name: str, record: Record) -> Statement:
    """The statement that first gave a column the value that it still has."""
    said = record.first
    for change in record.changes:
        said = said if change.values[name] == said.values[name] else change
    return said
