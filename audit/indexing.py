"""Making the index of subjects from the entries of a book, on disk: memory does not grow with the book (DESIGN §4).

    entries 1 … size ──► rows (subject, position) ─┐
                    └──► leaves, 32 bytes each ────┴──► sorted, one line a subject ──► root, proofs

The finished index is one SQLite file, from which proofs are read. It is nothing to be trusted: it is made anew from the
entries at any time, and every proof is checked against its root before it is given out. Standard library only.
"""

import hashlib
import mmap
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import IO, Self

from audit.completeness import HASH_BYTES, Line, PlacedLine, SealedIndex, SubjectProof, check_placed, order_of
from audit.merkle import Tree, root_of
from audit.seal import leaf_of
from audit.subjects import SCHEME, mentions

CACHE = "PRAGMA cache_size = -32000"
"""32 MB: beyond that SQLite sorts in files."""

AT_ONCE = 1_000
"""Entries whose rows go in together."""

BLOCK = 256
"""Lines whose root is kept, so that a proof reads two blocks and not every line; a power of two."""

_SPOOL = "CREATE TABLE mention (subject BLOB NOT NULL, position INTEGER NOT NULL)"
_INDEX = """
CREATE TABLE line (place INTEGER PRIMARY KEY, subject BLOB NOT NULL, entries INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE block (place INTEGER PRIMARY KEY, root BLOB NOT NULL);
CREATE TABLE sealed (scheme TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, subjects INTEGER NOT NULL);
"""
_u64 = Struct(">Q").pack


class IndexUnusable(ValueError):
    """A file that is no index of this scheme, or a damaged one; make it anew from the entries."""


def make_index(file: Path, entries: Iterable[bytes]) -> SealedIndex:
    """Make the index over `entries`, which are the book's from position 1 on, and put it at `file`.

    What is written beside it meanwhile, some hundred bytes for each mention, is removed again. Whoever reads the file
    has the old index or the new one.

    Raises:
        NotAnEntry: when one of them is none.
    """
    with TemporaryDirectory(prefix=f"{file.name}-", dir=file.parent) as folder:
        beside = Path(folder) / file.name
        with (
            closing(_scratch(Path(folder) / "mentions.db")) as spool,
            (Path(folder) / "leaves").open("w+b") as leaves,
            closing(_scratch(beside)) as index,
        ):
            size = _spool(spool, leaves, entries)
            index.executescript(_INDEX)
            sealed = _write(index, size, _lines(spool, leaves))
            index.commit()
        beside.replace(file)
    return sealed


