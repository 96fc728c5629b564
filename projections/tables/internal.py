"""Tables that are not facts: how far the views are, who is named where, what the last batches touched."""

from sqlalchemy import Column, Table

from projections.dialect import BIGINT, TEXT
from projections.tables.fact_table import METADATA

PROJECTION_POSITIONS = Table(
    "projection_positions",
    METADATA,
    Column("book", TEXT, primary_key=True),
    Column("position", BIGINT, nullable=False),
)
"""The last position of each book that the views hold; it moves in the transaction of its rows."""

SCHEMA_STATE = Table(
    "schema_state",
    METADATA,
    Column("fingerprint", TEXT, primary_key=True),
)
"""Which shape of tables and handlers the views were made by (`projections.views`)."""

SUBJECT_INDEX = Table(
    "subject_index",
    METADATA,
    Column("kind", TEXT, primary_key=True),
    Column("value", TEXT, primary_key=True),
    Column("position", BIGINT, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which entries of the money book touch which subject (OUTPUTS §1); people, accounts and phones by reference."""

TOUCHED = Table(
    "touched",
    METADATA,
    Column("kind", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),
    Column("position", BIGINT, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Keys of changed rows before and after their change, with the last position of the batch that changed them.

The rules engine reads them, and clears those through the position that it judged; a batch that another process
projects meanwhile keeps its own.
"""

RULES_RAN = Table(
    "rules_ran",
    METADATA,
    Column("as_of", BIGINT, nullable=False),
    Column("dated", BIGINT, nullable=False),
    Column("through", BIGINT, nullable=False),
    Column("judged_by", TEXT, nullable=False),
    Column("judged", TEXT, nullable=False),
)
"""One row: at which day (and evaluation date of the facts), through which position, by which numbers, which rules ran.
"""

BY_HAND = Table(
    "by_hand",
    METADATA,
    Column("day", BIGINT, primary_key=True, autoincrement=False),
)
"""The days on which money events were entered by hand: the evaluation date is not before them (DESIGN §6)."""

SCRATCH_KEYS = Table(
    "scratch_keys",
    METADATA,
    Column("kind", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),
    sqlite_with_rowid=False,
)
"""Keys that one batch works with; empty outside its transaction."""

SCRATCH_POSITIONS = Table(
    "scratch_positions",
    METADATA,
    Column("position", BIGINT, primary_key=True, autoincrement=False),
)
"""Rows that one step of a batch changes; empty outside its transaction."""
