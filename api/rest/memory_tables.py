"""The tables of what the API remembers, and the clock of the engine that holds them.

    processes   who serves the ledger now: each renews its lease; whoever does not is dead
    answers     given under an idempotency key; not sealed yet: `begun_by` is still at it
    imports     sent over the wire; not ended yet: `begun_by` is still at it

What could tell of a person (`sealed`, `progress`, `marked`) is ciphertext (`api.rest.memory`).
"""

from typing import Any

from sqlalchemy import Boolean, Column, Double, Index, LargeBinary, MetaData, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from projections.dialect import BIGINT, TEXT

METADATA = MetaData()

PROCESSES = Table(
    "processes",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("lease_until", Double, nullable=False),
)
ANSWERS = Table(
    "answers",
    METADATA,
    Column("key", TEXT, primary_key=True),
    Column("fingerprint", TEXT, nullable=False),
    Column("begun_by", TEXT, nullable=False),
    Column("begun_at", Double, nullable=False),
    Column("sealed", LargeBinary),
)
IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("number", BIGINT, nullable=False),
    Column("begun_by", TEXT, nullable=False),
    Column("begun_at", Double, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("progress", LargeBinary),
    Column("marked", LargeBinary),
    Index("imports_by_number", "number"),
)
"""Moments are seconds since 1970."""


class now_seconds(GenericFunction[float]):  # noqa: N801  a function of SQL
    """The engine's own clock, which two machines that serve one ledger share."""

    type = Double()
    inherit_cache = True


@compiles(now_seconds, "sqlite")
def _in_sqlite(_element: Any, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now_seconds, "postgresql")
def _in_postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::double precision"
