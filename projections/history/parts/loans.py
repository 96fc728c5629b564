"""What was borrowed, and what of it is still owed."""

from dataclasses import dataclass
from typing import Any

from domain.loan import LoanRow
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row
from projections.history.telling import is_loan


@dataclass(slots=True)
class Debt:
    """One loan: the bank's money, of which `principal_repaid_fen` came back."""

    row: Row | None = None
    issued: bool = False
    settled: bool = False
    principal_repaid_fen: int = 0
    interest_repaid_fen: int = 0

    @property
    def stated(self) -> Any:
        """The loan's row as it was last stated."""
        return self.row.now if self.row is not None else None

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
        """Lend, repay, take a repayment back, or settle."""
        for repaid, figure in occurrence.money(Deed.REPAID, LoanRow):
            self._repay(repaid, 1 if figure == "paid_fen" else -1)
        if not is_loan(occurrence.row):
            return
        debt = self._of(occurrence.now.loan_no)
        debt.row = occurrence.row
        if Deed.HAPPENED in occurrence.deeds:
            debt.issued = True
        if Deed.SETTLED in occurrence.deeds:
            debt.settled = True

    def _of(self, loan_no: str) -> Debt:
        return self._by_number.setdefault(loan_no, Debt())

    def _repay(self, repaid: Occurrence, sign: int) -> None:
        """A row of 还款流水 says what of it is principal; 还款金额 of a loan's own row is all principal."""
        stated = repaid.now
        if stated.loan_no is None:
            return
        debt = self._of(stated.loan_no)
        if is_loan(repaid.row):
            debt.principal_repaid_fen += sign * (repaid.amount_fen or 0)
        else:
            debt.principal_repaid_fen += sign * (stated.repaid_principal_fen or 0)
            debt.interest_repaid_fen += sign * (stated.repaid_interest_fen or 0)

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
