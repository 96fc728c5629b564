"""A fact table, declared: which events it keeps, their columns, and what its rows are looked up by."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index, MetaData, Table
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from domain.event import Event, Versioned
from projections.tables.column import Column, Unit, internal, sql_type

METADATA = MetaData()
"""Every table of the views."""

PLACE_COLUMNS = (
    internal("position", Unit.INTEGER),
    internal("stream", Unit.TEXT),
    internal("last_position", Unit.INTEGER),
    internal("quarantined", Unit.YES_NO),
)
"""Where a row comes from: the first entry of its stream, the last one (whose columns these are), and whether the
row is not joined to people and programmes. They stand before the columns of the row."""

MILLION = 1_000_000
LARGEST_MILLIONTHS = 2**62


class FactTable:
    """One table of facts and the events that it keeps.

    name:       in SQL and for `facts NAME`.
    columns:    in the order in which they are printed; internal ones anywhere.
    events:     classes whose events are rows of it.
    when:       which of them, where one class fills two tables.
    register:   a later event of a stream replaces the row's columns; a journal only grows.
    keys:       what a changed row touches: column → kind of the key (OUTPUTS §1's words).
    indexes:    lookups of rules, balances and derivations, each a text of column names.
    key:        columns of the business key, by which rows of one position sort.
    listed:     whether `facts` knows it.
    carry:      fixes a replaced row by what stood before: `carry(before, now)` changes `now`.
    unname:     takes rows that a correction replaces out of the subject index, as far as they were named by what was
                worked out for them: `unname(batch, rows)`.
    """

    def __init__(  # noqa: PLR0913  a declaration has as many words as it needs
        self,
        name: str,
        *,
        columns: tuple[Column, ...],
        events: tuple[type[Event], ...] = (),
        when: Callable[[Any], bool] | None = None,
        register: bool = False,
        keys: Mapping[str, str],
        indexes: tuple[str, ...] = (),
        key: tuple[str, ...],
        listed: bool = True,
        carry: Callable[[Mapping[str, Any], dict[str, Any]], None] | None = None,
        unname: Callable[[Any, Any], None] | None = None,
        primary_key: tuple[str, ...] = ("position",),
    ) -> None:
        self.name = name
        self.columns = columns
        self.events = events
        self.when = when
        self.register = register
        self.keys = dict(keys)
        self.key = key
        self.listed = listed
        self.carry = carry
        self.unname = unname
        self._maker = _RowMaker(columns)
        self.stored = (*PLACE_COLUMNS, *self._maker.columns)
        self.column_names = tuple(column.name for column in self.stored)
        self.table = _table(name, self.stored, primary_key)
        for columns_of_index in indexes:
            self._index(columns_of_index.split(), unique=False)
        if register:
            self._index(["stream"], unique=True)
        self.key_places = tuple((self.column_names.index(column), kind) for column, kind in self.keys.items())

    @property
    def c(self) -> ReadOnlyColumnCollection[str, SqlColumn[Any]]:
        """The columns, for SELECTs."""
        return self.table.c

    def row(self, placed: Versioned) -> list[Any]:
        """The row that `placed` is, in the order of `column_names`."""
        position = placed.position
        return [position, placed.stream, position, bool(placed.event.quarantine), *self._maker.values(placed)]

    def carried(self, before: list[Any], now: list[Any]) -> list[Any]:
        """The row `now` with what it keeps of the row `before` (see `carry`)."""
        if self.carry is None:
            return now
        row = dict(zip(self.column_names, now, strict=True))
        self.carry(dict(zip(self.column_names, before, strict=True)), row)
        return list(row.values())

    def _index(self, columns: list[str], *, unique: bool) -> None:
        Index(f"{self.name}_by_{'_'.join(columns)}", *(self.table.c[column] for column in columns), unique=unique)


def millionths(quantity: str) -> int | None:
    """`quantity` times a million, for arithmetic in SQL; None where that is not a whole number or too large."""
    scaled = Decimal(quantity) * MILLION
    return int(scaled) if scaled == scaled.to_integral_value() and scaled <= LARGEST_MILLIONTHS else None


def _table(name: str, columns: tuple[Column, ...], primary_key: tuple[str, ...]) -> Table:
    return Table(
        name,
        METADATA,
        *(
            SqlColumn(
                column.name,
                sql_type(column.unit),
                primary_key=column.name in primary_key,
                autoincrement=False,
                nullable=column.name not in primary_key,
            )
            for column in columns
        ),
    )


class _RowMaker:
    """Takes a row's values from an event: made once for a table, used for each of its events.

    columns:  in the order in which they are stored: what events state, quantities times a million, the others.
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        taken = [column for column in columns if column.field]
        quantities = [column for column in taken if column.unit is Unit.QUANTITY]
        scaled = [internal(f"{column.name}_millionths", Unit.INTEGER) for column in quantities]
        worked_out = [column for column in columns if not column.field and callable(column.initial)]
        fixed = [column for column in columns if not column.field and not callable(column.initial)]
        self.columns = (*taken, *scaled, *worked_out, *fixed)
        self._fields = [attrgetter(str(column.field)) for column in taken]
        self._days = [place for place, column in enumerate(taken) if column.unit is Unit.DAY]
        self._lists = [place for place, column in enumerate(taken) if column.unit is Unit.LIST]
        self._quantities = [taken.index(column) for column in quantities]
        self._initials = [column.initial for column in worked_out if callable(column.initial)]
        self._fixed = [column.initial for column in fixed]

    def values(self, placed: Versioned) -> list[Any]:
        """The values of `columns`, as the database keeps them."""
        event = placed.event
        row = [read(event) for read in self._fields]
        for place in self._days:
            if row[place] is not None:
                row[place] = row[place].toordinal()
        for place in self._lists:
            row[place] = json.dumps(row[place], ensure_ascii=False)
        for place in self._quantities:
            row.append(None if row[place] is None else millionths(row[place]))
        row.extend([initial(placed) for initial in self._initials])
        row.extend(self._fixed)
        return row
