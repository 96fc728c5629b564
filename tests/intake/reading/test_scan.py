from collections.abc import Iterator
from io import BytesIO
from typing import Any

import xlsxwriter

from intake.reading.limits import Limits
from intake.reading.parts import Parts
from intake.reading.scan import column_letters, column_number, extent_of, plain_extent
from intake.reading.xlsx import plain_shared_strings, shared_strings_in

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
LIMITS = Limits()


def pieces(xml: bytes, size: int) -> Iterator[bytes]:
    return (xml[at : at + size] for at in range(0, len(xml), size))


def sheet_of(rows: int, columns: int, **options: Any) -> bytes:
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, **options}) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, [f"{row}-{column}" if column % 2 else row for column in range(columns)])
        sheet.conditional_format(0, 0, rows, columns, {"type": "no_blanks"})
    return b"".join(Parts(data.getvalue(), limits=LIMITS).read("xl/worksheets/sheet1.xml"))


def test_the_quick_look_and_the_whole_look_find_the_same_extent_however_the_xml_is_cut() -> None:
    xml = sheet_of(300, 40)

    whole = extent_of(pieces(xml, 1_000), limits=LIMITS)

    assert (whole.last_row, whole.last_column, whole.filled) == (300, 40, 12_000)
    for size in (97, 1_000, 50_000, len(xml)):
        assert plain_extent(pieces(xml, size), limits=LIMITS) == whole


def test_the_quick_look_leaves_everything_special_to_the_whole_look() -> None:
    special = [
        b'<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
        b"<row r='1'><c r='A1'><v>1</v></c></row>",
        b"<row><c><v>1</v></c></row>",
        b'<row r="1"><c s="1" r="A1"><v>1</v></c></row>',
        b'<row r="1"><c\tr="A1"><v>1</v></c></row>',
        b'<!-- --><row r="1"><c r="A1"><v>1</v></c></row>',
        b'<row r="9"><c r="ZZ999999"><v>1</v></c></row>',
    ]

    assert [plain_extent(iter([HEAD + row + TAIL]), limits=LIMITS) for row in special] == [None] * len(special)


def test_cells_without_references_follow_one_another_as_the_standard_has_it() -> None:
    xml = HEAD + b"<row/><row><c/><c><v>1</v></c></row><row r='7'><c r='C7'/><c><v>1</v></c></row>" + TAIL

    extent = extent_of(iter([xml]), limits=LIMITS)

    assert (extent.last_row, extent.last_column, extent.filled) == (7, 4, 2)


def test_error_values_are_kept_whole_beside_formulas_and_split_text() -> None:
    xml = (
        HEAD
        + b"<row r='2'><c r='B2' t='e'><f>A1</f><v>#DIV/0!</v></c><c r='C2'><f>SUM(1)</f><v>1</v></c></row>"
        + b"<row r='3'><c r='A3' t='e'><v>#REF!</v></c></row>"
        + TAIL
    )

    for size in (3, len(xml)):
        assert extent_of(pieces(xml, size), limits=LIMITS).errors == {2: {2: "#DIV/0!"}, 3: {1: "#REF!"}}


def test_only_hidden_rows_that_hold_something_are_named() -> None:
    xml = HEAD + b"<row r='1' hidden='1'/><row r='2' hidden='true'><c r='A2'><v>1</v></c></row>" + TAIL

    assert extent_of(iter([xml]), limits=LIMITS).hidden_rows == {2}


def test_columns_are_letters_in_base_twenty_six_without_a_zero() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(number)) == number for number in range(1, 16_385))


def test_the_quick_list_of_shared_strings_is_the_whole_list_however_the_xml_is_cut() -> None:
    xml = sheet_of(50, 20)

    whole = shared_strings_in(iter([xml]))

    assert len(whole) == 500
    assert shared_strings_in(pieces(xml, 7)) == whole
    for size in (7, 100, len(xml)):
        assert plain_shared_strings(pieces(xml, size)) == whole
