"""The recorder of a book in PostgreSQL: the `eventsourcing` library's, sealing in one function of the database.

Used by `audit.stores.postgresql`, and by the library's applications through the environment::

    PERSISTENCE_MODULE=audit.recorder_postgresql
    POSTGRES_DBNAME=…  POSTGRES_HOST=…  POSTGRES_USER=…  POSTGRES_PASSWORD=…
    POSTGRES_SCHEMA=money
    BOOK_ORIGIN=…

As on SQLite it takes whatever the library hands it, and `audit.book.Book.append` is strict. An append is one statement
and no session state is relied upon, so a pooler like PgBouncer may stand between; only `LISTEN` needs a session.

The library's own way is left in one more respect: it swallows what a client raises while it inserts, until after the
commit, and tracking then stands without its events. Here whatever is raised rolls everything back. And nothing is
tried twice: whether the first attempt was recorded, a lost connection cannot tell (`audit.faults.BookUnavailable`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from select import select
from typing import Any
from uuid import UUID

from eventsourcing import postgres
from eventsourcing.persistence import Notification, ProgrammingError, StoredEvent
from eventsourcing.utils import resolve_topic
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL, Composed, Identifier

from audit import schema_postgresql as schema
from audit.arrays_postgresql import bigints, byteas, register_arrays, texts, uuids
from audit.recorder import UNNAMED_ORIGIN, entry_of
from audit.seal import Entry, entry_bytes, genesis, state_of

CONNECTION_SECONDS = 10
"""How long a caller waits for a connection before it is told that there is none."""

FORGET_SECONDS = 3
"""How long the pool tries again by itself to connect; after that the next caller makes it try at once."""


class SealedPostgresDatastore(postgres.PostgresDatastore):
    """The library's datastore on a connection string of any form (`sslmode`, several hosts, a service)."""

    def __init__(self, conninfo: str, *, schema: str, connections: int = 2, connections_beyond: int = 14) -> None:
        super().__init__("", "", "", "", "", schema=schema)
        self.pool = _pool(self, conninfo, kept=connections, beyond=connections_beyond)

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """What is done to a new connection: nothing that the server would have to remember."""

        def after_connect(connection: Connection[DictRow]) -> None:
            connection.autocommit = True
            register_arrays(connection)

        return after_connect

    @contextmanager
    def reading(self) -> Iterator[Cursor[Any]]:
        """A cursor that gives rows as plain tuples, of binary values."""
        with self.get_connection() as connection, connection.cursor(binary=True, row_factory=tuple_row) as cursor:
            yield cursor


class SealedPostgresApplicationRecorder(postgres.PostgresApplicationRecorder):
    """Stores each event as one sealed entry, at a position without a gap, and moves the head with it.

    Raises, as the library defines them, with everything rolled back: `IntegrityError` when a stream has that version
    already, `OperationalError` when the server cannot be reached: then nobody knows whether it was recorded.
    """

    def __init__(
        self,
        datastore: postgres.PostgresDatastore,
        *,
        events_table_name: str = "events",
        origin: str = UNNAMED_ORIGIN,
    ) -> None:
        if datastore.originator_id_type != "uuid":
            raise ProgrammingError("A sealed book names its streams by UUID; set ORIGINATOR_ID_TYPE=uuid.")
        if datastore.schema == "public":
            raise ProgrammingError("A sealed book stands in a schema of its own; set POSTGRES_SCHEMA.")
        if isinstance(datastore.pool.kwargs, dict):
            datastore.pool.kwargs["prepare_threshold"] = None
        self.origin = origin
        super().__init__(datastore, events_table_name="events")
        here = Identifier(datastore.schema)
        self.sql_create_statements = []
        self.channel_name = schema.channel_of(datastore.schema)
        self.max_notification_id_statement = SQL("SELECT NULLIF(position, 0) AS max FROM {}.head").format(here)
        self._seal = SQL("SELECT {}.append(%b, %b, %b, %b, %b)").format(here)
        self._select = SQL("SELECT position, stream, version, topic, entry FROM {}.events WHERE ").format(here)

    def create_table(self) -> None:
        """Make the schema, tables, function, guards and roles of a book, if its head is not there.

        Raises:
            ProgrammingError: when the schema is there and holds something else, or the roles cannot be made.
        """
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.datastore.schema,))
            cursor.execute("SELECT to_regclass(%s) IS NULL AS missing", (f"{self.datastore.schema}.head",))
            found = cursor.fetchone()
            if found is not None and found["missing"]:
                self._create_table(cursor)

    def _create_table(self, curs: Cursor[DictRow]) -> None:
        create_book(curs, self.datastore.schema, self.origin)

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one statement, which is one transaction; returns their positions.

        Strict: a version that would follow none is refused, in the transaction and so free of races.
        """
        with self.datastore.get_connection() as connection:
            return self._append(connection, entries, strict=True)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Seal `stored_events` and whatever a subclass inserts with them: all of it, or nothing."""
        entries = [entry_of(event) for event in stored_events]
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_events(cursor, stored_events, **kwargs)
            if not entries:
                return []
            return list(self._append(cursor.connection, entries, strict=False))

    def _append(self, connection: Connection[Any], entries: Sequence[Entry], *, strict: bool) -> range:
        if not isinstance(self.datastore, SealedPostgresDatastore):
            register_arrays(connection)  # before the cursor, which takes over what the connection knows then
        given = (
            byteas([entry_bytes(*entry) for entry in entries]),
            uuids(entry.stream for entry in entries),
            bigints(entry.version for entry in entries),
            texts(entry.topic for entry in entries),
            strict,
        )
        with connection.cursor(row_factory=tuple_row) as cursor:
            ((reached,),) = cursor.execute(self._seal, given).fetchall()
        return range(reached - len(entries) + 1, reached + 1)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream by version, `gt` < version ≤ `lte`; `desc` for the last first."""
        where: list[tuple[str, Any]] = [("stream = %s", originator_id)]
        if gt is not None:
            where.append(("version > %s", gt))
        if lte is not None:
            where.append(("version <= %s", lte))
        order = "ORDER BY version DESC LIMIT %s" if desc else "ORDER BY version LIMIT %s"
        return [
            StoredEvent(stream, version, topic, state_of(entry))
            for _, stream, version, topic, entry in self._selected(where, order, limit)
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events of the book by position, from `start` through `stop`, only those of `topics` if any are named."""
        where: list[tuple[str, Any]] = []
        if start is not None:
            where.append(("position >= %s" if inclusive_of_start else "position > %s", start))
        if stop is not None:
            where.append(("position <= %s", stop))
        if topics:
            where.append(("topic = ANY(%s)", list(topics)))
        return [
            Notification(stream, version, topic, state_of(entry), position)
            for position, stream, version, topic, entry in self._selected(where, "ORDER BY position LIMIT %s", limit)
        ]

    def _selected(self, where: Sequence[tuple[str, Any]], order: str, limit: int | None) -> Iterable[tuple[Any, ...]]:
        conditions = " AND ".join(condition for condition, _ in where) or "true"
        query: Composed = self._select + SQL(f"{conditions} {order}")
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(query, [*(value for _, value in where), limit]).fetchall()


