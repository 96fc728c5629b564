"""A database that is put back from an older dump, and what each machine's log says of it (docs/operations.md)."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from tests.api.stamping import register
from tests.journeys.commanding import opened, tell
from tests.postgresql import Database, find_postgresql

pytestmark = pytest.mark.postgresql


@pytest.fixture
def ledger(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in a database, whose money log is published."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    path = opened(tmp_path / "ledger")
    sign(path)
    return path


def add(ledger: Path, number: int) -> None:
    with Ledger.open(ledger) as appending:
        register(appending, number)


def sign(ledger: Path) -> dict[str, Any]:
    told = tell(ledger, "checkpoint", "--json")
    assert told.status == 0, told.err
    head: dict[str, Any] = told.json
    return head


def programs() -> Path:
    found = find_postgresql()
    assert found is not None
    return (found / "initdb").resolve().parent


def dump(database: Database, to: Path) -> Path:
    subprocess.run([programs() / "pg_dump", "--format=custom", f"--file={to}", database.url], check=True)
    return to


def put_back(database: Database, dumped: Path) -> None:
    command: list[str | Path] = [
        programs() / "pg_restore",
        "--clean",
        "--exit-on-error",
        f"--dbname={database.url}",
        dumped,
    ]
    subprocess.run(command, check=True)


def test_an_older_dump_is_found_out_by_the_machine_that_had_signed_more(
    ledger: Path, tmp_path: Path, database: Database
) -> None:
    older = dump(database, tmp_path / "older")
    add(ledger, 1)
    newest = sign(ledger)
    newer = dump(database, tmp_path / "newer")

    put_back(database, older)
    refused = tell(ledger, "checkpoint")
    put_back(database, newer)
    well = tell(ledger, "checkpoint", "--json")

    size = newest["size"]
    assert (refused.status, refused.out) == (2, "")
    assert f"E-PROOF: The book money ends at entry {size - 1}, and a head of {size} entries was signed." in refused.err
    assert (well.status, well.json["root"]) == (0, newest["root"])


def test_a_new_machine_finds_it_out_by_its_keys_or_the_backup_of_the_logs_and_not_without(
    ledger: Path, tmp_path: Path, database: Database
) -> None:
    older = dump(database, tmp_path / "older")
    shutil.copytree(ledger / "keys", tmp_path / "safe")
    add(ledger, 1)
    newest = sign(ledger)
    kept = tell(ledger, "log", "backup", str(tmp_path / "kept"), "--json")
    put_back(database, older)
    shutil.rmtree(ledger / "log")

    by_its_keys = tell(ledger, "checkpoint")
    shutil.rmtree(ledger / "log")
    shutil.copytree(tmp_path / "safe", ledger / "keys", dirs_exist_ok=True)
    forgetful = tell(ledger, "checkpoint", "--json")
    shutil.rmtree(ledger / "log")
    shutil.copytree(tmp_path / "kept" / "log", ledger / "log")
    refused = tell(ledger, "checkpoint")

    assert kept.status == 0, kept.err
    assert [(log["book"], log["size"]) for log in kept.json["logs"]] == [("money", newest["size"])]
    assert (by_its_keys.status, by_its_keys.err.split(":")[0]) == (2, "E-PROOF")
    assert (forgetful.status, forgetful.json["size"]) == (0, newest["size"] - 1)
    assert (refused.status, refused.err.split(":")[0]) == (2, "E-PROOF")


def test_the_backup_of_the_logs_holds_what_another_machine_has_signed_since(
    ledger: Path, tmp_path: Path, database: Database
) -> None:
    other = Path(shutil.copytree(ledger, tmp_path / "other"))
    add(ledger, 1)
    newest = sign(ledger)

    kept = tell(other, "log", "backup", str(tmp_path / "kept"), "--json")
    older = tell(other, "backup", str(tmp_path / "books"))

    assert kept.json["logs"] == [{part: newest[part] for part in ("book", "origin", "size", "root")}]
    assert (tmp_path / "kept/log/money/signed").read_text(encoding="utf-8") == newest["note"]
    assert (older.status, "mingzhang log backup" in older.err) == (2, True)
