"""What a history needs of a book: the entries at given positions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from domain.catalogue import as_told, load
from domain.event import Versioned
from projections.feed import Record


class Reader(Protocol):
    """The money book, read where an index points."""

    def at(self, positions: Sequence[int]) -> Iterable[Record]:
        """The entries at `positions`, which rise, in that order."""


def events_at(reader: Reader, positions: Sequence[int]) -> Iterator[Versioned]:
    """The events at `positions`, which rise.

    Raises:
        UnknownTopic: when a newer version wrote one of them.
    """
    for record in reader.at(positions) if positions else ():
        event = load(record.topic, record.state)
        yield as_told(Versioned(record.position, str(record.stream), record.version, record.topic, event, record.leaf))
