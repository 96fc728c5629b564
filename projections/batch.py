"""One batch of events on its way into the tables, in one transaction.

Rows are gathered in memory and written together; what a change of one table means for the rows of another is then
worked out by SQL over the keys that the batch touched. So the cost of a batch follows the batch, not the ledger, and
the tables are the same whatever the order or size of the batches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, literal, or_, select, update

from domain.event import BookName, Event, Versioned
from projections.dialect import insert_missing, insert_missing_from, insert_rows
from projections.tables.fact_table import FactTable
from projections.tables.internal import SCRATCH_KEYS, SCRATCH_POSITIONS, TOUCHED

LOOKUP_CHUNK = 500
"""Streams looked up at once."""

STREAM, POSITION = 1, 0


class Batch:
    """Consecutive events of one book, and what they change.

    events:   in position order; all streams' versions in sequence.
    changed:  names of the fact tables that got rows.
    touched:  keys of those rows before and after, by kind.
    """

    def __init__(self, connection: Connection, book: BookName, events: Sequence[Versioned]) -> None:
        self.connection = connection
        self.book = book
        self.events = events
        self.first = events[0].position
        self.last = events[-1].position
        self.changed: set[str] = set()
        self.touched: defaultdict[str, set[str]] = defaultdict(set)
        self._corrected = sorted({placed.corrects for placed in events if 0 < placed.corrects < self.first})
        self._of_class: defaultdict[type[Event], list[Versioned]] = defaultdict(list)
        self._scratched: set[str] = set()
        for placed in events:
            self._of_class[type(placed.event)].append(placed)

    @property
    def corrects(self) -> bool:
        """Whether the batch states rows of earlier batches anew."""
        return bool(self._corrected)

    def new(self, position: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a row came in with the batch, or was put there anew by a correction that did."""
        came = position.between(self.first, self.last)
        return came | position.in_(self._corrected) if self._corrected else came

    def of(self, *classes: type[Event]) -> list[Versioned]:
        """The batch's events of these classes, in position order."""
        found = [placed for event_class in classes for placed in self._of_class.get(event_class, ())]
        if len(classes) > 1:
            found.sort(key=lambda placed: placed.position)
        return found

    def keep(self, facts: FactTable) -> None:
        """Write the batch's rows of `facts`: a journal's are new, a register's may replace what stands."""
        events = self.of(*facts.events)
        if facts.when is not None:
            events = [placed for placed in events if facts.when(placed.event)]
        if not events:
            return
        self.changed.add(facts.name)
        if facts.register:
            self._keep_register(facts, events)
        else:
            self._keep_journal(facts, events)

    def those(self, kind: str) -> Select[tuple[str]]:
        """A SELECT of the keys of `kind` that the batch's own rows touched, for `column.in_(…)`."""
        if kind not in self._scratched:
            self._scratched.add(kind)
            self.scratch(kind, self.touched[kind])
        return scratched(kind)

    def scratch(self, kind: str, keys: Iterable[str]) -> None:
        """Keep `keys` for the rest of the batch under `kind`."""
        insert_missing(self.connection, SCRATCH_KEYS, ("kind", "key"), ((kind, key) for key in sorted(keys)))

    def scratch_from(self, kind: str, query: Select[Any]) -> None:
        """Keep the keys that `query` gives for the rest of the batch under `kind`."""
        keys = query.add_columns(literal(kind)).distinct()
        insert_missing_from(self.connection, SCRATCH_KEYS, ("key", "kind"), keys)

    def touch_rows(self, facts: FactTable, where: ColumnElement[bool], kinds: Collection[str] = ()) -> None:
        """Mark the keys of rows of `facts` (of these `kinds`, or all) as touched: before and after SQL changes them."""
        for column, kind in facts.keys.items():
            if kinds and kind not in kinds:
                continue
            key = facts.c[column]
            query = select(literal(kind), key, literal(self.last)).where(where, key.is_not(None)).distinct()
            insert_missing_from(self.connection, TOUCHED, ("kind", "key", "position"), query)

    def differing(
        self, facts: FactTable, where: ColumnElement[bool], values: Mapping[str, ColumnElement[Any]]
    ) -> ColumnElement[bool] | None:
        """The rows `where` what stands is not `values`: a condition that holds until the next call; None: no row."""
        self.connection.execute(delete(SCRATCH_POSITIONS))
        differs = or_(*(facts.c[name].is_distinct_from(value) for name, value in values.items()))
        found = select(facts.c.position).where(where, differs).distinct()
        insert_missing_from(self.connection, SCRATCH_POSITIONS, ("position",), found)
        positions = select(SCRATCH_POSITIONS.c.position)
        nothing = self.connection.execute(positions.limit(1)).first() is None
        return None if nothing else facts.c.position.in_(positions)

    def state(self, facts: FactTable, ours: ColumnElement[bool], values: Mapping[str, ColumnElement[Any]]) -> None:
        """Set `values` in `ours`, a condition that the change does not change; keys before and after are touched."""
        self.touch_rows(facts, ours)
        self.connection.execute(update(facts.table).where(ours).values(dict(values)))
        self.touch_rows(facts, ours)
        self.changed.add(facts.name)

    def recompute(self, facts: FactTable, where: ColumnElement[bool], values: Mapping[str, ColumnElement[Any]]) -> None:
        """Set `values` in those of the rows `where` they differ."""
        ours = self.differing(facts, where, values)
        if ours is not None:
            self.state(facts, ours, values)

    def finish(self) -> None:
        """Write what was touched, and leave the scratch tables empty."""
        rows = ((kind, key, self.last) for kind in sorted(self.touched) for key in sorted(self.touched[kind]))
        insert_missing(self.connection, TOUCHED, ("kind", "key", "position"), rows)
        self.connection.execute(delete(SCRATCH_KEYS))
        self.connection.execute(delete(SCRATCH_POSITIONS))

    def _insert(self, facts: FactTable, rows: Sequence[Sequence[Any]]) -> None:
        insert_rows(self.connection, facts.table, facts.column_names, rows)
        self._touch(facts, rows)

    def _touch(self, facts: FactTable, rows: Sequence[Sequence[Any]]) -> None:
        for place, kind in facts.key_places:
            self.touched[kind].update({row[place] for row in rows if row[place] is not None})

    def _keep_journal(self, facts: FactTable, events: Sequence[Versioned]) -> None:
        """Rows of a journal are new; a correction puts one in the place of that which it corrects."""
        new: list[list[Any]] = []
        anew: dict[int, list[Any]] = {}
        places: dict[int, int] = {}
        for placed in events:
            row = facts.row(placed)
            if not placed.corrects:
                places[placed.position] = len(new)
                new.append(row)
                continue
            row[POSITION] = placed.corrects
            if placed.corrects in places:
                new[places[placed.corrects]] = row
            else:
                anew[placed.corrects] = row
        if anew:
            ours = facts.c.position.in_(sorted(anew))
            standing = self.connection.execute(select(*(facts.c[name] for name in facts.column_names)).where(ours))
            self._touch(facts, standing.fetchall())
            if facts.unname is not None:
                facts.unname(self, ours)
            self.connection.execute(delete(facts.table).where(ours))
        self._insert(facts, [*new, *anew.values()])

    def _keep_register(self, facts: FactTable, events: Sequence[Versioned]) -> None:
        """Later events of a stream replace its row, which keeps the position of its first entry."""
        standing = self._standing(facts, [placed.stream for placed in events if placed.version > 1])
        known = set(standing)
        for placed in events:
            now = facts.row(placed)
            before = standing.get(placed.stream)
            if before is not None:
                now[POSITION] = before[POSITION]
                self._touch(facts, [before])
                if facts.carry is not None:
                    now = facts.carried(before, now)
            standing[placed.stream] = now
        new = [row for stream, row in standing.items() if stream not in known]
        self._insert(facts, new)
        self._replace(facts, [standing[stream] for stream in known])

    def _standing(self, facts: FactTable, streams: Sequence[str]) -> dict[str, list[Any]]:
        table = facts.table
        found: dict[str, list[Any]] = {}
        wanted = iter(dict.fromkeys(streams))
        columns = [table.c[name] for name in facts.column_names]
        while chunk := list(islice(wanted, LOOKUP_CHUNK)):
            for row in self.connection.execute(select(*columns).where(table.c.stream.in_(chunk))):
                found[row[STREAM]] = list(row)
        return found

    def _replace(self, facts: FactTable, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        names = [name for name in facts.column_names if name not in ("position", "stream")]
        statement = (
            update(facts.table)
            .where(facts.c.position == bindparam("its_position"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        self.connection.execute(
            statement,
            [
                {"its_position": row[POSITION]}
                | {f"new_{name}": value for name, value in zip(facts.column_names, row, strict=True) if name in names}
                for row in rows
            ],
        )
        self._touch(facts, rows)


def scratched(kind: str) -> Select[tuple[str]]:
    """A SELECT of the keys kept under `kind` for the batch."""
    return select(SCRATCH_KEYS.c.key).where(SCRATCH_KEYS.c.kind == kind)
