"""What every part of a state is."""

from typing import Protocol

from projections.history.occurrence import Occurrence


class Part(Protocol):
    """Takes occurrences in the order of a timeline; passes over what does not concern it."""

    def take(self, occurrence: Occurrence) -> None:
        """Fold one occurrence."""
