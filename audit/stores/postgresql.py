"""A book in one schema of a PostgreSQL database."""

from collections.abc import Sequence
from typing import Any, LiteralString, Self
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, PersistenceError
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import DuplicateSchema
from psycopg.sql import SQL, Identifier

from audit import schema_postgresql
from audit.arrays_postgresql import bigints, uuids
from audit.faults import BookDamaged, BookExists, BookMissing, BookUnavailable, Conflict, NotABook, OutOfSequence
from audit.recorder_postgresql import SealedPostgresApplicationRecorder, SealedPostgresDatastore, create_book
from audit.seal import Entry, Head, state_of
from audit.stores import Arrivals, Sealed, first_conflict
from audit.stores.listening import Listener
from audit.stores.source_postgresql import PostgreSQLSource

POLL_SECONDS = 1.0
"""How soon what another process appended is noticed where the server's word does not get through."""

ATTEMPTS_TO_READ = 2
"""Reading again changes nothing, so a connection that was lost is the reader's trouble only if the next is too."""

_ROWS = "SELECT position, stream, version, entry, leaf, link, topic FROM {here}.events "
_ROWS_BETWEEN = _ROWS + "WHERE position BETWEEN %s AND %s ORDER BY position"
_ROWS_OF_STREAM = _ROWS + "WHERE stream = %s ORDER BY version"
_LATEST_OF_STREAMS = """
SELECT last.* FROM unnest(%s) AS wanted (stream) CROSS JOIN LATERAL (
  SELECT position, stream, version, entry, leaf, link, topic FROM {here}.events
  WHERE events.stream = wanted.stream ORDER BY version DESC LIMIT 1
) AS last
"""
_ROWS_AT = """
SELECT found.* FROM unnest(%s) WITH ORDINALITY AS wanted (position, n) CROSS JOIN LATERAL (
  SELECT position, stream, version, entry, leaf, link, topic FROM {here}.events
  WHERE events.position = wanted.position LIMIT 1
) AS found ORDER BY wanted.n
"""
_LEAVES_BETWEEN = "SELECT leaf FROM {here}.events WHERE position BETWEEN %s AND %s ORDER BY position"
_LEAVES_AND_ENTRIES = "SELECT leaf, entry FROM {here}.events WHERE position BETWEEN %s AND %s ORDER BY position"
_TAKEN_VERSIONS = """
SELECT wanted.stream, wanted.version FROM unnest(%s, %s) AS wanted (stream, version) CROSS JOIN LATERAL (
  SELECT 1 FROM {here}.events WHERE events.stream = wanted.stream AND events.version = wanted.version LIMIT 1
) AS found
"""
_HEAD = "SELECT position, link FROM {here}.head"


