"""A person: where they stand on the roster, what they received, what they owe."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.means import Means
from projections.history.parts.part import Part
from projections.history.parts.roster import Standing, village_of
from projections.history.row import Row
from projections.history.subject import ABOUT_A_LOAN, Subject, of_loans, unique
from projections.history.telling import is_loan

PARTIES = ("id_no", "to_id", "payer_id", "payee_id")
"""Fields that say whose a row is: of a member, payee, borrower, counterparty or payer."""


class Death:
    """The day of death, once reached and known."""

    def __init__(self) -> None:
        self.died_on: str | None = None

    def take(self, occurrence: Occurrence) -> None:
        """Record the death."""
        if Deed.DIED in occurrence.deeds:
            self.died_on = str(occurrence.now.death_on)


class Person(Subject):
    """人, by 证号: as member, payee, borrower, shareholder, or holder of a post. Quarantined rows are not joined."""

    kind = "person"

    def find(self) -> list[Row]:
        """Rows about the person, and all about their loans; agents, account holders and signers are passed over."""
        named = [row for row in self.past.rows(self.kind, self.value) if not row.quarantined]
        found = [row for row in named if any(getattr(row.now, party, None) == self.value for party in PARTIES)]
        self._loans = {row.now.loan_no for row in found if is_loan(row)}
        return unique(found, of_loans(self.past, self._loans))

    def begin(self) -> tuple[Part, ...]:
        """Where they stand, what they have, and whether they live."""
        self.standing = Standing()
        self.means = Means()
        self.death = Death()
        return self.standing, self.means, self.death

    def own(self) -> Iterator[Occurrence]:
        """What was moved, repaid or paid for somebody else's loan is a line, and nothing that they have."""
        for occurrence in super().own():
            of_another = isinstance(occurrence.row.first, ABOUT_A_LOAN) and occurrence.now.loan_no not in self._loans
            yield replace(occurrence, deeds=frozenset()) if of_another else occurrence

    @property
    def figure_fen(self) -> int:
        """What they received, net."""
        return self.means.received_fen

    def state(self) -> dict[str, Any]:
        """The person's state."""
        return {
            "village": village_of(self.standing, self.rows),
            "category": self.standing.category,
            "on_roster": bool(self.standing.rows),
            "households": self.standing.households(),
            **self.means.told(self.moment.as_of),
            "died_on": self.death.died_on,
        }
