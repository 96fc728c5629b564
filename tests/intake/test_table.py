from datetime import date

import pytest

from intake.package import open_bytes
from intake.reading.limits import Limits
from intake.sheet import Sheet
from intake.sheets import SHEETS
from intake.table import raw_sheet, read_tables
from tests.intake.making import DEATHS, TODAY, csv_bytes, example, found, headers, lines, read, xlsx_bytes


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_example_of_every_sheet_reads_without_a_word_in_every_format(sheet: Sheet, form: str) -> None:
    rows = [headers(sheet), example(sheet)]
    data = csv_bytes(rows) if form == "csv" else xlsx_bytes((sheet.title, rows))

    table = read(f"{sheet.key}.{form}", data)

    assert found(table) == []
    assert len(table.rows) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_without_rows_is_a_warning_and_nothing_to_take(form: str) -> None:
    data = csv_bytes(lines(DEATHS)) if form == "csv" else xlsx_bytes(("死亡名单", lines(DEATHS)))

    table = read(f"deaths.{form}", data)

    assert found(table) == [(None, None, "W-EMPTY")]
    assert not table.refused


def test_today_decides_what_lies_in_the_future() -> None:
    data = csv_bytes(lines(DEATHS, {"known_on": "2020-06-01"}))

    assert found(read("deaths.csv", data, today=date(2020, 5, 31))) == [(2, "known_on", "E-DATE")]
    assert found(read("deaths.csv", data, today=date(2020, 6, 1))) == []


def test_a_file_that_cannot_be_read_is_one_table_without_rows_that_says_why() -> None:
    table = read("deaths.xlsx", b"not a workbook")

    assert table.sheet is DEATHS
    assert table.rows == []
    assert (table.unreadable, table.refused) == (True, True)
    assert found(table) == [(None, None, "E-FILE")]


def test_a_refused_row_refuses_its_table_without_making_it_unreadable() -> None:
    table = read("deaths.csv", csv_bytes(lines(DEATHS, {"source": ""})))

    assert (table.unreadable, table.refused) == (False, True)


def test_a_quarantined_row_refuses_nothing() -> None:
    table = read("deaths.csv", csv_bytes(lines(DEATHS, {"id_no": "440899195501014138"})))

    assert not table.refused


def test_only_the_sheets_that_are_asked_for_are_read() -> None:
    [file] = open_bytes("deaths.csv", csv_bytes(lines(DEATHS, {}))).files

    assert read_tables(file, {"roster": SHEETS["roster"]}, today=TODAY) == []


def test_the_raw_rows_of_a_table_can_be_read_again_from_its_file() -> None:
    rows = lines(DEATHS, {})
    table = read("deaths.csv", csv_bytes(rows, delimiter=";"))

    raw = raw_sheet(table, limits=Limits())

    assert list(raw.rows()) == list(raw.rows()) == [list(map(str, row)) for row in rows]
