import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from intake.reading.opening import open_book
from tests.intake.making import (
    DEATHS,
    PAYMENTS,
    csv_bytes,
    example,
    found,
    headers,
    lines,
    problems,
    read,
    read_all,
    with_part,
    xlsx_bytes,
    zip_bytes,
)

SHEET = "xl/worksheets/sheet1.xml"
ROWS = lines(DEATHS, {}, {"id_no": "440899197109222264"})


def deaths(prepare: Callable[[Any, list[Any]], None] | None = None, **options: Any) -> bytes:
    return xlsx_bytes(("死亡名单", ROWS), prepare=prepare, options=options)


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def the_fault(data: bytes, *, limits: Limits | None = None) -> str:
    [problem] = read("deaths.xlsx", data, limits=limits).problems
    assert (problem.code, problem.severity.value, problem.row) == ("E-FILE", "error", None)
    return problem.message


def test_a_workbook_is_read_with_physical_row_numbers() -> None:
    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", [ROWS[0], [], ROWS[1], [], [], ROWS[2]])))

    assert [row.number for row in table.rows] == [3, 6]
    assert found(table) == []


def test_a_table_that_begins_further_down_and_to_the_right_keeps_its_places() -> None:
    shifted = [[], [], *([None, None, *row] for row in ROWS)]

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", shifted)))

    assert [row.number for row in table.rows] == [4, 5]
    assert table.rows[0].values["name"] == "测试丙"


def test_half_a_workbook_is_damaged() -> None:
    data = deaths()

    assert "truncated or damaged" in the_fault(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"", csv_bytes(ROWS), b"<html><table></table></html>"])
def test_text_that_is_called_a_workbook_is_refused_by_what_it_is(data: bytes) -> None:
    assert re.search("no Excel workbook|is empty", the_fault(data))


def test_an_archive_that_is_no_workbook_is_refused_by_what_it_is() -> None:
    assert "no .xlsx workbook" in the_fault(zip_bytes(("word/document.xml", b"<a/>")))


def test_a_part_that_unpacks_beyond_its_limit_is_refused_before_anybody_reads_it() -> None:
    data = with_part(deaths(), SHEET, replacing(b"</sheetData>", b" " * 3_000_000 + b"</sheetData>"))

    assert "bytes unpacked" in the_fault(data, limits=Limits(part_bytes=2_000_000))
    assert "bytes unpacked" in the_fault(data, limits=Limits(book_bytes=2_000_000))


@pytest.mark.parametrize("reference", ["XFD1048576", "XFD2", "A1048576", "ZZ900000"])
def test_a_cell_far_away_is_refused_before_it_costs_memory(reference: str) -> None:
    far = f'<row r="9"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()

    data = with_part(deaths(), SHEET, replacing(b"</sheetData>", far))

    if reference in ("XFD2", "A1048576"):
        assert len(read("deaths.xlsx", data).rows) == (2 if reference == "XFD2" else 3)
    else:
        last_row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        assert f"{last_row}, more than" in the_fault(data)


@pytest.mark.parametrize(
    "cell",
    ["<c r='XFD1048576'><v>1</v></c>", '<c t="n" r="XFD1048576"><v>1</v></c>', '<c\nr="XFD1048576"><v>1</v></c>'],
)
def test_a_far_cell_in_another_way_of_writing_xml_is_found_too(cell: str) -> None:
    far = f'<row r="1048576">{cell}</row></sheetData>'.encode()

    assert "XFD1048576" in the_fault(with_part(deaths(), SHEET, replacing(b"</sheetData>", far)))


@pytest.mark.parametrize("number", ["NaN", "inf", "1e400"])
def test_a_number_that_is_none_is_an_error_at_its_cell(number: str) -> None:
    rows = lines(PAYMENTS, {"amount": 600.0, "approved_on": 43992.0, "household_no": 777777.0, "quantity": ""})
    data = xlsx_bytes(("补贴发放表", rows))
    for value in (b"600", b"43992", b"777777"):
        data = with_part(data, SHEET, replacing(b"<v>" + value + b"</v>", f"<v>{number}</v>".encode()))

    table = read("x.xlsx", data)

    assert {problem.column for problem in problems(table)} == {"amount", "approved_on", "household_no"}
    assert {problem.code for problem in problems(table)} == {"E-EXCEL"}


def test_a_long_shared_string_that_stands_in_few_cells_is_read() -> None:
    rows = lines(DEATHS, *({} for _ in range(500)), {"source": "长" * 30_000})

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", rows)), limits=Limits(text_bytes=1_000_000))

    assert len(table.rows[-1].values["source"]) == 30_000


