"""What was borrowed, and what of it is still owed."""

from dataclasses import dataclass
from typing import Any

from domain.loan import LoanRow
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row


@dataclass(slots=True)
class Debt:
    """One loan: the bank's money, of which `principal_repaid_fen` came back."""

    row: Row
    issued: bool = False
    settled: bool = False
    principal_repaid_fen: int = 0
    interest_repaid_fen: int = 0

    @property
    def stated(self) -> Any:
        """The loan's row as it was last stated."""
        return self.row.now

    @property
    def outstanding_fen(self) -> int:
        """本金 less what was repaid of it; nothing before 放款日, nothing from 结清日 on."""
        if not self.issued or self.settled:
            return 0
        return int(self.stated.principal_fen) - self.principal_repaid_fen


class Loans:
    """Loans by number."""

    def __init__(self) -> None:
        self._by_number: dict[str, Debt] = {}

    def take(self, occurrence: Occurrence) -> None:
        """Lend, repay or settle."""
        if not isinstance(occurrence.row.first, LoanRow):
            return
        debt = self._by_number.setdefault(occurrence.now.loan_no, Debt(occurrence.row))
        if Deed.HAPPENED in occurrence.deeds:
            debt.issued = True
        if Deed.REPAID in occurrence.deeds:
            debt.principal_repaid_fen += occurrence.amount_fen or 0
        if Deed.SETTLED in occurrence.deeds:
            debt.settled = True

    @property
    def outstanding_fen(self) -> int:
        """What is owed in all."""
        return sum(debt.outstanding_fen for debt in self._by_number.values())

    def debt(self, loan_no: str) -> Debt | None:
        """One loan, once it was lent."""
        debt = self._by_number.get(loan_no)
        return debt if debt is not None and debt.issued else None

    def numbers(self) -> list[dict[str, object]]:
        """The loans that were lent, by number only."""
        return [{"loan_no": loan_no} for loan_no, debt in sorted(self._by_number.items()) if debt.issued]

    def told(self) -> list[dict[str, object]]:
        """The loans that were lent."""
        return [
            {
                "loan_no": loan_no,
                "principal_fen": debt.stated.principal_fen,
                "principal_repaid_fen": debt.principal_repaid_fen,
                "interest_repaid_fen": debt.interest_repaid_fen,
                "outstanding_fen": debt.outstanding_fen,
            }
            for loan_no, debt in sorted(self._by_number.items())
            if debt.issued
        ]
