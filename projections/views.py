"""The views' database: made when missing, made anew when its shape is another, always rebuilt from the books."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, insert, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable, DropSchema

from projections.dialect import postgresql_engine, schema_of, sqlite_engine, writing
from projections.tables.catalogue import METADATA
from projections.tables.internal import SCHEMA_STATE

HANDLERS_VERSION = 1
"""Raised whenever the same events give other rows, so that views made by older code are made anew."""


VIEWS = "views"
NEXT_VIEWS = "views_next"
"""The schemas of the views in a PostgreSQL database, and of those that a rebuild makes beside them."""


def open_views(where: Path | str, *, schema: str = VIEWS, anew: bool = False) -> Engine:
    """An engine over the views at `where`, with all tables; empty ones if they were missing or of another shape.

    where:   the file of SQLite, or the address of a PostgreSQL database (`postgresql://…`).
    schema:  of PostgreSQL, the schema that holds them.
    anew:    whatever stands there is forgotten.
    """
    engine = sqlite_engine(where) if isinstance(where, Path) else postgresql_engine(where, schema=schema)
    if anew:
        remake(engine)
    else:
        prepare(engine)
    return engine


def are_made(where: Path | str, *, schema: str = VIEWS) -> bool:
    """Whether views of this very shape stand at `where`; unlike `open_views` it makes nothing."""
    if isinstance(where, Path) and not where.exists():
        return False
    engine = sqlite_engine(where) if isinstance(where, Path) else postgresql_engine(where, schema=schema, make=False)
    try:
        return _is_current(engine)
    finally:
        engine.dispose()


def put_in_place(live: Engine) -> None:
    """Put the schema that a rebuild made into the place of `live`, in one transaction (PostgreSQL)."""
    with writing(live) as connection:
        connection.execute(DropSchema(VIEWS, cascade=True))
        connection.exec_driver_sql(f"ALTER SCHEMA {NEXT_VIEWS} RENAME TO {VIEWS}")


def prepare(engine: Engine) -> bool:
    """Make the tables, or make them anew when they are of another shape: the runner then reads from event 1.

    Gives whether they were made.
    """
    if _is_current(engine):
        return False
    with writing(engine) as connection:
        if _fingerprint_in(connection) == fingerprint():  # another process was first
            return False
        _make_anew(connection)
    return True


def remake(engine: Engine) -> None:
    """Make the tables anew, whatever stands there: the runner then reads the books from their first entry."""
    with writing(engine) as connection:
        _make_anew(connection)


def _make_anew(connection: Connection) -> None:
    forget(connection)
    METADATA.create_all(connection)
    connection.execute(insert(SCHEMA_STATE).values(fingerprint=fingerprint()))


def forget(connection: Connection) -> None:
    """Drop every table: nothing is lost that the books do not hold."""
    standing = MetaData()
    standing.reflect(connection, schema=schema_of(connection))
    standing.drop_all(connection)


@cache
def fingerprint() -> str:
    """SHA-256 in hex over the definitions of all tables and the handlers' version."""
    statements = [f"handlers {HANDLERS_VERSION}"]
    for table in METADATA.sorted_tables:
        statements.append(str(CreateTable(table)))
        statements.extend(sorted(str(CreateIndex(index)) for index in table.indexes))
    return sha256("\n".join(statements).encode()).hexdigest()


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _fingerprint_in(connection) == fingerprint()


def _fingerprint_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table(SCHEMA_STATE.name, schema=schema_of(connection)):
        return None
    return connection.execute(select(SCHEMA_STATE.c.fingerprint)).scalar()
