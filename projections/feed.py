"""What the projections read: a book's entries in position order, whoever keeps them."""

from collections.abc import Iterator
from typing import Protocol
from uuid import UUID


class Record(Protocol):
    """One sealed entry with its place."""

    @property
    def position(self) -> int:
        """From 1, without a gap."""

    @property
    def stream(self) -> UUID:
        """The stream of the thing that it tells of."""

    @property
    def version(self) -> int:
        """From 1 in its stream."""

    @property
    def topic(self) -> str:
        """The event's name: `payment-made/v1`."""

    @property
    def state(self) -> bytes:
        """Canonical JSON of the event."""

    @property
    def leaf(self) -> bytes:
        """The 32 bytes of its leaf hash."""


class FeedHead(Protocol):
    """How far a feed goes."""

    @property
    def position(self) -> int:
        """Its last position, 0 when it is empty."""


class Feed(Protocol):
    """A book as its readers see it (`audit.book.Book` is one)."""

    @property
    def head(self) -> FeedHead:
        """The end of it, now."""

    def read(self, start: int = 1, limit: int | None = None) -> Iterator[Record]:
        """The entries from position `start` on, in order, at most `limit` of them."""
