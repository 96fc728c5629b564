"""A sheet that is read row by row gives what `python-calamine` gives, cell by cell, and keeps nothing."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from intake.cells.text import Raw
from intake.reading.fault import Unreadable
from intake.reading.file_bytes import Data, FileBytes, kept, opened, pieces_of, read_file
from intake.reading.limits import Limits
from intake.reading.opening import open_book
from intake.reading.shared_strings import BLOCK, REMEMBERED, SharedStrings

SAMPLES = sorted((Path(__file__).parents[3] / "samples" / "township").glob("*.xlsx"))
ROW_BY_ROW = Limits(kept_cells=0)
DAY, MORNING = datetime(2020, 3, 1), datetime(2020, 3, 1, 8, 30)  # noqa: DTZ001  a cell knows no zone


def sheets_of(data: Data, limits: Limits) -> dict[str, list[list[Raw]]]:
    book = open_book("any.xlsx", data, limits=limits)
    return {title: [filled(row) for row in book.sheets(title)[0].rows()] for title in book.titles}


def filled(cells: Sequence[Raw]) -> list[Raw]:
    """The cells without the empty ones behind the last that holds something."""
    found = list(cells)
    while found and found[-1] in ("", None):
        found.pop()
    return found


def as_read(sheets: dict[str, list[list[Raw]]]) -> dict[str, list[list[Raw]]]:
    """Without the blank rows at the end."""
    for rows in sheets.values():
        while rows and not rows[-1]:
            rows.pop()
    return sheets


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sheet_of_the_sample_reads_the_same_both_ways(path: Path) -> None:
    data = path.read_bytes()

    assert as_read(sheets_of(data, ROW_BY_ROW)) == as_read(sheets_of(data, Limits()))


def workbook(*, date_1904: bool = False) -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as made:
        if date_1904:
            made.date_1904 = True
        sheet = made.add_worksheet("各种单元格")
        formats = {code: made.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "hh:mm", "[h]:mm", '0.0"d"')}
        sheet.write_datetime(0, 0, DAY, formats["yyyy-mm-dd"])
        sheet.write_datetime(0, 1, MORNING, formats["yyyy-mm-dd"])
        sheet.write_number(0, 2, 0.5, formats["hh:mm"])
        sheet.write_number(0, 3, 1.5, formats["[h]:mm"])
        sheet.write_number(0, 4, 5, formats['0.0"d"'])
        sheet.write_number(2, 1, 43891, made.add_format({"num_format": 14}))
        sheet.write_number(2, 3, 178.20000000000002)
        sheet.write_boolean(2, 5, boolean=True)
        sheet.write_formula(2, 6, "=1+1", None, 2)
        sheet.write_formula(2, 7, '="a"', None, "甲")
        sheet.write_formula(2, 8, "=1/0", None, "#DIV/0!")
        sheet.write_rich_string(4, 0, "粗", made.add_format({"bold": True}), "细")
        sheet.write_string(4, 1, "  空 格  ")
        sheet.write_string(4, 2, "=1+1")
        sheet.write_number(5, 0, 59, formats["yyyy-mm-dd"])
        sheet.write_number(5, 1, 61, formats["yyyy-mm-dd"])
    return held.getvalue()


@pytest.mark.parametrize("date_1904", [False, True])
def test_every_kind_of_cell_reads_the_same_both_ways(*, date_1904: bool) -> None:
    data = workbook(date_1904=date_1904)

    rows = as_read(sheets_of(data, ROW_BY_ROW))

    assert rows == as_read(sheets_of(data, Limits()))
    if not date_1904:
        first = rows["各种单元格"][0]
        assert first == [date(2020, 3, 1), MORNING, time(12), timedelta(days=1.5), 5.0]


def test_shared_strings_are_found_again_beyond_those_that_are_remembered() -> None:
    count = REMEMBERED + 3 * BLOCK + 7
    part = b"<sst>" + b"".join(f"<si><t>词{number}</t></si>".encode() for number in range(count)) + b"</sst>"

    strings = SharedStrings(iter([part[:1000], part[1000:]]))

    for number in (0, REMEMBERED - 1, REMEMBERED, REMEMBERED + BLOCK, count - 1):
        assert strings[number] == f"词{number}"
    with pytest.raises(Unreadable):
        strings[count + BLOCK]


def test_a_file_reads_like_its_bytes_wherever_it_is_asked(tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    path = tmp_path / "content"
    path.write_bytes(content)

    with path.open("rb") as file:
        data = FileBytes(file)

    assert len(data) == len(content)
    assert data[300:310] == content[300:310]
    assert data[-5:] == content[-5:]
    assert data.startswith((b"x", content[:3]))
    assert data.rfind(b"\xfe\xff", 100) == content.rfind(b"\xfe\xff", 100)
    assert b"".join(pieces_of(data)) == content
    with opened(data) as one, opened(data) as other:
        one.seek(100)
        assert (one.read(4), other.read(4)) == (content[100:104], content[:4])
    assert read_file(path) == content


def test_what_is_long_is_kept_in_a_file_without_a_name() -> None:
    short, long = kept(iter([b"a", b"b"])), kept(b"x" * 1_000_000 for _ in range(10))

    assert short == b"ab"
    assert isinstance(long, FileBytes)
    assert len(long) == 10_000_000
