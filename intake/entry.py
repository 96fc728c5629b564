"""Rows entered by hand: by alias, their values as a cell would state them, read as rows of a workbook are."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.money import FEN_PER_YUAN
from intake.cells.fault import shown
from intake.cells.text import Raw
from intake.header import YUAN_PER_UNIT, Header, Place, heading, without_unit
from intake.package import PackageFile
from intake.problem import Problem, Severity
from intake.reading.book import RawSheet
from intake.rows import RowReader
from intake.sheet import Cell, Column, Sheet
from intake.table import Table

Stated = str | int | float | bool | Sequence[str] | None
"""What may stand under an alias; a list of texts is what a cell joins by 、."""

BY_HAND = "手工录入"
BETWEEN = "、"
PPM_PER_PERCENT = 10_000
YES_OR_NO = {True: "是", False: "否"}


def read_entries(sheet: Sheet, rows: Sequence[Mapping[str, Stated]], *, today: date) -> Table:
    """The table of `rows`; money is in the unit of the column's header, 元 where it names none.

    An alias that the sheet does not have is `E-SCHEMA`, as is a row that states nothing.
    """
    places = [
        Place(index, column, column.header, yuan_per_unit(column.header)) for index, column in enumerate(sheet.columns)
    ]
    table = Table(PackageFile(BY_HAND), sheet, sheet.title)
    table.header = header = Header(0, places, len(places))
    aliases = {column.alias for column in sheet.columns}
    names = dict.fromkeys(name for stated in rows for name in stated)
    table.problems.extend(unknown(sheet, name) for name in names if name not in aliases)
    cells = [[as_cell(stated.get(column.alias)) for column in sheet.columns] for stated in rows]
    reader = RowReader(sheet, header, RawSheet(sheet.title, lambda: iter(cells)), today=today)
    table.rows = list(reader.rows(None))
    if len(table.rows) < len(rows):
        table.problems.append(nothing_stated(sheet))
    return table


def as_stated(sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Stated]:
    """Typed values of a recorded row, by alias, as a cell would state them: what `read_entries` reads back."""
    return {column.alias: _as_said(column, values[column.alias]) for column in sheet.columns if column.alias in values}


def _as_said(column: Column, value: Any) -> Stated:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        if column.kind is Cell.MONEY:
            return str(Decimal(value) / FEN_PER_YUAN / yuan_per_unit(column.header))
        if column.kind is Cell.PCT:
            return str(Decimal(value) / PPM_PER_PERCENT)
    said: Stated = value
    return said


def yuan_per_unit(header: str) -> int:
    """10,000 where the header says 万元, else 1."""
    return YUAN_PER_UNIT.get(without_unit(heading(header))[1] or "", 1)


def as_cell(value: Stated) -> Raw:
    """The value as a workbook's cell holds it."""
    if isinstance(value, bool):
        return YES_OR_NO[value]
    if value is None or isinstance(value, str | int | float):
        return value
    return BETWEEN.join(value)


def unknown(sheet: Sheet, name: str) -> Problem:
    """`E-SCHEMA`: what is typed wrong would be lost."""
    word = shown(name)
    return Problem(
        severity=Severity.ERROR,
        code="E-SCHEMA",
        column=word,
        message=f"《{sheet.title}》没有“{word}”这一项 / {sheet.key} has no column {word}.",
        remedy=f"可用的列 / The columns are: {', '.join(column.alias for column in sheet.columns)}.",
    )


def nothing_stated(sheet: Sheet) -> Problem:
    """`E-SCHEMA`: a row that is blank, a total or a header."""
    return Problem(
        severity=Severity.ERROR,
        code="E-SCHEMA",
        message=f"没有可入账的《{sheet.title}》内容 / Nothing is stated that could be a row of {sheet.key}.",
        remedy="按列名填写一行 / State one row by its columns' names.",
    )
