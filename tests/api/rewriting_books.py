"""What somebody can do to a book who owns its file and knows how it is sealed: every hash is made to fit again."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from audit import schema
from audit.seal import genesis, leaf_of, link_of


class Row(NamedTuple):
    """One stored record, without its hashes."""

    stream: str
    version: int
    topic: str
    entry: bytes


Change = Callable[[list[Row]], object]


def rewrite(file: Path, change: Change, *, first: int = 1, leap: int = 0) -> None:
    """Put what `change` makes of the records into the book at `file`, sealed anew from the first to the last.

    leap:  from the record `first` on, positions are so many more: a gap.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        stored = connection.execute("SELECT stream, version, topic, entry FROM events ORDER BY position").fetchall()
        (origin,) = connection.execute("SELECT origin FROM head").fetchone()
        rows = [Row(*row) for row in stored]
        change(rows)
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DELETE FROM events")
        position, link = 0, genesis(origin)
        for number, row in enumerate(rows, start=1):
            position = number + (leap if number >= first else 0)
            leaf = leaf_of(row.entry)
            link = link_of(link, position, leaf)
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", (position, *row, leaf, link))
        connection.execute("UPDATE head SET position = ?, link = ?", (position, link))
        for trigger in schema.TRIGGERS:
            connection.execute(trigger)
        connection.execute("COMMIT")


def edited(row: Row, old: bytes, new: bytes) -> Row:
    """The record with other words in it."""
    assert old in row.entry
    return row._replace(entry=row.entry.replace(old, new))
