"""What the API must remember over a restart: answers given under an idempotency key, and imports sent over the wire.

One SQLite file beside the books, `requests.db`. It may be deleted at any time: then a repeated request is done again,
which the books recognise by themselves, and old import tickets are unknown. What could tell of a person (file names,
answers, marked workbooks) is ciphertext under a key derived from the vault's file key.
"""

import hmac
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.ledger import Ledger
from domain.clock import Randomness
from vault.sealing import NONCE_BYTES, seal, unseal

FILE = "requests.db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    begun_at REAL NOT NULL,
    sealed BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imports (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    begun_at REAL NOT NULL,
    ended INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    marked BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS imports_by_number ON imports (number);
"""
LABEL = b"mingzhang/requests/v1"
WAIT_SECONDS = 30


class Memory:
    """The file, opened; one for all threads of the process that serves the ledger."""

    def __init__(self, path: Path, *, key: bytes, randomness: Randomness) -> None:
        """Open the file at `path`, or make it, readable by its owner only."""
        if not path.exists():
            path.touch(mode=0o600)
        self._key = hmac.digest(key, LABEL, sha256)
        self._randomness = randomness
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=WAIT_SECONDS)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(SCHEMA)

    @classmethod
    def of(cls, ledger: Ledger) -> "Memory":
        """The memory of `ledger`."""
        return cls(ledger.folder.path / FILE, key=ledger.vault.keys.file_key, randomness=ledger.randomness)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one at a time."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            return self._connection.execute(statement, parameters).fetchall()

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` as ciphertext that opens in this `context` only."""
        return seal(self._key, plain, nonce=self._randomness(NONCE_BYTES), context=context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """What was sealed in this `context`.

        Raises:
            vault.sealing.Unreadable: under another key, or when it was changed.
        """
        return unseal(self._key, sealed, context=context.encode())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
