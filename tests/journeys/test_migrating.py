"""A ledger that an older version made is brought up to this one, and not a sealed byte is changed."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.folder import Folder
from api.storage import storage_of
from api.storage.migrating import migrate
from api.storage.revisions import LINES, SCRIPTS
from domain.refusal import Refused
from tests.journeys.commanding import command_line, environment, opened, tell, tell_apart
from tests.journeys.making_lists import NO_EXIT, write_list
from tests.journeys.migrating_ledgers import HEADS_AND_ENTRIES, MAKES_A_TABLE, Kept, knowing, one_more

PARTS = ("money", "supervision", "vault")
NEWEST = {part: line.newest for part, line in LINES.items()}


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A ledger of either engine, with a death and its person in it."""
    database = request.getfixturevalue("database") if request.param == "database" else None
    if database is not None:
        monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    ledger = opened(tmp_path / "ledger")
    assert tell(ledger, "import", str(write_list(tmp_path / "deaths", "deaths", {})), "--json").status == 0
    return Kept(ledger, database)


def sealed(kept: Kept) -> list[str]:
    """The heads, the findings, and every entry of the ledger."""
    return [tell(kept.ledger, *command).out for command in HEADS_AND_ENTRIES]


def told_parts(kept: Kept, *options: str) -> dict[str, tuple[Any, Any]]:
    told = tell(kept.ledger, "migrate", "--json", *options).json
    return {part["part"]: (part["before"], part["now"]) for part in told["parts"]}


def test_a_new_ledger_tells_the_newest_revision_of_every_part_and_there_is_nothing_to_migrate(kept: Kept) -> None:
    told = tell(kept.ledger, "migrate", "--check", "--json")

    assert {part: kept.revision(part) for part in PARTS} == NEWEST
    assert (told.status, told.json["ok"]) == (0, True)
    assert told_parts(kept) == {part: (newest, newest) for part, newest in NEWEST.items()}
    assert tell(kept.ledger, "verify", "--json").json["findings"] == []


def test_a_ledger_from_before_revisions_is_refused_with_the_remedy_and_works_once_it_was_migrated(kept: Kept) -> None:
    before = sealed(kept)
    kept.tell_no_revision(*PARTS)

    refused, found = tell(kept.ledger, "events"), tell(kept.ledger, "doctor")
    checked = tell(kept.ledger, "migrate", "--check", "--json")
    unchanged = {part: kept.revision(part) for part in PARTS}
    told = told_parts(kept)

    assert (refused.status, refused.err[:8], "mingzhang migrate" in refused.err) == (2, "E-STATE:", True)
    assert (found.status, "mingzhang migrate" in found.err) == (1, True)
    assert (checked.status, checked.json["ok"]) == (1, False)
    assert set(unchanged.values()) == {None}
    assert told == {part: (None, newest) for part, newest in NEWEST.items()}
    assert kept.indexes() == {"texts_by_ref"}
    assert sealed(kept) == before
    assert tell(kept.ledger, "doctor").status == 0


def test_a_part_that_differs_from_the_newest_by_nothing_but_the_telling_stands_in_nobodys_way(kept: Kept) -> None:
    kept.tell_no_revision("money", "supervision")

    asked = [tell(kept.ledger, *command).status for command in (("events",), ("doctor",), ("migrate", "--check"))]

    assert asked == [0, 0, 0]
    assert told_parts(kept)["money"] == (None, NEWEST["money"])
    assert kept.revision("money") == NEWEST["money"]


