"""The views in SQLite: WAL, explicit transactions, and raw `executemany`, which is what makes a batch fast.

SQLAlchemy says BEGIN itself, so that several SELECTs on one connection see one state.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import URL

__all__ = ["insert", "insert_missing", "insert_rows", "sqlite_engine", "writing"]

LOCK_TIMEOUT_SECONDS = 60
"""How long a writer waits for another's batch."""

CACHE_KIB = 65_536
WAL_PAGES = 10_000
"""Pages of 4 KiB in the write-ahead log before it is folded into the file: several batches at once."""

WRITING = "mingzhang_writing"

NARROW = 3
ROWS_AT_ONCE = 50
"""A row of so few columns costs a third less with 50 in one INSERT; a wide one costs more."""


def sqlite_engine(path: Path) -> Engine:
    """An engine over the views file at `path`; the file is made when it is missing."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": LOCK_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, see `_begin_sqlite`
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={WAL_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that will write: SQLite takes its lock first, so that it waits instead of failing midway."""
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        yield connection


def insert_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows`."""
    _insert(connection, table.name, columns, rows, missing_only=False)


def insert_missing(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert those of `rows` whose key is not there yet."""
    _insert(connection, table.name, columns, rows, missing_only=True)


def _insert(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[Any]], *, missing_only: bool
) -> None:
    """Past SQLAlchemy, whose work for each row costs more than the row; narrow rows many in one statement."""
    cursor = connection.connection.cursor()
    if len(columns) > NARROW:
        statement = _statement(table, columns, 1, missing_only=missing_only)
        cursor.executemany(statement, rows)  # type: ignore[arg-type]  # sqlite3 takes any iterable of sequences
    else:
        remaining = iter(rows)
        while chunk := list(islice(remaining, ROWS_AT_ONCE)):
            statement = _statement(table, columns, len(chunk), missing_only=missing_only)
            cursor.execute(statement, tuple(chain.from_iterable(chunk)))
    cursor.close()


@cache
def _statement(table: str, columns: tuple[str, ...], rows: int, *, missing_only: bool) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join([f"({', '.join('?' * len(columns))})"] * rows)
    otherwise = " ON CONFLICT DO NOTHING" if missing_only else ""
    return f'INSERT INTO "{table}" ({names}) VALUES {values}{otherwise}'  # noqa: S608  names are those of our declarations, values are bound
