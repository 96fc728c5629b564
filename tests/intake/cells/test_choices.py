from typing import Any

import pytest

from intake.cells import CellFault, parser_for
from intake.sheet import Cell, Column
from tests.intake.making import TODAY

MODE = parser_for(
    Column("导入方式", "import_mode", Cell.ENUM, values=("首次导入", "增量"), english=("initial_load", "increment")),
    today=TODAY,
)
HEALTH = parser_for(
    Column("行为能力", "capacity", Cell.ENUM, values=("完全", "限制", "无"), personal=True), today=TODAY
)
YES_OR_NO = parser_for(Column("需公示", "needs_notice", Cell.YN), today=TODAY)
NAMES = parser_for(Column("互斥项目", "excludes", Cell.LIST), today=TODAY)


def fault_of(value: Any) -> CellFault:
    assert isinstance(value, CellFault)
    return value


@pytest.mark.parametrize("cell", ["增量", " 增量 ", "增 量", "increment", "Increment"])
def test_a_value_is_known_by_its_chinese_or_english_word_blanks_apart(cell: str) -> None:
    assert MODE(cell) == "增量"


def test_a_word_outside_the_list_is_refused_with_the_words_that_are_in_it() -> None:
    fault = fault_of(MODE("全量"))

    assert fault.code == "E-SCHEMA"
    assert "全量" in fault.message
    assert "首次导入/增量" in fault.message


def test_a_word_in_a_personal_column_is_not_repeated() -> None:
    assert "精神病" not in fault_of(HEALTH("精神病")).message


def test_yes_is_yes_and_no_is_no() -> None:
    assert YES_OR_NO("是") is True
    assert YES_OR_NO(" 否 ") is False


@pytest.mark.parametrize("cell", ["1", 1.0, True, "√", "Y", "有"])
def test_anything_else_is_neither_yes_nor_no(cell: Any) -> None:
    assert fault_of(YES_OR_NO(cell)).code == "E-SCHEMA"


def test_a_list_is_divided_by_the_chinese_comma_or_a_semicolon() -> None:
    assert NAMES("甲、 乙;丙；、") == ("甲", "乙", "丙")
    assert NAMES("、") is None
