"""The one place that knows which database it is: everything else is portable SQLAlchemy Core (DESIGN §6).

    sqlite.py      WAL, explicit transactions, raw `executemany`
    postgresql.py  a schema of its own, one snapshot a transaction, COPY and `unnest`

An engine made here behaves alike on both: several SELECTs on one connection see one state, writers wait for each
other, texts sort by code point with nothing first, and a sum of integers is an integer.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Integer, Select, String, Table
from sqlalchemy.dialects.postgresql import TEXT as TEXT_OF_POSTGRESQL

from projections.dialect import postgresql as on_postgresql
from projections.dialect import sqlite as on_sqlite
from projections.dialect.postgresql import postgresql_engine
from projections.dialect.sqlite import sqlite_engine

__all__ = [
    "BIGINT",
    "TEXT",
    "insert_missing",
    "insert_missing_from",
    "insert_rows",
    "postgresql_engine",
    "schema_of",
    "sqlite_engine",
    "trying",
    "writing",
]

BIGINT = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere; in SQLite `INTEGER` is that, and as a primary key it is the row's own place."""

TEXT = String().with_variant(TEXT_OF_POSTGRESQL(collation="C"), "postgresql")
"""Text that sorts by Unicode code point, whatever the database's own order is (OUTPUTS §1)."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that will write: it takes the writers' lock first, so that it waits instead of failing midway."""
    with _of(engine).writing(engine) as connection:
        yield connection


@contextmanager
def trying(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write and is always taken back; other writers wait for its end."""
    with suppress(_TakenBack), writing(engine) as connection:
        yield connection
        raise _TakenBack


class _TakenBack(Exception):
    """Ends a transaction that was only a trial."""


def insert_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows`, each with the values of `columns` in that order, already as the database keeps them."""
    _of(connection).insert_rows(connection, table, columns, rows)


def insert_missing(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert those of `rows` whose key is not there yet."""
    _of(connection).insert_missing(connection, table, columns, rows)


def insert_missing_from(connection: Connection, table: Table, columns: Sequence[str], query: Select[Any]) -> None:
    """Insert what `query` gives, but for rows whose key is there already."""
    connection.execute(_of(connection).insert(table).from_select(list(columns), query).on_conflict_do_nothing())


def schema_of(bound: Engine | Connection) -> str | None:
    """The schema in which the tables stand; None where the database has but one."""
    translated = bound.get_execution_options().get("schema_translate_map", {})
    schema: str | None = translated.get(None)
    return schema


def _of(bound: Engine | Connection) -> Any:
    return on_sqlite if bound.dialect.name == "sqlite" else on_postgresql