@pytest.mark.parametrize("reference", ["AAAA1", "A0", "A9999999", "1A", "XFE1", "a-1", "A" + "9" * 5_000])
def test_a_cell_where_no_sheet_has_one_is_damage(reference: str) -> None:
    odd = f'<row r="9"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()

    assert the_fault(with_part(deaths(), SHEET, replacing(b"</sheetData>", odd)))


def test_more_filled_cells_than_allowed_are_refused_by_their_number() -> None:
    assert "more than" in the_fault(deaths(), limits=Limits(cells=10))


def test_hundreds_of_thousands_of_formatted_empty_rows_are_nothing() -> None:
    empty = b'<row><c s="1"/></row>' * 300_000

    table = read("deaths.xlsx", with_part(deaths(), SHEET, replacing(b"</sheetData>", empty + b"</sheetData>")))

    assert found(table) == []
    assert len(table.rows) == 2


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    rows = b"<row/>" * 1_048_600

    assert "rows of the sheet" in the_fault(
        with_part(deaths(), SHEET, replacing(b"</sheetData>", rows + b"</sheetData>"))
    )


def test_a_long_shared_string_in_many_cells_is_refused_before_it_is_copied() -> None:
    rows = [ROWS[0], *([["长" * 30_000] * 5] * 200)]

    assert "bytes of text" in the_fault(xlsx_bytes(("死亡名单", rows)), limits=Limits(text_bytes=10_000_000))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_document_type_declaration_in_any_part_is_refused(part: str) -> None:
    declaration = b'?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

    assert "DOCTYPE" in the_fault(with_part(deaths(), part, replacing(b"?>", declaration)))


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_a_part_in_another_encoding_in_which_one_could_hide_is_refused(encoding: str) -> None:
    def change(content: bytes) -> bytes:
        return content.decode().replace("UTF-8", encoding, 1).encode(encoding)

    assert "not in UTF-8" in the_fault(with_part(deaths(), SHEET, change))


def test_xml_that_is_not_well_formed_is_damage() -> None:
    assert "damaged" in the_fault(
        with_part(deaths(), SHEET, replacing(b"</sheetData>", b"<row hidden='1'></sheetData>"))
    )


def test_a_formula_counts_by_its_stored_value_and_without_one_its_cell_is_empty() -> None:
    def prepare(_: Any, sheets: list[Any]) -> None:
        sheets[0].write_formula("E2", '=A2&"x"', None, "民政")
        sheets[0].write_formula("C3", "=D3", None, "")

    table = read("deaths.xlsx", deaths(prepare))

    assert table.rows[0].values["source"] == "民政"
    assert found(table) == [(3, "death_on", "E-SCHEMA")]
    assert "死亡日期" in problems(table)[0].message


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_value_is_named_at_its_row_and_column(value: str) -> None:
    def prepare(_: Any, sheets: list[Any]) -> None:
        sheets[0].write_formula("B3", "=1/0", None, value)

    table = read("deaths.xlsx", deaths(prepare))

    assert found(table) == [(3, "id_no", "E-EXCEL")]
    assert value in problems(table)[0].message


def test_hidden_rows_and_columns_are_read_like_the_others_and_named() -> None:
    def prepare(_: Any, sheets: list[Any]) -> None:
        sheets[0].set_row(2, None, None, {"hidden": True})
        sheets[0].set_column("D:D", None, None, {"hidden": True})

    table = read("deaths.xlsx", deaths(prepare))

    assert len(table.rows) == 2
    assert found(table) == [(None, "known_on", "W-HIDDEN"), (3, None, "W-HIDDEN")]


def test_rows_without_height_count_as_hidden_and_a_bad_one_is_still_refused() -> None:
    rows = lines(DEATHS, {}, {"death_on": "2020-02-30"})

    def prepare(_: Any, sheets: list[Any]) -> None:
        sheets[0].set_row(2, 0)

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", rows), prepare=prepare))

    assert sorted(problem.code for problem in problems(table)) == ["E-DATE", "W-HIDDEN"]
    assert table.refused


def test_many_hidden_rows_are_named_as_ranges_in_one_line() -> None:
    rows = lines(DEATHS, *({} for _ in range(100)))

    def prepare(_: Any, sheets: list[Any]) -> None:
        for number in [*range(10, 70), 80]:
            sheets[0].set_row(number, None, None, {"hidden": True})

    [problem] = problems(read("deaths.xlsx", xlsx_bytes(("死亡名单", rows), prepare=prepare)))

    assert (problem.code, problem.row) == ("W-HIDDEN", None)
    assert "11–70、81" in problem.message


