"""FORMATS, "Sent again": registers come month after month, journals only grow, and nothing is recorded twice."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commanding import SAMPLE, opened, tell
from tests.journeys.making_lists import MANIFEST, NO_EXIT, Changes, write_list, write_raw

LOAN: Changes = {"renews": "", "status": "正常"}
SHARE: Changes = {"until": ""}
JOB: Changes = {"programme": "职业培训补贴", "excludes": ""}


@pytest.fixture(scope="module")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with one row of each register that the stories below send again."""
    folder = tmp_path_factory.mktemp("first")
    ledger = opened(folder / "ledger")
    package = folder / "package"
    write_list(package, "manifest", MANIFEST)
    write_list(package, "roster", NO_EXIT, {**NO_EXIT, "household_no": "H-0002"})
    write_list(package, "programmes", JOB)
    write_list(package, "asset_contracts", {"total_shares": "2"})
    write_list(package, "shareholders", SHARE)
    write_list(package, "loans", LOAN)
    write_list(package, "subsidy_payments", {})
    told = tell(ledger, "import", str(package), "--json")
    assert told.status == 0, told.out + told.err
    return ledger


@pytest.fixture
def ledger(first_year: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_year, tmp_path / "ledger"))


def events_after(ledger: Path, size: int) -> list[dict[str, Any]]:
    """What was recorded since, without the frame of each import."""
    lines = tell(ledger, "events", "--from", str(size + 1)).lines
    return [line for line in lines if not line["topic"].startswith(("import-", "package-"))]


def size_of(ledger: Path) -> int:
    return len(tell(ledger, "events").lines)


def send(ledger: Path, folder: Path, key: str, *rows: Changes, name: str | None = None) -> tuple[int, dict[str, Any]]:
    """Import one list; gives the exit status and what became of the file."""
    path = write_list(folder, key, *rows, name=name)
    told = tell(ledger, "import", str(path), "--json")
    [file] = told.json["files"]
    return told.status, file


def codes(file: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in file["problems"] if problem["severity"] == "error"]


def test_the_same_package_sent_twice_changes_nothing_and_records_no_event(township: Path) -> None:
    before = tell(township, "verify", "--json").json["books"]

    told = tell(township, "import", str(SAMPLE), "--json")

    assert told.status == 0
    assert {file["outcome"] for file in told.json["files"]} == {"unchanged"}
    assert tell(township, "verify", "--json").json["books"] == before


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("清退", "household-removed/v1"),
        ("销户", "household-removed/v1"),
        ("脱贫", "household-exited/v1"),
        ("迁出", "person-moved/v1"),
        ("死亡", "member-changed/v1"),
        ("婚出", "member-changed/v1"),
    ],
)
def test_an_exit_that_arrives_later_becomes_the_event_of_its_kind(
    ledger: Path, tmp_path: Path, kind: str, topic: str
) -> None:
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "roster", {**NO_EXIT, "exited_on": "2020-09-01", "exit_kind": kind})

    [event] = events_after(ledger, size)
    assert (status, file["outcome"], file["rows_taken"]) == (0, "taken", 1)
    assert (event["topic"], event["version"], event["occurred_on"]) == (topic, 2, "2020-09-01")
    assert event["state"]["exited_on"] == "2020-09-01"


