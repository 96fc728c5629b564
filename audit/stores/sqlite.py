"""A book in one SQLite file."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteDatastore

from audit import schema
from audit.faults import BookDamaged, BookExists, BookMissing, BookUnavailable, Conflict, NotABook, OutOfSequence
from audit.recorder import LOCK_TIMEOUT_SECONDS, SealedSQLiteApplicationRecorder
from audit.seal import Entry, Head, state_of
from audit.stores import LOOKUP_CHUNK, Arrivals, Sealed, chunks, first_conflict

CONNECTIONS_KEPT = 8
CONNECTIONS_BEYOND = 56
"""FastAPI reads on 40 threads; a thread that finds no connection waits."""

POLL_SECONDS = 0.1
"""How soon what another process appended is noticed; looking costs 20 µs."""

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
_LEAVES_AND_ENTRIES = """
SELECT CAST(leaf AS BLOB), CAST(entry AS BLOB) FROM events WHERE position BETWEEN ? AND ? ORDER BY position
"""
_TAKEN_VERSIONS = """
SELECT stream, version FROM json_each(?) AS wanted CROSS JOIN events
WHERE stream = json_extract(wanted.value, '$[0]') AND version = json_extract(wanted.value, '$[1]')
"""


class SQLiteStore:
    """The rows of the book in the file at `path`."""

    def __init__(self, path: Path, *, name: str, mode: str, origin: str) -> None:
        self.path = path
        self.name = name
        self.origin = origin
        self.place = str(path)
        self.arrivals = Arrivals(POLL_SECONDS)
        self.recorder = _recorder(path, mode=mode, origin=origin)

    @classmethod
    def create(cls, path: Path, *, name: str, origin: str) -> Self:
        """Make an empty book at `path`.

        Raises:
            BookExists: when a file with anything in it is there.
            BookMissing: when the folder is not there.
        """
        if not path.parent.is_dir():
            raise BookMissing(path)
        if path.exists() and not _is_blank(path):
            raise BookExists(path)
        made = cls(path, name=name, mode="rwc", origin=origin)
        made.recorder.create_table()
        return made

    @classmethod
    def open(cls, path: Path, *, name: str, read_only: bool) -> Self:
        """Open the book at `path`.

        Raises:
            BookMissing: when there is no file.
            NotABook: when the file is something else.
        """
        if not path.is_file():
            raise BookMissing(path)
        return cls(path, name=name, mode="ro" if read_only else "rw", origin=_origin_in(path))

    @property
    def source(self) -> None:
        """The verifier reads the file as it lies."""

    def head(self) -> Head:
        """The last position and its link."""
        for row in self._rows("SELECT position, link FROM head"):
            return Head(*row)
        raise NotABook(self.path, "it has no head")

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one transaction; returns their positions."""
        self._check_sequence(entries)
        try:
            positions = self.recorder.append(entries)
        except IntegrityError as fault:
            first = first_conflict(self, entries)
            if first is None:
                raise BookUnavailable(self.name, str(fault)) from fault
            raise Conflict(*first) from fault
        except (PersistenceError, sqlite3.Error) as fault:
            raise BookUnavailable(self.name, str(fault)) from fault
        self.arrivals.tell()
        return positions

    def between(self, first: int, last: int) -> list[Sealed]:
        """The entries at positions `first` … `last` that are there, by position."""
        return self._sealed(_ROWS_BETWEEN, first, last)

    def at(self, positions: Sequence[int]) -> list[Sealed]:
        """The entries at `positions` that are there, in that order."""
        return self._sealed(_ROWS_AT, json.dumps(list(positions)))

    def stream(self, stream: UUID) -> list[Sealed]:
        """All entries of `stream`, by version."""
        return self._sealed(_ROWS_OF_STREAM, str(stream))

    def latest(self, streams: Sequence[UUID]) -> list[Sealed]:
        """The last version of each of `streams` that is there."""
        return self._sealed(_LATEST_OF_STREAMS, json.dumps([str(stream) for stream in streams]))

    def leaves(self, first: int, last: int) -> list[bytes]:
        """The leaves at positions `first` … `last` that are there, by position."""
        return [leaf for (leaf,) in self._rows(_LEAVES_BETWEEN, first, last)]

    def leaves_and_entries(self, first: int, last: int) -> list[tuple[bytes, bytes]]:
        """The leaf and the entry's bytes at positions `first` … `last` that are there, by position, as they lie."""
        return [(leaf, entry) for leaf, entry in self._rows(_LEAVES_AND_ENTRIES, first, last)]

    def taken(self, versions: Sequence[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Those of `versions` that are there."""
        wanted = json.dumps([(str(stream), version) for stream, version in versions])
        return {(UUID(stream), version) for stream, version in self._rows(_TAKEN_VERSIONS, wanted)}

    def listen(self) -> None:
        """Nothing: SQLite tells nobody, so other processes are noticed by looking."""

    def close(self) -> None:
        """Close the file, once other threads have finished what they are at."""
        self.recorder.datastore.close()

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
        for wanted in chunks(iter(needed), LOOKUP_CHUNK):
            taken = self.taken(wanted)
            for stream, version in wanted:
                if (stream, version) not in taken:
                    raise OutOfSequence(stream, version + 1)

    def _sealed(self, statement: str, *parameters: object) -> list[Sealed]:
        return [self._read(row) for row in self._rows(statement, *parameters)]

    def _read(self, row: Sequence[Any]) -> Sealed:
        position, stream, version, entry, leaf, link, topic = row
        try:
            return Sealed(position, UUID(stream), version, topic, state_of(entry), leaf, link)
        except (ValueError, IndexError) as fault:
            raise BookDamaged(self.name, position) from fault

    def _rows(self, statement: str, *parameters: object) -> list[Any]:
        try:
            with self.recorder.datastore.transaction(commit=False) as cursor:
                cursor.execute(statement, parameters)
                rows: list[Any] = cursor.fetchall()
                return rows
        except (PersistenceError, sqlite3.Error) as fault:
            raise BookUnavailable(self.name, str(fault)) from fault


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
