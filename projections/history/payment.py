"""A payment: what the bank paid, from which money, and whether it came back."""

from collections.abc import Iterator
from typing import Any

from domain.disbursement import PaymentMade, ReturnRow
from domain.dividend import DividendPaid
from domain.loan import InterestSubsidyPaid
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.documents import Organisations, quota_money
from projections.history.parts.funding import Funding
from projections.history.parts.money import Paid
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject
from projections.history.telling import is_loan, occurrences
from projections.tables.loans import SUBSIDISED

MONEY = (PaymentMade, InterestSubsidyPaid, DividendPaid, ReturnRow)
"""Events whose money is the payment's; others (receipts, statement lines, a repayment) only name it."""


class Transfer:
    """Money that went to one payee, by funding line. A dividend is not quota money and has no lines."""

    def __init__(self, orgs: Organisations, funding: Funding) -> None:
        self.paid = Paid()
        self._orgs = orgs
        self._funding = funding
        self._lines: list[tuple[str | None, str | None, int]] = []

    def take(self, occurrence: Occurrence) -> None:
        """Count what was paid, or came back."""
        for paid, figure in quota_money(occurrence):
            self.paid.count(figure, paid.amount_fen or 0)
            if paid is occurrence:
                org = self._orgs.paying(getattr(paid.now, "paid_from", None))
                self._lines += [(share.quota_doc_no, org, share.amount_fen) for share in self._funding.of(paid)]
        for paid, figure in occurrence.money(Deed.HAPPENED, DividendPaid):
            self.paid.count(figure, paid.amount_fen or 0)

    @property
    def standing(self) -> str | None:
        """`paid`, `returned` or `reversed`; None before it was paid."""
        if not self.paid.paid_fen:
            return None
        if self.paid.net_fen:
            return "paid"
        return "reversed" if self.paid.reversed_fen else "returned"

    def lines(self) -> list[dict[str, object]]:
        """The funding lines; money without a document stands first."""
        in_order = sorted(self._lines, key=lambda line: [(told is not None, told or "") for told in line[:2]])
        return [{"quota_doc_no": document, "org": org, "amount_fen": fen} for document, org, fen in in_order]


class Payment(Subject):
    """流水号, of a subsidy, a project, an interest subsidy or a dividend. What only tells of it is without money."""

    kind = "payment"

    def find(self) -> list[Row]:
        """The payment's rows, or the loan in whose row it stands, and what tells of it."""
        found = [row for row in self.past.rows(self.kind, self.value) if not is_loan(row)]
        if self.value.startswith(SUBSIDISED):
            loan_no = self.value.removeprefix(SUBSIDISED)
            named = (row for row in self.past.rows("loan", loan_no) if is_loan(row))
            found += [row for row in named if row.now.loan_no == loan_no]
        return found

    def begin(self) -> tuple[Part, ...]:
        """The money that moved."""
        orgs = Organisations(self.past.connection, self.moment)
        self.transfer = Transfer(orgs, Funding(self.past, self.rows))
        return (self.transfer,)

    def own(self) -> Iterator[Occurrence]:
        """Of a loan only its 贴息金额."""
        for row in self.rows:
            for occurrence in occurrences(row, self.past):
                if is_loan(row):
                    if Deed.SUBSIDISED in occurrence.deeds:
                        yield occurrence
                else:
                    yield occurrence if isinstance(row.first, MONEY) else occurrence.as_mention()

    @property
    def figure_fen(self) -> int:
        """What stayed with the payee."""
        return self.transfer.paid.net_fen

    def state(self) -> dict[str, Any]:
        """The payment's state."""
        paid = self.transfer.paid
        return {
            "kind": self._kind_of_payment(),
            "amount_fen": paid.paid_fen,
            "returned_fen": paid.returned_fen,
            "reversed_fen": paid.reversed_fen,
            "net_fen": paid.net_fen,
            "lines": self.transfer.lines(),
            "state": self.transfer.standing,
        }

    def _kind_of_payment(self) -> str | None:
        for row in self.rows:
            if isinstance(row.first, PaymentMade):
                return row.now.paid_for or "subsidy"
            if isinstance(row.first, DividendPaid):
                return "dividend"
            if isinstance(row.first, InterestSubsidyPaid) or is_loan(row):
                return "interest_subsidy"
        return None
