"""A row of a workbook through time: what it stated first, and what was stated again of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from domain.catalogue import BESIDE_A_ROW
from domain.event import Event, Versioned


@dataclass(frozen=True, slots=True)
class Row:
    """The versions of one stream that this ledger held at a moment, the oldest first; there is at least one.

    A change event carries the whole row, so the last version is the row as it was last stated.
    """

    versions: tuple[Versioned, ...]

    @property
    def stream(self) -> str:
        """What names the row for good; what stands beside a row on its stream is named by its position too."""
        return _stream(self.versions[0])

    @property
    def first(self) -> Event:
        """The row as it was first stated."""
        return self.versions[0].event

    @property
    def now(self) -> Any:
        """The row as it was last stated: an event of the row's family, whose fields the caller knows."""
        return self.versions[-1].event

    @property
    def quarantined(self) -> bool:
        """Whether it is recorded as stated, and not joined to people and programmes."""
        return bool(self.now.quarantine)

    def since(self, value_of: Callable[[Any], object]) -> Versioned:
        """The version from which on `value_of` the row is what it is now."""
        told = self.versions[-1]
        for placed in reversed(self.versions):
            if value_of(placed.event) != value_of(self.now):
                break
            told = placed
        return told


def rows_of(versions: Iterable[Versioned]) -> list[Row]:
    """`versions` of many streams, in position order, as rows; rows are in the order of their first versions."""
    by_stream: dict[str, list[Versioned]] = {}
    for placed in versions:
        by_stream.setdefault(_stream(placed), []).append(placed)
    return [Row(tuple(told)) for told in by_stream.values()]


def _stream(placed: Versioned) -> str:
    return f"{placed.stream}@{placed.position}" if placed.topic in BESIDE_A_ROW else placed.stream
