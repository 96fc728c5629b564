"""A ledger in PostgreSQL: two books, the vault and the views, each in one schema of a database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from api.folder import Identity
from api.storage import vault_is_lost
from api.storage.revisions import LINES, SEVERAL
from audit.book import Book
from audit.faults import BookExists, BookUnavailable
from audit.schema import VERSION_TABLE
from audit.stores.postgresql import told
from domain.event import BookName
from domain.refusal import Refused
from projections.dialect import postgresql_engine, writing
from projections.views import NEXT_VIEWS, open_views, put_in_place

REQUESTS = "requests"
WEBHOOKS = "webhooks"
LOG = "log"

PARTS = ("money", "supervision", "vault", REQUESTS, WEBHOOKS, "views", LOG)
"""The schemas of a ledger, each with its own rights, backup and retention."""

HAS_VAULT = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = 'vault' AND relname = 'counters'
"""


HAS_TABLES = """
SELECT nspname, bool_or(relname = %s) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = ANY(%s) GROUP BY nspname HAVING bool_or(relname IN ('events', 'subjects'))
"""
"""The parts that are there, and whether each tells its revision."""

OWNER = """
SELECT pg_get_userbyid(nspowner), pg_has_role(nspowner, %s) FROM pg_namespace WHERE nspname = %s
"""
OLDEST_WITH_SET = 160_000
"""Since then a member of a role may yet not be let become it."""

HAS_HEADS = "SELECT to_regclass('log.signed_heads') IS NOT NULL"
MAKE_HEADS = """
CREATE SCHEMA IF NOT EXISTS log;
CREATE TABLE IF NOT EXISTS log.signed_heads (book text PRIMARY KEY, size bigint NOT NULL, note text NOT NULL)
"""
SIGNED_HEAD = "SELECT note FROM log.signed_heads WHERE book = %s"
REMEMBER_HEAD = """
INSERT INTO log.signed_heads AS head (book, size, note) VALUES (%s, %s, %s)
ON CONFLICT (book) DO UPDATE SET size = excluded.size, note = excluded.note WHERE head.size < excluded.size
"""
"""Whoever has lost the lock meanwhile cannot take back what another machine has signed since."""


