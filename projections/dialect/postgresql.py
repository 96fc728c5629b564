"""The views in PostgreSQL: tables in a schema of their own, made and thrown away like the file of SQLite.

Readers see one snapshot a transaction. Writers take an advisory lock of the schema first, and read what is committed
then: like SQLite's, they wait for each other. Needs no session state, so that PgBouncer may stand between.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Any

from psycopg.adapt import Buffer, Loader
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.schema import CreateSchema

__all__ = ["insert", "insert_missing", "insert_rows", "postgresql_engine", "writing"]

CONNECTIONS_KEPT = 8
CONNECTIONS_BEYOND = 56
"""FastAPI reads on 40 threads; a thread that finds no connection waits."""

ROWS_AT_ONCE = 20_000
"""Rows of one `unnest`: enough that the statement costs nothing, few enough to hold in memory."""


def postgresql_engine(url: str, *, schema: str, make: bool = True) -> Engine:
    """An engine over the tables in `schema` of the database at `url` (`postgresql://…`); the schema is made.

    make:  otherwise it is left as it is, or missing.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="REPEATABLE READ",
        pool_size=CONNECTIONS_KEPT,
        max_overflow=CONNECTIONS_BEYOND,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": None},
    ).execution_options(schema_translate_map={None: schema})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _interpret)
    if not make:
        return engine
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_lock_of(schema),))
        if not engine.dialect.has_schema(connection, schema):
            connection.execute(CreateSchema(schema))
    return engine


class _WholeNumbers(Loader):
    """Sums of integers come as `numeric`, and are integers."""

    def load(self, data: Buffer) -> int | Decimal:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _set_up(connection: Any, _record: object) -> None:
    connection.adapters.register_loader("numeric", _WholeNumbers)


def _interpret(connection: Connection) -> None:
    """Do not compile expressions: for statements over a batch's rows that costs many times what they cost."""
    with _cursor(connection) as cursor:
        cursor.execute("SET LOCAL jit = off")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction behind the lock of the writers; it reads what was committed when it got there."""
    schema = _schema_of(engine)
    with (
        engine.connect().execution_options(isolation_level="READ COMMITTED") as connection,
        connection.begin(),
    ):
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_lock_of(schema),))
        yield connection


def insert_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """By COPY, which costs a tenth of an INSERT a row."""
    names = ", ".join(f'"{column}"' for column in columns)
    with _cursor(connection) as cursor, cursor.copy(f"COPY {_name(connection, table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def insert_missing(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Columns as arrays, so that one statement takes any number of rows."""
    names = ", ".join(f'"{column}"' for column in columns)
    dialect = connection.dialect
    arrays = ", ".join(f"%s::{_plain_type(table, column, dialect)}[]" for column in columns)
    statement = (
        f"INSERT INTO {_name(connection, table)} ({names}) SELECT * FROM unnest({arrays}) "  # noqa: S608  names are ours
        "ON CONFLICT DO NOTHING"
    )
    remaining = iter(rows)
    with _cursor(connection) as cursor:
        while chunk := list(islice(remaining, ROWS_AT_ONCE)):
            cursor.execute(statement, [list(values) for values in zip(*chunk, strict=True)])


def _name(connection: Connection, table: Table) -> str:
    return f'"{_schema_of(connection)}"."{table.name}"'


def _schema_of(bound: Engine | Connection) -> str:
    schema: str = bound.get_execution_options()["schema_translate_map"][None]
    return schema


def _plain_type(table: Table, column: str, dialect: Any) -> str:
    return str(table.c[column].type.compile(dialect)).partition(" COLLATE")[0]


def _cursor(connection: Connection) -> Any:
    proxied: PoolProxiedConnection = connection.connection
    return proxied.cursor()


def _lock_of(schema: str) -> int:
    return int.from_bytes(sha256(f"mingzhang/views/{schema}".encode()).digest()[:8], "big", signed=True)
