"""Workbooks and packages as the tests of intake make them: every column with the example of its paper."""

import csv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from intake.package import open_bytes
from intake.problem import Problem
from intake.reading.limits import Limits
from intake.sheet import Sheet
from intake.sheets import SHEETS
from intake.table import Table, read_tables

TODAY = date(2021, 3, 31)
DEATHS = SHEETS["deaths"]
PAYMENTS = SHEETS["subsidy_payments"]

Line = Sequence[Any]


def headers(sheet: Sheet) -> list[str]:
    """The headers as FORMATS has them, money always with its unit."""
    return [
        f"{column.header}(元)" if column.kind.name == "MONEY" and "(" not in column.header else column.header
        for column in sheet.columns
    ]


def example(sheet: Sheet, **changes: Any) -> list[Any]:
    """One row of examples, with `changes` by alias."""
    return [changes.get(column.alias, column.example) for column in sheet.columns]


def lines(sheet: Sheet, *changes: Mapping[str, Any]) -> list[Line]:
    """The header and one row of examples for each of `changes`."""
    return [headers(sheet), *(example(sheet, **change) for change in changes)]


def csv_bytes(rows: Sequence[Line], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(
    *sheets: tuple[str, Sequence[Line]],
    prepare: Callable[[Any, list[Any]], None] | None = None,
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """A workbook of these sheets; `prepare` gets the workbook and its worksheets before it is closed."""
    data = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(data, plain | dict(options or {})) as workbook:
        made = [workbook.add_worksheet(title) for title, _ in sheets]
        for worksheet, (_, rows) in zip(made, sheets, strict=True):
            for number, row in enumerate(rows):
                worksheet.write_row(number, 0, row)
        if prepare:
            prepare(workbook, made)
    return data.getvalue()


def zip_bytes(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    assert part in dict(members)
    return zip_bytes(*((name, change(content) if name == part else content) for name, content in members))


def read_all(name: str, data: bytes, *, limits: Limits | None = None, today: date = TODAY) -> list[Table]:
    """The tables of a package that is one file."""
    limits = limits or Limits()
    package = open_bytes(name, data, limits=limits)
    assert not package.problems
    return [table for file in package.files for table in read_tables(file, SHEETS, today=today, limits=limits)]


def read(name: str, data: bytes, *, limits: Limits | None = None, today: date = TODAY) -> Table:
    """The one table of a package that is one file."""
    [table] = read_all(name, data, limits=limits, today=today)
    return table


def read_deaths(*changes: Mapping[str, Any]) -> Table:
    """A CSV of 死亡名单 with these rows, read."""
    return read("deaths.csv", csv_bytes(lines(DEATHS, *changes)))


def read_payments(*changes: Mapping[str, Any]) -> Table:
    """A CSV of 补贴发放表 with these rows, read."""
    return read("subsidy_payments.csv", csv_bytes(lines(PAYMENTS, *changes)))


def problems(table: Table) -> list[Problem]:
    """Everything that is wrong with a table and its rows."""
    return [*table.problems, *(problem for row in table.rows for problem in row.problems)]


def found(table: Table) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of every problem."""
    return [(problem.row, problem.column, problem.code) for problem in problems(table)]