class SealedPostgresFactory(postgres.PostgresFactory):
    """The library's PostgreSQL infrastructure with the sealed recorder; `BOOK_ORIGIN` names the book's origin."""

    BOOK_ORIGIN = "BOOK_ORIGIN"

    def application_recorder(self) -> SealedPostgresApplicationRecorder:
        """The recorder of the book in `POSTGRES_SCHEMA`, made if it is not there and `CREATE_TABLE` is not off."""
        topic = self.env.get(self.APPLICATION_RECORDER_TOPIC)
        recorder_class: type[SealedPostgresApplicationRecorder] = (
            resolve_topic(topic) if topic else SealedPostgresApplicationRecorder
        )
        recorder = recorder_class(self.datastore, origin=self.env.get(self.BOOK_ORIGIN) or UNNAMED_ORIGIN)
        if self.env_create_table():
            recorder.create_table()
        return recorder


def create_book(cursor: Cursor[Any], name: str, origin: str) -> None:
    """Make an empty book in a new schema `name`, with its roles, in the transaction of `cursor`.

    Raises:
        psycopg.errors.DuplicateSchema: when that schema is there.
        ProgrammingError: when the database is not in UTF-8.
        ValueError: when the names would be too long for roles.
    """
    with cursor.connection.cursor(row_factory=tuple_row) as asking:
        asking.execute(
            "SELECT current_database(), current_setting('server_encoding'), current_setting('is_superuser') = 'on'"
        )
        ((database, encoding, is_superuser),) = asking.fetchall()
    if encoding != "UTF8":
        raise ProgrammingError(f"The database {database} is in {encoding}; a book needs one made with ENCODING 'UTF8'.")
    roles = schema.roles_of(database, name)
    quoted = schema.Roles(*(Identifier(role).as_string() for role in roles))
    for role, identifier in zip(roles, quoted, strict=True):
        known = cursor.execute("SELECT 1 AS known FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if known is None:
            cursor.execute(f"CREATE ROLE {identifier} NOLOGIN")
    if not is_superuser:  # who makes roles is not yet one of them
        cursor.execute(f"GRANT {quoted.owner} TO CURRENT_USER")
    cursor.execute(f"CREATE SCHEMA {name} AUTHORIZATION {quoted.owner}")
    cursor.execute(f"SET LOCAL ROLE {quoted.owner}")
    for statement in schema.statements(name):
        cursor.execute(statement)
    cursor.execute(schema.put_first_head(name), (genesis(origin), origin))
    for statement in (*schema.guarding(name), *schema.granting(name, quoted)):
        cursor.execute(statement)
    cursor.execute("RESET ROLE")
    if not is_superuser:
        cursor.execute(f"GRANT {quoted.append} TO CURRENT_USER")
        cursor.execute(f"REVOKE {quoted.owner} FROM CURRENT_USER")


def _pool(
    datastore: postgres.PostgresDatastore, conninfo: str, *, kept: int, beyond: int
) -> "postgres.ConnectionPool[Connection[DictRow]]":
    return postgres.ConnectionPool(
        conninfo,
        connection_class=Connection[DictRow],
        kwargs={"row_factory": dict_row, "connect_timeout": CONNECTION_SECONDS, "prepare_threshold": None},
        min_size=kept,
        max_size=kept + beyond,
        open=False,
        configure=datastore.after_connect_func(),
        check=_check,
        timeout=CONNECTION_SECONDS,
        reconnect_timeout=FORGET_SECONDS,
    )


def _check(connection: Connection[Any]) -> None:
    """See that the server has not hung up since: a connection at rest has nothing to say, unless it is that.

    Costs no trip to the server, and so a restart overnight is not the first caller's trouble.
    """
    if select([connection.fileno()], [], [], 0)[0]:
        postgres.ConnectionPool.check_connection(connection)
