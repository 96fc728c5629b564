"""A loan: what was lent, repaid, subsidised and is owed."""

from collections.abc import Iterator
from typing import Any

from domain.loan import LoanConfirmed, LoanDenied, LoanProceedsMoved
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.loans import Debt, Loans
from projections.history.parts.money import InterestSubsidies
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject
from projections.history.telling import is_loan, occurrences


class Proceeds:
    """What was moved out of the account that received the loan, and what the borrower said last."""

    def __init__(self) -> None:
        self.moved_fen = 0
        self.identity = "unconfirmed"

    def take(self, occurrence: Occurrence) -> None:
        """Count a movement, or hear a statement."""
        if occurrence.told(Deed.HAPPENED, LoanProceedsMoved):
            self.moved_fen += occurrence.amount_fen or 0
        elif occurrence.told(Deed.HAPPENED, LoanConfirmed):
            self.identity = "confirmed"
        elif occurrence.told(Deed.HAPPENED, LoanDenied):
            self.identity = "denied"


class Loan(Subject):
    """借据. The loan that renews it is a line of its timeline, without money."""

    kind = "loan"

    def find(self) -> list[Row]:
        """The loan's row, what is told of it in sheets of its own, and loans that renew it."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """What stands in the state."""
        self.loans = Loans()
        self.interest_subsidies = InterestSubsidies()
        self.proceeds = Proceeds()
        return self.loans, self.interest_subsidies, self.proceeds

    def own(self) -> Iterator[Occurrence]:
        """All of its own row; of another's only that it named this one."""
        for row in self.rows:
            told = occurrences(row, self.past)
            if not is_loan(row) or row.now.loan_no == self.value:
                yield from told
            else:
                yield next(told).as_mention()

    @property
    def figure_fen(self) -> int:
        """What is owed."""
        debt = self._debt
        return 0 if debt is None else debt.outstanding_fen

    def state(self) -> dict[str, Any]:
        """The loan's state; who borrowed how much until when is shown whatever the day."""
        debt = self._debt
        stated = next((row.now for row in self.rows if is_loan(row) and row.now.loan_no == self.value), None)
        return {
            "household_no": getattr(stated, "household_no", None),
            "id_no": getattr(stated, "id_no", None),
            "principal_fen": getattr(stated, "principal_fen", 0),
            "moved_fen": self.proceeds.moved_fen,
            "principal_repaid_fen": debt.principal_repaid_fen if debt else 0,
            "interest_repaid_fen": debt.interest_repaid_fen if debt else 0,
            "outstanding_fen": self.figure_fen,
            "interest_subsidies": self.interest_subsidies.told(),
            "issued_on": _day(stated, "issued_on"),
            "due_on": _day(stated, "due_on"),
            "settled_on": _day(stated, "settled_on") if debt and debt.settled else None,
            "identity": self.proceeds.identity,
        }

    @property
    def _debt(self) -> Debt | None:
        return self.loans.debt(self.value)


def _day(stated: Any, name: str) -> str | None:
    day = getattr(stated, name, None)
    return str(day) if day else None