class InDatabase:
    """The storage of a ledger whose parts stand in the database at `url`."""

    def __init__(self, url: str) -> None:
        """Keep everything in the database at `url` (`postgresql://…`)."""
        self._url = url
        self._views: Engine | None = None

    def create_books(self, identity: Identity) -> None:
        """Make the two schemas."""
        for book in BookName:
            origin = identity.origin_of(book.value)
            try:
                Book.create(self._url, schema=book.value, name=book.value, origin=origin).close()
            except BookExists as fault:
                raise Refused(
                    "E-DUP",
                    field="MINGZHANG_DATABASE_URL",
                    why=f"The database holds a ledger already, or a part of one: schema {book.value}.",
                    remedy="Name an empty database.",
                ) from fault

    def unmake(self) -> None:
        """Nothing: a schema may hold another ledger's book; whoever made it drops it."""

    def book(self, name: BookName, *, read_only: bool = False) -> Book:
        """Open the book's schema."""
        return Book.open(self._url, schema=name.value, name=name.value, read_only=read_only)

    @contextmanager
    def as_it_lies(self, name: BookName) -> Iterator[Book]:
        """The book, opened for reading."""
        with self.book(name, read_only=True) as book:
            yield book

    def refuse_lost_vault(self) -> None:
        """Look for one of its tables."""
        with closing(self._connect()) as connection:
            if connection.execute(HAS_VAULT).fetchone() == (0,):
                raise vault_is_lost("schema vault of the database")

    def revisions(self) -> dict[str, str | None]:
        """Ask the catalogue which parts tell theirs, and those for it."""
        try:
            with closing(self._connect()) as connection:
                there = connection.execute(HAS_TABLES, (VERSION_TABLE, list(LINES))).fetchall()
                return {part: _revision_in(connection, part) if tells else None for part, tells in there}
        except psycopg.Error as fault:
            raise BookUnavailable("of the ledger", told(fault)) from fault

    @contextmanager
    def changing(self, part: str) -> Iterator[Connection]:
        """A transaction in the schema, as its owner; whoever may look into the schema may read its revision."""
        engine = postgresql_engine(self._url, schema=part)
        try:
            with writing(engine) as connection, _as_owner(connection, part):
                connection.exec_driver_sql(f"SET LOCAL search_path TO {part}")
                yield connection
                connection.exec_driver_sql(f"GRANT SELECT ON {VERSION_TABLE} TO PUBLIC")
        finally:
            engine.dispose()

    def views(self) -> Engine:
        """The live views: a schema's name stays, whatever tables are put into it."""
        if self._views is None:
            self._views = open_views(self._url)
        return self._views

    @contextmanager
    def beside(self) -> Iterator[Engine]:
        """Empty views in a schema of their own."""
        engine = open_views(self._url, schema=NEXT_VIEWS, anew=True)
        try:
            yield engine
        finally:
            engine.dispose()

    def put_in_place(self, fresh: Engine) -> None:
        """Rename the schemas in one transaction."""
        fresh.dispose()
        put_in_place(self.views())

    def requests(self) -> Engine:
        """A schema of its own: it needs no backup."""
        return postgresql_engine(self._url, schema=REQUESTS)

    def webhooks(self) -> Engine:
        """A schema of its own, in the backup of the database."""
        return postgresql_engine(self._url, schema=WEBHOOKS)

    @contextmanager
    def importing(self, *, wait: bool) -> Iterator[bool]:
        """Hold an advisory lock on a connection of its own; a lost connection lets go of it."""
        with self._holding("import", wait=wait) as ours:
            yield ours

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Hold another advisory lock."""
        with self._holding("lead", wait=False) as ours:
            yield ours

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        """Hold a third advisory lock."""
        with self._holding("deliver", wait=False) as ours:
            yield ours

    @contextmanager
    def signing(self, name: BookName, *, wait: bool) -> Iterator[bool]:
        """Hold an advisory lock for each book."""
        with self._holding(f"sign/{name.value}", wait=wait) as ours:
            yield ours

    def signed_head(self, name: BookName) -> str | None:
        """Ask the table of heads, if anybody has made it yet."""
        try:
            with closing(self._connect()) as connection:
                if connection.execute(HAS_HEADS).fetchone() != (True,):
                    return None
                found = connection.execute(SIGNED_HEAD, (name.value,)).fetchone()
        except psycopg.Error as fault:
            raise BookUnavailable(name.value, told(fault)) from fault
        return str(found[0]) if found else None

    def remember_signed_head(self, name: BookName, size: int, note: str) -> None:
        """Write it into the table of heads, which is made when it is not there; on the disk at the end."""
        try:
            with closing(self._connect()) as connection, connection.transaction():
                connection.execute("SET LOCAL synchronous_commit TO on")
                if connection.execute(HAS_HEADS).fetchone() != (True,):
                    connection.execute(MAKE_HEADS)
                remembered = connection.execute(REMEMBER_HEAD, (name.value, size, note)).rowcount
        except psycopg.Error as fault:
            raise BookUnavailable(name.value, told(fault)) from fault
        if not remembered:
            raise Refused(
                "E-CONFLICT",
                field=name.value,
                why=f"Another machine has signed a head of {name.value} of {size} entries or more meanwhile.",
                remedy="Nothing was signed here; the next look goes on from that head.",
            )

    def close(self) -> None:
        """Close the views."""
        if self._views is not None:
            self._views.dispose()

    @contextmanager
    def _holding(self, purpose: str, *, wait: bool) -> Iterator[bool]:
        key = int.from_bytes(sha256(f"mingzhang/{purpose}".encode()).digest()[:8], "big", signed=True)
        with closing(self._connect()) as connection:
            ours = _locked(connection, key, wait=wait)
            try:
                yield ours
            finally:
                if ours:
                    with suppress(psycopg.Error):  # the connection was lost, and the lock with it
                        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))

    def _connect(self) -> psycopg.Connection:
        """A connection of its own.

        Raises:
            BookUnavailable: when the server cannot be reached now.
        """
        try:
            return psycopg.connect(self._url, autocommit=True, prepare_threshold=None)
        except psycopg.Error as fault:
            raise BookUnavailable("of the ledger", told(fault)) from fault


def _revision_in(connection: psycopg.Connection, part: str) -> str | None:
    table = Identifier(part, VERSION_TABLE)
    rows = connection.execute(SQL("SELECT version_num FROM {}").format(table)).fetchall()
    return SEVERAL.join(sorted(str(revision) for (revision,) in rows)) or None


@contextmanager
def _as_owner(connection: Connection, part: str) -> Iterator[None]:
    """Be the owner of the schema in this transaction; who made the ledger lends itself the role, as it did then."""
    server = connection.connection.driver_connection
    become = "SET" if server is not None and server.info.server_version >= OLDEST_WITH_SET else "MEMBER"
    [(owner, is_one)] = connection.exec_driver_sql(OWNER, (become, part)).fetchall()
    role = Identifier(owner).as_string()
    try:
        if not is_one:
            connection.exec_driver_sql(f"GRANT {role} TO CURRENT_USER")
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
    except DBAPIError as fault:
        if not isinstance(fault.orig, psycopg.errors.InsufficientPrivilege):
            raise
        raise Refused(
            "E-AUTH",
            field=part,
            value=owner,
            why=f"The schema {part} belongs to the role {owner}, and this one may not act for it.",
            remedy="Set MINGZHANG_DATABASE_URL to the role that made the ledger, for this command only.",
        ) from fault
    yield
    connection.exec_driver_sql("RESET ROLE")
    if not is_one:
        connection.exec_driver_sql(f"REVOKE {role} FROM CURRENT_USER")


def _locked(connection: psycopg.Connection, key: int, *, wait: bool) -> bool:
    try:
        if wait:
            connection.execute("SELECT pg_advisory_lock(%s)", (key,))
            return True
        answer = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        return bool(answer and answer[0])
    except psycopg.OperationalError as fault:
        raise BookUnavailable("of the ledger", told(fault)) from fault
