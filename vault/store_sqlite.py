"""The vault in one SQLite file, readable by its owner only."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vault.store import TABLES

ADDED_LATER = {"subjects": "master TEXT NOT NULL DEFAULT ''", "texts": "ref TEXT"}
"""Columns that the first vaults do not have."""


def make_tables(do: Callable[[str], Any]) -> None:
    """Make the tables of a vault, or what is missing of them; `do` runs one statement."""
    for statement in TABLES:
        do(f"{statement} WITHOUT ROWID")
    for table, column in ADDED_LATER.items():
        there = {name for _, name, *_ in do(f"PRAGMA table_info({table})")}
        if column.split()[0] not in there:
            do(f"ALTER TABLE {table} ADD COLUMN {column}")


class SQLiteStore:
    """Rows of ciphertext in SQLite."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, or make it."""
        if not path.exists():
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._lock = threading.RLock()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA secure_delete=ON")
        with self.transaction() as connection:
            make_tables(connection.execute)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; another process's writes are waited for."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself rolls back on a full disk
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to one question."""
        with self._lock:
            return self._connection.execute(statement, tuple(parameters)).fetchall()

    def scrub(self) -> None:
        """Deleted rows are overwritten at once; here the log that still holds their pages is emptied too."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
