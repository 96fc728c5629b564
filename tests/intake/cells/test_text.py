from datetime import date, datetime

import pytest

from intake.cells import CellFault, parser_for, stated
from intake.sheet import Cell, Column
from tests.intake.making import TODAY

TEXT = parser_for(Column("流水号", "bank_ref", Cell.TEXT), today=TODAY)
REMARK = parser_for(Column("备注", "remark", Cell.TEXT, personal=True), today=TODAY)


@pytest.mark.parametrize(
    "stated_as", ["　测试一村\u3000", " 测试一村", "\u200b测试一村\ufeff", "\t测试一村\n", "\xa0测试一村"]
)
def test_blanks_around_a_value_do_not_belong_to_it(stated_as: str) -> None:
    assert TEXT(stated_as) == "测试一村"


@pytest.mark.parametrize("nothing", ["", "   ", "\u3000", None])
def test_a_cell_of_nothing_but_blanks_is_an_empty_cell(nothing: str | None) -> None:
    assert TEXT(nothing) is None


def test_blanks_inside_a_name_stay_since_only_comparing_passes_over_them() -> None:
    assert TEXT("陈　福") == "陈　福"


def test_full_width_digits_are_written_half_width_and_letters_are_left_alone() -> None:
    assert TEXT("ＸＭ-２０２０") == "ＸＭ-2020"


def test_text_of_one_name_in_two_normal_forms_reads_as_the_same() -> None:
    assert TEXT("Cafe\u0301") == TEXT("Caf\u00e9")


@pytest.mark.parametrize("text", ["=SUM(1,2)", "+1", "-1", "@cmd", "<b>{{x}}</b>", "𠮷峰", "🙂", "\ue000"])
def test_text_that_looks_like_a_formula_markup_or_an_odd_character_is_text(text: str) -> None:
    assert TEXT(text) == text


def test_a_reference_in_a_number_cell_reads_as_its_digits_without_a_point() -> None:
    assert TEXT(20201202962.0) == "20201202962"


@pytest.mark.parametrize("lost", [1e15, 20201202962000000.0, "2.02012E+15"])
def test_a_reference_that_excel_shortened_is_an_error_even_in_a_sheet_of_facts(lost: float | str) -> None:
    fault = TEXT(lost)

    assert isinstance(fault, CellFault)
    assert (fault.code, fault.hard, fault.value) == ("E-EXCEL", True, None)


def test_a_date_cell_in_a_text_column_reads_as_the_day_and_its_time() -> None:
    assert TEXT(date(2020, 5, 11)) == "2020-05-11"
    assert TEXT(datetime(2020, 5, 11, 8, 30)) == "2020-05-11 08:30"  # noqa: DTZ001  a wall clock in a cell


def test_a_truth_value_in_a_text_column_reads_as_excel_shows_it() -> None:
    assert TEXT(True) == "TRUE"  # noqa: FBT003  the cell itself


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!", "########"])
def test_an_excel_error_value_is_no_text_in_any_column(value: str) -> None:
    fault = REMARK(value)

    assert isinstance(fault, CellFault)
    assert (fault.code, fault.hard) == ("E-EXCEL", True)
    assert value in fault.zh


def test_a_nul_is_an_error_even_in_a_sheet_of_facts() -> None:
    fault = TEXT("测试\x00甲")

    assert isinstance(fault, CellFault)
    assert (fault.code, fault.hard, fault.value) == ("E-SCHEMA", True, None)


@pytest.mark.parametrize(("dirty", "clean"), [("测\x07试甲", "测试甲"), ("甲\u202e乙", "甲乙"), ("测\u200b试", "测试")])
def test_invisible_characters_are_taken_out_with_a_warning(dirty: str, clean: str) -> None:
    fault = TEXT(dirty)

    assert isinstance(fault, CellFault)
    assert (fault.code, fault.value) == ("W-TEXT", clean)


def test_line_breaks_in_a_remark_are_kept_in_one_form() -> None:
    assert REMARK("第一行\r\n第二行\r第三行") == "第一行\n第二行\n第三行"


def test_text_longer_than_a_cell_is_named_with_its_length_and_never_cut() -> None:
    longest, longer = "字" * 32_767, "字" * 32_768

    fault = REMARK(longer)

    assert REMARK(longest) == longest
    assert isinstance(fault, CellFault)
    assert fault.code == "E-SCHEMA"
    assert "32768" in fault.message
    assert stated(longer) == longer
