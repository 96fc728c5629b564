"""The money on the timeline of a subject, and its running balance, computed straight from the rows (OUTPUTS §7)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from tests.journeys.reading_workbooks import Statement, Values
from tests.journeys.recomputing import Township
from tests.journeys.recomputing_balances import came_to, hands_down, parent_of
from tests.journeys.recomputing_payments import Payment
from tests.journeys.recorded_rows import Record, dividend_reference, id_is_valid

Place = Callable[[Statement], int]
_ALLOCATIONS = {"到达": "allocation-received", "分解": "sub-allocated", "拨付": "transferred"}
_RETURNS = {"退票": "payment-returned", "冲正": "event-reversed"}
_MADE = {"subsidy": "payment-made", "project": "payment-made", "interest_subsidy": "interest-subsidy-paid"}


class Line(NamedTuple):
    """One line: what the row came to for the subject, and what that adds to the subject's figure."""

    occurred_on: str
    position: int
    topic: str
    ref: str | None
    amount_fen: int
    adds_fen: int


class Timelines:
    """The timelines of a township at a moment; `place` gives the position of a row's entry."""

    def __init__(self, township: Township, place: Place) -> None:
        self._township, self._place = township, place
        self._returns = {record.values["return_ref"]: record for record in township.records("payment_returns")}

    def of(self, kind: str, value: str) -> list[tuple[Line, int]]:
        """Every line with money of the subject, in order, with the subject's figure after it."""
        lines: Mapping[str, Callable[[str], Iterator[Line]]] = {
            "household": lambda no: self._whose("household_no", no),
            "person": lambda no: self._whose("id_no", no),
            "loan": self._loan,
            "fund": self._fund,
            "payment": self._payment,
            "project": lambda no: self._works("project_no", no),
            "contract": self._contract,
        }
        ordered = sorted(lines[kind](value), key=lambda line: (line.occurred_on, line.position))
        return list(zip(ordered, accumulate(line.adds_fen for line in ordered), strict=True))

    def _whose(self, column: str, value: str) -> Iterator[Line]:
        """Of a household or a person: subsidies, dividends, and all that concerns the loans."""
        township = self._township
        lines_of = {(row["bank_ref"], row["line_no"]): row for row in self._facts("payments")}
        for payment in township.payments:
            known = (
                lines_of[payment.reference, payment.lines[0].line_no] if payment.reference else self._unnamed(payment)
            )
            if payment.kind == "subsidy" and known[column] == value:
                yield from self._paid(payment, adds=1)
        for record in township.records("dividends"):
            if record.values[column] == value:
                yield from self._shared(record, adds=1)
        for loan_no, loan in township.loans.items():
            if loan[column] == value:
                yield from self._borrowed(loan_no, received=True)
            elif column == "id_no":
                yield from self._counterparty(loan_no, value)

    def _unnamed(self, payment: Payment) -> Values:
        """The fact of a payment without 流水号."""
        statement = payment.lines[0].statement
        return next(fact.values for fact in self._township.facts("payments") if fact.statement is statement)

    def _facts(self, table: str) -> list[Values]:
        return [fact.values for fact in self._township.facts(table)]

    def _counterparty(self, loan_no: str, id_no: str) -> Iterator[Line]:
        """What a person got out of another's loan, or repaid for him: it is no income."""
        of_others = {"loan_flows": "to_id", "loan_repayments": "payer_id"}
        for sheet, column in of_others.items():
            for record in self._township.records(sheet):
                if record.values["loan_no"] == loan_no and record.values[column] == id_no:
                    yield from self._moved(sheet, record, adds=0)

    def _borrowed(self, loan_no: str, *, received: bool) -> Iterator[Line]:
        """All of a loan: for its household only interest subsidies to persons are income, for itself principal."""
        township = self._township
        own = 0 if received else 1
        for record in township.records("loans"):
            if record.values["loan_no"] == loan_no:
                principal_fen = record.values["principal_fen"]
                yield self._line(record, "loan-issued", loan_no, principal_fen, own * principal_fen)
        for sheet in ("loan_flows", "loan_repayments"):
            for record in township.records(sheet):
                if record.values["loan_no"] == loan_no:
                    yield from self._moved(sheet, record, adds=own)
        for payment in township.payments:
            row = payment.lines[0].values
            if payment.kind == "interest_subsidy" and row["loan_no"] == loan_no:
                yield from self._paid(payment, adds=int(received and id_is_valid(row["payee_id"])))

    def _moved(self, sheet: str, record: Record, *, adds: int) -> Iterator[Line]:
        row = record.values
        if sheet == "loan_flows":
            yield self._line(record, "loan-proceeds-moved", row["flow_ref"], row["amount_fen"], 0)
            return
        amount_fen = row["principal_fen"] + row["interest_fen"]
        yield self._line(record, "loan-repaid", row["repay_ref"], amount_fen, -adds * row["principal_fen"])
        taken_back = self._township.taken_back.get(row["repay_ref"])
        if taken_back:
            yield self._back(taken_back, amount_fen, adds * row["principal_fen"])

    def _loan(self, loan_no: str) -> Iterator[Line]:
        return self._borrowed(loan_no, received=False)

    def _paid(self, payment: Payment, *, adds: int) -> Iterator[Line]:
        """A payment that is one row, and what took it back."""
        statement = payment.lines[0].statement
        amount_fen = payment.amount_fen
        position = self._place(statement)
        yield Line(payment.paid_on, position, _MADE[payment.kind], payment.reference, amount_fen, adds * amount_fen)
        if payment.taken_back:
            yield self._back(payment.taken_back, amount_fen, -adds * amount_fen)

    def _shared(self, record: Record, *, adds: int) -> Iterator[Line]:
        row = record.values
        reference = dividend_reference(row)
        yield self._line(record, "dividend-paid", reference, row["paid_fen"], adds * row["paid_fen"])
        if reference in self._township.taken_back:
            yield self._back(self._township.taken_back[reference], row["paid_fen"], -adds * row["paid_fen"])

    def _payment(self, reference: str) -> Iterator[Line]:
        for payment in self._township.payments:
            if payment.reference == reference and payment.kind == "project":
                yield from self._rows(payment, lambda _row: True)
            elif payment.reference == reference:
                yield from self._paid(payment, adds=1)
        for record in self._township.records("dividends"):
            if dividend_reference(record.values) == reference:
                yield from self._shared(record, adds=1)

    def _works(self, column: str, value: str) -> Iterator[Line]:
        for payment in self._township.payments:
            if payment.kind == "project":
                yield from self._rows(payment, lambda row: bool(row[column] == value))

    def _rows(self, payment: Payment, concerns: Callable[[Values], bool]) -> Iterator[Line]:
        """The rows of one payment of 支付台账 that concern the subject, and their part of what came back."""
        lines = [line for line in payment.lines if concerns(line.values)]
        for line in lines:
            position = self._place(line.statement)
            yield Line(payment.paid_on, position, "payment-made", payment.reference, line.amount_fen, line.amount_fen)
        part_fen = sum(line.amount_fen for line in lines)
        if payment.taken_back and lines:
            yield self._back(payment.taken_back, part_fen, -part_fen)

    def _contract(self, contract_no: str) -> Iterator[Line]:
        if contract_no in self._township.works:
            yield from self._works("contract_no", contract_no)
            return
        share_ppm = self._township.contracts[contract_no]["reserve_ppm"] or 0
        for record in self._township.records("dividend_receipts"):
            row = record.values
            if row["contract_no"] == contract_no:
                kept_fen = row["amount_fen"] * share_ppm // 1_000_000
                yield self._line(
                    record, "dividend-received", row["bank_ref"], row["amount_fen"], row["amount_fen"] - kept_fen
                )
        for record in self._township.records("dividends"):
            if record.values["contract_no"] == contract_no:
                yield from self._shared(record, adds=-1)

    def _fund(self, document: str) -> Iterator[Line]:
        """Rows of the document, arrivals handed down from it, and the lines that it funds."""
        came = came_to(self._township.ever("allocations"))
        for record in self._township.records("allocations"):
            row = record.values
            handed = hands_down(row, came) and parent_of(row) == document
            if row["quota_doc_no"] == document or handed:
                arrived = row["entry_kind"] == "到达" and row["quota_doc_no"] == document
                adds_fen = row["amount_fen"] * (int(arrived) - int(handed))
                yield self._line(record, _ALLOCATIONS[row["entry_kind"]], row["entry_no"], row["amount_fen"], adds_fen)
        for payment in self._township.payments:
            lines = [line for line in payment.lines if (line.quota_doc_no or "") == document]
            by_row: dict[int, int] = {}
            for line in lines:
                position = self._place(line.statement)
                by_row[position] = by_row.get(position, 0) + line.amount_fen
            for position, amount_fen in by_row.items():
                yield Line(payment.paid_on, position, _MADE[payment.kind], payment.reference, amount_fen, -amount_fen)
            if payment.taken_back and lines:
                part_fen = sum(by_row.values())
                yield self._back(payment.taken_back, part_fen, part_fen)

    def _line(self, record: Record, topic: str, ref: str, amount_fen: int, adds_fen: int) -> Line:
        days = ("occurred_on", "issued_on", "moved_on", "repaid_on", "received_on", "paid_on")
        names = {"loan-issued": "issued_on"}
        column = names.get(topic) or next(name for name in days if name in record.values)
        return Line(record.values[column], self._place(record.first), topic, ref, amount_fen, adds_fen)

    def _back(self, taken_back: Values, amount_fen: int, adds_fen: int) -> Line:
        record = self._returns[taken_back["return_ref"]]
        topic = _RETURNS[taken_back["return_kind"]]
        return Line(
            taken_back["returned_on"], self._place(record.first), topic, taken_back["return_ref"], amount_fen, adds_fen
        )
