"""The three times of a question: as it was, as the office says it knew, as this ledger knew it (OUTPUTS §7)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in all three times.

    as_of:     the business day that is asked about; what occurred later is left out.
    known_on:  the day on which the office should have known it; None: whatever it knew later.
    known_at:  the position up to which this ledger counts; None: all of it.
    """

    as_of: date
    known_on: date | None = None
    known_at: int | None = None

    def recorded(self, position: int) -> bool:
        """Whether this ledger held `position` by then."""
        return self.known_at is None or position <= self.known_at

    def known(self, day: date, known_on: date | None) -> bool:
        """Whether the office knew by then of what happened on `day`; what says nothing was known on its day."""
        return self.known_on is None or (known_on or day) <= self.known_on

    def holds(self, day: date, known_on: date | None) -> bool:
        """Whether what happened on `day` had happened by then, and was known."""
        return day <= self.as_of and self.known(day, known_on)
