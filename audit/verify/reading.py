"""Opening a book to read it, with what may be wrong with the file itself kept apart from what keeps us from reading.

The engine is asked as little as can be: the schema in the file may have been made to mislead, so nothing in it is
trusted, and text is taken as bytes, since a changed column need not be UTF-8.

A book that is no file hands in a `Source` of its own, which this package, shipped alone, need not know.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

BUSY_SECONDS = 60

_NOT_DAMAGE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
}
"""What the engine says when it is kept from reading; whatever else it says is about the file."""


class BookUnreadable(Exception):
    """The book could not be read at all, for a reason that says nothing about its bytes."""


class Damage(Exception):
    """What a `Source` raises when what is stored, and not the way to it, is at fault."""


Fault = (sqlite3.Error, UnicodeDecodeError, Damage)
"""What reading a damaged file raises; where the engine quotes spoiled bytes, its own words cannot be decoded."""


class Rows(Protocol):
    """What a statement gives."""

    def __iter__(self) -> Iterator[Any]: ...

    def fetchall(self) -> list[Any]:
        """All of it."""


class Connection(Protocol):
    """A connection that cannot write. Text comes as bytes."""

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Do a `SELECT` of `events` and `head` whose parameters are written `?`, or `BEGIN` for one snapshot.

        Raises:
            Damage, BookUnreadable: or what else is in `Fault`.
        """


class Source(Protocol):
    """A book that is no file. It can be pickled, so that each process opens it for itself."""

    @property
    def title(self) -> str:
        """What a report calls it."""

    @property
    def out_of_sequence(self) -> str:
        """As `audit.verify.streams` has it for a file: by the table alone."""

    @property
    def out_of_sequence_among_new(self) -> str:
        """The same by the index."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection.

        Raises:
            BookUnreadable: when there is no way to it.
        """

    def expected(self) -> Mapping[str, str]:
        """The named objects of a book and their definitions."""

    def tolerated(self) -> Mapping[str, str]:
        """The named objects that may stand beside them, and their definitions."""

    def found(self, connection: Connection) -> dict[bytes, bytes | None]:
        """The named objects that are there; some that name what must not be there."""

    def structure(self, connection: Connection) -> Iterable[str]:
        """What is wrong with the tables' pages and indexes, in words."""


Place = Path | Source
"""Where a book is: a file, or whatever its source knows."""


@contextmanager
def reading(place: Place) -> Iterator[Connection]:
    """A connection to the book at `place` that cannot write.

    Raises:
        BookUnreadable: when there is no file, or no way to the source.
    """
    if not isinstance(place, Path):
        with place.reading() as connection:
            yield connection
        return
    with _file(place) as opened:
        yield opened


@contextmanager
def _file(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise BookUnreadable(f"There is no book at {path}. Name the folder of a ledger.")
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    try:
        connection.text_factory = bytes
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        yield connection
    finally:
        connection.close()


def damage_in(fault: Exception, place: Place) -> str:
    """What `fault` says about the book at `place`.

    Raises:
        BookUnreadable: when it says nothing about it: the file is locked, or may not be opened.
    """
    if isinstance(fault, Damage):
        return str(fault)
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _NOT_DAMAGE:
        raise BookUnreadable(
            f"The book at {place} cannot be read now: {fault}. If its folder cannot be written to, verify a copy of "
            "the folder: the engine keeps its notes beside the file."
        ) from fault
    return str(fault)
