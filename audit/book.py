"""A book: entries in one order, sealed, only ever appended to; kept in one SQLite file or in PostgreSQL (DESIGN §3).

What the rest of the house uses::

    with Book.open(folder / "money.db", name="money") as book:
        positions = book.append([NewEntry(stream, 1, "payment-made/v1", state)])
        for sealed in book.read(start=positions.start):
            ...

A book's location is the path of its file, or the URL of a database, `postgresql://…`, in which the book is a schema of
its own, called as the book unless `schema` says otherwise; both behave alike (`audit.stores`).

One `Book` serves many threads of one process; each process opens its own, and none is carried over a fork.
Reading never blocks writing, and sees whole appends only. Reading trusts the store: to know that nothing was changed,
verify (`audit.verify.verify_book`, which takes a `Book` as well as a path).
"""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Self
from uuid import UUID

from audit.faults import (
    BookDamaged,
    BookExists,
    BookIsReadOnly,
    BookMissing,
    BookUnavailable,
    Conflict,
    NotABook,
    OutOfSequence,
)
from audit.merkle import Tree, root_of
from audit.seal import Entry, Head, check_entry, genesis
from audit.stores import LOOKUP_CHUNK, Sealed, Store, chunks
from audit.stores.sqlite import SQLiteStore

if TYPE_CHECKING:
    from audit.verify.reading import Source

__all__ = [
    "Book",
    "BookDamaged",
    "BookExists",
    "BookIsReadOnly",
    "BookMissing",
    "BookUnavailable",
    "Conflict",
    "Head",
    "NewEntry",
    "NotABook",
    "OutOfSequence",
    "Sealed",
]

NewEntry = Entry
"""What is to be appended: `stream`, `version` (from 1), `topic`, `state` (canonical JSON)."""

Location = str | os.PathLike[str]
"""The path of a file, or the URL of a PostgreSQL database."""

URL_SCHEMES = ("postgresql://", "postgres://")

READ_CHUNK = 500
"""Entries fetched at once: at most 33 MB, usually 0.3 MB."""

LEAF_CHUNK = 10_000
ROOTS_KEPT = 10_000
"""Roots remembered: one for each notice that somebody looks at, in half a megabyte."""


