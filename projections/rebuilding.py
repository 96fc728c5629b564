"""A rebuild beside the live tables: made from the events alone, compared with what is shown, then put in its place.

    fresh tables ──► project as far as the live ones are ──► compare row by row

What differs was changed by another hand than the handlers' (or by older handlers), and is told table by table. Memory
does not grow with the tables: both sides are read in the order of their keys, chunk by chunk.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Engine, Table, delete, func, select

from domain.event import BookName
from projections.dialect import insert_rows, writing
from projections.feed import Feed, Record
from projections.runner import Progress, Projector, position_of
from projections.tables.catalogue import METADATA
from projections.tables.internal import RULES_RAN, SCHEMA_STATE, SCRATCH_KEYS, SCRATCH_POSITIONS, TOUCHED

CHUNK = 2_000
"""Rows read at once of each side."""

PASSING = (TOUCHED, RULES_RAN, SCRATCH_KEYS, SCRATCH_POSITIONS, SCHEMA_STATE)
"""Tables that say where work stands, not what is shown."""


class Compared(NamedTuple):
    """One table of both sides.

    name:       its name.
    rows:       how many rows the fresh one has.
    differing:  keys that only one side has, or whose rows differ.
    """

    name: str
    rows: int
    differing: int


class RowDiffers(NamedTuple):
    """One row that is not as the events give it.

    table:     where it stands.
    key:       the values of its primary key.
    position:  the entry that it comes from, where the table tells.
    columns:   in which it differs; none when one side lacks it.
    standing:  the row that is shown, by column; None when there is none.
    made:      the row that the events give; None when they give none.
    """

    table: str
    key: tuple[Any, ...]
    position: int | None
    columns: tuple[str, ...]
    standing: Mapping[str, Any] | None
    made: Mapping[str, Any] | None


Told = Callable[[RowDiffers], None]


def unheard(row: RowDiffers) -> None:
    """Tell nobody."""


def build(fresh: Engine, live: Engine, feeds: Mapping[str, Feed], progress: Progress | None = None) -> list[Compared]:
    """Project into `fresh` what `live` holds, from the first event, and compare the two.

    The live tables go on meanwhile; their writers wait only while the last events are caught up with and compared.
    Keys that are touched and not yet judged on the live side are so on the fresh one; if the tables differ, every key.
    """
    _project(fresh, live, feeds, progress)
    with writing(live) as standing:
        compared = _caught_up_and_compared(fresh, standing, feeds, unheard)
        if not any(table.differing for table in compared):
            with writing(fresh) as made:
                _take_over_touched(standing, made)
    return compared


def compare(
    fresh: Engine, live: Engine, feeds: Mapping[str, Feed], progress: Progress | None = None, told: Told = unheard
) -> list[Compared]:
    """Project into `fresh` as `build` does and compare; the live tables stay, and nobody who writes to them waits.

    told:  hears of each row that differs.
    """
    _project(fresh, live, feeds, progress)
    with live.connect() as standing:  # which sees one state from here on
        return _caught_up_and_compared(fresh, standing, feeds, told)


def _project(fresh: Engine, live: Engine, feeds: Mapping[str, Feed], progress: Progress | None) -> None:
    with live.connect() as connection:
        bounds = _positions(connection, feeds)
    Projector(fresh, _up_to(feeds, bounds)).catch_up(progress)


def _caught_up_and_compared(
    fresh: Engine, standing: Connection, feeds: Mapping[str, Feed], told: Told
) -> list[Compared]:
    Projector(fresh, _up_to(feeds, _positions(standing, feeds))).catch_up()
    shown = [table for table in METADATA.sorted_tables if table not in PASSING]
    with fresh.connect() as made:
        return [_compare(table, standing, made, told) for table in shown]


class _End(NamedTuple):
    position: int


class _UpTo(NamedTuple):
    """A feed as it was when its head stood at `head`."""

    feed: Feed
    head: _End

    def read(self, start: int = 1, limit: int | None = None) -> Iterator[Record]:
        """Its entries up to there."""
        left = max(0, self.head.position - start + 1)
        return self.feed.read(start=start, limit=left if limit is None else min(limit, left))


def _up_to(feeds: Mapping[str, Feed], bounds: Mapping[str, int]) -> dict[str, Feed]:
    return {name: _UpTo(feed, _End(bounds[name])) for name, feed in feeds.items()}


def _positions(connection: Connection, feeds: Mapping[str, Feed]) -> dict[str, int]:
    return {name: position_of(connection, BookName(name)) for name in feeds}


def _compare(table: Table, standing: Connection, made: Connection, told: Told) -> Compared:
    keys = len(table.primary_key.columns)
    live, fresh = _in_order(table, standing), _in_order(table, made)
    differing = 0
    here, there = next(live, None), next(fresh, None)
    while here is not None or there is not None:
        if here == there:
            here, there = next(live, None), next(fresh, None)
            continue
        differing += 1
        first, second = here and here[:keys], there and there[:keys]
        is_shown = second is None or (first is not None and first <= second)
        is_given = first is None or (second is not None and second <= first)
        told(_differing(table, here if is_shown else None, there if is_given else None))
        here = next(live, None) if is_shown else here
        there = next(fresh, None) if is_given else there
    rows = made.execute(select(func.count()).select_from(table)).scalar_one()
    return Compared(table.name, rows, differing)


def _differing(table: Table, here: tuple[Any, ...] | None, there: tuple[Any, ...] | None) -> RowDiffers:
    names = [column.name for column in _columns(table)]
    standing = None if here is None else dict(zip(names, here, strict=True))
    made = None if there is None else dict(zip(names, there, strict=True))
    known = made or standing or {}
    columns = tuple(name for name in names if standing and made and standing[name] != made[name])
    key = tuple(known[column.name] for column in table.primary_key.columns)
    return RowDiffers(table.name, key, known.get("position"), columns, standing, made)


def _in_order(table: Table, connection: Connection) -> Iterator[tuple[Any, ...]]:
    """Every row, its primary key first, in the order of the key: by number or code point on every engine."""
    query = select(*_columns(table)).order_by(*table.primary_key.columns)
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as found:
        for row in found:
            yield tuple(row)


def _columns(table: Table) -> list[Column[Any]]:
    keys = list(table.primary_key.columns)
    return [*keys, *(column for column in table.columns if column not in set(keys))]


def _take_over_touched(standing: Connection, made: Connection) -> None:
    made.execute(delete(TOUCHED))
    touched = standing.execute(select(TOUCHED.c.kind, TOUCHED.c.key, TOUCHED.c.position)).all()
    insert_rows(made, TOUCHED, ("kind", "key", "position"), [tuple(row) for row in touched])
