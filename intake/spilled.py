"""What must be remembered of every row of a long table: its key and its problems, kept on disk when they are many.

A package may hold a million rows. Their keys, with the digest of what each row states, and their problems, in which
every value is masked, go into temporary databases that SQLite keeps in memory while they are small and on disk when
they grow.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from intake.problem import Problem, Severity

DIGEST_BYTES = 16

SCHEMA = """
CREATE TABLE seen (key BLOB PRIMARY KEY, content TEXT NOT NULL, row INTEGER NOT NULL, tab INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE counted (key BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
"""


class Seen(NamedTuple):
    """The first row of a key: the digest of its content, its number, and the table that it stands in."""

    content: str
    row: int
    table: int


class SpilledKeys:
    """Keys of the rows of long tables, each table under a number."""

    def __init__(self) -> None:
        """Begin with none."""
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(SCHEMA)

    def first(self, key: tuple[str, ...], content: str, row: int, table: int) -> Seen | None:
        """Remember a row; gives the one that stands under its key already, if there is one."""
        digest = digest_of(key)
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", (digest, content, row, table))
        if added.rowcount:
            return None
        return Seen(*self._database.execute("SELECT content, row, tab FROM seen WHERE key = ?", (digest,)).fetchone())

    def find(self, key: tuple[str, ...]) -> Seen | None:
        """The row that stands under a key."""
        asked = self._database.execute("SELECT content, row, tab FROM seen WHERE key = ?", (digest_of(key),)).fetchone()
        return None if asked is None else Seen(*asked)

    def forget(self, table: int) -> None:
        """Forget the rows of a table."""
        self._database.execute("DELETE FROM seen WHERE tab = ?", (table,))

    def ordinals(self, keys: Iterable[tuple[str, ...] | None]) -> Iterator[int]:
        """The number of each key among those counted so far; 1 where there is none to count."""
        for key in keys:
            yield 1 if key is None else self._count(key)

    def count_anew(self) -> None:
        """Begin to count again."""
        self._database.execute("DELETE FROM counted")

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _count(self, key: tuple[str, ...]) -> int:
        [(times,)] = self._database.execute(
            "INSERT INTO counted VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times",
            (digest_of(key),),
        ).fetchall()
        return int(times)


class SpilledProblems:
    """The problems of the rows of one long table.

    counts:  how many there are of each severity.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.counts: Counter[Severity] = Counter()
        self._database: sqlite3.Connection | None = None

    def __iter__(self) -> Iterator[Problem]:
        """All problems, by row."""
        if self._database is not None:
            for (told,) in self._database.execute("SELECT told FROM problems ORDER BY row"):
                yield from _problems.decode(told)

    def put(self, row: int, problems: Sequence[Problem]) -> None:
        """Keep the problems of a row, once all of them are found."""
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._database.execute("CREATE TABLE problems (row INTEGER PRIMARY KEY, told BLOB NOT NULL)")
        self.counts.update(problem.severity for problem in problems)
        self._database.execute("INSERT OR REPLACE INTO problems VALUES (?, ?)", (row, _encode(problems)))

    def of(self, row: int) -> list[Problem]:
        """The problems of a row."""
        if self._database is None:
            return []
        found = self._database.execute("SELECT told FROM problems WHERE row = ?", (row,)).fetchone()
        return [] if found is None else _problems.decode(found[0])


_problems = msgspec.msgpack.Decoder(list[Problem])
_encode = msgspec.msgpack.Encoder().encode


def digest_of(key: tuple[str, ...]) -> bytes:
    """16 bytes that stand for a key."""
    return blake2b("\x1f".join(key).encode(), digest_size=DIGEST_BYTES).digest()
