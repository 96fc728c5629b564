"""Where a book is kept: one file an engine, behind the same few questions.

`audit.stores.sqlite` keeps a book in one file, `audit.stores.postgresql` in one schema of a database. `audit.book.Book`
is all that the rest of the house sees; it picks the store by the book's location, and only there.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from threading import Condition
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar
from uuid import UUID

from audit.seal import Entry, Head, entry_bytes

if TYPE_CHECKING:
    from audit.verify.reading import Source

Item = TypeVar("Item")

LOOKUP_CHUNK = 5_000
"""Streams or versions looked up with one statement."""


class Sealed(NamedTuple):
    """One entry of a book with its place: `leaf` and `link` are 32 bytes each."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes
    leaf: bytes
    link: bytes

    @property
    def entry(self) -> bytes:
        """The four lines that `leaf` is the hash of."""
        return entry_bytes(self.stream, self.version, self.topic, self.state)


class Store(Protocol):
    """One book's rows in one engine.

    Whatever it cannot do it says as a fault of `audit.faults`: `BookUnavailable` when the engine is in the way,
    `BookDamaged` when a row is no entry, `NotABook` when the head is gone.
    """

    origin: str
    place: str
    """Where it is, in words for a person; without a password."""

    arrivals: "Arrivals"

    @property
    def source(self) -> "Source | None":
        """What the verifier reads it through; None for a file."""

    def head(self) -> Head:
        """The last position and its link."""

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one transaction; returns their positions.

        Raises:
            Conflict, OutOfSequence, BookUnavailable: as `audit.book.Book.append`.
        """

    def between(self, first: int, last: int) -> list[Sealed]:
        """The entries at positions `first` … `last` that are there, by position."""

    def at(self, positions: Sequence[int]) -> list[Sealed]:
        """The entries at `positions` that are there, in that order."""

    def stream(self, stream: UUID) -> list[Sealed]:
        """All entries of `stream`, by version."""

    def latest(self, streams: Sequence[UUID]) -> list[Sealed]:
        """The last version of each of `streams` that is there."""

    def leaves(self, first: int, last: int) -> list[bytes]:
        """The leaves at positions `first` … `last` that are there, by position."""

    def leaves_and_entries(self, first: int, last: int) -> list[tuple[bytes, bytes]]:
        """The leaf and the entry's bytes at positions `first` … `last` that are there, by position, as they lie."""

    def taken(self, versions: Sequence[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Those of `versions` that are there."""

    def listen(self) -> None:
        """See that `arrivals` is told of what other processes append, if the engine can tell."""

    def close(self) -> None:
        """Let go of the engine, once other threads have finished what they are at."""


class Arrivals:
    """Wakes those who wait for something to be appended; told early, late or for nothing, they look for themselves."""

    def __init__(self, poll_seconds: float) -> None:
        self.poll_seconds = poll_seconds
        self.told = 0
        self._changed = Condition()

    def tell(self) -> None:
        """Something was appended, as far as one knows."""
        with self._changed:
            self.told += 1
            self._changed.notify_all()

    def wait(self, told: int, seconds: float) -> None:
        """Wait until `tell` was called more than `told` times, at most `seconds` and never longer than it pays to."""
        with self._changed:
            self._changed.wait_for(lambda: self.told != told, timeout=min(seconds, self.poll_seconds))


def chunks(items: Iterator[Item], width: int) -> Iterator[list[Item]]:
    """`items` in lists of at most `width`."""
    while chunk := list(islice(items, width)):
        yield chunk


def first_conflict(store: Store, entries: Collection[Entry]) -> tuple[UUID, int] | None:
    """The first of `entries` that is in the book or earlier in `entries`; what is there stays there."""
    versions = [(entry.stream, entry.version) for entry in entries]
    taken: set[tuple[UUID, int]] = set()
    for wanted in chunks(iter(versions), LOOKUP_CHUNK):
        taken |= store.taken(wanted)
    for stream_version in versions:
        if stream_version in taken:
            return stream_version
        taken.add(stream_version)
    return None
