"""A village: who stands on its roster, what it reported as paid, what its organisations and contracts hold."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from domain.disbursement import PaymentMade
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived
from domain.project import ProjectRow
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.contracts import Distributions
from projections.history.parts.documents import Documents, Organisations, quota_money
from projections.history.parts.funding import Funding
from projections.history.parts.money import Subsidies
from projections.history.parts.part import Part
from projections.history.parts.projects import Spent
from projections.history.parts.roster import Standing
from projections.history.past import chunks
from projections.history.row import Row
from projections.history.subject import Subject, unique
from projections.history.telling import is_loan
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import PAYMENTS


class Reported(Subsidies):
    """补贴 that the village reported, and not what its organisations paid for others."""

    def __init__(self, village: str) -> None:
        super().__init__()
        self._village = village

    def take(self, occurrence: Occurrence) -> None:
        """Count a payment to somebody of the village, or what came back of one."""
        if all(getattr(paid.now, "village", None) == self._village for paid, _ in quota_money(occurrence)):
            super().take(occurrence)


class Place(Subject):
    """区划, by name. A row belongs to the place that it names; a township does not add up its villages."""

    kind = "place"

    def find(self) -> list[Row]:
        """Rows that name the place, the money of its contracts, and the money of its organisations."""
        self.orgs = Organisations(self.past.connection, self.moment)
        self.org_names, _ = self.orgs.of_village(self.value)
        naming = self.past.rows(self.kind, self.value)
        contracts = [row.now.contract_no for row in naming if isinstance(row.first, AssetContractSigned)]
        of_contracts = self.past.rows("contract", *contracts)
        self.allocations = self._allocations()
        self.projects = {row.now.project_no for row in naming if isinstance(row.first, ProjectRow)}
        of_projects = self.past.rows("project", *self.projects)
        found = unique(
            naming,
            (row for row in of_projects if isinstance(row.first, PaymentMade)),
            (row for row in of_contracts if isinstance(row.first, DividendReceived | DividendPaid)),
            (row for row in self.allocations if {row.now.from_org, row.now.to_org} & self.org_names),
            self.past.rows_at(self._payments_of(self.org_names)),
        )
        self.funding = Funding(self.past, found)
        return found

    def begin(self) -> tuple[Part, ...]:
        """Who stands on the roster, and the money."""
        self.standing = Standing()
        self.subsidies = Reported(self.value)
        self.documents = Documents(self.allocations, self.orgs, self.funding)
        self.distributions = Distributions(self.rows)
        self.spent = Spent("project_no")
        return self.standing, self.subsidies, self.documents, self.distributions, self.spent

    @property
    def figure_fen(self) -> int:
        """What its people received, net: subsidies that it reported and dividends of its contracts."""
        return self.subsidies.net_fen + self.distributions.net_fen

    def state(self) -> dict[str, Any]:
        """The place's state."""
        standing = self.standing.rows
        return {
            "households": len({row.household_no for row in standing}),
            "persons": len({row.id_no for row in standing}),
            "subsidies": self.subsidies.told(),
            "projects": self.spent.told(self.projects),
            "documents": self.documents.told(at=self.org_names),
            "dividends": self.distributions.told(),
            "received_fen": self.figure_fen,
        }

    def _allocations(self) -> list[Row]:
        """All rows of the documents in which its organisations appear: whose money it was decides what a row is."""
        told = ALLOCATIONS.c
        named: set[str] = set()
        for orgs in chunks(self.org_names):
            found = select(told.quota_doc_no, told.parent_doc_no).where(
                or_(told.from_org.in_(orgs), told.to_org.in_(orgs))
            )
            named.update(document for row in self.past.connection.execute(found) for document in row if document)
        positions: set[int] = set()
        for documents in chunks(named):
            of_these = or_(told.quota_doc_no.in_(documents), told.parent_doc_no.in_(documents))
            positions.update(self.past.connection.execute(select(told.position).where(of_these)).scalars())
        return self.past.rows_at(positions)

    def _payments_of(self, orgs: set[str]) -> set[int]:
        told = PAYMENTS.c
        positions: set[int] = set()
        for some in chunks(orgs):
            found = select(told.position).where(told.org.in_(some))
            positions.update(self.past.connection.execute(found).scalars())
        return positions

    def own(self) -> Iterator[Occurrence]:
        """Of a loan only its 贴息金额, where an organisation of the place paid it."""
        for occurrence in super().own():
            if not is_loan(occurrence.row) or Deed.SUBSIDISED in occurrence.deeds:
                yield occurrence