class PostgreSQLStore:
    """The rows of the book in `schema` of the database at `url`."""

    def __init__(self, url: str, *, schema: str, name: str, origin: str) -> None:
        self.url = url
        self.schema = schema
        self.name = name
        self.origin = origin
        self.place = place_of(url, schema)
        self.arrivals = Arrivals(POLL_SECONDS)
        self.datastore = SealedPostgresDatastore(url, schema=schema)
        self.recorder = SealedPostgresApplicationRecorder(self.datastore, origin=origin)
        self._listener = Listener(url, schema_postgresql.channel_of(schema), self.arrivals)

    @classmethod
    def create(cls, url: str, *, schema: str, name: str, origin: str) -> Self:
        """Make an empty book in a new schema, with its three roles (`audit.schema_postgresql`).

        Raises:
            BookExists: when the schema is there.
            BookUnavailable: when the server cannot be reached, or lets this user make no schema or no roles.
            ValueError: when the schema cannot be named so.
        """
        schema_postgresql.roles_of("", schema)
        place = place_of(url, schema)
        try:
            with psycopg.connect(url, prepare_threshold=None) as connection, connection.cursor() as cursor:
                create_book(cursor, schema, origin)
        except DuplicateSchema as fault:
            raise BookExists(place) from fault
        except (psycopg.Error, PersistenceError) as fault:
            raise BookUnavailable(name, told(fault)) from fault
        return cls.open(url, schema=schema, name=name)

    @classmethod
    def open(cls, url: str, *, schema: str, name: str) -> Self:
        """Open the book in `schema`.

        Raises:
            BookMissing: when there is no such schema.
            NotABook: when the schema holds something else, or a book that lost its head.
            BookUnavailable: when the server cannot be reached, or this user may not read the book.
        """
        schema_postgresql.roles_of("", schema)
        return cls(url, schema=schema, name=name, origin=_origin_in(url, schema, name))

    @property
    def source(self) -> PostgreSQLSource:
        """What the verifier reads it through."""
        return PostgreSQLSource(self.url, self.schema, self.name, self.place)

    def head(self) -> Head:
        """The last position and its link."""
        for row in self._rows(_HEAD):
            return Head(*row)
        raise NotABook(self.place, "it has no head")

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one transaction; returns their positions."""
        try:
            positions = self.recorder.append(entries)
        except IntegrityError as fault:
            first = first_conflict(self, entries)
            if first is None:
                raise BookUnavailable(self.name, told(fault)) from fault
            raise Conflict(*first) from fault
        except (PersistenceError, psycopg.Error) as fault:
            said = fault.__cause__ if isinstance(fault, PersistenceError) else fault
            if isinstance(said, psycopg.Error) and said.sqlstate == schema_postgresql.OUT_OF_SEQUENCE:
                ahead = entries[int(said.diag.message_detail or 1) - 1]
                raise OutOfSequence(ahead.stream, ahead.version) from fault
            raise BookUnavailable(self.name, told(fault)) from fault
        self.arrivals.tell()
        return positions

    def between(self, first: int, last: int) -> list[Sealed]:
        """The entries at positions `first` … `last` that are there, by position."""
        return self._sealed(_ROWS_BETWEEN, first, last)

    def at(self, positions: Sequence[int]) -> list[Sealed]:
        """The entries at `positions` that are there, in that order."""
        return self._sealed(_ROWS_AT, bigints(positions))

    def stream(self, stream: UUID) -> list[Sealed]:
        """All entries of `stream`, by version."""
        return self._sealed(_ROWS_OF_STREAM, stream)

    def latest(self, streams: Sequence[UUID]) -> list[Sealed]:
        """The last version of each of `streams` that is there."""
        return self._sealed(_LATEST_OF_STREAMS, uuids(streams))

    def leaves(self, first: int, last: int) -> list[bytes]:
        """The leaves at positions `first` … `last` that are there, by position."""
        return [leaf for (leaf,) in self._rows(_LEAVES_BETWEEN, first, last)]

    def leaves_and_entries(self, first: int, last: int) -> list[tuple[bytes, bytes]]:
        """The leaf and the entry's bytes at positions `first` … `last` that are there, by position, as they lie."""
        return self._rows(_LEAVES_AND_ENTRIES, first, last)

    def taken(self, versions: Sequence[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Those of `versions` that are there."""
        streams, numbers = zip(*versions, strict=True) if versions else ((), ())
        return set(self._rows(_TAKEN_VERSIONS, uuids(streams), bigints(numbers)))

    def listen(self) -> None:
        """Start to listen for what other processes append, on a connection of its own."""
        self._listener.start()

    def close(self) -> None:
        """Close the connections; a thread that is at something finishes it first."""
        self._listener.stop()
        self.datastore.close()

    def _sealed(self, statement: LiteralString, *parameters: object) -> list[Sealed]:
        return [self._read(row) for row in self._rows(statement, *parameters)]

    def _read(self, row: Sequence[Any]) -> Sealed:
        position, stream, version, entry, leaf, link, topic = row
        try:
            return Sealed(position, stream, version, topic, state_of(entry), leaf, link)
        except IndexError as fault:
            raise BookDamaged(self.name, position) from fault

    def _rows(self, statement: LiteralString, *parameters: object) -> list[Any]:
        query = SQL(statement).format(here=Identifier(self.schema))
        for attempt in range(1, ATTEMPTS_TO_READ + 1):
            try:
                with self.datastore.reading() as cursor:
                    return cursor.execute(query, parameters).fetchall()
            except (PersistenceError, psycopg.Error) as fault:
                if attempt == ATTEMPTS_TO_READ or not isinstance(fault.__cause__, psycopg.OperationalError):
                    raise BookUnavailable(self.name, told(fault)) from fault
        return []


def place_of(url: str, schema: str) -> str:
    """Where a book is, in words for a person: a password that stands in the URL does not stand there."""
    known = conninfo_to_dict(url)
    where = ", ".join(f"{part} {known[part]}" for part in ("host", "port") if known.get(part))
    return f"schema {schema} of the database {known.get('dbname', '')} ({where or 'local'})"


def told(fault: BaseException) -> str:
    """What the engine said, on one line."""
    return " ".join(str(fault).split()) or type(fault).__name__


def _origin_in(url: str, schema: str, name: str) -> str:
    place = place_of(url, schema)
    try:
        with psycopg.connect(url, prepare_threshold=None) as connection:
            found = connection.execute(
                "SELECT to_regnamespace(%s) IS NOT NULL, to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL",
                (schema, f"{schema}.events", f"{schema}.head"),
            ).fetchone()
            if found is None or not found[0]:
                raise BookMissing(place)
            if not found[1]:
                raise NotABook(place, "it is a schema without the tables of a book")
            heads = connection.execute(SQL("SELECT origin FROM {}.head").format(Identifier(schema))).fetchall()
    except psycopg.errors.UndefinedColumn as fault:
        raise NotABook(place, told(fault)) from fault
    except psycopg.Error as fault:
        raise BookUnavailable(name, told(fault)) from fault
    if len(heads) != 1:
        raise NotABook(place, f"it has {len(heads)} heads where a book has one")
    origin: str = heads[0][0]
    return origin
