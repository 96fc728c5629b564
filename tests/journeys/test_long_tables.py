"""A table that is too long to be kept is read twice: every fate, every problem and every sealed byte is the same."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import api.importing
import api.outcome
import intake.checking
import intake.table
from api.importing import Request, import_path
from api.ledger import Ledger
from domain.clock import SeededRandomness, standing_clock
from intake.reading.limits import Limits
from tests.journeys.commanding import NAME, PLACE, SAMPLE
from tests.journeys.making_lists import Changes, write_list, write_raw
from tests.projections.history import RECORDED_AT

Import = Callable[..., dict[str, Any]]


@pytest.fixture(params=["kept", "long"])
def shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether tables of more than three rows are kept, or read twice in batches of four."""
    if request.param == "long":
        monkeypatch.setattr(intake.table, "LONG", 3)
        monkeypatch.setattr(intake.checking, "BATCH", 4)
    return str(request.param)


def told(folder: Path, *packages: Path, dry_run: bool = False) -> tuple[list[dict[str, Any]], list[str]]:
    """The answers to the imports of `packages` into a new ledger, and the heads and topics of what was sealed."""
    from datetime import datetime

    clock = standing_clock(datetime.fromisoformat(RECORDED_AT))
    made = Ledger.create(folder, place_code=PLACE, place_name=NAME, clock=clock, randomness=SeededRandomness("one"))
    with made as ledger:
        answers = [import_path(ledger, package, Request(dry_run=dry_run)).answer for package in packages]
        sealed = [f"{entry.topic} {entry.state.decode()}" for entry in ledger.money.read()]
    return answers, sealed


def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *packages: Path) -> tuple[Any, Any]:
    """What a package comes to when its tables are kept, and when they are read twice."""
    kept = told(tmp_path / "kept", *packages)
    monkeypatch.setattr(intake.table, "LONG", 3)
    monkeypatch.setattr(intake.checking, "BATCH", 4)
    return kept, told(tmp_path / "long", *packages)


PAYMENT: Changes = {"quota_doc_no": "", "paid_from": "", "class_id": "", "programme": "职业培训补贴"}


def payment(number: int, **changes: Any) -> Changes:
    return {**PAYMENT, "bank_ref": f"TEST{number:03d}", "claim_no": f"SQ-{number}", **changes}


def test_the_sample_township_is_sealed_to_the_same_bytes_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, long = both(tmp_path, monkeypatch, SAMPLE)

    assert [file["outcome"] for file in kept[0][0]["files"]] == ["taken"] * 37
    assert long == kept


def test_many_tables_that_are_too_much_together_are_sealed_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = told(tmp_path / "kept", SAMPLE)
    monkeypatch.setattr(api.importing, "LONG", 3)
    monkeypatch.setattr(intake.checking, "BATCH", 4)

    let_go = told(tmp_path / "let go", SAMPLE)

    assert let_go == kept


def test_months_with_every_kind_of_row_fare_alike_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_list(first, "programmes", {"excludes": ""})
    rows = [payment(number) for number in range(9)]
    odd = [payment(20, id_no="440899196803051170"), payment(21, period="2020-03"), payment(22, amount="601.00")]
    batch = [payment(30, bank_ref=""), payment(30, bank_ref=""), payment(30, bank_ref="")]
    write_list(first, "subsidy_payments", *rows, *odd, *batch, rows[2])
    write_list(
        first, "roster", *({"household_no": f"H-{number}", "exited_on": "", "exit_kind": ""} for number in range(8))
    )
    write_list(second, "subsidy_payments", *rows[5:], *batch, payment(40), name="subsidy_payments")
    write_list(second, "roster", *({"household_no": f"H-{number}"} for number in range(8)))

    kept, long = both(tmp_path, monkeypatch, first, second)

    assert long == kept
    months = [{file["key"]: file for file in answer["files"]} for answer in kept[0]]
    assert months[0]["subsidy_payments"]["rows_quarantined"] == 2
    assert months[0]["subsidy_payments"]["rows_unchanged"] == 1
    assert months[1]["subsidy_payments"]["rows_unchanged"] == 7
    assert months[1]["roster"]["rows_taken"] == 8


@pytest.mark.parametrize(
    "spoiled",
    [
        [payment(3, amount="600.001")],
        [payment(1, remark="another"), payment(2, village="测试二村")],
        [payment(50, paid_on="2020-13-01"), payment(51, bank_ref="", paid_on="")],
    ],
)
def test_a_refused_row_holds_the_whole_long_file_back_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiled: list[Changes]
) -> None:
    package = tmp_path / "package"
    write_list(package, "programmes", {"excludes": ""})
    write_list(package, "subsidy_payments", *(payment(number) for number in range(11)), *spoiled)

    kept, long = both(tmp_path, monkeypatch, package)

    [of_kept] = [file for file in kept[0][0]["files"] if file["key"] == "subsidy_payments"]
    [of_long] = [file for file in long[0][0]["files"] if file["key"] == "subsidy_payments"]
    assert of_kept["outcome"] == of_long["outcome"] == "refused"
    assert of_long | {"problems": []} == of_kept | {"problems": []}
    assert sorted((found["row"], found["code"]) for found in of_long["problems"]) == sorted(
        (found["row"], found["code"]) for found in of_kept["problems"]
    )
    assert long[1] == kept[1]


