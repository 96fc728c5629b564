"""The one file that knows which database it is: everything else is portable SQLAlchemy Core (DESIGN §6).

SQLite gets WAL, explicit transactions (so that several SELECTs on one connection see one state) and raw
`executemany`, which is what makes a batch fast.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Integer, Select, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

LOCK_TIMEOUT_SECONDS = 60
"""How long a writer waits for another's batch."""

CACHE_KIB = 65_536
WAL_PAGES = 10_000
"""Pages of 4 KiB in the write-ahead log before it is folded into the file: several batches at once."""

WRITING = "mingzhang_writing"

NARROW = 3
ROWS_AT_ONCE = 50
"""A row of so few columns costs a third less with 50 in one INSERT; a wide one costs more."""

BIGINT = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere; in SQLite `INTEGER` is that, and as a primary key it is the row's own place."""


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
    """Insert `rows`, each with the values of `columns` in that order, already as the database keeps them."""
    _execute_many(connection, table, columns, rows, missing_only=False)


def insert_missing(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert those of `rows` whose key is not there yet."""
    _execute_many(connection, table, columns, rows, missing_only=True)


def insert_missing_from(connection: Connection, table: Table, columns: Sequence[str], query: Select[Any]) -> None:
    """Insert what `query` gives, but for rows whose key is there already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).from_select(list(columns), query).on_conflict_do_nothing())


def _execute_many(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Iterable[Sequence[Any]],
    *,
    missing_only: bool,
) -> None:
    if connection.dialect.name == "sqlite":
        _insert_into_sqlite(connection, table.name, columns, rows, missing_only=missing_only)
        return
    insert = postgresql.insert(table)
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    if told:
        connection.execute(insert.on_conflict_do_nothing() if missing_only else insert, told)


def _insert_into_sqlite(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[Any]], *, missing_only: bool
) -> None:
    """Past SQLAlchemy, whose work for each row costs more than the row; narrow rows many in one statement."""
    cursor = connection.connection.cursor()
    if len(columns) > NARROW:
        statement = _sqlite_insert(table, columns, 1, missing_only=missing_only)
        cursor.executemany(statement, rows)  # type: ignore[arg-type]  # sqlite3 takes any iterable of sequences
    else:
        remaining = iter(rows)
        while chunk := list(islice(remaining, ROWS_AT_ONCE)):
            statement = _sqlite_insert(table, columns, len(chunk), missing_only=missing_only)
            cursor.execute(statement, tuple(chain.from_iterable(chunk)))
    cursor.close()


@cache
def _sqlite_insert(table: str, columns: tuple[str, ...], rows: int, *, missing_only: bool) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join([f"({', '.join('?' * len(columns))})"] * rows)
    otherwise = " ON CONFLICT DO NOTHING" if missing_only else ""
    return f'INSERT INTO "{table}" ({names}) VALUES {values}{otherwise}'  # noqa: S608  names are those of our declarations, values are bound
