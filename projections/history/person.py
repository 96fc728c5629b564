"""A person: where they stand on the roster, what they received, what they owe."""

from typing import Any

from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.means import Means
from projections.history.parts.part import Part
from projections.history.parts.roster import Standing, village_of
from projections.history.row import Row
from projections.history.subject import Subject


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
        """Rows about the person; those that only name them (agent, account holder, signer) are another's."""
        found = self.past.rows(self.kind, self.value)
        return [row for row in found if getattr(row.now, "id_no", None) == self.value and not row.quarantined]

    def begin(self) -> tuple[Part, ...]:
        """Where they stand, what they have, and whether they live."""
        self.standing = Standing()
        self.means = Means()
        self.death = Death()
        return self.standing, self.means, self.death

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