def test_an_open_quote_far_down_refuses_a_long_file_and_nothing_of_it_goes_in(tmp_path: Path, shape: str) -> None:
    package = tmp_path / "package"
    write_list(package, "subsidy_payments", *(payment(number) for number in range(9)))
    path = package / "subsidy_payments.csv"
    path.write_bytes(path.read_bytes() + b'"never closed')

    answers, sealed = told(tmp_path / "ledger", package)

    [file] = answers[0]["files"]
    assert (file["outcome"], file["rows_taken"], [found["code"] for found in file["problems"]]) == (
        "refused",
        0,
        ["E-FILE"],
    )
    assert len(sealed) == 1, shape


def test_a_total_below_a_long_table_is_checked_against_all_its_rows(tmp_path: Path, shape: str) -> None:
    package = tmp_path / "package"
    write_list(package, "subsidy_payments", *(payment(number) for number in range(9)))
    path = package / "subsidy_payments.csv"
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    total = ["合计", *[""] * (len(header) - 1)]
    total[header.index("金额(元)")] = "1.00"
    path.write_bytes(path.read_bytes() + (",".join(total) + "\r\n").encode())

    answers, _ = told(tmp_path / "ledger", package)

    [file] = answers[0]["files"]
    assert [found["code"] for found in file["problems"] if found["code"] == "W-TOTAL"] == ["W-TOTAL"], shape


def test_a_workbook_that_is_read_row_by_row_is_sealed_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    for key in ("programmes", "roster", "subsidy_payments"):
        shutil.copy(SAMPLE / f"{key}.xlsx", package)
    held = told(tmp_path / "held", package)

    monkeypatch.setattr(intake.table, "LONG", 100)
    monkeypatch.setattr(intake.table.read_tables, "__kwdefaults__", {"progress": None, "limits": Limits(kept_cells=0)})

    assert told(tmp_path / "read", package) == held


def test_a_long_table_that_was_imported_before_is_unchanged_row_by_row(tmp_path: Path, shape: str) -> None:
    package = tmp_path / "package"
    write_list(package, "subsidy_payments", *(payment(number) for number in range(9)))

    answers, _ = told(tmp_path / "ledger", package, package)

    assert [(file["outcome"], file["rows"]) for answer in answers for file in answer["files"]] == [
        ("taken", 9),
        ("unchanged", 9),
    ], shape


def test_the_errors_workbook_marks_the_rows_of_a_long_table(tmp_path: Path, shape: str) -> None:
    from python_calamine import CalamineWorkbook

    package, errors = tmp_path / "package", tmp_path / "errors.xlsx"
    write_list(package, "subsidy_payments", *(payment(number) for number in range(9)), payment(10, amount="x"))
    with Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME) as ledger:
        done = import_path(ledger, package, Request(dry_run=True))
        assert done.mark(errors)

    rows = CalamineWorkbook.from_path(errors).get_sheet_by_index(1).to_python()
    assert len(rows) == 11, shape
    assert "E-SCHEMA" in str(rows[10][-1])
    assert not any("E-SCHEMA" in str(row[-1]) for row in rows[1:10])


def test_raw_rows_without_any_data_are_no_long_table(tmp_path: Path, shape: str) -> None:
    package = tmp_path / "package"
    write_raw(package, "subsidy_payments", [["无"], ["表"], ["头"]])

    answers, _ = told(tmp_path / "ledger", package)

    assert [file["outcome"] for file in answers[0]["files"]] == ["refused"], shape


@pytest.mark.usefixtures("shape")
def test_of_more_problems_than_an_answer_lists_the_gravest_are_told_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = tmp_path / "sent"
    rows = [payment(number, quota_doc_no="测试财农〔1999〕9号") for number in range(9)]
    write_list(sent, "programmes", {"excludes": ""})
    write_list(sent, "subsidy_payments", *rows, payment(9, amount="600.001"))
    [every], _ = told(tmp_path / "all", sent, dry_run=True)
    monkeypatch.setattr(api.outcome, "MOST_TOLD", 5)

    [answer], _ = told(tmp_path / "some", sent, dry_run=True)

    whole, listed = ({file["key"]: file for file in told_all["files"]} for told_all in (every, answer))
    problems = listed["subsidy_payments"]["problems"]
    assert [problem["row"] for problem in problems if problem["severity"] == "error"] == [11]
    assert problems == [one for one in whole["subsidy_payments"]["problems"] if one in problems]
    left_out = sum(file.get("problems_left_out", 0) for file in listed.values())
    assert left_out == sum(len(file["problems"]) for file in whole.values()) - 5
