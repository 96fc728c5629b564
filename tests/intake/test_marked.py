import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from intake.marked import COLOURS, write_marked
from intake.package import open_bytes, open_package, open_uploads
from intake.problem import Problem, Severity
from intake.sheets import SHEETS
from intake.table import Table, read_tables
from tests.intake.making import DEATHS, PAYMENTS, TODAY, csv_bytes, found, lines, read, xlsx_bytes

ROWS = lines(DEATHS, {}, {"death_on": "2020-02-30"}, {"id_no": "440899195501014138"})


def marked(tables: list[Table], path: Path, **more: Any) -> Any:
    write_marked(path, tables, **more)
    return openpyxl.load_workbook(path)


def read_back(path: Path) -> list[Table]:
    return [table for file in open_package(path).files for table in read_tables(file, SHEETS, today=TODAY)]


def test_rows_come_back_as_stated_with_the_offending_cells_coloured_and_explained(tmp_path: Path) -> None:
    workbook = marked([read("deaths.csv", csv_bytes(ROWS))], tmp_path / "marked.xlsx")

    sheet = workbook["死亡名单"]
    assert [cell.value for cell in sheet[1]] == [*ROWS[0], "问题"]
    assert [cell.value for cell in sheet[3]][:5] == ROWS[2]
    assert sheet["C3"].fill.fgColor.rgb == "FF" + COLOURS[Severity.ERROR][1:]
    assert sheet["B4"].fill.fgColor.rgb == "FF" + COLOURS[Severity.QUARANTINE][1:]
    assert "E-DATE" in sheet["C3"].comment.text
    assert "E-DATE" in sheet["F3"].value
    assert "写成" in sheet["F3"].value or "更正" in sheet["F3"].value
    assert sheet["F2"].value is None


def test_the_first_sheet_sums_up_every_file_and_names_what_belongs_to_no_row(tmp_path: Path) -> None:
    package = open_uploads([("deaths.csv", csv_bytes(ROWS)), ("其他.csv", b"a"), ("roster.xlsx", b"text")])
    tables = [table for file in package.files for table in read_tables(file, SHEETS, today=TODAY)]
    whole = Problem(severity=Severity.WARNING, code="W-MANIFEST", message="没有导入清单 / No manifest.", remedy="-")

    workbook = marked(tables, tmp_path / "marked.xlsx", package_problems=[whole], files=package.files)

    said = [[cell for cell in row if cell is not None] for row in workbook.worksheets[0].iter_rows(values_only=True)]
    assert workbook.sheetnames == ["说明", "死亡名单"]
    assert ["deaths.csv", "死亡名单", 3, 1, 1, 0, "未导入，更正后重新导入"] in said
    assert {"W-MANIFEST", "W-FILE", "E-FILE"} <= {cell for row in said for cell in row}


def test_a_mended_workbook_can_be_sent_again_and_is_blamed_for_nothing_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "marked.xlsx"
    workbook = marked([read("deaths.csv", csv_bytes(ROWS))], path)
    workbook["死亡名单"]["C3"] = "2020-02-29"
    workbook["死亡名单"]["B4"] = "440899195501014137"
    workbook.save(path)

    [table] = read_back(path)

    assert found(table) == []
    assert len(table.rows) == 3


def test_marking_a_marked_workbook_does_not_add_the_column_again(tmp_path: Path) -> None:
    path = tmp_path / "marked.xlsx"
    marked([read("deaths.csv", csv_bytes(ROWS))], path)

    [table] = read_back(path)
    workbook = marked([table], tmp_path / "again.xlsx")

    assert [cell.value for cell in workbook["死亡名单"][1]] == [*ROWS[0], "问题"]
    assert "E-DATE" in workbook["死亡名单"]["F3"].value


def test_text_that_begins_like_a_formula_is_written_as_text_and_no_formula_is_ever_written(tmp_path: Path) -> None:
    rows = lines(
        PAYMENTS, {"remark": "=HYPERLINK(1)", "agent": "+1"}, {"amount": "=SUM(1,2)", "remark": "@x", "agent": "-1"}
    )

    workbook = marked([read("subsidy_payments.csv", csv_bytes(rows))], tmp_path / "marked.xlsx")

    cells = [cell for row in workbook["补贴发放表"] for cell in row]
    assert {"=HYPERLINK(1)", "=SUM(1,2)"} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())


def test_numbers_days_and_long_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    rows = lines(PAYMENTS, {"amount": 178.20000000000002, "quantity": 1.0, "paid_on": date(2020, 6, 20), "rate": 178.2})

    def prepare(workbook: Any, sheets: list[Any]) -> None:
        column = [each.alias for each in PAYMENTS.columns].index("paid_on")
        sheets[0].write_datetime(1, column, date(2020, 6, 20), workbook.add_format({"num_format": "yyyy-mm-dd"}))

    path = tmp_path / "marked.xlsx"
    before = read("x.xlsx", xlsx_bytes(("补贴发放表", rows), prepare=prepare))
    marked([before], path)

    [after] = read_back(path)

    assert found(after) == []
    assert after.rows[0].values == before.rows[0].values
    assert after.rows[0].values["account_no"] == "6299990000000000012"


def test_text_that_no_cell_can_hold_is_left_out_so_that_it_cannot_come_back_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "marked.xlsx"
    marked([read("subsidy_payments.csv", csv_bytes(lines(PAYMENTS, {"remark": "字" * 40_000})))], path)

    [table] = read_back(path)

    assert found(table) == [(2, "remark", "E-EXCEL")]


def test_problems_of_a_whole_column_stand_at_its_header_and_totals_at_their_row(tmp_path: Path) -> None:
    rows = lines(PAYMENTS, {})
    rows = [
        [cell if number else cell.replace("金额(元)", "金额(千元)") for cell in row] for number, row in enumerate(rows)
    ]

    workbook = marked([read("subsidy_payments.csv", csv_bytes(rows))], tmp_path / "marked.xlsx")

    column = [each.alias for each in PAYMENTS.columns].index("amount") + 1
    assert "E-UNIT" in workbook["补贴发放表"].cell(1, column).comment.text


def test_titles_that_excel_forbids_or_has_already_are_changed(tmp_path: Path) -> None:
    first, second = read("deaths.csv", csv_bytes(ROWS)), read("deaths.csv", csv_bytes(ROWS))
    first.title = second.title = "死亡/名单*[2020]:" + "长" * 40

    workbook = marked([first, second], tmp_path / "marked.xlsx")

    assert len(set(workbook.sheetnames)) == 3
    assert all(len(title) <= 31 for title in workbook.sheetnames)


def test_a_file_that_breaks_off_is_marked_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    data = csv_bytes(ROWS[:2]) + b'"open,1,2,3,4\r\n'
    [file] = open_bytes("deaths.csv", data).files

    workbook = marked(read_tables(file, SHEETS, today=TODAY), tmp_path / "marked.xlsx")

    assert workbook["死亡名单"]["A2"].value == "测试丙"
