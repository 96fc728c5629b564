"""A book's records as they lie in its tables, whatever somebody did to them: what is held against a log.

Hashes are recomputed from the entries; the columns beside them are not believed. Through no code of ours but what
`audit.verify` reads a book with, so a book that would not open is read all the same.
"""

from collections.abc import Callable, Iterator, Sequence

from audit.log.comparing import Record
from audit.seal import Entry, NotAnEntry, leaf_of, parse
from audit.verify.reading import BookUnreadable, Fault, Place, damage_in, reading

CHUNK = 5_000
"""Rows asked for at once."""

LOWEST_POSITION = -(2**63)

_ROWS = "SELECT position, entry FROM events WHERE position > ? ORDER BY position LIMIT ?"
_ROW = "SELECT entry FROM events WHERE position = ?"
_OF_TOPICS = "SELECT entry FROM events WHERE position > ? AND topic IN"

Progress = Callable[[int], None]
"""Told the position that was reached."""


def silent(position: int) -> None:
    """Tell nobody."""


class LyingBook:
    """The records of the book at `place`; it can be gone through any number of times."""

    def __init__(self, place: Place, progress: Progress = silent) -> None:
        self._place = place
        self._progress = progress

    def __iter__(self) -> Iterator[Record]:
        """Every record by position, with the leaf hash that its entry gives.

        Raises:
            BookUnreadable: when the file or the engine cannot be read from some record on.
        """
        return self.behind(LOWEST_POSITION)

    def behind(self, position: int) -> Iterator[Record]:
        """The records behind a position.

        Raises:
            BookUnreadable: as above.
        """
        behind = position
        try:
            with reading(self._place) as connection:
                connection.execute("BEGIN")
                while rows := connection.execute(_ROWS, (behind, CHUNK)).fetchall():
                    for stands_at, entry in rows:
                        yield Record(stands_at, leaf_of(entry if isinstance(entry, bytes) else repr(entry).encode()))
                    behind = rows[-1][0]
                    self._progress(behind)
        except Fault as fault:
            told = damage_in(fault, self._place)
            raise BookUnreadable(f"The book at {self._place} cannot be read behind {behind}: {told}.") from fault

    def of_topics(self, topics: Sequence[str], *, behind: int = LOWEST_POSITION) -> list[bytes]:
        """The entries that stand under one of a few rare topics, by position; what is no bytes is left out.

        Raises:
            BookUnreadable: when the file or the engine cannot be read.
        """
        asked = f"{_OF_TOPICS} ({', '.join('?' * len(topics))}) ORDER BY position"
        return [entry for (entry,) in self._asked(asked, (behind, *topics)) if isinstance(entry, bytes)]

    def entry(self, position: int) -> Entry | None:
        """What the entry at `position` says; None when there is none, or it is no entry.

        Raises:
            BookUnreadable: when the file or the engine cannot be read.
        """
        rows = self._asked(_ROW, (position,))
        return said_by(rows[0][0]) if rows else None

    def _asked(self, statement: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        try:
            with reading(self._place) as connection:
                return connection.execute(statement, values).fetchall()
        except Fault as fault:
            told = damage_in(fault, self._place)
            raise BookUnreadable(f"An entry of the book at {self._place} cannot be read: {told}.") from fault


def said_by(entry: object) -> Entry | None:
    """What an entry says; None when it is none."""
    if not isinstance(entry, bytes):
        return None
    try:
        return parse(entry)
    except NotAnEntry:
        return None
