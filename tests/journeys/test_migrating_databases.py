"""Migrating a ledger in a database: who may, what the other roles may do with its revision, dumps, cut connections."""

import subprocess
from pathlib import Path

import psycopg
import pytest

from api.storage.revisions import LINES
from tests.journeys.commanding import NAME, PLACE, tell
from tests.journeys.making_lists import write_list
from tests.journeys.migrating_ledgers import HEADS_AND_ENTRIES, MAKES_A_TABLE, Kept, one_more
from tests.postgresql import Database, find_postgresql

pytestmark = pytest.mark.postgresql

OWNER, SERVER, AUDITOR = "county_owner", "county_server", "county_auditor"


@pytest.fixture
def served(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A ledger that its owner made for a role that may only serve it; the owner's settings are in force."""
    database.does(
        f"CREATE ROLE {SERVER} LOGIN",
        f"CREATE ROLE {AUDITOR} LOGIN",
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE",
        f"ALTER DATABASE {database.name} OWNER TO {OWNER}",
    )
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(OWNER))
    made = tell(tmp_path / "ledger", "init", "--place", PLACE, "--name", NAME, "--grant-to", SERVER)
    assert made.status == 0, made.err
    database.does(f"GRANT {database.name}_money_read TO {AUDITOR}")
    return Kept(tmp_path / "ledger", database)


def owners(database: Database) -> dict[str, str]:
    """Who owns the table that tells the revision, by schema."""
    return dict(database.does("SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'alembic_version'"))


def test_the_role_that_serves_is_sent_to_the_one_that_made_the_ledger_which_migrates_it_and_goes_on(
    served: Kept, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [tell(served.ledger, *command).out for command in HEADS_AND_ENTRIES]
    made = owners(database)
    served.tell_no_revision("money", "supervision", "vault")

    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(SERVER))
    refused = [tell(served.ledger, *words) for words in (("events",), ("migrate",))]
    left_alone = owners(database)
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(OWNER))
    told = tell(served.ledger, "migrate")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(SERVER))

    assert [(one.status, one.err.splitlines()[-1].split(":")[0]) for one in refused] == [(2, "E-STATE"), (2, "E-AUTH")]
    assert left_alone == {}
    assert told.status == 0, told.err
    assert owners(database) == made
    assert made == {
        "money": f"{database.name}_money_owner",
        "supervision": f"{database.name}_supervision_owner",
        "vault": OWNER,
    }
    assert [tell(served.ledger, *command).out for command in HEADS_AND_ENTRIES] == before
    assert tell(served.ledger, "doctor").status == 0


def test_whoever_serves_may_write_the_tables_that_a_revision_has_added(
    served: Kept, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = ("traits", "appearances", "likenesses")
    older = "UPDATE alembic_version SET version_num = 'vault_0002'"
    served.does("vault", *(f"DROP TABLE {table}" for table in added), older)
    migrated = tell(served.ledger, "migrate")

    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(SERVER))
    imported = tell(served.ledger, "import", str(write_list(tmp_path / "deaths", "deaths", {})), "--json")

    assert (migrated.status, imported.status) == (0, 0), migrated.err + imported.err
    assert database.does("SELECT count(*) > 0 FROM vault.traits") == [(True,)]
    assert owners(database)["vault"] == OWNER


def test_who_migrated_is_not_left_the_owner_of_a_book(served: Kept, database: Database) -> None:
    served.tell_no_revision("money")

    told = tell(served.ledger, "migrate")

    assert told.status == 0, told.err
    may = f"SELECT pg_has_role('{OWNER}', '{database.name}_money_owner', 'MEMBER')"
    assert database.does(may) == [(False,)]


@pytest.mark.parametrize(("role", "part"), [(SERVER, "money"), (SERVER, "vault"), (AUDITOR, "money")])
def test_whoever_may_look_into_a_part_may_read_its_revision_and_not_write_it(
    served: Kept, database: Database, role: str, part: str
) -> None:
    read = f"SELECT count(*) FROM {part}.alembic_version"
    writes = (
        f"UPDATE {part}.alembic_version SET version_num = 'another'",
        f"DELETE FROM {part}.alembic_version",
        f"INSERT INTO {part}.alembic_version VALUES ('another')",
        f"DROP TABLE {part}.alembic_version",
    )

    with psycopg.connect(database.url_of(role), autocommit=True) as connection:
        assert connection.execute(read.encode()).fetchone() == (1,)
        for statement in writes:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_connection_that_is_cut_in_the_middle_is_told_in_words_and_leaves_the_part_as_it_was(
    served: Kept, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = served.tables("vault")
    cut = "    op.execute('SELECT pg_terminate_backend(pg_backend_pid())')\n"
    monkeypatch.setitem(LINES, "vault", one_more(tmp_path, MAKES_A_TABLE + cut))

    told = tell(served.ledger, "migrate")

    assert (told.status, told.err.splitlines()[-1][:8]) == (2, "E-STATE:"), told.err
    assert database.name not in told.err
    assert (served.tables("vault"), served.revision("vault")) == (tables, "vault_0003")


def test_a_dump_of_the_database_keeps_the_revisions_and_comes_back_as_a_ledger_that_is_well(
    served: Kept, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, made = [tell(served.ledger, *command).out for command in HEADS_AND_ENTRIES], owners(database)
    dump, found = tmp_path / "dump", find_postgresql()
    assert found is not None
    programs = (found / "initdb").resolve().parent  # on the path stand links to some of them

    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", database.url], check=True)
    subprocess.run(
        [programs / "pg_restore", "--clean", "--exit-on-error", f"--dbname={database.url}", dump], check=True
    )
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url_of(SERVER))

    assert owners(database) == made
    assert tell(served.ledger, "migrate", "--check").status == 0
    assert tell(served.ledger, "doctor").status == 0
    assert [tell(served.ledger, *command).out for command in HEADS_AND_ENTRIES] == before
