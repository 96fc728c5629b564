"""The workbooks of a package while they are made: rows by sheet, written in FORMATS' columns."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

import xlsxwriter

from intake.sheet import Cell, Column
from intake.sheets import SHEETS

FEN_PER_YUAN = 100


class Row(dict[str, Any]):
    """One row by alias; money in fen, days as dates, 是/否 as booleans.

    sheet:    the key of its workbook.
    without:  what is not made for it when the books are closed: `notice`, `instruction`, `statement`.
    agreed:   instalments that are agreed and not paid yet: their days and fen.
    at_bank:  where the bank's statement differs from it: columns of 银行流水.
    """

    def __init__(self, sheet: str, **values: Any) -> None:
        super().__init__({alias.rstrip("_"): value for alias, value in values.items()})
        self.sheet = sheet
        self.without: frozenset[str] = frozenset()
        self.agreed: tuple[tuple[date, int], ...] = ()
        self.at_bank: dict[str, Any] = {}

    def state(self, **values: Any) -> "Row":
        """The row with other values; `from_` stands for `from`."""
        self.update({alias.rstrip("_"): value for alias, value in values.items()})
        return self


class Book:
    """Every sheet of a package."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {key: [] for key in SHEETS}

    def add(self, sheet: str, **values: Any) -> Row:
        """A new row at the end of its sheet."""
        return self.append(Row(sheet, **values))

    def append(self, row: Row) -> Row:
        """The row at the end of its sheet."""
        self._rows[row.sheet].append(row)
        return row

    def remove(self, row: Row) -> None:
        """The row as if it had never been: what a clerk forgot or hid."""
        rows = self._rows[row.sheet]
        del rows[next(number for number, kept in enumerate(rows) if kept is row)]

    def shuffle(self, chance: Random) -> None:
        """Every sheet in an order of its own: an office need not sort its lists."""
        for rows in self._rows.values():
            chance.shuffle(rows)

    def leave_out(self, sheet: str, column: str | None = None) -> None:
        """The package without that sheet, or without one of its columns."""
        if column is None:
            self._rows[sheet] = []
            return
        for row in self._rows[sheet]:
            row.pop(column, None)

    def of(self, sheet: str) -> list[Row]:
        """The rows of one sheet, in their order."""
        return self._rows[sheet]

    def places(self) -> dict[int, tuple[str, int]]:
        """Where each row stands: its workbook, and the number that the spreadsheet shows; by identity."""
        return {id(row): (row.sheet, number) for rows in self._rows.values() for number, row in enumerate(rows, 2)}

    def write(self, folder: Path, *, as_csv: bool = False) -> None:
        """Each sheet that has rows as a workbook of `folder`, or as text."""
        folder.mkdir(parents=True, exist_ok=True)
        for key, rows in self._rows.items():
            if rows:
                columns = SHEETS[key].columns
                lines = _lines(columns, rows)
                (_write_csv if as_csv else _write_workbook)(folder / key, lines)


def _lines(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[list[object]]:
    used = [column for column in columns if any(row.get(column.alias) is not None for row in rows)]
    yield [_header(column) for column in used]
    for row in rows:
        unknown = row.keys() - {column.alias for column in columns}
        if unknown:
            raise KeyError(f"{row.sheet} has no columns {sorted(unknown)}.")
        yield [_cell(column, row.get(column.alias)) for column in used]


def _header(column: Column) -> str:
    """Money is in yuan, and says so where FORMATS lets the office choose the unit."""
    unit_missing = column.kind is Cell.MONEY and "(元)" not in column.header
    return f"{column.header}(元)" if unit_missing else column.header


def _cell(column: Column, value: Any) -> object:
    if value is None:
        return ""
    if column.kind is Cell.MONEY:
        return value / FEN_PER_YUAN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(value)
    return value


def _write_workbook(path: Path, lines: Iterable[list[object]]) -> None:
    book = xlsxwriter.Workbook(path.with_suffix(".xlsx"), {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    for number, line in enumerate(lines):
        for column, value in enumerate(line):
            if value != "":
                (sheet.write_string if isinstance(value, str) else sheet.write_number)(number, column, value)
    book.close()


def _write_csv(path: Path, lines: Iterable[list[object]]) -> None:
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
