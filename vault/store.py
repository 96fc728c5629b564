"""The vault's own database: subjects, kept workbooks, and imports under way.

One SQLite file beside the ledger, with its own backup and retention. Every value that could tell of a person is
ciphertext; what is in clear are random references, keyed indexes and times.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS subjects (
    ref TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    blind BLOB NOT NULL UNIQUE,
    wrapped_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    commitment TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT PRIMARY KEY,
    sealed_name BLOB NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (
    commitment TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_imports (
    import_id TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""

ASKED_AT_ONCE = 500


class VaultStore:
    """Rows of ciphertext in SQLite; knows no keys."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, or make it, readable by its owner only."""
        if not path.exists():
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._lock = threading.RLock()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)

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

    def rows(self, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """The answer to one question."""
        with self._lock:
            return self._connection.execute(statement, parameters).fetchall()

    def subjects_by(self, column: str, wanted: Iterable[object]) -> Iterator[tuple[str, bytes, bytes, bytes, str]]:
        """(ref, blind, wrapped key, sealed, commitment) of the subjects whose `column` is among `wanted`."""
        values = list(wanted)
        for begin in range(0, len(values), ASKED_AT_ONCE):
            some = values[begin : begin + ASKED_AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self.rows(
                f"SELECT ref, blind, wrapped_key, sealed, commitment FROM subjects WHERE {column} IN ({marks})",  # noqa: S608  the column is ours
                tuple(some),
            )

    def add_subjects(self, rows: Iterable[Mapping[str, object]]) -> None:
        """New subjects in one transaction; one that another process added meanwhile is left as it is."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO subjects (ref, kind, blind, wrapped_key, sealed, commitment)"
                " VALUES (:ref, :kind, :blind, :wrapped_key, :sealed, :commitment)",
                rows,
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