class SubjectIndex:
    """A finished index; `sealed` is what it is over. One thread at a time."""

    def __init__(self, connection: sqlite3.Connection, sealed: SealedIndex) -> None:
        """Use `open`."""
        self._connection = connection
        self.sealed = sealed

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open the index at `file`, for reading.

        Raises:
            IndexUnusable: when there is none of this scheme.
        """
        try:
            connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error as fault:
            raise IndexUnusable(f"There is no index of subjects at {file}: {fault}.") from fault
        try:
            scheme, size, root, subjects = connection.execute("SELECT * FROM sealed").fetchone()
            if scheme != SCHEME:
                raise IndexUnusable(f"The index at {file} was made by {scheme}, and {SCHEME} was expected.")
        except (sqlite3.Error, TypeError, ValueError) as fault:
            connection.close()
            raise IndexUnusable(f"The index of subjects at {file} cannot be read: {fault}.") from fault
        return cls(connection, SealedIndex(size, root, subjects))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def lines(self, start: int = 0, end: int | None = None) -> Iterator[Line]:
        """The lines from index `start` to before `end`, in their order."""
        rows = self._connection.execute(
            "SELECT subject, entries, digest FROM line WHERE place >= ? AND place < ? ORDER BY place",
            (start, self.sealed.subjects if end is None else end),
        )
        return (Line(subject.decode(), entries, digest) for subject, entries, digest in rows)

    def prove(self, subject: str) -> SubjectProof:
        """The proof of what the index has about `subject`, checked against the index's root.

        Raises:
            IndexUnusable: when the lines are not those that the root is over.
        """
        try:
            return self._prove(subject)
        except IndexUnusable:
            raise
        except (ValueError, sqlite3.Error) as fault:
            raise IndexUnusable(f"The index is not what its root is over: {fault}") from fault

    def _prove(self, subject: str) -> SubjectProof:
        place = self._place_of(subject)
        own = next(self.lines(place, place + 1), None)
        if own is not None and own.subject == subject:
            return SubjectProof(subject, own=self._placed(place, own))
        before = next(self.lines(place - 1, place), None)
        return SubjectProof(
            subject,
            before=self._placed(place - 1, before) if before else None,
            behind=self._placed(place, own) if own else None,
        )

    def _place_of(self, subject: str) -> int:
        """How many subjects come before `subject`."""
        key, low, high = order_of(subject), 0, self.sealed.subjects
        while low < high:
            middle = (low + high) // 2
            row = self._connection.execute("SELECT subject FROM line WHERE place = ?", (middle,)).fetchone()
            if row is None:
                raise IndexUnusable(f"The index has no line {middle} of {self.sealed.subjects}.")
            low, high = (middle + 1, high) if row[0] < key else (low, middle)
        return low

    def _placed(self, place: int, line: Line) -> PlacedLine:
        placed = PlacedLine(place, line, tuple(self._path(place)))
        check_placed(placed, self.sealed)
        return placed

    def _path(self, place: int) -> list[bytes]:
        """The inclusion proof (RFC 6962, 2.1.1)."""
        path: list[bytes] = []
        low, high = 0, self.sealed.subjects
        while high - low > 1:
            middle = low + (1 << (high - low - 1).bit_length() - 1)
            path.append(self._root(middle, high) if place < middle else self._root(low, middle))
            low, high = (low, middle) if place < middle else (middle, high)
        return path[::-1]

    def _root(self, low: int, high: int) -> bytes:
        """The root over the lines from `low` to before `high`, a subtree: of its blocks, where it has whole ones.

        A tree splits at powers of two, so that over the roots of its blocks, the last one partial, it is the same tree.
        """
        if high - low < BLOCK:
            return root_of(line.leaf for line in self.lines(low, high))
        blocks = self._connection.execute(
            "SELECT root FROM block WHERE place >= ? AND place * ? < ? ORDER BY place", (low // BLOCK, BLOCK, high)
        )
        return root_of(root for (root,) in blocks)


def _scratch(file: Path) -> sqlite3.Connection:
    """A new database that nobody needs after a crash: written without a journal."""
    connection = sqlite3.connect(file)
    for pragma in (CACHE, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"):
        connection.execute(pragma)
    return connection


def _spool(spool: sqlite3.Connection, leaves: IO[bytes], entries: Iterable[bytes]) -> int:
    """Write every mention and every leaf down; gives how many entries there were."""
    spool.execute(_SPOOL)
    size, arriving = 0, iter(entries)
    while some := list(islice(arriving, AT_ONCE)):
        leaves.write(b"".join([leaf_of(entry) for entry in some]))
        spool.executemany(
            "INSERT INTO mention VALUES (?, ?)",
            [
                (order_of(subject), at)
                for position, entry in enumerate(some, start=size + 1)
                for subject, at in mentions(position, entry)
            ],
        )
        size += len(some)
    spool.commit()
    leaves.flush()
    return size


def _lines(spool: sqlite3.Connection, leaves: IO[bytes]) -> Iterator[Line]:
    """The lines of the index in their order; a subject's entries are read one by one."""
    if not leaves.tell():
        return
    sorted_rows = spool.execute("SELECT subject, position FROM mention ORDER BY subject, position")
    with mmap.mmap(leaves.fileno(), 0, access=mmap.ACCESS_READ) as held:
        for subject, rows in groupby(sorted_rows, key=itemgetter(0)):
            digest, count = hashlib.sha256(), 0
            for (_, position), _same in groupby(rows):
                digest.update(_u64(position) + held[HASH_BYTES * (position - 1) : HASH_BYTES * position])
                count += 1
            yield Line(subject.decode(), count, digest.digest())


def _write(index: sqlite3.Connection, size: int, lines: Iterator[Line]) -> SealedIndex:
    """Write the lines down as they come, and the root of each block; gives what they are sealed as."""
    tree, subjects = Tree(), 0
    while some := list(islice(lines, BLOCK)):
        index.executemany(
            "INSERT INTO line VALUES (?, ?, ?, ?)",
            [(place, order_of(line.subject), line.entries, line.digest) for place, line in enumerate(some, subjects)],
        )
        block = root_of([line.leaf for line in some])
        index.execute("INSERT INTO block VALUES (?, ?)", (tree.size, block))
        tree.append(block)
        subjects += len(some)
    sealed = SealedIndex(size, tree.root(), subjects)
    index.execute("INSERT INTO sealed VALUES (?, ?, ?, ?)", (SCHEME, *sealed))
    return sealed
