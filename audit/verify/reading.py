"""Opening a book to read it, with what may be wrong with the file itself kept apart from what keeps us from reading.

The engine is asked as little as can be: the schema in the file may have been made to mislead, so nothing in it is
trusted, and text is taken as bytes, since a changed column need not be UTF-8.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


Fault = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises; where the engine quotes spoiled bytes, its own words cannot be decoded."""


class BookUnreadable(Exception):
    """The book could not be read at all, for a reason that says nothing about its bytes."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the book at `path` that cannot write.

    Raises:
        BookUnreadable: when there is no file.
    """
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


def damage_in(fault: Exception, path: Path) -> str:
    """What `fault` says about the file at `path`.

    Raises:
        BookUnreadable: when it says nothing about it: the file is locked, or may not be opened.
    """
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _NOT_DAMAGE:
        raise BookUnreadable(
            f"The book at {path} cannot be read now: {fault}. If its folder cannot be written to, verify a copy of "
            "the folder: the engine keeps its notes beside the file."
        ) from fault
    return str(fault)
