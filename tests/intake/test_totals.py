from typing import Any

import pytest

from intake.sheets import SHEETS
from tests.intake.making import PAYMENTS, Line, csv_bytes, example, found, headers, lines, read, xlsx_bytes

RECEIPTS = SHEETS["dividend_receipts"]


def total(word: str, amount: Any, **more: Any) -> Line:
    cells = dict.fromkeys((column.alias for column in PAYMENTS.columns), "")
    return [(cells | {"programme": word, "amount": amount} | more)[column.alias] for column in PAYMENTS.columns]


def payment(amount: str, ref: str = "TEST1") -> dict[str, str]:
    return {"amount": amount, "quantity": "", "rate": "", "bank_ref": ref}


ROWS = lines(PAYMENTS, payment("3000.00"), payment("4400.00", "TEST2"))


@pytest.mark.parametrize("word", ["合计", "总计", " 合　计：", "合 计"])
def test_a_total_that_agrees_is_passed_over_in_silence(word: str) -> None:
    table = read("subsidy_payments.csv", csv_bytes([*ROWS, total(word, "7,400.00")]))

    assert found(table) == []
    assert len(table.rows) == 2


def test_a_total_that_differs_is_warned_of_on_its_row_with_both_sums_and_the_rows_are_kept() -> None:
    table = read("subsidy_payments.xlsx", xlsx_bytes(("补贴发放表", [*ROWS, total("合计", 7300.0)])))

    [problem] = table.problems
    assert (problem.row, problem.column, problem.code, problem.severity.value) == (4, "amount", "W-TOTAL", "warning")
    assert "7300.00" in problem.message
    assert "7400.00" in problem.message
    assert len(table.rows) == 2
    assert not table.refused


def test_a_subtotal_is_checked_against_the_rows_since_the_last_one_and_the_total_against_all() -> None:
    rows = [ROWS[0], ROWS[1], total("小计", "3000"), ROWS[2], total("小计", "4400"), total("合计", "7400")]

    assert found(read("subsidy_payments.csv", csv_bytes(rows))) == []


def test_a_wrong_subtotal_is_named_with_the_sum_of_its_own_rows() -> None:
    rows = [ROWS[0], ROWS[1], total("小计", "3000"), ROWS[2], total("小计", "7400")]

    [problem] = read("subsidy_payments.csv", csv_bytes(rows)).problems

    assert (problem.row, problem.code) == (5, "W-TOTAL")
    assert "4400.00" in problem.message


def test_a_total_in_words_is_said_to_be_unreadable() -> None:
    [problem] = read("subsidy_payments.csv", csv_bytes([*ROWS, total("合计", "柒仟肆佰元整")])).problems

    assert problem.code == "W-TOTAL"
    assert "7400.00" in problem.message


def test_a_total_over_an_amount_that_cannot_be_read_is_not_judged() -> None:
    rows = [*lines(PAYMENTS, payment("3000.00"), payment("未定", "TEST2")), total("合计", "7400")]

    assert found(read("subsidy_payments.csv", csv_bytes(rows))) == [(3, "amount", "E-SCHEMA")]


@pytest.mark.parametrize("change", [{"remark": "合计"}, {"village": "小计"}, {"programme": "合计"}])
def test_a_row_that_only_mentions_the_word_is_data(change: dict[str, str]) -> None:
    assert len(read("subsidy_payments.csv", csv_bytes(lines(PAYMENTS, change))).rows) == 1


def test_signatures_below_a_total_are_passed_over_and_named_by_row() -> None:
    rows = [*ROWS, total("合计", "7400"), ["制表人：", "甲", "", "审核人：", "乙"], ["填报日期：", "2020-12-31"]]

    table = read("subsidy_payments.csv", csv_bytes(rows))

    assert found(table) == [(5, None, "W-ROW"), (6, None, "W-ROW")]
    assert all(problem.severity.value == "warning" for problem in table.problems)


def test_data_below_a_total_is_data_even_with_a_fault_in_it() -> None:
    late = example(PAYMENTS, **payment("未定", "TEST3"), remark="合计以后补录")

    table = read("subsidy_payments.csv", csv_bytes([*ROWS, total("合计", "7400"), late]))

    assert found(table) == [(5, "amount", "E-SCHEMA")]
    assert len(table.rows) == 3


def test_a_total_in_the_key_column_itself_is_still_a_total() -> None:
    rows = [headers(RECEIPTS), example(RECEIPTS), ["合计", "", "", "50000.00", "", ""]]

    table = read("dividend_receipts.csv", csv_bytes(rows))

    assert found(table) == []
    assert len(table.rows) == 1


def test_a_total_of_nothing_is_read_as_nothing() -> None:
    [problem] = read("subsidy_payments.csv", csv_bytes([*ROWS, total("合计", "0")])).problems

    assert "合计 0.00" in problem.message
