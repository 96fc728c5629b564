"""A household: its members, what it received, what it owes."""

from typing import Any

from domain.disbursement import PaymentMade
from domain.person import RosterRow
from projections.history.parts.means import Means
from projections.history.parts.part import Part
from projections.history.parts.roster import Households, Standing, village_of
from projections.history.row import Row
from projections.history.subject import Subject, of_loans, unique
from projections.history.telling import is_loan


class Household(Subject):
    """户. It is touched by 户编号, through its loans, and by payments to its members that state no household."""

    kind = "household"

    def find(self) -> list[Row]:
        """Rows that state the 户编号, and what its people were paid without one while they stood in it."""
        stating = [row for row in self.past.rows(self.kind, self.value) if self._is_stated_in(row)]
        people = [row.now.id_no for row in stating if isinstance(row.first, RosterRow)]
        of_people = self.past.rows("person", *people)
        households = Households(of_people, self.moment)
        loans = (row.now.loan_no for row in stating if is_loan(row))
        return unique(
            stating,
            (row for row in of_people if self._is_joined(row, households)),
            of_loans(self.past, loans),
        )

    def begin(self) -> tuple[Part, ...]:
        """Who stands in it, and what they have."""
        self.standing = Standing()
        self.means = Means()
        return self.standing, self.means

    @property
    def figure_fen(self) -> int:
        """What it received, net."""
        return self.means.received_fen

    def state(self) -> dict[str, Any]:
        """The household's state."""
        return {
            "village": village_of(self.standing, self.rows),
            "category": self.standing.category,
            "on_roster": bool(self.standing.rows),
            "members": self.standing.members(),
            **self.means.told(self.moment.as_of),
        }

    def _is_stated_in(self, row: Row) -> bool:
        return getattr(row.now, "household_no", None) == self.value

    def _is_joined(self, row: Row, households: Households) -> bool:
        """Whether it is a payment that states no household, to somebody who stood in this one (OUTPUTS §6)."""
        if (
            not isinstance(row.first, PaymentMade)
            or row.now.paid_for is not None
            or row.quarantined
            or row.now.household_no is not None
        ):
            return False
        return households.on(row.now.id_no, row.now.paid_on) == self.value
