"""A bank account: what was paid into it and out of it, and the loans that were paid out into it."""

from collections.abc import Iterator
from typing import Any

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.loan import InterestSubsidyPaid
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.loans import Loans
from projections.history.parts.money import Paid
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject
from projections.history.telling import is_loan, occurrences


class Turnover:
    """Payments, interest subsidies and dividends into one account, and payments out of it."""

    def __init__(self, account_no: str) -> None:
        self._account_no = account_no
        self.received = Paid()
        self.sent = Paid()

    def take(self, occurrence: Occurrence) -> None:
        """Count a payment, or what came back of one, on the side, or the sides, on which it names the account."""
        paid_into = (
            *occurrence.money(Deed.HAPPENED, PaymentMade, DividendPaid),
            *occurrence.money(Deed.SUBSIDISED, InterestSubsidyPaid),
        )
        for paid, figure in paid_into:
            if paid.now.account_no == self._account_no:
                self.received.count(figure, paid.amount_fen or 0)
            if getattr(paid.now, "paid_from", None) == self._account_no:
                self.sent.count(figure, paid.amount_fen or 0)


class Account(Subject):
    """账号, by reference. Transfers and receipts of a village are lines; only payments and dividends are counted."""

    kind = "account"

    def find(self) -> list[Row]:
        """Every row that names the account."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """What went in and out."""
        self.turnover = Turnover(self.value)
        self.loans = Loans()
        return self.turnover, self.loans

    def own(self) -> Iterator[Occurrence]:
        """Of a loan only that it was paid out into the account; what was repaid went elsewhere."""
        for row in self.rows:
            for occurrence in occurrences(row, self.past):
                if not is_loan(row) or Deed.HAPPENED in occurrence.deeds:
                    yield occurrence
                elif occurrence.is_own_day:
                    yield occurrence.as_mention()

    @property
    def figure_fen(self) -> int:
        """Received less sent."""
        return self.turnover.received.net_fen - self.turnover.sent.net_fen

    def state(self) -> dict[str, Any]:
        """The account's state."""
        return {
            "received_fen": self.turnover.received.net_fen,
            "sent_fen": self.turnover.sent.net_fen,
            "loans": self.loans.numbers(),
            "balance_fen": self.figure_fen,
        }