def test_a_revision_that_fails_leaves_the_part_as_it_was_and_says_so_in_words(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, tables = sealed(kept), kept.tables("vault")
    broken = one_more(tmp_path, MAKES_A_TABLE + "    op.execute('INSERT INTO nowhere VALUES (1)')\n")
    with monkeypatch.context() as newer:
        newer.setitem(LINES, "vault", broken)
        told = tell(kept.ledger, "migrate")

    assert (told.status, told.err.splitlines()[-1][:8], "nowhere" in told.err) == (2, "E-STATE:", True), told.err
    assert (kept.revision("vault"), kept.tables("vault")) == (NEWEST["vault"], tables)
    assert sealed(kept) == before

    monkeypatch.setitem(LINES, "vault", one_more(tmp_path, MAKES_A_TABLE))
    assert tell(kept.ledger, "migrate").status == 0
    assert kept.does("vault", "SELECT number FROM marks") == [(1,)]
    assert sealed(kept) == before


@pytest.mark.parametrize("part", ["money", "vault"])
def test_a_ledger_that_a_newer_version_changed_is_refused_by_all_but_the_verifier(kept: Kept, part: str) -> None:
    kept.does(part, "UPDATE alembic_version SET version_num = 'from_2031'")

    refused = [tell(kept.ledger, *words) for words in (("events",), ("migrate",), ("migrate", "--check"))]
    found = tell(kept.ledger, "doctor")

    assert [(one.status, one.err[:8], "from_2031" in one.err) for one in refused] == [(2, "E-STATE:", True)] * 3
    assert (found.status, "from_2031" in found.err) == (1, True)
    assert kept.revision(part) == "from_2031"
    assert tell(kept.ledger, "verify").status == 0


def test_a_part_that_tells_two_revisions_at_once_is_refused(kept: Kept) -> None:
    kept.does("money", "INSERT INTO alembic_version VALUES ('book_0000')")

    refused = [tell(kept.ledger, *words) for words in (("events",), ("migrate",))]

    assert [(one.status, "book_0000, book_0001" in one.err) for one in refused] == [(2, True)] * 2


def test_a_migration_that_is_killed_in_the_middle_leaves_the_part_as_it_was_and_the_next_run_goes_on(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, tables = sealed(kept), kept.tables("vault")
    deadly = one_more(tmp_path, MAKES_A_TABLE + "    os.kill(os.getpid(), signal.SIGKILL)\n")

    killed = tell_apart(kept.ledger, "migrate", before=knowing(deadly))
    after = (kept.tables("vault"), kept.revision("vault"), sealed(kept))
    monkeypatch.setitem(LINES, "vault", one_more(tmp_path, MAKES_A_TABLE))
    again = tell(kept.ledger, "migrate")

    assert killed.status == -9
    assert after == (tables, NEWEST["vault"], before)
    assert again.status == 0, again.err
    assert kept.does("vault", "SELECT number FROM marks") == [(1,)]
    assert sealed(kept) == before


def test_two_that_migrate_at_once_do_it_once_between_them(kept: Kept, tmp_path: Path) -> None:
    slow = one_more(tmp_path, "    time.sleep(1)\n" + MAKES_A_TABLE)
    command = command_line(kept.ledger, "migrate", before=knowing(slow))

    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) for _ in range(2)]
    told = [one.communicate(timeout=60)[1] for one in both]

    assert [one.returncode for one in both] == [0, 0], told
    assert sorted("正在升级 / Bringing up: vault" in one for one in told) == [False, True]
    assert kept.does("vault", "SELECT number FROM marks") == [(1,)]


def test_a_migration_waits_until_nobody_imports(kept: Kept, tmp_path: Path) -> None:
    line = one_more(tmp_path, MAKES_A_TABLE)

    with storage_of(Folder(kept.ledger)).importing(wait=True):
        command = command_line(kept.ledger, "migrate", before=knowing(line))
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment())
        time.sleep(2)
        meanwhile = (waiting.poll(), "marks" in kept.tables("vault"))
    _, said = waiting.communicate(timeout=60)

    assert meanwhile == (None, False)
    assert waiting.returncode == 0, said
    assert "marks" in kept.tables("vault")


def test_a_vault_from_before_likenesses_gets_their_tables_and_finds_persons_from_then_on(
    kept: Kept, tmp_path: Path
) -> None:
    kept.does(
        "vault",
        *(f"DROP TABLE {table}" for table in ("traits", "appearances", "likenesses")),
        "UPDATE alembic_version SET version_num = 'vault_0002'",
    )
    twins = [{**NO_EXIT, "id_no": number} for number in ("440899680305117", "440899196803051173")]

    refused = tell(kept.ledger, "events")
    told = told_parts(kept)
    imported = tell(kept.ledger, "import", str(write_list(tmp_path / "roster", "roster", *twins)), "--json")

    assert (refused.status, refused.err[:8]) == (2, "E-STATE:")
    assert told["vault"] == ("vault_0002", NEWEST["vault"])
    assert imported.status == 0, imported.err
    found = [line for line in tell(kept.ledger, "events").lines if line["topic"] == "persons-may-be-one/v1"]
    assert {line["state"]["likeness"] for line in found} == {"twin", "same_phone", "same_household"}


def lose_the_head(kept: Kept) -> None:
    kept.tell_no_revision("money")
    kept.does("money", "ALTER TABLE head RENAME TO elsewhere")


def lose_the_subjects(kept: Kept) -> None:
    kept.tell_no_revision("vault")
    kept.does("vault", "ALTER TABLE subjects RENAME TO elsewhere")


