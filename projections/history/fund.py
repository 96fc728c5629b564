"""A quota document: what arrived, where it went, what is left."""

from typing import Any

from domain.allocation import AllocationRow
from domain.disbursement import PaymentMade
from projections.history.parts.documents import Documents, Organisations
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject


class Fund(Subject):
    """指标文号: its own rows, the arrivals of documents handed down from it, and the payments that it funds."""

    kind = "fund"

    def find(self) -> list[Row]:
        """Rows of 资金指标台账 that name the document as their own or as the one above, and payments."""
        found = self.past.rows(self.kind, self.value)
        return [row for row in found if isinstance(row.first, AllocationRow | PaymentMade)]

    def begin(self) -> tuple[Part, ...]:
        """The document's figures."""
        orgs = Organisations(self.past.connection, self.moment)
        self.documents = Documents(self.of(AllocationRow), orgs, self.value)
        return (self.documents,)

    @property
    def figure_fen(self) -> int:
        """What is left of it, over all organisations."""
        return self.documents.unspent_fen

    def state(self) -> dict[str, Any]:
        """The document's state."""
        return {"documents": self.documents.told(), "unspent_fen": self.figure_fen}
