"""A quota document: what arrived, where it went, what is left."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from domain.allocation import AllocationRow
from domain.disbursement import PaymentMade
from domain.instruction import PaymentInstructed
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.documents import Documents, Organisations
from projections.history.parts.funding import Funding
from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject, unique
from projections.tables.payment_lines import CLAIM


class Fund(Subject):
    """指标文号: its own rows, arrivals of documents handed down from it, and of payments the part that it funds."""

    kind = "fund"

    def find(self) -> list[Row]:
        """Rows that name the document as their own or as the one above, and payments of claims instructed out of it."""
        named = self.past.rows(self.kind, self.value)
        instructed = (row.now for row in named if isinstance(row.first, PaymentInstructed))
        of_claims = self.past.rows("claim", *(line.ref_no for line in instructed if line.ref_kind == CLAIM))
        found = unique(named, (row for row in of_claims if isinstance(row.first, PaymentMade)))
        self.funding = Funding(self.past, found)
        return found

    def begin(self) -> tuple[Part, ...]:
        """The document's figures."""
        orgs = Organisations(self.past.connection, self.moment)
        self.documents = Documents(self.of(AllocationRow), orgs, self.funding, self.value)
        return (self.documents,)

    def own(self) -> Iterator[Occurrence]:
        """Of a payment only the part that the document pays."""
        for occurrence in super().own():
            if Deed.HAPPENED not in occurrence.deeds or not isinstance(occurrence.row.first, PaymentMade):
                yield occurrence
                continue
            shares = self.funding.of(occurrence)
            part_fen = sum(share.amount_fen for share in shares if share.quota_doc_no == self.value)
            if part_fen:
                yield replace(occurrence, amount_fen=part_fen)

    @property
    def figure_fen(self) -> int:
        """What is left of it, over all organisations."""
        return self.documents.unspent_fen

    def state(self) -> dict[str, Any]:
        """The document's state."""
        return {"documents": self.documents.told(), "unspent_fen": self.figure_fen}
