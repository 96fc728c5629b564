from datetime import date
from typing import Any

import pytest

from intake.cells import CellFault, parser_for
from intake.sheet import Cell, Column
from tests.intake.making import TODAY

AMOUNT = parser_for(Column("金额(元)", "amount", Cell.MONEY, above_zero=True), today=TODAY)
BUDGET = parser_for(Column("计划资金(元)", "budget", Cell.MONEY), today=TODAY)
PROFIT = parser_for(Column("利润(元)", "profit", Cell.MONEY, signed=True), today=TODAY)
IN_WAN = parser_for(Column("计划资金", "budget", Cell.MONEY), today=TODAY, yuan_per_unit=10_000)
RATE = parser_for(Column("年利率(%)", "rate_pct", Cell.PCT), today=TODAY)
SHARES = parser_for(Column("股份", "shares", Cell.QTY), today=TODAY)
COUNT = parser_for(Column("受益户数", "beneficiary_households", Cell.INT), today=TODAY)


def fault_of(value: Any) -> CellFault:
    assert isinstance(value, CellFault)
    return value


@pytest.mark.parametrize(("number", "fen"), [(178.20000000000002, 17820), (600.0, 60000), (0.01, 1), (1449.28, 144928)])
def test_a_number_cell_counts_at_the_fifteen_digits_that_excel_shows(number: float, fen: int) -> None:
    assert AMOUNT(number) == fen


@pytest.mark.parametrize(("number", "named"), [(33.333333333333336, "33.333"), (184.125, "184.125")])
def test_a_number_cell_of_more_than_two_decimals_is_refused_however_it_is_shown(number: float, named: str) -> None:
    fault = fault_of(AMOUNT(number))

    assert fault.code == "E-SCHEMA"
    assert named in fault.message


@pytest.mark.parametrize("text", ["373.999", "600.000", "178.20000000000002", "0.001"])
def test_in_text_every_digit_counts_and_nothing_is_rounded(text: str) -> None:
    fault = fault_of(AMOUNT(text))

    assert fault.code == "E-SCHEMA"
    assert text in fault.message


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("￥12,000.00", 1200000),
        ("¥600", 60000),
        ("1,234.5", 123450),
        ("５，６７８．００ ", 567800),
        ("　６００　", 60000),
    ],
)
def test_a_currency_sign_commas_in_threes_and_full_width_digits_are_read(text: str, fen: int) -> None:
    assert AMOUNT(text) == fen


@pytest.mark.parametrize("text", ["1万", "0.6万元", "600元", "1,000 元", "¥5块", "100 yuan"])
def test_a_unit_in_the_cell_is_refused_as_a_unit(text: str) -> None:
    fault = fault_of(AMOUNT(text))

    assert fault.code == "E-UNIT"
    assert text in fault.message


@pytest.mark.parametrize(
    "text",
    ["未定", "(100)", "600,00", "1,23", "NaN", "inf", "6_00", "٣", "1E+3", "=SUM(1,2)", "10²", "--5", ".5", "5.", "+5"],
)
def test_what_is_no_plain_amount_is_refused_by_name(text: str) -> None:
    fault = fault_of(AMOUNT(text))

    assert fault.code == "E-SCHEMA"
    assert text in fault.message


@pytest.mark.parametrize("cell", [True, date(2020, 1, 1)])
def test_a_truth_value_or_a_date_is_no_amount(cell: Any) -> None:
    assert fault_of(AMOUNT(cell)).code == "E-SCHEMA"


@pytest.mark.parametrize("nothing", [0.0, "0", "0.00", -369.0, "-369", "－５"])
def test_money_that_moves_must_be_above_zero(nothing: float | str) -> None:
    assert fault_of(AMOUNT(nothing)).code == "E-SCHEMA"


def test_a_budget_may_be_nothing_but_not_negative_and_a_profit_may_be_either() -> None:
    assert BUDGET("0.00") == 0
    assert fault_of(BUDGET("-1")).code == "E-SCHEMA"
    assert PROFIT("-1234.50") == -123450
    assert PROFIT(-0.5) == -50


def test_amounts_up_to_the_largest_exact_integer_are_read_and_one_more_is_refused() -> None:
    assert BUDGET("90071992547409.91") == 2**53 - 1
    assert fault_of(BUDGET("90071992547409.92")).code == "E-SCHEMA"


@pytest.mark.parametrize(
    ("cell", "fen"), [("12.50", 12_500_000), (2.0, 2_000_000), ("53.123456", 53_123_456), ("0.000001", 1)]
)
def test_an_amount_in_wan_by_its_header_is_judged_after_conversion(cell: float | str, fen: int) -> None:
    assert IN_WAN(cell) == fen


@pytest.mark.parametrize("cell", ["53.1234567", 0.00000149, "1.0000000"])
def test_an_amount_in_wan_that_is_no_whole_fen_is_refused(cell: float | str) -> None:
    assert fault_of(IN_WAN(cell)).code == "E-SCHEMA"


@pytest.mark.parametrize("number", ["6299990000000000012", "440899196803051173", "0759-0000001"])
def test_a_card_an_id_or_a_phone_in_a_money_column_is_named_masked(number: str) -> None:
    fault = fault_of(AMOUNT(number))

    assert fault.code == "E-SCHEMA"
    assert number not in fault.message


@pytest.mark.parametrize(("cell", "ppm"), [("4.75", 47500), (5.0, 50000), ("4.3523", 43523), ("29%", 290000), ("0", 0)])
def test_a_rate_in_percent_is_kept_in_parts_per_million(cell: float | str, ppm: int) -> None:
    assert RATE(cell) == ppm


@pytest.mark.parametrize("cell", ["4.35231", "-1", "五", "4,75", "1." + "0" * 32 + "1"])
def test_a_rate_of_five_decimals_or_no_number_is_refused(cell: str) -> None:
    assert fault_of(RATE(cell)).code == "E-SCHEMA"


@pytest.mark.parametrize(
    ("cell", "text"), [("2", "2"), (2.0, "2"), ("1.50", "1.5"), (0.1, "0.1"), ("007.10", "7.1"), ("0.00", "0")]
)
def test_a_quantity_is_decimal_text_without_trailing_zeros(cell: float | str, text: str) -> None:
    assert SHARES(cell) == text


@pytest.mark.parametrize("cell", ["-1", "1e3", "两", -2.0, True])
def test_a_quantity_below_zero_or_in_words_is_refused(cell: Any) -> None:
    assert fault_of(SHARES(cell)).code == "E-SCHEMA"


def test_a_count_is_whole_and_half_a_household_is_refused() -> None:
    assert COUNT(26.0) == COUNT("26") == COUNT("26.0") == 26
    assert fault_of(COUNT(22.5)).code == "E-SCHEMA"
    assert fault_of(COUNT("22.5")).code == "E-SCHEMA"
    assert fault_of(COUNT("-1")).code == "E-SCHEMA"
