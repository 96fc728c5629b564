"""What no spreadsheet of a township writes and some program does: the same row by row as by `python-calamine`."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from intake.cells.text import Raw
from intake.reading.fault import Unreadable
from intake.reading.file_bytes import read_file
from intake.reading.limits import Limits
from intake.reading.long_sheet import MOST_LONG_TEXT
from intake.reading.opening import open_book

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/><xf numFmtId="odd"/><xf/></cellXfs>'


def workbook(rows: str, *, strings: str = "<si><t>a</t></si>", properties: str = "") -> bytes:
    """A workbook of the sheet S with these `row` elements."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{DOCUMENT}">{properties}'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="r3" Type="{DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{SPREADSHEET}">{STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>',
    }
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return held.getvalue()


def cell(attributes: str, content: str) -> str:
    return f'<row r="1"><c r="A1" {attributes}>{content}</c></row>'


def read(data: bytes, *, kept_cells: int) -> list[list[Raw]]:
    rows = open_book("any.xlsx", data, limits=Limits(kept_cells=kept_cells)).sheets("S")[0].rows()
    return [filled(row) for row in rows]


def filled(cells: Sequence[Raw]) -> list[Raw]:
    found = list(cells)
    while found and found[-1] in ("", None):
        found.pop()
    return found


SAME = {
    "a number with blanks": workbook(cell("", "<v> 12 </v>")),
    "a number as Python writes it": workbook(cell("", "<v>1_000</v>")),
    "a shared string with escapes": workbook(
        cell('t="s"', "<v>0</v>"), strings="<si><t>a_x000D_b_x0041_ _x005F_x000d_</t></si>"
    ),
    "a formula's text with escapes": workbook(cell('t="str"', "<f>B1</f><v>a_x0041_b</v>")),
    "an inline text with its phonetic guide": workbook(
        cell('t="inlineStr"', '<is><t>甲</t><rPh sb="0" eb="1"><t>jia</t></rPh></is>')
    ),
    "a truth value in words": workbook(cell('t="b"', "<v>true</v>")),
    "an ISO moment": workbook(cell('t="d"', "<v>2020-03-01T08:30:00</v>")),
    "an ISO day": workbook(cell('t="d"', "<v>2020-03-01</v>")),
    "an ISO time": workbook(cell('t="d"', "<v>08:30:00</v>")),
    "an ISO moment with a zone": workbook(cell('t="d"', "<v>2020-03-01T08:30:00Z</v>")),
    "the last day of 1900": workbook(cell('s="1"', "<v>2958465</v>")),
    "a day behind the last of 1904": workbook(cell('s="1"', "<v>2958465</v>"), properties='<workbookPr date1904="1"/>'),
    "a moment that rounds to midnight": workbook(cell('s="1"', "<v>43891.9999999999</v>")),
    "a style without a number": workbook(cell('s="3"', "<v>5</v>") + '<row r="2"><c r="A2" s="4"><v>5</v></c></row>'),
    "rows that only their cells number": workbook('<row><c r="A4"><v>4</v></c></row><row><c r="A6"><v>6</v></c></row>'),
    "a row whose cell says another number": workbook('<row r="2"><c r="A5"><v>5</v></c></row>'),
}


@pytest.mark.parametrize("data", SAME.values(), ids=list(SAME))
def test_an_odd_cell_reads_the_same_both_ways(data: bytes) -> None:
    row_by_row = read(data, kept_cells=0)

    assert repr(row_by_row) == repr(read(data, kept_cells=1_000))


DAMAGED = {
    "figures that are none": cell('t="s"', "<v>²</v>"),
    "more figures than a number has": cell('t="s"', f"<v>{'1' * 5_000}</v>"),
    "a shared string behind the last": cell('t="s"', "<v>9</v>"),
    "rows out of order": cell("", "<v>1</v>") * 2,
    "cells of two rows in one": '<row><c r="A1"><v>1</v></c><c r="B2"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", DAMAGED.values(), ids=list(DAMAGED))
def test_a_sheet_that_cannot_be_read_row_by_row_is_named_damaged(rows: str) -> None:
    data = workbook(rows)

    with pytest.raises(Unreadable):
        read(data, kept_cells=0)


@pytest.mark.parametrize("figures", ["nan", "inf", "-1", "1e300"])
@pytest.mark.parametrize("style", [1, 2])
def test_a_number_that_is_no_day_stays_a_number(figures: str, style: int) -> None:
    data = workbook(cell(f's="{style}"', f"<v>{figures}</v>"))

    [[value]] = read(data, kept_cells=0)

    assert repr(value) == repr(float(figures))


def test_one_long_text_in_very_many_cells_is_too_much() -> None:
    length = 30_000
    count = MOST_LONG_TEXT // length + 1
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, count + 1))
    data = workbook(rows, strings=f"<si><t>{'字' * length}</t></si>")

    with pytest.raises(Unreadable, match="characters of long texts"):
        read(data, kept_cells=0)


def test_a_file_that_is_saved_anew_while_it_is_read_reads_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "补贴发放表.csv"
    path.write_bytes(b"175" * 1_000_000)
    data = read_file(path)

    with path.open("r+b") as file:
        file.write(b"995")

    assert data[:3] == b"175"
