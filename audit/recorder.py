"""The recorder of a book: the `eventsourcing` library's, sealing in the transaction that inserts.

Used by `audit.book`, and by the library's applications through the environment::

    PERSISTENCE_MODULE=audit.recorder
    SQLITE_DBNAME=…/money.db
    BOOK_ORIGIN=…

or, under the library's own SQLite factory, `APPLICATION_RECORDER_TOPIC=audit.recorder:SealedSQLiteApplicationRecorder`.
The recorder takes whatever the library hands it, topics and states of any form; `audit.book.Book.append` is strict.
It never parses a state: what it hands out is cut from the entry as it was hashed.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from eventsourcing import sqlite
from eventsourcing.persistence import InterfaceError, Notification, OperationalError, ProgrammingError, StoredEvent
from eventsourcing.utils import resolve_topic

from audit import schema
from audit.seal import Entry, Head, genesis, sealed, state_of

UNNAMED_ORIGIN = "mingzhang.invalid/unnamed"
"""The origin of a book that an application makes without naming one; `.invalid` belongs to nobody (RFC 2606)."""

LOCK_TIMEOUT_SECONDS = 60
"""How long a writer waits for its turn; an import takes the lock for a tenth of a second at a time."""

CLOSING_SECONDS = 10
"""How long closing waits for other threads to finish what they are reading or writing."""

STATEMENTS_KEPT = 64
"""Prepared statements a connection keeps; the library keeps one, and preparing our guarded inserts takes 80 µs."""

CACHE_KIB = 16_384
"""Streams are random, so an append touches pages all over their index; with 2 MiB each would be read again."""

LOWEST, HIGHEST = -(2**63), 2**63 - 1
NO_LIMIT = -1
SELECT_STREAM = (
    "SELECT stream, version, topic, entry FROM events WHERE stream = ? AND version > ? AND version <= ? "
    "ORDER BY version LIMIT ?"
)
SELECT_STREAM_BACKWARDS = SELECT_STREAM.replace("ORDER BY version", "ORDER BY version DESC")
SELECT_POSITIONS = (
    "SELECT position, stream, version, topic, entry FROM events WHERE position >= ? AND position <= ? "
    "ORDER BY position LIMIT ?"
)
SELECT_TOPICS = SELECT_POSITIONS.replace("ORDER BY", "AND topic IN (SELECT value FROM json_each(?)) ORDER BY")


class SealedConnectionPool(sqlite.SQLiteConnectionPool):
    """Connections on which an acknowledged commit survives a power cut."""

    def _create_connection(self) -> sqlite.SQLiteConnection:
        try:
            connection = sqlite3.connect(
                self.db_name,
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=self.lock_timeout or LOCK_TIMEOUT_SECONDS,
                cached_statements=STATEMENTS_KEPT,
            )
        except (sqlite3.Error, TypeError) as fault:
            raise InterfaceError(fault) from fault
        connection.row_factory = sqlite3.Row
        if not self.is_sqlite_memory_mode and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return sqlite.SQLiteConnection(sqlite_conn=connection, max_age=self.max_age)

    def put_connection(self, conn: sqlite.SQLiteConnection) -> None:
        """Take a connection back; a commit that failed leaves its transaction open, and the next must not find it."""
        if not conn.closed:
            conn.rollback()
        super().put_connection(conn)

    def close(self) -> None:
        """Close all connections, once those in use have come back: SQLite crashes when one is closed under a reader."""
        deadline = monotonic() + CLOSING_SECONDS
        while self.num_in_use and monotonic() < deadline:
            sleep(0.005)
        super().close()


class SealedSQLiteApplicationRecorder(sqlite.SQLiteApplicationRecorder):
    """Stores each event as one sealed entry, at a position without a gap, and moves the head with it.

    Raises, as the library defines them, with everything rolled back: `IntegrityError` when a stream has that version
    already, `OperationalError` when the file is no book or stays locked.
    """

    def __init__(self, datastore: sqlite.SQLiteDatastore, *, origin: str = UNNAMED_ORIGIN) -> None:
        if datastore.originator_id_type != "uuid":
            raise ProgrammingError("A sealed book names its streams by UUID; set ORIGINATOR_ID_TYPE=uuid.")
        self.origin = origin
        super().__init__(datastore, events_table_name=schema.EVENTS_TABLE)
        self.select_max_notification_id_statement = "SELECT NULLIF(position, 0) FROM head"
        if not isinstance(datastore.pool, SealedConnectionPool):
            datastore.pool = _durable(datastore.pool)

    def construct_create_table_statements(self) -> list[str]:
        """Tables and triggers of a book."""
        return list(schema.STATEMENTS)

    def _create_table(self, c: sqlite.SQLiteCursor) -> None:
        super()._create_table(c)
        c.execute(schema.PUT_FIRST_HEAD, (genesis(self.origin), self.origin))

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one transaction; returns their positions."""
        with self.datastore.transaction(commit=True) as c:
            return self._append(c, entries)

    def _insert_events(self, c: sqlite.SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        return list(self._append(c, map(entry_of, stored_events)))

    def _append(self, c: sqlite.SQLiteCursor, entries: Iterable[Entry]) -> range:
        c.execute(schema.TAKE_HEAD)
        heads = c.fetchall()
        if len(heads) != 1:
            raise OperationalError(f"The book has {len(heads)} heads where it needs one; verify it.")
        head = Head(*heads[0])
        rows = list(sealed(head, entries))
        if rows:
            c.executemany(schema.PUT_EVENT, rows)
            c.execute(schema.MOVE_HEAD, (rows[-1].position, rows[-1].link))
        return range(head.position + 1, head.position + 1 + len(rows))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """The events of one stream by version, `gt` < version ≤ `lte`; `desc` for the last first."""
        bounds = (LOWEST if gt is None else gt, HIGHEST if lte is None else lte)
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                SELECT_STREAM_BACKWARDS if desc else SELECT_STREAM,
                (str(originator_id), *bounds, NO_LIMIT if limit is None else limit),
            )
            return [
                StoredEvent(UUID(stream), version, topic, state_of(entry))
                for stream, version, topic, entry in c.fetchall()
            ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """The events of the book by position, from `start` through `stop`, only those of `topics` if any are named."""
        first = LOWEST if start is None else start if inclusive_of_start else start + 1
        through = HIGHEST if stop is None else stop
        with self.datastore.transaction(commit=False) as c:
            if topics:
                c.execute(SELECT_TOPICS, (first, through, json.dumps(list(topics)), limit))
            else:
                c.execute(SELECT_POSITIONS, (first, through, limit))
            return [
                Notification(UUID(stream), version, topic, state_of(entry), position)
                for position, stream, version, topic, entry in c.fetchall()
            ]


class SealedSQLiteFactory(sqlite.SQLiteFactory):
    """The library's SQLite infrastructure with the sealed recorder; `BOOK_ORIGIN` names the book's origin."""

    BOOK_ORIGIN = "BOOK_ORIGIN"

    def application_recorder(self) -> SealedSQLiteApplicationRecorder:
        """The recorder of the book at `SQLITE_DBNAME`, made if it is not there and `CREATE_TABLE` is not off."""
        topic = self.env.get(self.APPLICATION_RECORDER_TOPIC)
        recorder_class: type[SealedSQLiteApplicationRecorder] = (
            resolve_topic(topic) if topic else SealedSQLiteApplicationRecorder
        )
        recorder = recorder_class(self.datastore, origin=self.env.get(self.BOOK_ORIGIN) or UNNAMED_ORIGIN)
        if self.env_create_table():
            recorder.create_table()
        return recorder


def entry_of(event: StoredEvent) -> Entry:
    """The entry that seals `event`.

    Raises:
        ProgrammingError: when its originator is named by text.
    """
    if not isinstance(event.originator_id, UUID):
        raise ProgrammingError("A sealed book names its streams by UUID, and this event's originator is text.")
    return Entry(event.originator_id, event.originator_version, event.topic, event.state)


def _durable(pool: sqlite.SQLiteConnectionPool) -> SealedConnectionPool:
    """A pool of the same settings as `pool`, which has not opened a connection yet."""
    return SealedConnectionPool(
        db_name=pool.db_name,
        lock_timeout=pool.lock_timeout,
        pool_size=pool.pool_size,
        max_overflow=pool.max_overflow,
        pool_timeout=pool.pool_timeout,
        max_age=pool.max_age,
        pre_ping=pool.pre_ping,
    )
