"""A rebuild beside the live tables: made from the events alone, compared with what is shown, then put in its place.

    fresh tables ──► project as far as the live ones are ──► compare row by row

What differs was changed by another hand than the handlers' (or by older handlers), and is told table by table. Memory
does not grow with the tables: both sides are read in the order of their keys, chunk by chunk.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, func, select

from domain.event import BookName
from projections.dialect import insert_rows, writing
from projections.feed import Feed, Record
from projections.runner import Progress, Projector, position_of
from projections.tables.catalogue import METADATA
from projections.tables.internal import SCHEMA_STATE, SCRATCH_KEYS, SCRATCH_POSITIONS, TOUCHED

CHUNK = 2_000
"""Rows read at once of each side."""

PASSING = (TOUCHED, SCRATCH_KEYS, SCRATCH_POSITIONS, SCHEMA_STATE)
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


def build(fresh: Engine, live: Engine, feeds: Mapping[str, Feed], progress: Progress | None = None) -> list[Compared]:
    """Project into `fresh` what `live` holds, from the first event, and compare the two.

    The live tables go on meanwhile; their writers wait only while the last events are caught up with and compared.
    Keys that are touched and not yet judged on the live side are so on the fresh one; if the tables differ, every key.
    """
    with live.connect() as connection:
        bounds = _positions(connection, feeds)
    Projector(fresh, _up_to(feeds, bounds)).catch_up(progress)
    with writing(live) as standing:
        Projector(fresh, _up_to(feeds, _positions(standing, feeds))).catch_up()
        with writing(fresh) as made:
            compared = [_compare(table, standing, made) for table in METADATA.sorted_tables if table not in PASSING]
            if not any(table.differing for table in compared):
                _take_over_touched(standing, made)
    return compared


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


def _compare(table: Table, standing: Connection, made: Connection) -> Compared:
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
        if second is None or (first is not None and first <= second):
            here = next(live, None)
        if first is None or (second is not None and second <= first):
            there = next(fresh, None)
    rows = made.execute(select(func.count()).select_from(table)).scalar_one()
    return Compared(table.name, rows, differing)


def _in_order(table: Table, connection: Connection) -> Iterator[tuple[Any, ...]]:
    """Every row, its primary key first, in the order of the key: by number or code point on every engine."""
    keys = list(table.primary_key.columns)
    others = [column for column in table.columns if column not in set(keys)]
    query = select(*keys, *others).order_by(*keys)
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as found:
        for row in found:
            yield tuple(row)


def _take_over_touched(standing: Connection, made: Connection) -> None:
    made.execute(delete(TOUCHED))
    touched = standing.execute(select(TOUCHED.c.kind, TOUCHED.c.key)).all()
    insert_rows(made, TOUCHED, ("kind", "key"), [tuple(row) for row in touched])
