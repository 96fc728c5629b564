"""Packages written as offices write them: xlsx and csv side by side, in a folder or a zip, each with its own habits."""

import csv
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.journeys.inventing import Draws
from tests.journeys.making_packages import Package
from tests.journeys.making_registers import Cells
from tests.journeys.reading_columns import COLUMNS, TITLES, Column

TEN_THOUSAND = {"allocations", "asset_contracts", "projects"}
UNIT_IN_HEADER = {"projects"}
"""Here a header without its unit, the alias among them, would say nothing of the unit."""
TITLED, TOTALLED = {"roster", "subsidy_payments", "loans", "contracts", "receipts"}, {"subsidy_payments", "loan_flows"}


def write_package(package: Package, path: Path, *, seed: int) -> Path:
    """Write the package to `path`, a zip if it is so named, else a folder; the seed decides who writes how."""
    draws = Draws(seed)
    files: dict[str, bytes] = {}
    for sheet, rows in package.items():
        suffix, data = _workbook(sheet, rows, draws)
        files[f"{sheet}.{suffix}"] = data
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, (2020, 7, 1, 8, 0, 0)), data)
        return path
    path.mkdir()
    for name, data in files.items():
        (path / name).write_bytes(data)
    return path


def _workbook(sheet: str, rows: Sequence[Cells], draws: Draws) -> tuple[str, bytes]:
    as_csv = draws.once_in(3)
    in_ten_thousands = sheet in TEN_THOUSAND and draws.once_in(2)
    aliases = draws.once_in(4) and not in_ten_thousands and sheet not in UNIT_IN_HEADER
    shuffled = draws.once_in(2)
    columns = [column for column in COLUMNS[sheet] if any(row.get(column.alias) is not None for row in rows)]
    columns.sort(key=lambda _: draws.below(1_000) if shuffled else 0)
    lines: list[list[Any]] = [[_heading(column, in_ten_thousands, aliases=aliases) for column in columns]]
    for row in rows:
        lines.append([_cell(row.get(column.alias), column, in_ten_thousands, draws) for column in columns])
        if draws.once_in(40):
            lines.append([])
    if sheet in TITLED and draws.once_in(2):
        lines.insert(0, [f"测试镇{TITLES[sheet]}"])
    if sheet in TOTALLED:
        total = sum(row["amount"] for row in rows)
        totals = [str(total) if column.alias == "amount" else None for column in columns]
        lines.append(["合计", *totals[1:]])
    return ("csv", _csv(lines, draws)) if as_csv else ("xlsx", _xlsx(TITLES[sheet], lines))


def _heading(column: Column, in_ten_thousands: bool, *, aliases: bool) -> str:  # noqa: FBT001 (one habit of a file)
    if aliases:
        return column.alias
    if column.kind != "money":
        return column.header
    return f"{column.header}({'万元' if in_ten_thousands else '元'})"


def _cell(value: Any, column: Column, in_ten_thousands: bool, draws: Draws) -> Any:  # noqa: FBT001 (one habit of a file)
    if value is None:
        return None
    if isinstance(value, date):
        spellings = (value, value, f"{value:%Y-%m-%d}", f"{value:%Y.%m.%d}", f"{value:%Y年%m月%d日}", f"{value:%Y%m%d}")
        return draws.one_of(spellings)
    if column.kind == "money":
        return _money(Decimal(value), in_ten_thousands, draws)
    if isinstance(value, Decimal):
        return draws.one_of((str(value), float(value)))
    if column.kind == "acct" and draws.once_in(9):
        return f"{value[:6]} {value[6:]}"
    return value.lower() if column.kind == "id" and draws.once_in(9) else value


def _money(yuan: Decimal, in_ten_thousands: bool, draws: Draws) -> Any:  # noqa: FBT001 (one habit of a file)
    if in_ten_thousands:
        return draws.one_of((str(yuan / 10_000), float(yuan / 10_000)))
    with_sign = f"￥{yuan:.2f}" if yuan >= 0 else f"{yuan:.2f}"
    return draws.one_of((float(yuan), float(yuan), f"{yuan:.2f}", f"{yuan:,.2f}", with_sign))


def _csv(lines: Sequence[Sequence[Any]], draws: Draws) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode(draws.one_of(("utf-8", "utf-8-sig", "gb18030")))


def _xlsx(title: str, lines: Sequence[Sequence[Any]]) -> bytes:
    data = BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(data, options) as workbook:
        workbook.set_properties({"created": date(2020, 7, 1)})
        worksheet = workbook.add_worksheet(title)
        for number, line in enumerate(lines):
            worksheet.write_row(number, 0, line)
    return data.getvalue()
