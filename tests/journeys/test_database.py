"""A ledger in a PostgreSQL database: the same answers as in files, a role that may only serve, words for troubles."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from tests.journeys.commanding import NAME, PLACE, SAMPLE, Told, tell
from tests.journeys.making_lists import write_list
from tests.postgresql import Database

pytestmark = pytest.mark.postgresql

TEST = {
    "MINGZHANG_TEST": "1",
    "MINGZHANG_TEST_CLOCK": "2022-01-10T08:00:00+08:00",
    "MINGZHANG_TEST_SEED": "one seed",
}
INIT = ("init", "--place", PLACE, "--name", NAME)
ASKED = (
    ("balances", "--json"),
    ("events",),
    ("facts", "payments"),
    ("facts", "loans"),
    ("facts", "alerts"),
    ("alerts", "list", "--json"),
    ("replay", "programme:民办教师补贴", "--json"),
    ("verify", "--json"),
    ("rebuild", "--json"),
    ("doctor", "--json"),
)
OWNER, SERVER = "county_owner", "county_server"
SECRET = "geheim"


def journey(ledger: Path, second: Path) -> dict[str, Told]:
    """A ledger made, given a package and one more on top, and asked about everything."""
    for command in (INIT, ("import", str(SAMPLE), "--json"), ("import", str(second), "--json")):
        told = tell(ledger, *command)
        assert told.status == 0, told.err + told.out
    return {" ".join(command): tell(ledger, *command) for command in ASKED}


def page_and_answer(ledger: Path) -> list[Any]:
    """A page and an answer of the REST API, as they are served."""
    with Ledger.open(ledger) as opened, TestClient(create_app(opened)) as client:
        staff = {"Authorization": f"Bearer {opened.keeper_token}"}
        asked = [client.get("/"), client.get("/api/v1/balances", headers=staff)]
        return [(one.status_code, len(one.content) > 0) for one in asked]


def test_a_whole_journey_gives_the_same_answers_in_a_database_as_in_files(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in TEST.items():
        monkeypatch.setenv(name, value)
    second = write_list(tmp_path / "second", "deaths", {})

    in_files = journey(tmp_path / "files", second)
    pages_of_files = page_and_answer(tmp_path / "files")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    in_a_database = journey(tmp_path / "database", second)

    for command, told in in_files.items():
        assert in_a_database[command].status == told.status, in_a_database[command].err
        assert in_a_database[command].out == told.out, command
    assert in_a_database["doctor --json"].json == {"ok": True, "findings": []}
    assert page_and_answer(tmp_path / "database") == pages_of_files
    assert pages_of_files == [(200, True), (200, True)]


@pytest.fixture
def served(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger that its owner made for a role that may only serve it, and that role's settings."""
    database.does(
        f"CREATE ROLE {SERVER} LOGIN",
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE",
        f"ALTER DATABASE {database.name} OWNER TO {OWNER}",
    )
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(OWNER))
    made = tell(tmp_path / "ledger", *INIT, "--grant-to", SERVER)
    assert made.status == 0, made.err
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(SERVER))
    return tmp_path / "ledger"


def test_a_role_that_was_granted_no_more_imports_projects_rebuilds_and_serves(served: Path, tmp_path: Path) -> None:
    package = write_list(tmp_path / "deaths", "deaths", {})

    commands = [("import", str(package)), ("project",), ("rebuild",), ("rebuild",), ("verify",)]
    commands += [("checkpoint",), ("prove", "1"), ("checkpoint", "--book", "supervision"), ("doctor",)]
    told = [tell(served, *command) for command in commands]

    assert [one.status for one in told] == [0] * len(commands), [one.err for one in told]
    assert page_and_answer(served) == [(200, True), (200, True)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE money.events SET topic = topic",
        "DELETE FROM supervision.events",
        "TRUNCATE money.events",
        "INSERT INTO money.events SELECT * FROM money.events",
        "UPDATE money.head SET position = 0",
        "ALTER TABLE money.events DISABLE TRIGGER ALL",
        "DROP SCHEMA money CASCADE",
        "DROP SCHEMA vault CASCADE",
    ],
)
def test_the_role_that_serves_cannot_change_the_books_in_any_other_way(
    served: Path, database: Database, statement: str
) -> None:
    with psycopg.connect(database.url_of(SERVER)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())

    assert tell(served, "verify").status == 0


def test_a_ledger_is_not_made_for_a_role_that_is_not_there(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_files = tell(tmp_path / "ledger", *INIT, "--grant-to", SERVER)
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    in_a_database = tell(tmp_path / "ledger", *INIT, "--grant-to", SERVER)

    assert [in_files.status, in_a_database.status] == [2, 2]
    assert "MINGZHANG_DATABASE_URL" in in_files.err
    assert "CREATE ROLE" in in_a_database.err
    assert not (tmp_path / "ledger").exists()


@pytest.fixture
def kept(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in the database."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    made = tell(tmp_path / "ledger", *INIT)
    assert made.status == 0, made.err
    return tmp_path / "ledger"


def down(database: Database) -> str:
    return f"postgresql://somebody:{SECRET}@127.0.0.1:1/{database.name}"


def somebody_else(database: Database) -> str:
    return f"{database.url_of('nobody')}&password={SECRET}"


def not_there(database: Database) -> str:
    return f"{database.cluster.url('nowhere')}&password={SECRET}"


def garbled(_: Database) -> str:
    return f"postgresql://somebody:{SECRET}@[half"


def another_engine(_: Database) -> str:
    return f"mysql://somebody:{SECRET}@host/database"


@pytest.mark.parametrize("address", [down, somebody_else, not_there, garbled, another_engine])
def test_a_database_that_cannot_be_reached_is_told_in_words_without_the_password(
    kept: Path, database: Database, address: Callable[[Database], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", address(database))

    told = [tell(kept, *command) for command in (("balances",), ("events",), ("verify",), ("project",), ("rebuild",))]
    found = tell(kept, "doctor")

    assert [one.status for one in told] == [2] * len(told), [one.err for one in told]
    assert all("Traceback" not in one.err and SECRET not in one.err + one.out for one in (*told, found))
    assert found.status == 1
    assert "MINGZHANG_DATABASE_URL" in found.err or "postgresql://" in found.err


@pytest.mark.parametrize("schema", ["money", "supervision", "vault"])
def test_a_schema_that_is_missing_is_told_and_not_made_anew(kept: Path, database: Database, schema: str) -> None:
    database.does(f"ALTER SCHEMA {schema} RENAME TO elsewhere")

    told, found = tell(kept, "events"), tell(kept, "doctor")

    assert told.status == 2, told.out
    assert schema in told.err
    assert found.status == 1
    assert f"缺少模式 {schema}" in found.err
    assert database.does(f"SELECT to_regnamespace('{schema}')") == [(None,)]


def test_doctor_names_a_role_that_is_missing_and_what_the_role_that_serves_may_not(
    served: Path, database: Database
) -> None:
    database.does(f"ALTER ROLE {database.name}_money_read RENAME TO elsewhere")
    database.does(f"REVOKE {database.name}_supervision_append FROM {SERVER}")

    found = tell(served, "doctor")

    assert found.status == 1
    assert f"{database.name}_money_read" in found.err
    assert f"{SERVER} may not use the schema supervision" in found.err
