from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlwt

from intake.reading.compound import Compound
from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from tests.intake.making import DEATHS, found, lines, read

ROWS = lines(DEATHS, {}, {"id_no": "440899197109222264"})


def xls_bytes(
    prepare: Callable[[Any], None] | None = None, *, title: str = "死亡名单", dates_1904: bool = False
) -> bytes:
    workbook = xlwt.Workbook()
    workbook.dates_1904 = dates_1904
    sheet = workbook.add_sheet(title, cell_overwrite_ok=True)
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    if prepare:
        prepare(sheet)
    data = BytesIO()
    workbook.save(data)
    return data.getvalue()


@pytest.mark.parametrize("name", ["deaths.xls", "deaths.xlsx", "old.xls"])
def test_an_old_workbook_is_read_like_a_new_one_by_what_it_is(name: str) -> None:
    table = read(name, xls_bytes())

    assert found(table) == []
    assert [row.values["id_no"] for row in table.rows] == ["440899195501014137", "440899197109222264"]


def test_error_values_hidden_rows_and_columns_of_an_old_workbook_are_named() -> None:
    def prepare(sheet: Any) -> None:
        sheet.row(1).hidden = True
        sheet.col(3).hidden = True
        sheet.row(2).set_cell_error(1, "#REF!")

    table = read("deaths.xls", xls_bytes(prepare))

    assert sorted(found(table), key=str) == sorted(
        [(None, "known_on", "W-HIDDEN"), (2, None, "W-HIDDEN"), (3, "id_no", "E-EXCEL")], key=str
    )


def test_a_far_cell_of_an_old_workbook_is_refused_before_it_costs_memory() -> None:
    def prepare(sheet: Any) -> None:
        sheet.write(65_535, 255, "x")

    [problem] = read("deaths.xls", xls_bytes(prepare)).problems

    assert problem.code == "E-FILE"
    assert "IV65536" in problem.message


def test_days_of_an_old_workbook_of_the_1904_system_are_the_days_that_excel_shows() -> None:
    def prepare(sheet: Any) -> None:
        sheet.write(1, 2, date(2020, 5, 6), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        sheet.write(2, 2, 42495)

    table = read("deaths.xls", xls_bytes(prepare, dates_1904=True))

    assert [row.values["death_on"] for row in table.rows] == [date(2020, 5, 6), date(2020, 5, 6)]


def test_a_password_in_an_old_workbook_is_named_as_such() -> None:
    data = bytearray(xls_bytes())
    stream = bytes(data).find(b"\x09\x08\x10\x00")
    length = 4 + 16
    data[stream + length : stream + length + 2] = b"\x2f\x00"

    [problem] = read("deaths.xls", bytes(data)).problems

    assert "password" in problem.message


@pytest.mark.parametrize("cut", [100, 600, 2_000, 4_000])
def test_half_an_old_workbook_is_damaged_wherever_it_ends(cut: int) -> None:
    [problem] = read("deaths.xls", xls_bytes()[:cut]).problems

    assert problem.code == "E-FILE"


def test_a_chain_of_sectors_that_comes_back_to_itself_ends_as_damage() -> None:
    data = bytearray(xls_bytes())
    table = 512 * (int.from_bytes(data[76:80], "little") + 1)
    for sector in range(len(data) // 512 - 1):
        data[table + 4 * sector : table + 4 * sector + 4] = (0).to_bytes(4, "little")

    with pytest.raises(Unreadable, match="damaged"):
        Compound(bytes(data))


def test_every_truncation_and_flipped_byte_of_an_old_workbook_ends_in_rows_or_in_a_problem() -> None:
    data = xls_bytes()

    for place in range(0, len(data), 97):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        table = read("deaths.xls", bytes(changed), limits=Limits(cells=100_000))
        assert table.rows or table.problems


def test_an_encrypted_workbook_is_named_by_its_password() -> None:
    data = bytearray(xls_bytes())
    name = "Workbook".encode("utf-16-le")
    place = bytes(data).rfind(name)
    encrypted = "EncryptedPackage".encode("utf-16-le")
    data[place : place + len(encrypted)] = encrypted
    data[place + 64] = len(encrypted) + 2

    [problem] = read("deaths.xlsx", bytes(data)).problems

    assert "password" in problem.message
