"""The vault's own database: what it holds, and what any engine that keeps it must be able to do.

    store_sqlite.py      one file beside the ledger, with its own backup and retention
    store_postgresql.py  one schema of a database, with its own rights

Every value that could tell of a person is ciphertext; what is in clear are random references, keyed indexes, times and
the ledger's users. A store knows no keys. Statements are the SQL that both engines speak, with `?` for a parameter.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

TABLES = (
    """CREATE TABLE IF NOT EXISTS subjects (
    ref TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    blind BLOB NOT NULL UNIQUE,
    wrapped_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    commitment TEXT NOT NULL,
    master TEXT NOT NULL DEFAULT ''
)""",
    """CREATE TABLE IF NOT EXISTS master_keys (
    master TEXT PRIMARY KEY,
    is_current INTEGER NOT NULL,
    under_the_other BLOB
)""",
    """CREATE TABLE IF NOT EXISTS inner_keys (
    name TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL,
    master TEXT NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT PRIMARY KEY,
    sealed_name BLOB NOT NULL,
    sealed BLOB NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS file_pieces (
    sha256 TEXT NOT NULL,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (sha256, number)
)""",
    """CREATE TABLE IF NOT EXISTS texts (
    commitment TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    ref TEXT
)""",
    """CREATE TABLE IF NOT EXISTS pending_imports (
    import_id TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
)""",
    """CREATE TABLE IF NOT EXISTS holds (
    ref TEXT PRIMARY KEY,
    placed_by TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    reason TEXT NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS erasures (
    ref TEXT PRIMARY KEY,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    confirmed_by TEXT
)""",
    """CREATE TABLE IF NOT EXISTS counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS traits (
    token BLOB NOT NULL,
    ref TEXT NOT NULL,
    PRIMARY KEY (token, ref)
)""",
    """CREATE TABLE IF NOT EXISTS appearances (
    ref TEXT PRIMARY KEY,
    tokens BLOB NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS likenesses (
    first_ref TEXT NOT NULL,
    second_ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (first_ref, second_ref, kind)
)""",
)
"""Both engines' tables; PostgreSQL calls a BLOB a BYTEA.

subjects.master:            which master key wraps the subject's key.
master_keys:                one row, the key in force; two while keys are re-wrapped, and then each under the other.
inner_keys:                 `index` and `file`, made once and wrapped like the subjects' keys.
texts.ref:                  whose text it is; unknown for those kept before this column was there.
counters:                   `erasures`: how often somebody was erased; what is remembered of subjects is then forgotten.
                            `passed_over`: how often somebody was not compared with too many of the same kind.
traits:                     who has a name and something else in common, by keyed token (`vault.likeness`).
appearances.tokens:         all tokens of a person, one behind the other, so that they go with the person.
likenesses.told:            1 once the ledger holds the event of the pair.
"""

ASKED_AT_ONCE = 500


class Statements(Protocol):
    """What can be done inside a transaction."""

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Any:
        """Run one statement; the answer has `fetchall`."""

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for each of `parameters`."""


class VaultStore(Protocol):
    """Rows of ciphertext in a database."""

    def transaction(self) -> AbstractContextManager[Statements]:
        """All or nothing, one writer at a time; another process's writes are waited for."""

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to one question."""

    def scrub(self) -> None:
        """See that what was deleted cannot be read in the store's files any more, as far as the engine can."""

    def close(self) -> None:
        """Let go of the database."""


def open_store(place: Path | str) -> VaultStore:
    """The vault in the file at `place`, or in the database whose address (`postgresql://…`) `place` is."""
    if isinstance(place, Path):
        from vault.store_sqlite import SQLiteStore

        return SQLiteStore(place)
    from vault.store_postgresql import PostgreSQLStore

    return PostgreSQLStore(place)


def subjects_by(
    store: VaultStore, column: str, wanted: Iterable[object]
) -> Iterator[tuple[str, bytes, bytes, str, bytes, str]]:
    """(ref, blind, wrapped key, master, sealed, commitment) of the subjects whose `column` is among `wanted`."""
    values = list(wanted)
    for begin in range(0, len(values), ASKED_AT_ONCE):
        some = values[begin : begin + ASKED_AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from store.rows(
            f"SELECT ref, blind, wrapped_key, master, sealed, commitment FROM subjects WHERE {column} IN ({marks})",  # noqa: S608  the column is ours
            some,
        )
