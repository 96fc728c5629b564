from datetime import date
from typing import Any

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st

from intake.cells import CellFault, id_quality, parser_for
from intake.cells.identity import is_uscc, passes_luhn, what_is_wrong_with_id
from intake.sheet import Cell, Column

TODAY = date(2021, 3, 31)
ID = parser_for(Column("身份证号", "id_no", Cell.ID), today=TODAY)
USCC = parser_for(Column("统一社会信用代码", "uscc", Cell.USCC), today=TODAY)
EITHER = parser_for(Column("对方证号", "to_id", Cell.ID_OR_USCC), today=TODAY)
ACCOUNT = parser_for(Column("卡号", "account_no", Cell.ACCT), today=TODAY)
PHONE = parser_for(Column("联系电话", "phone", Cell.PHONE), today=TODAY)
SHA = parser_for(Column("附件SHA256", "evidence_sha256", Cell.SHA), today=TODAY)


def fault_of(value: Any) -> CellFault:
    assert isinstance(value, CellFault)
    return value


def check_character(body: str) -> str:
    total = sum(
        weight * int(digit)
        for weight, digit in zip((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)
    )
    return "10X98765432"[total % 11]


@pytest.mark.parametrize(
    "cell",
    ["440899196803051173", " 440899 19680305 1173", "４４０８９９１９６８０３０５１１７３", "440899\u200b196803051173"],
)
def test_an_id_is_read_without_blanks_and_invisible_characters_and_in_half_width(cell: str) -> None:
    assert ID(cell) == "440899196803051173"


def test_a_small_x_as_check_character_is_read_as_the_capital_one() -> None:
    assert ID("44081119410101486x") == "44081119410101486X"


def test_fifteen_digits_of_the_first_generation_are_kept_as_they_are_even_in_a_number_cell() -> None:
    assert ID("440899680305117") == "440899680305117"
    assert ID(440899680305117.0) == "440899680305117"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("440899196803051174", "校验码"),
        ("440899196813051178", "出生日期"),
        ("44089919680305117", "17 位"),
        ("4408991968030511730", "19 位"),
        ("440899681305117", "出生日期"),
        ("440899060525997", "世纪"),
        ("无", "1 位"),
    ],
)
def test_a_bad_id_is_kept_as_stated_under_its_reason(number: str, why: str) -> None:
    fault = fault_of(ID(number))

    assert (fault.code, fault.value) == ("E-ID", number)
    assert why in fault.zh
    assert number not in fault.message


def test_a_birth_date_after_today_cannot_be() -> None:
    body = "44089920210401117"

    assert fault_of(ID(body + check_character(body))).code == "E-ID"


@pytest.mark.parametrize("cell", [4.408991968030512e17, "4.40899E+17", 1e15])
def test_an_id_that_went_through_a_number_cell_has_lost_its_digits(cell: float | str) -> None:
    fault = fault_of(ID(cell))

    assert (fault.code, fault.hard, fault.value) == ("E-EXCEL", True, None)


@pytest.mark.parametrize("parse", [ID, ACCOUNT, PHONE, USCC])
def test_a_number_that_the_spreadsheet_turned_into_a_date_is_an_error(parse: Any) -> None:
    assert fault_of(parse(date(2020, 3, 1))).code == "E-EXCEL"


def test_a_name_in_an_id_column_is_not_repeated() -> None:
    assert "测试甲" not in fault_of(ID("测试甲")).message


def test_the_quality_of_an_id_is_valid_upgradable_or_invalid() -> None:
    assert id_quality("440899196803051173", today=TODAY) == "valid"
    assert id_quality("440899680305117", today=TODAY) == "upgradable"
    assert id_quality("440899196803051174", today=TODAY) == "invalid"


@given(
    day=st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    sequence=st.integers(0, 999),
    check=st.sampled_from("0123456789X"),
)
def test_ids_are_judged_as_an_independent_library_judges_them(day: date, sequence: int, check: str) -> None:
    number = f"440811{day:%Y%m%d}{sequence:03d}{check}"

    assert (what_is_wrong_with_id(number, today=TODAY) is None) == (stdnum.cn.ric.calc_check_digit(number) == check)


@pytest.mark.parametrize(
    "code",
    ["93440899MA9999902H", "91440899MA9999910J", "N2440899MF9999935X", "11440899009999949N", "91350100M000100Y43"],
)
def test_a_credit_code_with_the_right_check_character_is_read(code: str) -> None:
    assert USCC(code) == USCC(code.lower()) == USCC(f" {code} ") == code


@pytest.mark.parametrize("code", ["93440899MA9999902J", "93440899MA999990", "测试合作社"])
def test_a_bad_credit_code_is_kept_as_stated(code: str) -> None:
    fault = fault_of(USCC(code))

    assert (fault.code, fault.value) == ("E-ID", code)


@given(
    body=st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=16, max_size=16),
    check=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"),
)
def test_credit_codes_are_judged_as_an_independent_library_judges_them(body: str, check: str) -> None:
    code = f"9{body}{check}"

    assert is_uscc(code) == (stdnum.cn.uscc.calc_check_digit(code[:17]) == check)


def test_a_column_of_persons_or_organisations_takes_either_number() -> None:
    assert EITHER("440899196803051173") == "440899196803051173"
    assert EITHER("93440899MA9999902H") == "93440899MA9999902H"
    assert fault_of(EITHER("440899196803051174")).code == "E-ID"
    assert fault_of(EITHER("93440899MA9999902J")).code == "E-ID"


def test_an_account_in_groups_of_four_reads_as_one_number() -> None:
    assert ACCOUNT("6299 9900 0000 0000 012") == "6299990000000000012"


def test_an_account_that_fails_luhn_is_kept_with_a_warning_and_masked() -> None:
    fault = fault_of(ACCOUNT("6299990000000000013"))

    assert (fault.code, fault.value) == ("W-LUHN", "6299990000000000013")
    assert "6299990000000000013" not in fault.message


def test_cash_in_an_account_column_needs_no_check_digit() -> None:
    assert ACCOUNT("现金") == "现金"


@given(digits=st.text("0123456789", min_size=12, max_size=19))
def test_luhn_is_judged_as_an_independent_library_judges_it(digits: str) -> None:
    assert passes_luhn(digits) == stdnum.luhn.is_valid(digits)


def test_a_telephone_in_a_number_cell_reads_as_its_digits() -> None:
    assert PHONE(7590000001.0) == "7590000001"
    assert PHONE("0759-0000001") == "0759-0000001"


def test_a_hash_is_read_in_lower_case_and_anything_else_refused() -> None:
    assert SHA("AB" * 32) == "ab" * 32
    assert fault_of(SHA("ab" * 31)).code == "E-SCHEMA"
