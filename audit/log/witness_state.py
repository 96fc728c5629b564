"""What a witness remembers: the logs it believes, and the newest head of each that it cosigned. One SQLite file.

A witness that forgets can be made to cosign a fork, so nothing is answered before it is on the disk (WAL with
`synchronous=FULL`), a file that is missing is never made anew in passing, and two threads or processes that decide
about one log do so one after the other (`BEGIN IMMEDIATE`). Bringing back an older copy of the file is forgetting: a
witness that lost it begins again under another name and key.

Heads that a log signed beside the one that was cosigned, same size and another root, are kept: they prove that the log
shows two histories.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from audit.log.checkpoint import CheckpointInvalid
from audit.log.cosignature import LONGEST_NAME_BYTES, verifier_of
from audit.log.growing import TreeHead
from audit.log.note import VerifierKey, parse_vkey
from audit.merkle import EMPTY_ROOT

PATIENCE_SECONDS = 10.0
"""How long one decision waits for another."""

MOST_FORKS = 100
"""Second heads that are kept of one log: one is proof enough."""

SCHEMA = """
CREATE TABLE trusted (
    origin TEXT NOT NULL, name TEXT NOT NULL, key_id BLOB NOT NULL, vkey TEXT NOT NULL,
    PRIMARY KEY (origin, name, key_id)
) STRICT;
CREATE TABLE cosigned (
    origin TEXT PRIMARY KEY, origin_hash TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, root BLOB NOT NULL,
    note BLOB NOT NULL, cosigned_at INTEGER NOT NULL
) STRICT;
CREATE TABLE forks (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, cosigned_note BLOB NOT NULL,
    seen_at INTEGER NOT NULL, PRIMARY KEY (origin, size, root)
) STRICT;
"""

NEVER_COSIGNED = TreeHead(0, EMPTY_ROOT)


class WatchedLog(NamedTuple):
    """A log as its witness knows it.

    vkeys:        the keys that are believed for it; none when it is watched no more.
    head:         the newest that was cosigned; size 0 with the root of nothing when none was.
    cosigned_at:  when, in seconds since 1970; None when never.
    fork_count:   heads that it signed beside those that were cosigned.
    """

    origin: str
    vkeys: tuple[str, ...]
    head: TreeHead
    cosigned_at: int | None
    fork_count: int


class Fork(NamedTuple):
    """Two signed notes over one size with two roots: the one that was cosigned, and the other."""

    origin: str
    size: int
    cosigned_note: bytes
    other_note: bytes
    seen_at: int


class Deciding:
    """One decision about one log, while nobody else decides about any."""

    def __init__(self, statements: sqlite3.Connection, origin: str) -> None:
        self._statements = statements
        self._origin = origin
        found = statements.execute("SELECT size, root, note FROM cosigned WHERE origin = ?", (origin,)).fetchone()
        self.last = TreeHead(*found[:2]) if found else NEVER_COSIGNED
        self._last_note: bytes | None = found[2] if found else None

    def keep(self, head: TreeHead, note: bytes, now: int) -> None:
        """Remember `head`, cosigned as in `note`, as the newest of the log."""
        self._statements.execute(
            "INSERT INTO cosigned VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
            "size = excluded.size, root = excluded.root, note = excluded.note, cosigned_at = excluded.cosigned_at",
            (self._origin, origin_hash(self._origin), *head, note, now),
        )

    def keep_fork(self, head: TreeHead, note: bytes, now: int) -> None:
        """Remember that the log signed `head` too, at the size of the newest that was cosigned."""
        there = self._statements.execute("SELECT count(*) FROM forks WHERE origin = ?", (self._origin,)).fetchone()[0]
        if there < MOST_FORKS:
            self._statements.execute(
                "INSERT OR IGNORE INTO forks VALUES (?, ?, ?, ?, ?, ?)",
                (self._origin, *head, note, self._last_note, now),
            )


class WitnessState:
    """The file at `path`; any number of threads and processes at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> "WitnessState":
        """A new, empty state; its file is for the owner only.

        Raises:
            FileExistsError: when there is one: it is never begun again.
        """
        path.touch(mode=0o600, exist_ok=False)
        state = cls(path)
        with closing(state._open()) as statements:
            statements.execute("PRAGMA journal_mode=WAL").fetchall()
            statements.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        return state

    def trust(self, key: VerifierKey, origin: str | None = None) -> str:
        """Believe `key` for the log `origin` (the key's name, when none is given) from now on; gives the origin.

        Raises:
            NoteInvalid: when the key cannot sign checkpoints, or the origin cannot be one or is too long to cosign.
        """
        origin = key.name if origin is None else origin
        verifier_of(key)
        _check_origin(origin)
        with self._transaction() as statements:
            statements.execute(
                "INSERT OR REPLACE INTO trusted VALUES (?, ?, ?, ?)", (origin, key.name, key.key_id, key.vkey)
            )
        return origin

    def distrust(self, vkey: str) -> list[str]:
        """Believe a key no more; gives the origins for which it was believed. What was cosigned stays remembered."""
        with self._transaction() as statements:
            found = statements.execute("DELETE FROM trusted WHERE vkey = ? RETURNING origin", (vkey,)).fetchall()
        return sorted(origin for (origin,) in found)

    def keys_of(self, origin: str) -> list[VerifierKey]:
        """The keys that are believed for a log; none for one that is not watched."""
        with closing(self._open()) as statements:
            found = statements.execute("SELECT vkey FROM trusted WHERE origin = ?", (origin,)).fetchall()
        return [parse_vkey(vkey) for (vkey,) in found]

    def latest(self, hashed_origin: str) -> bytes | None:
        """The newest cosigned note of the log whose origin has that SHA-256 in hex; None when there is none."""
        with closing(self._open()) as statements:
            found = statements.execute("SELECT note FROM cosigned WHERE origin_hash = ?", (hashed_origin,)).fetchone()
        return found[0] if found else None

    def logs(self) -> list[WatchedLog]:
        """Every log that is watched or was, by origin."""
        with self._transaction() as statements:
            heads = {row[0]: row[1:] for row in statements.execute("SELECT * FROM cosigned")}
            keys = statements.execute("SELECT origin, vkey FROM trusted ORDER BY origin, vkey").fetchall()
            forks = dict(statements.execute("SELECT origin, count(*) FROM forks GROUP BY origin").fetchall())
        watched = []
        for origin in sorted({*heads, *(row[0] for row in keys)}):
            _, size, root, _, cosigned_at = heads.get(origin, ("", *NEVER_COSIGNED, b"", None))
            vkeys = tuple(vkey for of, vkey in keys if of == origin)
            watched.append(WatchedLog(origin, vkeys, TreeHead(size, root), cosigned_at, forks.get(origin, 0)))
        return watched

    def forks(self, origin: str) -> list[Fork]:
        """The second heads of a log, oldest first."""
        with closing(self._open()) as statements:
            found = statements.execute(
                "SELECT origin, size, cosigned_note, note, seen_at FROM forks WHERE origin = ? ORDER BY seen_at, size",
                (origin,),
            ).fetchall()
        return [Fork(*row) for row in found]

    @contextmanager
    def deciding(self, origin: str) -> Iterator[Deciding]:
        """Decide about a log's next head; what is kept is on the disk when the block has ended."""
        with self._transaction() as statements:
            yield Deciding(statements, origin)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as statements:
            statements.execute("BEGIN IMMEDIATE")
            try:
                yield statements
            except BaseException:
                if statements.in_transaction:  # a full disk has rolled it back already
                    statements.execute("ROLLBACK")
                raise
            statements.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        """A connection of this call's own; the file must be there, for an empty one would remember nothing."""
        statements = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE_SECONDS, isolation_level=None
        )
        statements.execute("PRAGMA synchronous=FULL").fetchall()
        return statements


def origin_hash(origin: str) -> str:
    """SHA-256 of a log's origin in lower-case hex: its place below the monitoring prefix."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _check_origin(origin: str) -> None:
    length_bytes = len(origin.encode())
    if not 1 <= length_bytes <= LONGEST_NAME_BYTES or not origin.isprintable():
        raise CheckpointInvalid(
            f"{origin[:64]!r} cannot be cosigned: an origin has 1 to {LONGEST_NAME_BYTES} bytes, and this one has "
            f"{length_bytes}, and no characters that do not print."
        )
