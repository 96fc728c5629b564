"""The views' database: made when missing, made anew when its shape is another, always rebuilt from the books."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_mock_engine, insert, inspect, select

from projections.dialect import sqlite_engine, writing
from projections.tables.catalogue import METADATA
from projections.tables.internal import SCHEMA_STATE

HANDLERS_VERSION = 1
"""Raised whenever the same events give other rows, so that views made by older code are made anew."""


def open_views(path: Path) -> Engine:
    """An engine over the views at `path`, with all tables; empty ones if they were missing or of another shape."""
    engine = sqlite_engine(path)
    prepare(engine)
    return engine


def prepare(engine: Engine) -> bool:
    """Make the tables, or make them anew when they are of another shape: the runner then reads from event 1.

    Gives whether they were made.
    """
    if _is_current(engine):
        return False
    with writing(engine) as connection:
        if _fingerprint_in(connection) == fingerprint():  # another process was first
            return False
        forget(connection)
        METADATA.create_all(connection)
        connection.execute(insert(SCHEMA_STATE).values(fingerprint=fingerprint()))
    return True


def forget(connection: Connection) -> None:
    """Drop every table: nothing is lost that the books do not hold."""
    standing = MetaData()
    standing.reflect(connection)
    standing.drop_all(connection)


@cache
def fingerprint() -> str:
    """SHA-256 in hex over the definitions of all tables and the handlers' version."""
    statements = [f"handlers {HANDLERS_VERSION}"]
    engine = create_mock_engine("sqlite://", lambda statement, *_: statements.append(str(statement.compile(engine))))
    METADATA.create_all(engine, checkfirst=False)
    return sha256("\n".join(statements).encode()).hexdigest()


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _fingerprint_in(connection) == fingerprint()


def _fingerprint_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table(SCHEMA_STATE.name):
        return None
    return connection.execute(select(SCHEMA_STATE.c.fingerprint)).scalar()
