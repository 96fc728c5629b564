"""The fact tables as they are printed (OUTPUTS §6): columns under the aliases of FORMATS, values as OUTPUTS §1.

Rows come one by one, sorted by position and then by the business key; memory does not grow with a table.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, func, select

from projections.tables.catalogue import FACT_TABLES
from projections.tables.column import Column, Unit
from projections.tables.fact_table import FactTable

ROWS_FETCHED = 1_000
"""Rows held at once."""


def list_tables(connection: Connection) -> list[dict[str, Any]]:
    """Every printed table with its size and columns, by name as OUTPUTS §6 orders them."""
    return [
        {
            "name": facts.name,
            "rows": connection.execute(select(func.count()).select_from(facts.table)).scalar_one(),
            "columns": columns(facts.name),
        }
        for facts in FACT_TABLES.values()
        if facts.listed
    ]


def columns(name: str) -> list[str]:
    """The printed columns of the table called `name`.

    Raises:
        LookupError: when there is no such table.
    """
    return [*(str(column.printed) for column in _printed(_facts(name))), "position"]


def speaking(name: str) -> Callable[[dict[str, Any], Mapping[str, str]], None]:
    """What fills names, words and staff of a printed row of the table called `name` with what its workbook row says.

    A blank cell says what FORMATS says that it does: 户名 what 户主姓名 says, 民事行为能力 完全. Of an erased person
    there are no words, and nothing is filled in.

    Raises:
        LookupError: when there is no such table.
    """
    personal = [column for column in _printed(_facts(name)) if column.personal or column.unit is Unit.STAFF]
    spoken = [(str(column.printed), column.elsewhere or "", column.default) for column in personal]

    def fill_in(row: dict[str, Any], words: Mapping[str, str]) -> None:
        for column, elsewhere, default in spoken if words else ():
            row[column] = words.get(column) or words.get(elsewhere) or default or row[column]

    return fill_in


def rows(
    connection: Connection, name: str, *, after: int | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of the table called `name`, those behind position `after` and at most `limit` if given.

    Raises:
        LookupError: when there is no such table.
    """
    facts = _facts(name)
    printed = _printed(facts)
    shown = [_as_printed(column) for column in printed]
    names = columns(name)
    query = select(*(facts.c[column.name] for column in printed), facts.c.position)
    query = query.order_by(facts.c.position, *(facts.c[column] for column in facts.key)).limit(limit)
    if after is not None:
        query = query.where(facts.c.position > after)

    def told() -> Iterator[dict[str, Any]]:
        with connection.execute(query, execution_options={"yield_per": ROWS_FETCHED}) as found:
            for row in found:
                values = (
                    show(value) if show and value is not None else value
                    for show, value in zip(shown, row[:-1], strict=True)
                )
                yield dict(zip(names, (*values, row[-1]), strict=True))

    return told()


def as_csv_value(value: Any) -> str:
    """A printed value as a cell of CSV: nothing for null, lists joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "、".join(as_csv_value(part) for part in value)
    return json.dumps(value) if isinstance(value, float) else str(value)


def as_quantity(text: str) -> int | float:
    """A quantity as a JSON number: whole where it is."""
    return float(text) if "." in text else int(text)


def as_day(number: int) -> str:
    """A day number as `2020-06-20`."""
    return date.fromordinal(number).isoformat()


_SHOWN: Final[dict[Unit, Callable[[Any], Any]]] = {
    Unit.DAY: as_day,
    Unit.QUANTITY: as_quantity,
    Unit.LIST: json.loads,
}


def _as_printed(column: Column) -> Callable[[Any], Any] | None:
    return _SHOWN.get(column.unit)


def _printed(facts: FactTable) -> list[Column]:
    return [column for column in facts.columns if column.printed]


def _facts(name: str) -> FactTable:
    facts = FACT_TABLES.get(name)
    if facts is None or not facts.listed:
        names = "、".join(told.name for told in FACT_TABLES.values() if told.listed)
        raise LookupError(f"没有 {name} 这张事实表；可用 / There is no fact table {name}; there are: {names}.")
    return facts
