"""A book: entries in one order, sealed, only ever appended to; kept in one SQLite file (DESIGN §3).

What the rest of the house uses::

    with Book.open(folder / "money.db", name="money") as book:
        positions = book.append([NewEntry(stream, 1, "payment-made/v1", state)])
        for sealed in book.read(start=positions.start):
            ...

One `Book` serves many threads of one process; each process opens its own, and none is carried over a fork.
Reading never blocks writing, and sees whole appends only. Reading trusts the file: to know that nothing was changed,
verify (`audit.verify.verify_book`, which takes a `Book` as well as a path).
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteDatastore

from audit import schema
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
from audit.recorder import LOCK_TIMEOUT_SECONDS, SealedSQLiteApplicationRecorder
from audit.seal import Entry, Head, check_entry, entry_bytes, genesis, state_of

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

Item = TypeVar("Item")

NewEntry = Entry
"""What is to be appended: `stream`, `version` (from 1), `topic`, `state` (canonical JSON)."""

READ_CHUNK = 500
"""Entries fetched at once: at most 33 MB, usually 0.3 MB."""

LEAF_CHUNK = 10_000
LOOKUP_CHUNK = 5_000
ROOTS_KEPT = 10_000
"""Roots remembered: one for each notice that somebody looks at, in half a megabyte."""

CONNECTIONS_KEPT = 8
CONNECTIONS_BEYOND = 56
"""FastAPI reads on 40 threads; a thread that finds no connection waits."""

_ROWS = "SELECT position, stream, version, entry, leaf, link, topic FROM events "
_ROWS_BETWEEN = _ROWS + "WHERE position BETWEEN ? AND ? ORDER BY position"
_ROWS_OF_STREAM = _ROWS + "WHERE stream = ? ORDER BY version"
_LATEST_OF_STREAMS = """
SELECT position, stream, version, entry, leaf, link, topic FROM json_each(?) AS wanted CROSS JOIN events
WHERE stream = wanted.value AND version = (SELECT MAX(version) FROM events AS own WHERE own.stream = wanted.value)
"""
_ROWS_AT = """
SELECT position, stream, version, entry, leaf, link, topic FROM json_each(?) AS wanted CROSS JOIN events
WHERE position = wanted.value
"""
_LEAVES_BETWEEN = "SELECT leaf FROM events WHERE position BETWEEN ? AND ? ORDER BY position"
_TAKEN_VERSIONS = """
SELECT stream, version FROM json_each(?) AS wanted CROSS JOIN events
WHERE stream = json_extract(wanted.value, '$[0]') AND version = json_extract(wanted.value, '$[1]')
"""


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


class Book:
    """One event log with its own origin and chain. Made by `Book.create`, opened by `Book.open`."""

    def __init__(self, recorder: SealedSQLiteApplicationRecorder, path: Path, *, name: str, read_only: bool) -> None:
        self.name = name
        self.path = path
        self.origin = recorder.origin
        self.read_only = read_only
        self._recorder = recorder
        self._tree = Tree()
        self._tree_grows = Lock()
        self._roots: dict[int, bytes] = {}

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, name: str, origin: str) -> Self:
        """Make an empty book at `path`. `origin` names it in checkpoints, and its chain starts from it.

        Raises:
            BookExists: when a file with anything in it is there.
            BookMissing: when the folder is not there.
            ValueError: when the origin is empty or more than one line.
        """
        file = Path(path)
        genesis(origin)
        if not file.parent.is_dir():
            raise BookMissing(file)
        if file.exists() and not _is_blank(file):
            raise BookExists(file)
        recorder = _recorder(file, mode="rwc", origin=origin)
        recorder.create_table()
        return cls(recorder, file, name=name, read_only=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, name: str, read_only: bool = False) -> Self:
        """Open the book at `path`.

        Raises:
            BookMissing: when there is no file.
            NotABook: when the file is something else.
        """
        file = Path(path)
        if not file.is_file():
            raise BookMissing(file)
        recorder = _recorder(file, mode="ro" if read_only else "rw", origin=_origin_in(file))
        return cls(recorder, file, name=name, read_only=read_only)

    def close(self) -> None:
        """Close the file, once other threads have finished what they are at."""
        self._recorder.datastore.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"<Book {self.name} at {self.path}>"

    @property
    def head(self) -> Head:
        """The last position and its link; position 0 in an empty book."""
        for row in self._rows("SELECT position, link FROM head"):
            return Head(*row)
        raise NotABook(self.path, "it has no head")

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
        self._check_sequence(entries)
        try:
            return self._recorder.append(entries)
        except IntegrityError as fault:
            first = self._first_conflict(entries)
            if first is None:
                raise BookUnavailable(self.name, str(fault)) from fault
            raise Conflict(*first) from fault
        except (PersistenceError, sqlite3.Error) as fault:
            raise BookUnavailable(self.name, str(fault)) from fault

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
            rows = self._rows(_ROWS_BETWEEN, first, until)
            if len(rows) != until - first + 1:
                raise BookDamaged(self.name, first)
            yield from map(self._sealed, rows)

    def entry(self, position: int) -> Sealed | None:
        """The entry at `position`, if the book goes that far."""
        rows = self._rows(_ROWS_BETWEEN, position, position)
        return self._sealed(rows[0]) if rows else None

    def at(self, positions: Collection[int]) -> Iterator[Sealed]:
        """The entries at `positions`, in that order; those beyond the book are passed over."""
        for wanted in _chunks(iter(positions), READ_CHUNK):
            yield from map(self._sealed, self._rows(_ROWS_AT, json.dumps(list(wanted))))

    def stream(self, stream: UUID) -> list[Sealed]:
        """All entries of `stream`, by version; none if it is not there."""
        return [self._sealed(row) for row in self._rows(_ROWS_OF_STREAM, str(stream))]

    def latest(self, streams: Collection[UUID]) -> dict[UUID, Sealed]:
        """The last version of each of `streams` that exists; 20,000 at once take four queries."""
        found: dict[UUID, Sealed] = {}
        for wanted in _chunks(iter(dict.fromkeys(streams)), LOOKUP_CHUNK):
            for row in self._rows(_LATEST_OF_STREAMS, json.dumps([str(stream) for stream in wanted])):
                sealed = self._sealed(row)
                found[sealed.stream] = sealed
        return found

    def leaves(self, through: int) -> Iterator[bytes]:
        """The leaf hashes of entries 1 … `through`, in order.

        Raises:
            ValueError: when the book does not go that far.
            BookDamaged: when a position is missing.
        """
        return self._leaves(1, through)

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
            rows = self._rows(_LEAVES_BETWEEN, start, until)
            if len(rows) != until - start + 1:
                raise BookDamaged(self.name, start)
            for (leaf,) in rows:
                yield leaf

    def _check_sequence(self, entries: Sequence[Entry]) -> None:
        """See that no version would leave a gap: the verifier would take the gap for tampering, for ever."""
        arriving: dict[UUID, int] = {}
        needed: list[tuple[UUID, int]] = []
        for stream, version, _, _ in entries:
            before = arriving.get(stream)
            if before is None and version > 1:
                needed.append((stream, version - 1))
            elif before is not None and version > before + 1:
                raise OutOfSequence(stream, version)
            arriving[stream] = version
        taken = self._taken(needed)
        for stream, version in needed:
            if (stream, version) not in taken:
                raise OutOfSequence(stream, version + 1)

    def _first_conflict(self, entries: Sequence[Entry]) -> tuple[UUID, int] | None:
        """The first of `entries` that is in the book or earlier in `entries`; what is there stays there."""
        versions = [(entry.stream, entry.version) for entry in entries]
        taken = self._taken(versions)
        for stream_version in versions:
            if stream_version in taken:
                return stream_version
            taken.add(stream_version)
        return None

    def _taken(self, versions: Sequence[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        taken: set[tuple[UUID, int]] = set()
        for wanted in _chunks(iter(versions), LOOKUP_CHUNK):
            rows = self._rows(_TAKEN_VERSIONS, json.dumps([(str(stream), version) for stream, version in wanted]))
            taken.update((UUID(stream), version) for stream, version in rows)
        return taken

    def _rows(self, statement: str, *parameters: object) -> list[Any]:
        try:
            with self._recorder.datastore.transaction(commit=False) as cursor:
                cursor.execute(statement, parameters)
                rows: list[Any] = cursor.fetchall()
                return rows
        except (PersistenceError, sqlite3.Error) as fault:
            raise BookUnavailable(self.name, str(fault)) from fault

    def _sealed(self, row: Sequence[Any]) -> Sealed:
        position, stream, version, entry, leaf, link, topic = row
        try:
            return Sealed(position, UUID(stream), version, topic, state_of(entry), leaf, link)
        except (ValueError, IndexError) as fault:
            raise BookDamaged(self.name, position) from fault


def _recorder(path: Path, *, mode: str, origin: str) -> SealedSQLiteApplicationRecorder:
    datastore = SQLiteDatastore(
        f"{path.absolute().as_uri()}?mode={mode}",
        lock_timeout=LOCK_TIMEOUT_SECONDS,
        pool_size=CONNECTIONS_KEPT,
        max_overflow=CONNECTIONS_BEYOND,
        pool_timeout=LOCK_TIMEOUT_SECONDS,
    )
    return SealedSQLiteApplicationRecorder(datastore, origin=origin)


def _is_blank(path: Path) -> bool:
    """Whether `path` is what a crash leaves of a book that was being made: a database without a table."""
    try:
        with closing(_reading(path)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None
    except sqlite3.DatabaseError:
        return False


def _origin_in(path: Path) -> str:
    try:
        with closing(_reading(path)) as connection:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if not {schema.EVENTS_TABLE, schema.HEAD_TABLE} <= found:
                raise NotABook(path, "it is a database without the tables of a book")
            heads = connection.execute("SELECT origin FROM head").fetchall()
    except sqlite3.DatabaseError as fault:
        raise NotABook(path, str(fault)) from fault
    if len(heads) != 1:
        raise NotABook(path, f"it has {len(heads)} heads where a book has one")
    origin: str = heads[0][0]
    return origin


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=LOCK_TIMEOUT_SECONDS)


def _windows(first: int, last: int, width: int) -> Iterator[tuple[int, int]]:
    """`first` … `last` in windows of at most `width` positions, both ends included."""
    for start in range(first, last + 1, width):
        yield start, min(start + width - 1, last)


def _chunks(items: Iterator[Item], width: int) -> Iterator[list[Item]]:
    while chunk := list(islice(items, width)):
        yield chunk
