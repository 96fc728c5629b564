"""The runner: events into tables, batch by batch, the position in the same transaction (DESIGN §6).

A second runner is fenced by the position itself: whoever finds that it has moved rolls back and reads again. So any
number of processes may call `catch_up`; no row is missing and none is there twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection, Engine, select, update

from domain.catalogue import as_told, load
from domain.event import BookName, Versioned
from projections.batch import Batch
from projections.dialect import insert_missing, insert_rows, writing
from projections.feed import Feed
from projections.subjects import subjects_of
from projections.tables.catalogue import DERIVATIONS, KEPT
from projections.tables.internal import PROJECTION_POSITIONS, SUBJECT_INDEX

BATCH = 5_000
"""Events in one transaction."""

Progress = Callable[[int, int], None]
"""Told after each batch: how many events are in the tables, of how many."""


class Projector:
    """Brings the tables of `engine` up to the books that `feeds` gives by name (`money`, `supervision`)."""

    def __init__(self, engine: Engine, feeds: Mapping[str, Feed], *, batch: int = BATCH) -> None:
        """Project from `feeds`, `batch` events at a time; the tables must be there (`projections.views.prepare`)."""
        self._engine = engine
        self._feeds = {BookName(name): feed for name, feed in feeds.items()}
        self._batch = batch

    def positions(self) -> dict[str, int]:
        """The last position of each book that the tables hold."""
        with self._engine.connect() as connection:
            return {book.value: position_of(connection, book) for book in self._feeds}

    def catch_up(self, progress: Progress | None = None) -> dict[str, int]:
        """Read what is new in each book; gives the positions reached, which are those of the heads at the call.

        Raises:
            UnknownTopic: when a newer version wrote the ledger.
        """
        reached = self.positions()
        until = {book: feed.head.position for book, feed in self._feeds.items()}
        total = sum(until.values())
        for book in self._feeds:
            while reached[book.value] < until[book]:
                reached[book.value] = self._step(book, reached[book.value])
                if progress is not None:
                    progress(min(sum(reached.values()), total), total)
        return reached

    def _step(self, book: BookName, position: int) -> int:
        """Project one batch behind `position`; gives the position that the tables have then."""
        records = self._feeds[book].read(start=position + 1, limit=self._batch)
        events = [
            as_told(
                Versioned(
                    record.position,
                    str(record.stream),
                    record.version,
                    record.topic,
                    load(record.topic, record.state),
                    record.leaf,
                )
            )
            for record in islice(records, self._batch)
        ]
        with writing(self._engine) as connection:
            if events and moves(connection, book, position, events[-1].position):
                project(connection, book, events)
                return events[-1].position
            return position_of(connection, book)


def position_of(connection: Connection, book: BookName) -> int:
    """The last position of `book` that the tables hold."""
    positions = PROJECTION_POSITIONS.c
    return connection.execute(select(positions.position).where(positions.book == book.value)).scalar() or 0


def moves(connection: Connection, book: BookName, last: int, new: int) -> bool:
    """Move the position of `book` from `last` to `new`; False when another runner was first."""
    insert_missing(connection, PROJECTION_POSITIONS, ("book", "position"), [(book.value, 0)])
    positions = PROJECTION_POSITIONS.c
    moved = connection.execute(
        update(PROJECTION_POSITIONS)
        .where(positions.book == book.value, positions.position == last)
        .values(position=new)
    )
    return moved.rowcount == 1


def project(connection: Connection, book: BookName, events: list[Versioned]) -> None:
    """Put consecutive `events` of `book` into the tables, within the connection's transaction."""
    batch = Batch(connection, book, events)
    for facts in KEPT[book]:
        batch.keep(facts)
    if book is BookName.MONEY:
        index_subjects(connection, events)
    for derive in DERIVATIONS[book]:
        derive(batch)
    batch.finish()


def index_subjects(connection: Connection, events: list[Versioned]) -> None:
    """Write which subjects `events` name, sorted, which is how an index likes it.

    What is named under its own position is new; under that of the entry which it corrects it may stand already.
    """
    new: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    again: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for placed in events:
        for subject in _subjects(placed):
            new[subject].append(placed.position)
            if placed.corrects:
                again[subject].append(placed.corrects)
    columns = ("kind", "value", "position")
    insert_rows(connection, SUBJECT_INDEX, columns, _in_order(new))
    insert_missing(connection, SUBJECT_INDEX, columns, _in_order(again))


def _in_order(positions: Mapping[tuple[str, str], list[int]]) -> Iterator[tuple[str, str, int]]:
    return ((kind, value, position) for kind, value in sorted(positions) for position in positions[kind, value])


def _subjects(placed: Versioned) -> list[tuple[str, str]]:
    """What an event names; a correction also what the row named before, and both stand under both of its entries."""
    named = subjects_of(placed.event)
    return named if placed.before is None else list(dict.fromkeys([*named, *subjects_of(placed.before)]))
