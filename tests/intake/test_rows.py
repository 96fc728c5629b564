from datetime import date
from typing import Any

import pytest

from intake.problem import Severity
from intake.sheets import SHEETS
from tests.intake.making import (
    DEATHS,
    PAYMENTS,
    csv_bytes,
    found,
    lines,
    problems,
    read,
    read_deaths,
    read_payments,
    xlsx_bytes,
)

BAD_ID = "440899195501014138"


def test_a_row_holds_typed_values_by_alias_and_absent_cells_are_absent() -> None:
    [row] = read_payments({"quantity": "2", "cashier": ""}).rows

    assert row.values["amount"] == 60000
    assert row.values["paid_on"] == date(2020, 6, 20)
    assert row.values["quantity"] == "2"
    assert "cashier" not in row.values
    assert "cashier" not in row.words


def test_everything_that_goes_to_the_vault_keeps_its_words_beside_its_value() -> None:
    [row] = read_payments({"remark": " 残疾二级 ", "agent": "测试乙"}).rows

    sealed = {
        "name",
        "id_no",
        "account_no",
        "holder_name",
        "approver",
        "preparer",
        "cashier",
        "agent",
        "paid_from",
        "remark",
    }
    assert sealed == row.words.keys()
    assert row.words["remark"] == row.values["remark"] == "残疾二级"


@pytest.mark.parametrize("sheet", [DEATHS, PAYMENTS], ids=["register", "facts"])
def test_a_bad_id_quarantines_in_every_workbook_and_is_kept_as_stated(sheet: Any) -> None:
    table = read(f"{sheet.key}.csv", csv_bytes(lines(sheet, {"id_no": BAD_ID})))

    [problem] = problems(table)
    assert (problem.code, problem.severity) == ("E-ID", Severity.QUARANTINE)
    assert table.rows[0].words["id_no"] == table.rows[0].values["id_no"] == BAD_ID
    assert not table.refused


@pytest.mark.parametrize(
    ("alias", "stated", "code", "severity"),
    [
        ("amount", "未定", "E-SCHEMA", "error"),
        ("amount", "1万", "E-UNIT", "error"),
        ("amount", "0", "E-SCHEMA", "error"),
        ("amount", "", "E-SCHEMA", "error"),
        ("paid_on", "2020-02-30", "E-DATE", "error"),
        ("paid_on", "", "E-SCHEMA", "error"),
        ("bank_ref", "2.02E+17", "E-EXCEL", "error"),
        ("remark", "#REF!", "E-EXCEL", "error"),
        ("remark", "a\x00b", "E-SCHEMA", "error"),
        ("account_no", "6.29999E+18", "E-EXCEL", "error"),
        ("rate", "很多", "E-SCHEMA", "quarantine"),
        ("quantity", "-1", "E-SCHEMA", "quarantine"),
        ("period", "2020-13", "E-DATE", "quarantine"),
        ("approved_on", "4/3/20", "E-DATE", "quarantine"),
        ("keyed_on", "2098-12-31", "E-DATE", "quarantine"),
        ("pay_kind", "其他", "E-SCHEMA", "quarantine"),
        ("holder_name", "", "E-SCHEMA", "quarantine"),
        ("approver", "", "E-SCHEMA", "quarantine"),
        ("remark", "字" * 32_768, "E-SCHEMA", "quarantine"),
        ("account_no", "6299990000000000013", "W-LUHN", "warning"),
        ("holder_name", "甲\u202e乙", "W-TEXT", "warning"),
    ],
)
def test_in_a_sheet_of_facts_only_amount_date_key_and_what_excel_broke_stop_a_row(
    alias: str, stated: str, code: str, severity: str
) -> None:
    [problem] = problems(read_payments({alias: stated}))

    assert (problem.row, problem.column, problem.code, problem.severity) == (2, alias, code, severity)


@pytest.mark.parametrize(
    ("alias", "stated", "code"),
    [
        ("death_on", "2020-02-30", "E-DATE"),
        ("source", "", "E-SCHEMA"),
        ("id_no", "", "E-SCHEMA"),
        ("name", "#N/A", "E-EXCEL"),
    ],
)
def test_outside_sheets_of_facts_every_fault_but_a_bad_id_stops_the_row(alias: str, stated: str, code: str) -> None:
    table = read_deaths({alias: stated})

    [problem] = problems(table)
    assert (problem.column, problem.code, problem.severity) == (alias, code, Severity.ERROR)
    assert table.refused
    assert not table.unreadable


