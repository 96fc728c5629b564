"""Empty workbooks to fill in, one per sheet of FORMATS (`mingzhang templates DIR`)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from intake.cells.choices import NO, YES
from intake.sheet import Cell, Column, Need, Sheet

INSTRUCTIONS = "填写说明"
LAST_ROW = 1_048_575
LONGEST_LIST = 255
"""Characters that Excel takes in a list of allowed values."""

NEEDS = {Need.R: "必填", Need.C: "按条件", Need.O: "选填"}
KINDS = {
    Cell.TEXT: "文本",
    Cell.ID: "居民身份证号（文本，18 位或 15 位）",
    Cell.USCC: "统一社会信用代码（文本）",
    Cell.ID_OR_USCC: "身份证号或统一社会信用代码（文本）",
    Cell.ACCT: "银行账号（文本）",
    Cell.PHONE: "电话（文本）",
    Cell.DATE: "日期，如 2020-03-01",
    Cell.PERIOD: "所属期：2020、2020Q1 或 2020-03（文本）",
    Cell.START: "日期和时间，如 2020-05-11 08:30（文本）；只填日期为全天",
    Cell.END: "日期和时间，如 2020-05-15 17:30（文本）；只填日期为全天",
    Cell.MONEY: "金额，最多两位小数",
    Cell.QTY: "数量",
    Cell.INT: "整数",
    Cell.PCT: "百分数，最多四位小数",
    Cell.YN: "是/否",
    Cell.ENUM: "从所列值中选一",
    Cell.STAFF: "干部姓名或工号",
    Cell.LIST: "多个值，用、分隔",
    Cell.SHA: "SHA-256（文本）",
}
NUMBER_FORMATS = {
    Cell.DATE: "yyyy-mm-dd",
    Cell.MONEY: "0.00",
    Cell.QTY: "General",
    Cell.INT: "0",
    Cell.PCT: "General",
}
"""All other columns are text, so that no number of an ID or a card is lost and no key becomes a date."""

MONEY_WITHOUT_UNIT = "(元)"


def write_templates(folder: Path, sheets: Iterable[Sheet]) -> list[Path]:
    """One workbook per sheet in `folder`, which is made if it is not there.

    Each has the sheet under its title with nothing but the header, and 填写说明 with what every column wants.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [write_template(folder, sheet) for sheet in sheets]


def write_template(folder: Path, sheet: Sheet) -> Path:
    """The workbook of one sheet, `09-花名册.xlsx`."""
    path = folder / f"{sheet.number:02d}-{sheet.title}.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        bold = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        table = workbook.add_worksheet(sheet.title)
        for index, column in enumerate(sheet.columns):
            form = workbook.add_format({"num_format": NUMBER_FORMATS.get(column.kind, "@")})
            table.set_column(index, index, max(12, 2 * len(column.header) + 2), form)
            table.write_string(0, index, header_of(column), bold)
            offer_values(table, index, column)
        table.freeze_panes(1, 0)
        instructions(workbook.add_worksheet(INSTRUCTIONS), sheet, bold)
    return path


def header_of(column: Column) -> str:
    """The header to fill in under; money whose unit FORMATS leaves open is asked for in 元."""
    needs_unit = column.kind is Cell.MONEY and not column.header.endswith(")")
    return column.header + MONEY_WITHOUT_UNIT if needs_unit else column.header


def offer_values(table: Worksheet, index: int, column: Column) -> None:
    """A list to choose from, where the column has one."""
    values = [YES, NO] if column.kind is Cell.YN else list(column.values)
    if values and len(",".join(values)) <= LONGEST_LIST:
        table.data_validation(
            1,
            index,
            LAST_ROW,
            index,
            {"validate": "list", "source": values, "ignore_blank": True, "error_title": "不在可填的值之内"},
        )


def instructions(notes: Worksheet, sheet: Sheet, bold: Any) -> None:
    """What every column wants, with an example."""
    lines: list[tuple[str, ...]] = [("列名", "英文名", "是否必填", "类型", "可填的值", "说明", "示例")]
    lines += [
        (
            header_of(column),
            column.alias,
            NEEDS[column.need],
            KINDS[column.kind],
            "/".join(column.values),
            column.note,
            column.example,
        )
        for column in sheet.columns
    ]
    for row, line in enumerate(lines):
        for place, words in enumerate(line):
            notes.write_string(row, place, words, bold if row == 0 else None)
    notes.set_column(0, len(lines[0]) - 1, 24)
    notes.freeze_panes(1, 0)