@pytest.mark.parametrize("lose", [lose_the_head, lose_the_subjects])
def test_no_migration_makes_an_empty_part_in_the_place_of_a_lost_one(kept: Kept, lose: Callable[[Kept], None]) -> None:
    lose(kept)
    there = {part: kept.tables(part) for part in PARTS}

    told = tell(kept.ledger, "migrate")

    assert (told.status, told.err.splitlines()[-1][:6]) == (2, "E-REF:"), told.err
    assert {part: kept.tables(part) for part in PARTS} == there


def test_a_guard_that_is_missing_is_not_put_back_so_that_the_verifier_still_names_it(kept: Kept) -> None:
    kept.tell_no_revision(*PARTS)
    of_table = "" if kept.database is None else " ON events"
    kept.does("money", f"DROP TRIGGER events_are_never_deleted{of_table}")

    told = tell(kept.ledger, "migrate")

    assert told.status == 0, told.err
    [finding] = tell(kept.ledger, "verify", "--json").json["findings"]
    assert (finding["kind"], finding["expected"]) == ("guard", "events_are_never_deleted")


@pytest.mark.parametrize(
    "statement", ["ALTER TABLE alembic_version ADD COLUMN more TEXT", "CREATE TABLE more (id TEXT)"]
)
def test_only_the_table_that_tells_the_revision_and_in_its_own_shape_may_stand_in_a_book(
    kept: Kept, statement: str
) -> None:
    kept.does("money", statement)

    told = tell(kept.ledger, "verify", "--json")

    assert (told.status, {finding["kind"] for finding in told.json["findings"]}) == (1, {"guard"})


def test_the_lines_name_the_very_scripts_that_there_are_in_their_order() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    for line in LINES.values():
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(line.scripts))
        scripts = ScriptDirectory.from_config(config)

        assert scripts.get_heads() == [line.newest]
        assert [script.revision for script in scripts.walk_revisions()] == list(reversed(line.revisions))


@pytest.mark.parametrize("words", [["--help"], ["events"], ["balances"], ["migrate", "--check"]])
def test_a_command_that_changes_no_table_does_not_load_what_does(tmp_path: Path, words: list[str]) -> None:
    ledger = opened(tmp_path / "ledger")
    asked = f"import sys; from api.cli.command import run; run(['-L', {str(ledger)!r}, *{words!r}])"

    done = subprocess.run(
        [sys.executable, "-c", f"{asked}; sys.exit('alembic' in sys.modules)"],
        capture_output=True,
        check=False,
        env=environment(),
    )

    assert done.returncode == 0


def test_a_backup_of_an_older_ledger_comes_back_as_it_was_and_is_migrated_then(tmp_path: Path) -> None:
    kept = Kept(opened(tmp_path / "ledger"), None)
    tell(kept.ledger, "backup", str(tmp_path / "newer"), "--with-keys")
    before = sealed(kept)
    kept.tell_no_revision(*PARTS)
    tell(kept.ledger, "backup", str(tmp_path / "older"), "--with-keys")

    told = {
        name: tell(tmp_path, "restore", str(tmp_path / name), "--to", str(tmp_path / f"{name}-restored"), "--json")
        for name in ("newer", "older")
    }
    newer, older = (Kept(tmp_path / f"{name}-restored", None) for name in told)

    assert [one.status for one in told.values()] == [0, 0], [one.err for one in told.values()]
    assert {part: newer.revision(part) for part in PARTS} == NEWEST
    assert told["newer"].json["remarks"] == []
    assert ["mingzhang migrate" in remark for remark in told["older"].json["remarks"]] == [True]
    assert tell(older.ledger, "migrate").status == 0
    assert [sealed(one) for one in (newer, older)] == [before, before]


def test_a_vault_of_the_first_version_gets_the_tables_and_columns_that_it_lacks(tmp_path: Path) -> None:
    kept = Kept(opened(tmp_path / "ledger"), None)
    kept.tell_no_revision("vault")
    kept.does("vault", "DROP TABLE holds", "ALTER TABLE texts DROP COLUMN ref")

    told = tell(kept.ledger, "migrate")

    assert told.status == 0, told.err
    assert "holds" in kept.tables("vault")
    plan = kept.does("vault", "EXPLAIN QUERY PLAN DELETE FROM texts WHERE ref = 'P-1'")
    assert "texts_by_ref" in str(plan)


def test_a_file_that_is_missing_is_named_and_not_made(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    (ledger / "supervision.db").unlink()

    with pytest.raises(Refused) as refusal:
        migrate(storage_of(Folder(ledger)))

    assert (refusal.value.code, refusal.value.field) == ("E-REF", "supervision")
    assert not (ledger / "supervision.db").exists()