def test_what_is_quarantined_is_kept_in_its_own_words_without_a_value() -> None:
    [row] = read_payments({"period": " 2020-13 ", "pay_kind": "其他"}).rows

    assert row.words["period"] == "2020-13"
    assert row.words["pay_kind"] == "其他"
    assert row.values.keys().isdisjoint({"period", "pay_kind"})
    assert row.quarantined
    assert not row.refused


def test_long_text_is_kept_whole_for_the_vault() -> None:
    text = "字" * 140_000

    [row] = read_payments({"remark": text}).rows

    assert row.words["remark"] == text
    assert "140000" in row.problems[0].message


def test_an_empty_required_cell_is_named_by_its_chinese_header() -> None:
    [problem] = problems(read_deaths({"id_no": " "}))

    assert "身份证号" in problem.message


def test_every_bad_cell_of_every_bad_row_is_reported_and_not_only_the_first() -> None:
    table = read_payments(
        {"amount": "12.345", "paid_on": "2020-13-01"}, {"bank_ref": "B2"}, {"amount": "0", "bank_ref": "B3"}
    )

    assert found(table) == [(2, "amount", "E-SCHEMA"), (2, "paid_on", "E-DATE"), (4, "amount", "E-SCHEMA")]


def test_blank_rows_are_skipped_and_keep_the_numbers_of_the_others() -> None:
    rows = lines(DEATHS, {}, {"death_on": "2020-04-31"})

    table = read("deaths.csv", csv_bytes([[], rows[0], [], ["", " ", "　"], rows[1], [], rows[2]]))

    assert [row.number for row in table.rows] == [5, 7]
    assert found(table) == [(7, "death_on", "E-DATE")]


def test_a_line_with_nothing_in_any_known_column_is_named_and_passed_over() -> None:
    rows = [[*row, "经办" if number == 0 else ""] for number, row in enumerate(lines(DEATHS, {}))]

    table = read("deaths.csv", csv_bytes([*rows, ["", "", "", "", "", "见附件"]]))

    assert (3, None, "W-ROW") in found(table)
    assert len(table.rows) == 1


def test_cells_beside_a_table_in_a_workbook_are_named_once_by_their_column() -> None:
    rows = [lines(DEATHS)[0], *([*row, "", "备查"] for row in lines(DEATHS, {}, {})[1:])]

    table = read("deaths.xlsx", xlsx_bytes(("死亡名单", rows)))

    assert found(table) == [(None, "G", "W-COLUMN")]
    assert len(table.rows) == 2


def test_a_truth_value_is_not_taken_for_the_number_one_that_was_read_before_it() -> None:
    rows = lines(SHEETS["shareholders"], {"shares": 1.0}, {"shares": True})

    table = read("shareholders.xlsx", xlsx_bytes(("股东名册", rows)))

    assert found(table) == [(3, "shares", "E-SCHEMA")]


def test_names_cards_and_ids_stand_in_no_problem_and_in_no_value() -> None:
    table = read_payments(
        {
            "name": "测试\x07甲",
            "approver": "#REF!",
            "id_no": BAD_ID,
            "account_no": "6299990000000000013",
            "rate": BAD_ID,
        },
        {"amount": "6299990000000000012", "paid_on": "0759-0000001", "bank_ref": "B2"},
    )

    said = " ".join(f"{problem.value} {problem.message} {problem.remedy}" for problem in problems(table))
    for secret in ("测试甲", BAD_ID, "6299990000000000013", "6299990000000000012", "0759-0000001"):
        assert secret not in said


def test_every_problem_is_said_in_chinese_and_english_with_its_row_and_a_remedy() -> None:
    for problem in problems(read_payments({"amount": "", "period": "x", "id_no": BAD_ID, "pay_kind": "x"})):
        assert "第2行" in problem.message
        assert " / Row 2, " in problem.message
        assert " / " in problem.remedy
        assert str(problem.header) in problem.message


def test_progress_is_told_about_every_thousand_rows() -> None:
    from intake.package import open_bytes
    from intake.table import read_tables

    [file] = open_bytes("deaths.csv", csv_bytes(lines(DEATHS, *({} for _ in range(2_500))))).files
    told: list[int] = []

    read_tables(file, SHEETS, today=date(2021, 3, 31), progress=told.append)

    assert told == [1_000, 2_000]