def test_another_changed_column_of_the_roster_becomes_a_change_of_the_member(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    send(ledger, tmp_path, "roster", {**NO_EXIT, "category": "脱贫户", "phone": "0759-0000009"})

    [event] = events_after(ledger, size)
    spans = tell(ledger, "facts", "roster_spans").lines
    assert (event["topic"], event["version"]) == ("member-changed/v1", 2)
    assert [span["category"] for span in spans if span["household_no"] == "H-0001"] == ["脱贫户"]


@pytest.mark.parametrize(
    ("changes", "topic"),
    [
        ({"status": "逾期"}, "loan-overdue/v1"),
        ({"status": "展期", "due_on": "2023-03-09"}, "loan-extended/v1"),
        ({"status": "结清", "settled_on": "2021-01-05", "balance": "0.00"}, "loan-repaid/v1"),
        ({"status": "核销"}, "loan-written-off/v1"),
        ({"repaid": "10000.00", "repaid_on": "2021-01-05", "balance": "40000.00"}, "loan-repaid/v1"),
    ],
)
def test_a_loan_sent_again_is_named_by_what_became_of_it(
    ledger: Path, tmp_path: Path, changes: dict[str, str], topic: str
) -> None:
    size = size_of(ledger)

    status, _ = send(ledger, tmp_path, "loans", {**LOAN, **changes})

    [event] = events_after(ledger, size)
    [loan] = tell(ledger, "facts", "loans").lines
    assert (status, event["topic"], event["version"]) == (0, topic, 2)
    assert loan["status"] == changes.get("status", "正常")


def test_changed_shares_become_a_change_and_the_fact_is_one_row_as_it_stands(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    send(ledger, tmp_path, "shareholders", {**SHARE, "until": "2020-12-31", "resolution": "村决〔2021〕1号"})

    [event] = events_after(ledger, size)
    [share] = tell(ledger, "facts", "shares").lines
    assert event["topic"] == "shares-changed/v1"
    assert (share["until"], share["shares"]) == ("2020-12-31", 2)


def test_a_changed_programme_is_defined_anew_as_version_two(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    send(ledger, tmp_path, "programmes", {**JOB, "deadline_days": "45"})

    [event] = events_after(ledger, size)
    [programme] = tell(ledger, "facts", "programmes").lines
    assert (event["topic"], event["version"]) == ("programme-defined/v1", 2)
    assert programme["deadline_days"] == 45


def test_a_change_sent_again_is_unchanged_and_a_change_back_is_one_more_event(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)
    overdue, back = {**LOAN, "status": "逾期"}, {**LOAN, "phone": "0759-0000002"}

    fates = [send(ledger, tmp_path / str(number), "loans", row) for number, row in enumerate((overdue, overdue, back))]

    [loan] = tell(ledger, "facts", "loans").lines
    assert [file["outcome"] for _, file in fates] == ["taken", "unchanged", "taken"]
    assert [event["version"] for event in events_after(ledger, size)] == [2, 3]
    assert loan["status"] == "正常"


def test_a_fixed_column_that_changed_is_refused_with_both_values(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "loans", {**LOAN, "principal": "60000.00"})

    [problem] = [problem for problem in file["problems"] if problem["severity"] == "error"]
    assert (status, file["outcome"], problem["code"], problem["column"]) == (1, "refused", "E-DUP", "principal")
    assert "60000.00 ≠ 50000.00" in problem["message"]
    assert events_after(ledger, size) == []


def test_a_fixed_column_about_a_person_is_named_and_its_values_are_not(ledger: Path, tmp_path: Path) -> None:
    _, file = send(ledger, tmp_path, "roster", {**NO_EXIT, "name": "测试乙"})

    [problem] = file["problems"]
    assert (problem["code"], problem["column"]) == ("E-DUP", "name")
    assert "测试甲" not in str(problem)
    assert "测试乙" not in str(problem)


def test_a_row_of_a_journal_with_other_content_is_refused_with_both_values(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "subsidy_payments", {"amount": "700.00", "rate": "700.00"})

    messages = " ".join(problem["message"] for problem in file["problems"])
    assert (status, file["outcome"], codes(file)) == (1, "refused", ["E-DUP"])
    assert "700.00 ≠ 600.00" in messages
    assert events_after(ledger, size) == []


def test_a_row_left_out_of_a_later_file_stays_as_it_was(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "roster", {**NO_EXIT, "category": "脱贫户"})

    households = {span["household_no"]: span["category"] for span in tell(ledger, "facts", "roster_spans").lines}
    assert (status, file["rows"], len(events_after(ledger, size))) == (0, 1, 1)
    assert households == {"H-0001": "脱贫户", "H-0002": "脱贫不稳定户"}


def test_another_running_number_alone_is_no_change(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "roster", {**NO_EXIT, "row_no": "77"})

    assert (status, file["outcome"], file["rows_unchanged"]) == (0, "unchanged", 1)
    assert events_after(ledger, size) == []


def test_one_key_twice_in_a_file_is_taken_once_when_the_rows_agree(ledger: Path, tmp_path: Path) -> None:
    row = {"bank_ref": "TEST-2"}

    status, file = send(ledger, tmp_path, "subsidy_payments", row, row)

    assert (status, file["rows_taken"], file["rows_unchanged"]) == (0, 1, 1)


def test_one_key_twice_in_a_file_refuses_it_when_the_rows_differ(ledger: Path, tmp_path: Path) -> None:
    status, file = send(
        ledger, tmp_path, "subsidy_payments", {"bank_ref": "TEST-2"}, {"bank_ref": "TEST-2", "amount": "1.00"}
    )

    assert (status, file["outcome"], codes(file)) == (1, "refused", ["E-DUP"])
    assert "600.00" in str(file["problems"])


def test_the_very_file_under_another_name_is_unchanged(ledger: Path, tmp_path: Path) -> None:
    send(ledger, tmp_path, "subsidy_payments", {"bank_ref": "TEST-3"})
    size = size_of(ledger)

    status, file = send(ledger, tmp_path, "subsidy_payments", {"bank_ref": "TEST-3"}, name="补贴发放表2020")

    assert (status, file["outcome"]) == (0, "unchanged")
    assert size_of(ledger) == size


def test_a_row_that_stands_in_a_refused_file_goes_in_from_another_file_of_the_package(
    ledger: Path, tmp_path: Path
) -> None:
    package = tmp_path / "package"
    shared = {"bank_ref": "TEST-5"}
    write_list(package, "subsidy_payments", shared, {"bank_ref": "TEST-6", "amount": "0.00"}, name="补贴发放表2019")
    write_list(package, "subsidy_payments", shared, name="补贴发放表2020")

    told = tell(ledger, "import", str(package), "--json")

    outcomes = {file["file"]: (file["outcome"], file["rows_taken"]) for file in told.json["files"]}
    assert outcomes == {"补贴发放表2019.csv": ("refused", 0), "补贴发放表2020.csv": ("taken", 1)}
    assert "TEST-5" in refs(tell(ledger, "facts", "payments").lines)


def refs(payments: Iterable[dict[str, Any]]) -> set[str]:
    return {line["bank_ref"] for line in payments}


def test_columns_in_another_order_and_spelling_are_no_change(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)
    path = write_list(tmp_path / "as-sent", "loans", LOAN)
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    turned = write_raw(tmp_path / "turned", "loans", [row[::-1] for row in rows])

    told = tell(ledger, "import", str(turned), "--json")

    assert [file["outcome"] for file in told.json["files"]] == ["unchanged"]
    assert events_after(ledger, size) == []
