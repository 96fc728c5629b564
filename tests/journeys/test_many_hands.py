"""Several people at one ledger: imports take their turn, readers read on."""

from pathlib import Path

import pytest

from bench.workload import make_package
from tests.journeys.commanding import opened, start, tell, tell_apart
from tests.journeys.making_lists import MANIFEST, write_list
from tests.postgresql import Database

ROWS = 800
OTHER_ROWS = 300


def other_package(folder: Path) -> Path:
    """A package that shares nothing with the bench's."""
    write_list(folder, "manifest", {**MANIFEST, "package_id": "PKG-OTHER"})
    write_list(folder, "programmes", {"programme": "另一项目", "excludes": ""})
    rows = [
        {"programme": "另一项目", "bank_ref": f"OTHER-{number}", "claim_no": f"O-{number}"}
        for number in range(OTHER_ROWS)
    ]
    write_list(folder, "subsidy_payments", *rows)
    return folder


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def shared(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh ledger on either engine, which every process started here finds."""
    if request.param == "database":
        database: Database = request.getfixturevalue("database")
        monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    return opened(tmp_path / "ledger")


def test_two_imports_at_once_in_two_processes_both_complete_and_everything_verifies(
    shared: Path, tmp_path: Path
) -> None:
    ledger = shared
    packages = make_package(tmp_path / "one", rows=ROWS), other_package(tmp_path / "other")

    running = [start(ledger, "import", str(package), "--json") for package in packages]
    said = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0], said
    assert [line for _, messages in said for line in messages.splitlines() if "Traceback" in line] == []
    payments = [line["bank_ref"] for line in tell(ledger, "facts", "payments").lines]
    assert len(payments) == len(set(payments)) == ROWS + OTHER_ROWS
    assert tell(ledger, "verify", "--json").json["ok"]
    assert (
        tell(ledger, "import", str(packages[0]), "--json").json["size"]
        == tell(ledger, "import", str(packages[1]), "--json").json["size"]
    )


def test_the_same_package_imported_by_two_processes_at_once_goes_in_once(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    package = other_package(tmp_path / "package")

    running = [start(ledger, "import", str(package), "--json") for _ in range(2)]
    said = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0], said
    completed = [line for line in tell(ledger, "events").lines if line["topic"] == "import-completed/v1"]
    assert len(tell(ledger, "facts", "payments").lines) == OTHER_ROWS
    assert len(completed) == 3


def test_reading_commands_answer_while_an_import_runs(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    package = make_package(tmp_path / "package", rows=ROWS)
    reading = (
        ("balances", "--json"),
        ("facts", "payments"),
        ("events",),
        ("alerts", "export"),
        ("verify", "--json"),
        ("doctor", "--json"),
    )

    importing = start(ledger, "import", str(package), "--json")
    answers = []
    while importing.poll() is None:
        answers += [(arguments, tell(ledger, *arguments)) for arguments in reading]
    messages = importing.communicate()[1]

    assert importing.returncode == 0, messages
    assert answers
    assert [(arguments, told.err) for arguments, told in answers if told.status == 2] == []
    assert all(told.json["ok"] for arguments, told in answers if arguments[0] == "verify")
    assert len(tell(ledger, "facts", "payments").lines) == ROWS


def test_a_reveal_in_one_process_and_a_draw_in_another_both_leave_their_trace(township: Path) -> None:
    tell(township, "spot-check", "plan", "SC-1", "-n", "5")

    running = [
        start(township, "facts", "loans", "--reveal"),
        start(township, "spot-check", "draw", "SC-1", "--randomness", "DICE:1"),
    ]
    said = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0], said
    topics = [line["topic"] for line in tell(township, "events", "--book", "supervision").lines]
    assert topics.count("personal-data-revealed/v1") == topics.count("sample-drawn/v1") == 1
    assert tell(township, "verify").status == 0


KILLED_IN_MID_BATCH = """
import os, signal
from projections import runner
project = runner.project
def killed(connection, book, events):
    project(connection, book, events)
    os.kill(os.getpid(), signal.SIGKILL)
runner.project = killed
"""
"""The rows of a batch are written and its position is moved, and neither is committed."""


def test_a_projection_killed_in_mid_batch_leaves_nothing_of_it_and_the_next_one_projects_it_once(
    shared: Path, tmp_path: Path
) -> None:
    package = make_package(tmp_path / "package", rows=ROWS)
    tell(shared, "project")

    killed = tell_apart(shared, "import", str(package), "--json", before=KILLED_IN_MID_BATCH)
    again = tell(shared, "project")
    rebuilt = tell(shared, "rebuild")

    payments = [line["bank_ref"] for line in tell(shared, "facts", "payments").lines]
    assert (killed.status, again.status, rebuilt.status) == (-9, 0, 0), (again.err, rebuilt.err)
    assert tell(shared, "import", str(package), "--json").status == 0
    assert len(payments) == len(set(payments)) == ROWS
    assert tell(shared, "verify", "--json").json["ok"]