def test_days_in_a_workbook_of_the_1904_system_are_the_days_that_excel_shows() -> None:
    rows = lines(DEATHS, {"death_on": date(2020, 5, 6)}, {"death_on": 42495.0})

    def prepare(workbook: Any, sheets: list[Any]) -> None:
        sheets[0].write_datetime("C2", date(2020, 5, 6), workbook.add_format({"num_format": "yyyy-mm-dd"}))

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", rows), prepare=prepare, options={"date_1904": True}))

    assert [row.values["death_on"] for row in table.rows] == [date(2020, 5, 6), date(2020, 5, 6)]


def test_a_workbook_with_macros_is_read_without_them() -> None:
    macro = (("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not run"),)

    data = with_part(deaths(), "docProps/core.xml", lambda content: content)
    table = read("deaths.xlsm", zip_bytes(*members_of(data), *macro))

    assert len(table.rows) == 2


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    import zipfile

    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_two_parts_of_one_name_are_damage() -> None:
    twice = zip_bytes(*members_of(deaths()), (SHEET.upper(), b"<worksheet/>"))

    assert "two parts of one name" in the_fault(twice)


def test_a_sheet_is_found_by_its_title_wherever_it_stands_and_notes_are_no_table() -> None:
    data = xlsx_bytes(("填表说明", [["一、请按要求填写"], ["二、身份证号为文本"]]), ("死亡名单", ROWS))

    table = read("anything.xlsx", data)

    assert (table.title, len(table.rows), found(table)) == ("死亡名单", 2, [])


def test_without_a_title_the_first_sheet_with_the_headers_is_read() -> None:
    data = xlsx_bytes(("Sheet1", [["目录"], ["第一部分"]]), ("Sheet2", ROWS))

    table = read("deaths.xlsx", data)

    assert (table.title, len(table.rows), found(table)) == ("Sheet2", 2, [])


def test_more_rows_on_another_sheet_are_named_since_they_were_not_read() -> None:
    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", ROWS), ("续表", ROWS)))

    [problem] = table.problems
    assert (problem.code, problem.severity.value) == ("W-FILE", "warning")
    assert "续表" in problem.message


def test_a_copy_of_the_sheet_beside_it_is_not_read_as_the_sheet() -> None:
    table = read("deaths.xlsx", xlsx_bytes(("死亡名单 (2)", ROWS), ("死亡名单", ROWS)))

    assert table.title == "死亡名单"
    assert [problem.code for problem in table.problems] == ["W-FILE"]


def test_a_workbook_whose_sheets_bear_several_titles_is_a_package_in_itself() -> None:
    data = xlsx_bytes(("死亡名单", ROWS), ("补贴发放表", lines(PAYMENTS, {})), ("续表", [["a", "b"], ["c", "d"]]))

    tables = read_all("package.xlsx", data)

    assert [(table.sheet.key, len(table.rows)) for table in tables] == [("deaths", 2), ("subsidy_payments", 1)]
    assert ["续表" in problem.message for problem in tables[0].problems] == [True]


def test_a_hidden_sheet_with_the_title_is_read_and_named() -> None:
    def prepare(_: Any, sheets: list[Any]) -> None:
        sheets[0].hide()
        sheets[1].activate()

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", ROWS), ("说明", [["x"]]), prepare=prepare))

    assert len(table.rows) == 2
    assert [problem.code for problem in table.problems] == ["W-HIDDEN"]


def test_a_number_cell_that_lost_digits_of_an_id_is_named_by_row_and_masked() -> None:
    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", lines(DEATHS, {"id_no": 440899196803051173}))))

    [problem] = problems(table)
    assert (problem.row, problem.column, problem.code) == (2, "id_no", "E-EXCEL")
    assert problem.value is not None
    assert "19680305" not in problem.value


def test_inline_strings_and_a_namespace_prefix_are_read_as_other_programs_write_them() -> None:
    def prefixed(content: bytes) -> bytes:
        content = content.replace(b'xmlns="http', b'xmlns:x="http')
        return re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", content)

    inline = xlsx_bytes(("死亡名单", ROWS), options={"constant_memory": True, "in_memory": False})

    table = read("deaths.xlsx", with_part(inline, SHEET, prefixed))

    assert [row.values["name"] for row in table.rows] == ["测试丙", "测试丙"]


def test_other_workbook_formats_that_are_zips_are_refused_by_what_they_are() -> None:
    with pytest.raises(Unreadable, match=r"no \.xlsx workbook"):
        open_book("deaths.xlsx", zip_bytes(("content.xml", b"<a/>"), ("mimetype", b"ods")), limits=Limits())


def test_a_row_of_examples_of_every_sheet_reads_without_a_word() -> None:
    data = xlsx_bytes(("补贴发放表", [headers(PAYMENTS), example(PAYMENTS)]))

    assert found(read("x.xlsx", data)) == []
