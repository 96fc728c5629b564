"""A payment: what the bank paid, from which money, and whether it came back."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.loan import LoanRow
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.documents import Organisations
from projections.history.parts.money import Paid
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject
from projections.history.telling import occurrences
from projections.tables.loans import SUBSIDISED

KINDS: dict[type, str] = {PaymentMade: "subsidy", DividendPaid: "dividend", LoanRow: "interest_subsidy"}
"""By the row that tells of it; a loan's row tells of its 贴息金额."""


class Transfer:
    """Money that went to one payee, by funding line. A dividend is not quota money and has no lines."""

    def __init__(self, orgs: Organisations) -> None:
        self.paid = Paid()
        self._orgs = orgs
        self._lines: defaultdict[tuple[str | None, str | None], int] = defaultdict(int)

    def take(self, occurrence: Occurrence) -> None:
        """Count what was paid."""
        if occurrence.amount_fen is None:
            return
        self.paid.paid_fen += occurrence.amount_fen
        if not isinstance(occurrence.row.first, DividendPaid):
            org = self._orgs.paying(getattr(occurrence.now, "paid_from", None))
            self._lines[getattr(occurrence.now, "quota_doc_no", None), org] += occurrence.amount_fen

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
        in_order = sorted(self._lines.items(), key=lambda item: (item[0][0] is not None, item[0][0] or ""))
        return [{"quota_doc_no": document, "org": org, "amount_fen": fen} for (document, org), fen in in_order]


class Payment(Subject):
    """流水号, of a subsidy, an interest subsidy or a dividend. A notice line that tells of it is without money."""

    kind = "payment"

    def find(self) -> list[Row]:
        """The payment's row, or the loan in whose row it stands, and the notice lines that tell of it."""
        found = [row for row in self.past.rows(self.kind, self.value) if not isinstance(row.first, LoanRow)]
        if self.value.startswith(SUBSIDISED):
            loan_no = self.value.removeprefix(SUBSIDISED)
            named = (row for row in self.past.rows("loan", loan_no) if isinstance(row.first, LoanRow))
            found += [row for row in named if row.now.loan_no == loan_no]
        return found

    def begin(self) -> tuple[Part, ...]:
        """The money that moved."""
        self.transfer = Transfer(Organisations(self.past.connection, self.moment))
        return (self.transfer,)

    def told(self) -> Iterator[Occurrence]:
        """Of a loan only its 贴息金额."""
        for row in self.rows:
            for occurrence in occurrences(row, self.past):
                if not isinstance(row.first, LoanRow) or Deed.SUBSIDISED in occurrence.deeds:
                    yield occurrence

    @property
    def figure_fen(self) -> int:
        """What stayed with the payee."""
        return self.transfer.paid.net_fen

    def state(self) -> dict[str, Any]:
        """The payment's state."""
        paid = self.transfer.paid
        kinds = (kind for family, kind in KINDS.items() if self.of(family))
        return {
            "kind": next(kinds, None),
            "amount_fen": paid.paid_fen,
            "returned_fen": paid.returned_fen,
            "reversed_fen": paid.reversed_fen,
            "net_fen": paid.net_fen,
            "lines": self.transfer.lines(),
            "state": self.transfer.standing,
        }
