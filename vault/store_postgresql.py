"""The vault in one schema of a PostgreSQL database, with its own rights."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from vault.store import TABLES

SCHEMA: Final = "vault"
ONE_WRITER: Final = 0x6D7A5F7661756C74
"""The advisory lock that makes writers wait for one another: `mz_vault` in ASCII."""


class Marked:
    """A connection that takes `?` for a parameter, as the statements have it."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Speak through `connection`."""
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Any:
        """Run one statement."""
        return self._connection.execute(_marked(statement), parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each of `parameters`."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(statement), parameters)


def make_tables(do: Callable[[str], Any]) -> None:
    """Make the tables of a vault, or those that are missing; `do` runs one statement."""
    for statement in TABLES:
        do(statement.replace("BLOB", "BYTEA"))


class PostgreSQLStore:
    """Rows of ciphertext in PostgreSQL; a lost connection is made anew by the next use."""

    def __init__(self, url: str, *, schema: str = SCHEMA) -> None:
        """Open the vault in the database at `url`; its tables are made if they are not there and the role may."""
        self._url = url
        self._schema = schema
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        with self._lock, self._open().transaction():
            there = self._open().execute("SELECT to_regclass(%s)", (f"{schema}.file_pieces",)).fetchone()
            if there == (None,):
                self._make()

    @contextmanager
    def transaction(self) -> Iterator[Marked]:
        """All or nothing, one writer at a time."""
        with self._lock, self._open().transaction():
            self._here(self._open())
            self._open().execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))
            yield Marked(self._open())

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to one question."""
        with self._lock, self._open().transaction():
            self._here(self._open())
            return self._open().execute(_marked(statement), list(parameters)).fetchall()

    def scrub(self) -> None:
        """Nothing: PostgreSQL overwrites dead rows when it vacuums, and its log in time (docs/operations.md)."""

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _open(self) -> "psycopg.Connection[tuple[Any, ...]]":
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=None)
        return self._connection

    def _here(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        """Name the schema for this transaction only: a pooler may give the connection to somebody else after it."""
        connection.execute("SELECT set_config('search_path', %s, true)", (self._schema,))

    def _make(self) -> None:
        connection = self._open()
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(self._schema)))
        self._here(connection)
        make_tables(lambda statement: connection.execute(statement.encode()))


def _marked(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
