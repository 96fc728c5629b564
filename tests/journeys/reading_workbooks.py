"""Workbooks read a second time, by code that shares nothing with the product: openpyxl and csv, and the papers.

A package becomes statements: one for each data row, with its values in fen, ppm and ISO dates, and where it stands.
Only what a township may rightly write is understood here (FORMATS, preamble and Reading); what is malformed is the
matter of other tests.
"""

import csv
import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl

from tests.journeys.reading_columns import COLUMNS, DEFAULTS, Column, kinds

Values = dict[str, Any]

_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class Statement:
    """What one row of one file states: values under the names of the fact tables, and where they stand."""

    sheet: str
    package_id: str
    as_of: str
    file_sha256: str
    row: int
    values: Values


def read_package(path: Path) -> list[Statement]:
    """Every data row of the sheets above in a folder or zip, in the order of the sheets and rows; others are left."""
    files = dict(_files(path))
    manifest = next(_statements("manifest", files["manifest"], package_id="", as_of="")).values
    package = {"package_id": manifest["package_id"], "as_of": manifest["as_of"]}
    return [
        statement for sheet in COLUMNS if sheet in files for statement in _statements(sheet, files[sheet], **package)
    ]


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        yield from ((file.stem, file.read_bytes()) for file in path.iterdir())
        return
    with zipfile.ZipFile(path) as archive:
        yield from ((Path(name).stem, archive.read(name)) for name in archive.namelist())


def _statements(sheet: str, data: bytes, *, package_id: str, as_of: str) -> Iterator[Statement]:
    digest = hashlib.sha256(data).hexdigest()
    readers: dict[int, Callable[[Any], Any]] = {}
    defaults: Values = dict(DEFAULTS.get(sheet, {}))
    names: dict[int, str] = {}
    for number, cells in enumerate(_lines(data), start=1):
        if not readers:
            readers, names = _header(sheet, cells)
        elif _is_data(cells):
            values: Values = {name: [] if kind == "list" else None for name, kind in kinds(sheet).items()}
            values |= {names[place]: readers[place](cells[place]) for place in readers if place < len(cells)}
            values |= {name: value for name, value in defaults.items() if values[name] is None}
            yield Statement(sheet, package_id, as_of, digest, number, values)


def _lines(data: bytes) -> Iterator[Sequence[Any]]:
    if data[:4] == b"PK\3\4":
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
        yield from book.active.iter_rows(values_only=True)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    yield from csv.reader(StringIO(text, newline=""))


def _header(sheet: str, cells: Sequence[Any]) -> tuple[dict[int, Callable[[Any], Any]], dict[int, str]]:
    """The reader and the name of each column by its place, if this line is the header; else nothing."""
    known = {_plain(spelling): column for column in COLUMNS[sheet] for spelling in (column.header, column.alias)}
    if sheet == "dividends":
        known["年度"] = known["年度/期"]
    found: dict[int, tuple[Column, int]] = {}
    for place, cell in enumerate(cells):
        header = _plain(str(cell or ""))
        column = known.get(re.sub(r"\(万?元\)$", "", header))
        if column:
            found[place] = (column, 10_000 if header.endswith("(万元)") else 1)
    filled = sum(cell not in (None, "") for cell in cells)
    if len(found) < min(2, len(COLUMNS[sheet])) or len(found) * 2 < filled:
        return {}, {}
    readers = {place: _reader(column.kind, times) for place, (column, times) in found.items()}
    return readers, {place: column.fact for place, (column, _) in found.items()}


def _is_data(cells: Sequence[Any]) -> bool:
    filled = [str(cell) for cell in cells if cell not in (None, "")]
    return bool(filled) and filled[0].replace(" ", "").rstrip(":：") not in {"合计", "总计", "小计"}


def _reader(kind: str, times: int) -> Callable[[Any], Any]:
    readers: dict[str, Callable[[Any], Any]] = {
        "money": lambda cell: _exact(cell, 100 * times),
        "pct": lambda cell: _exact(cell, 10_000),
        "int": lambda cell: _exact(cell, 1),
        "qty": _quantity,
        "date": _day,
        "period": _period,
        "yn": lambda cell: cell == "是",
        "list": lambda cell: [part.strip() for part in re.split("[、;]", str(cell)) if part.strip()],
        "id": lambda cell: _plain(_digits(cell)).upper(),
        "acct": lambda cell: _plain(_digits(cell)),
        "phone": lambda cell: _plain(_digits(cell)),
        "moment": lambda cell: _moment(cell, "00:00"),
        "end": lambda cell: _moment(cell, "23:59"),
    }
    read: Callable[[Any], Any] = readers.get(kind, _text)

    def reader(cell: Any) -> Any:
        empty = cell is None or str(cell).strip() == ""
        return ([] if kind == "list" else None) if empty else read(cell)

    return reader


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def _text(cell: Any) -> str:
    return _digits(cell).translate(_FULL_WIDTH_DIGITS)


def _digits(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _number(cell: Any) -> Decimal:
    if isinstance(cell, float):
        return Decimal(f"{cell:.15g}")
    return Decimal(re.sub("[,￥¥%\\s]", "", unicodedata.normalize("NFKC", str(cell))))


def _exact(cell: Any, times: int) -> int:
    product = _number(cell) * times
    if product != int(product):
        raise ValueError(f"{cell} times {times} is not whole.")
    return int(product)


def _quantity(cell: Any) -> int | float:
    number = _number(cell)
    return int(number) if number == int(number) else float(number)


def _day(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = _digits(cell)
    if text.isdigit() and len(text) == len("43831"):
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    if text.isdigit():
        return date.fromisoformat(text).isoformat()
    return date(*map(int, re.findall(r"\d+", text)[:3])).isoformat()


def _period(cell: Any) -> str:
    return cell.date().isoformat()[:7] if isinstance(cell, datetime) else _digits(cell).upper()


def _moment(cell: Any, whole_day: str) -> str:
    """A time of day, `2020-05-11 08:30`; of a date, which is the whole day, its beginning or its end."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if cell.time() != datetime.min.time() else f"{cell:%Y-%m-%d} {whole_day}"
    day, *time = re.split("[ T]", str(cell).strip())
    return f"{_day(day)} {time[0][:5] if time else whole_day}"
