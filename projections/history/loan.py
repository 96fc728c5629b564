"""A loan: what was lent, repaid, subsidised and is owed."""

from collections.abc import Iterator
from typing import Any

from domain.loan import LoanRow
from projections.history.occurrence import Occurrence
from projections.history.parts.loans import Debt, Loans
from projections.history.parts.money import InterestSubsidies
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject
from projections.history.telling import occurrences

UNCONFIRMED = "unconfirmed"
"""What the borrower was heard to say: nothing yet, as long as 借款核实台账 is not taken."""


class Loan(Subject):
    """借据. The loan that renews it is a line of its timeline, without money."""

    kind = "loan"

    def find(self) -> list[Row]:
        """The loan's row, and those of loans that renew it."""
        return [row for row in self.past.rows(self.kind, self.value) if isinstance(row.first, LoanRow)]

    def begin(self) -> tuple[Part, ...]:
        """What stands in the state."""
        self.loans = Loans()
        self.interest_subsidies = InterestSubsidies()
        return self.loans, self.interest_subsidies

    def told(self) -> Iterator[Occurrence]:
        """All of its own row; of another's only that it named this one."""
        for row in self.rows:
            told = occurrences(row, self.past)
            if row.now.loan_no == self.value:
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
        stated = next((row.now for row in self.rows if row.now.loan_no == self.value), None)
        return {
            "household_no": getattr(stated, "household_no", None),
            "id_no": getattr(stated, "id_no", None),
            "principal_fen": getattr(stated, "principal_fen", 0),
            "moved_fen": 0,
            "principal_repaid_fen": debt.principal_repaid_fen if debt else 0,
            "interest_repaid_fen": debt.interest_repaid_fen if debt else 0,
            "outstanding_fen": self.figure_fen,
            "interest_subsidies": self.interest_subsidies.told(),
            "issued_on": _day(stated, "issued_on"),
            "due_on": _day(stated, "due_on"),
            "settled_on": _day(stated, "settled_on") if debt and debt.settled else None,
            "identity": UNCONFIRMED,
        }

    @property
    def _debt(self) -> Debt | None:
        return self.loans.debt(self.value)


def _day(stated: Any, name: str) -> str | None:
    day = getattr(stated, name, None)
    return str(day) if day else None
