from pathlib import Path

import openpyxl
import pytest

from intake.naming import titles_of_formats
from intake.package import open_package
from intake.sheet import Cell, Sheet
from intake.sheets import SHEETS
from intake.table import read_tables
from intake.templates import write_templates
from tests.intake.making import DEATHS, TODAY, example, found


def test_every_template_reads_back_as_its_sheet_with_nothing_in_it(tmp_path: Path) -> None:
    paths = write_templates(tmp_path / "new" / "folder", SHEETS.values())

    assert len(paths) == len(SHEETS)
    for path, sheet in zip(paths, SHEETS.values(), strict=True):
        [file] = open_package(path).files
        [table] = read_tables(file, SHEETS, today=TODAY)
        assert (file.key, table.title, found(table)) == (sheet.key, sheet.title, [(None, None, "W-EMPTY")])


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_template_filled_in_with_its_own_examples_reads_without_a_word(sheet: Sheet, tmp_path: Path) -> None:
    [path] = write_templates(tmp_path, [sheet])
    workbook = openpyxl.load_workbook(path)
    for column, cell in enumerate(example(sheet), 1):
        workbook[sheet.title].cell(2, column).value = cell or None
    workbook.save(path)

    [file] = open_package(path).files
    [table] = read_tables(file, SHEETS, today=TODAY)

    assert found(table) == []
    assert len(table.rows) == 1


def test_numbers_of_people_and_keys_are_text_columns_so_that_excel_keeps_every_digit(tmp_path: Path) -> None:
    [path] = write_templates(tmp_path, [SHEETS["subsidy_payments"]])

    sheet = openpyxl.load_workbook(path)["补贴发放表"]

    for number, column in enumerate(SHEETS["subsidy_payments"].columns, 1):
        form = sheet.column_dimensions[openpyxl.utils.get_column_letter(number)].number_format
        assert (form == "@") == (column.kind not in {Cell.MONEY, Cell.DATE, Cell.QTY, Cell.INT, Cell.PCT})


def test_enums_and_yes_or_no_are_offered_as_lists_and_the_header_stays_in_sight(tmp_path: Path) -> None:
    [path] = write_templates(tmp_path, [SHEETS["programmes"]])

    sheet = openpyxl.load_workbook(path)["补贴目录"]

    offered = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered["D2"] == '"月,季,年,一次性"'
    assert '"是,否"' in offered.values()
    assert sheet.freeze_panes == "A2"


def test_the_second_sheet_says_what_every_column_wants_with_an_example(tmp_path: Path) -> None:
    [path] = write_templates(tmp_path, [DEATHS])

    notes = [list(row) for row in openpyxl.load_workbook(path)["填写说明"].iter_rows(values_only=True)]

    assert notes[0] == ["列名", "英文名", "是否必填", "类型", "可填的值", "说明", "示例"]
    assert notes[2][:4] == ["身份证号", "id_no", "必填", "居民身份证号（文本，18 位或 15 位）"]
    assert notes[2][6] == "440899195501014137"
    assert len(notes) == len(DEATHS.columns) + 1


def test_template_names_are_found_by_name_as_well_as_by_their_sheet(tmp_path: Path) -> None:
    from intake.naming import key_of_file

    for path, sheet in zip(write_templates(tmp_path, SHEETS.values()), SHEETS.values(), strict=True):
        assert key_of_file(path.name, titles_of_formats()) == sheet.key