class Book:
    """One event log with its own origin and chain. Made by `Book.create`, opened by `Book.open`."""

    def __init__(self, store: Store, *, name: str, read_only: bool) -> None:
        self.name = name
        self.origin = store.origin
        self.read_only = read_only
        self._store = store
        self._tree = Tree()
        self._tree_grows = Lock()
        self._roots: dict[int, bytes] = {}

    @classmethod
    def create(cls, location: Location, *, name: str, origin: str, schema: str | None = None) -> Self:
        """Make an empty book. `origin` names it in checkpoints, and its chain starts from it.

        In a database a new schema is made with three roles, by a user who may make both; whoever uses the book from
        day to day needs only the role to append (`audit.schema_postgresql`).

        Raises:
            BookExists: when a file with anything in it, or a schema, is there.
            BookMissing: when the folder is not there.
            BookUnavailable: when the database is not to be reached, or refuses.
            ValueError: when the origin is empty or more than one line, or a schema cannot be called so.
        """
        genesis(origin)
        store: Store
        if is_url(location):
            from audit.stores.postgresql import PostgreSQLStore

            store = PostgreSQLStore.create(str(location), schema=schema or name, name=name, origin=origin)
        else:
            store = SQLiteStore.create(Path(location), name=name, origin=origin)
        return cls(store, name=name, read_only=False)

    @classmethod
    def open(cls, location: Location, *, name: str, read_only: bool = False, schema: str | None = None) -> Self:
        """Open the book at `location`.

        Raises:
            BookMissing: when there is no file, or no schema.
            NotABook: when it is something else.
            BookUnavailable: when the database is not to be reached, or refuses.
        """
        store: Store
        if is_url(location):
            from audit.stores.postgresql import PostgreSQLStore

            store = PostgreSQLStore.open(str(location), schema=schema or name, name=name)
        else:
            store = SQLiteStore.open(Path(location), name=name, read_only=read_only)
        return cls(store, name=name, read_only=read_only)

    def close(self) -> None:
        """Close the store, once other threads have finished what they are at."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where the book is, in words for a person."""
        return self._store.place

    @property
    def path(self) -> Path:
        """The file of a book that is one.

        Raises:
            TypeError: for a book in a database.
        """
        if not isinstance(self._store, SQLiteStore):
            raise TypeError(f"The book {self.name} is no file: it is in {self.place}.")
        return self._store.path

    @property
    def source(self) -> "Source | None":
        """What the verifier reads the book through; None for a file, which it reads as it lies."""
        return self._store.source

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"<Book {self.name} at {self.place}>"

    @property
    def head(self) -> Head:
        """The last position and its link; position 0 in an empty book."""
        return self._store.head()

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` behind the head, in their order: all of them, or none.

        Returns their positions, when they would survive a power cut. By hundreds is far faster than one by one.

        Raises:
            Conflict: naming the first of `entries` whose stream has that version already.
            OutOfSequence: when the version before is neither in the book nor earlier in `entries`.
            NotAnEntry: when something could not be read back as a sealed entry.
            BookIsReadOnly, BookUnavailable: when the book cannot be written.
        """
        if self.read_only:
            raise BookIsReadOnly(self.name)
        if not entries:
            return range(0)
        for entry in entries:
            check_entry(entry)
        return self._store.append(entries)

    def wait(self, *, beyond: int, timeout_seconds: float) -> int:
        """Wait until the book goes beyond position `beyond`, at most `timeout_seconds`; returns how far it goes.

        An append through this object is noticed at once; one by another process at once on PostgreSQL, which tells
        (`LISTEN`), and within a tenth of a second on SQLite, where it is looked for.
        """
        self._store.listen()
        arrivals = self._store.arrivals
        until = monotonic() + timeout_seconds
        while True:
            told = arrivals.told
            position = self.head.position
            left = until - monotonic()
            if position > beyond or left <= 0:
                return position
            arrivals.wait(told, left)

    def read(self, start: int = 1, limit: int | None = None, through: int | None = None) -> Iterator[Sealed]:
        """The entries from position `start`, at most `limit` of them, up to `through` or what is there now.

        Chunk by chunk, so that memory does not grow with the book; no lock or snapshot is held between chunks, and
        none is needed, since nothing behind the head ever changes.

        Raises:
            BookDamaged: when a position is missing: a reader must not pass over it in silence.
        """
        last = self.head.position if through is None else min(through, self.head.position)
        if limit is not None:
            last = min(last, start + limit - 1)
        for first, until in _windows(start, last, READ_CHUNK):
            found = self._store.between(first, until)
            if len(found) != until - first + 1:
                raise BookDamaged(self.name, first)
            yield from found

    def entry(self, position: int) -> Sealed | None:
        """The entry at `position`, if the book goes that far."""
        return next(iter(self._store.between(position, position)), None)

    def at(self, positions: Collection[int]) -> Iterator[Sealed]:
        """The entries at `positions`, in that order; those beyond the book are passed over."""
        for wanted in chunks(iter(positions), READ_CHUNK):
            yield from self._store.at(wanted)

    def stream(self, stream: UUID) -> list[Sealed]:
        """All entries of `stream`, by version; none if it is not there."""
        return self._store.stream(stream)

    def latest(self, streams: Collection[UUID]) -> dict[UUID, Sealed]:
        """The last version of each of `streams` that exists; 20,000 at once take four queries."""
        found: dict[UUID, Sealed] = {}
        for wanted in chunks(iter(dict.fromkeys(streams)), LOOKUP_CHUNK):
            found.update((sealed.stream, sealed) for sealed in self._store.latest(wanted))
        return found

    def leaves(self, through: int) -> Iterator[bytes]:
        """The leaf hashes of entries 1 … `through`, in order.

        Raises:
            ValueError: when the book does not go that far.
            BookDamaged: when a position is missing.
        """
        return self._leaves(1, through)

    def leaves_and_entries(self, start: int, through: int) -> Iterator[tuple[bytes, bytes]]:
        """The leaf hash and the bytes of each entry `start` … `through`, in order and as they lie: nobody checks them.

        Raises:
            ValueError: when the book does not go that far.
            BookDamaged: when a position is missing.
        """
        size = self.head.position
        if through > size:
            raise ValueError(f"The book {self.name} has {size} entries, and {through} were asked for.")
        for first, until in _windows(start, through, READ_CHUNK):
            found = self._store.leaves_and_entries(first, until)
            if len(found) != until - first + 1:
                raise BookDamaged(self.name, first)
            yield from found

    def root(self, size: int) -> bytes:
        """The RFC 6962 root over the first `size` entries.

        Going on from the last size asked for costs what is new, a size asked for before nothing: no root ever changes.

        Raises:
            ValueError: when the book does not go that far.
        """
        with self._tree_grows:
            if size in self._roots:
                return self._roots[size]
            if size >= self._tree.size:
                self._tree.extend(self._leaves(self._tree.size + 1, size))
                root = self._tree.root()
            else:
                root = root_of(self._leaves(1, size))
            if len(self._roots) >= ROOTS_KEPT:
                self._roots.pop(next(iter(self._roots)))
            self._roots[size] = root
            return root

    def _leaves(self, first: int, through: int) -> Iterator[bytes]:
        size = self.head.position
        if not 0 <= through <= size:
            raise ValueError(f"The book {self.name} has {size} entries, and {through} were asked for.")
        for start, until in _windows(first, through, LEAF_CHUNK):
            found = self._store.leaves(start, until)
            if len(found) != until - start + 1:
                raise BookDamaged(self.name, start)
            yield from found


def is_url(location: Location) -> bool:
    """Whether `location` is a database's and no file's."""
    return isinstance(location, str) and location.startswith(URL_SCHEMES)


def _windows(first: int, last: int, width: int) -> Iterator[tuple[int, int]]:
    """`first` … `last` in windows of at most `width` positions, both ends included."""
    for start in range(first, last + 1, width):
        yield start, min(start + width - 1, last)
