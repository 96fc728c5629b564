"""The command line as a clerk and a script meet it: help, exit status, messages without a traceback."""

import os
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from api.cli.command import app
from api.importing import Request, import_path
from api.ledger import Ledger
from domain.clock import wall_clock
from domain.refusal import Refused
from tests.journeys.commanding import NAME, PLACE, SAMPLE, Told, opened, tell, tell_apart
from tests.journeys.making_lists import MANIFEST, write_list
from tests.journeys.test_killed_imports import break_off

ONE_DIGIT_MORE = """CAST(replace(CAST(entry AS TEXT), '"amount_fen":', '"amount_fen":1') AS BLOB)"""
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")


def clean(told: Told) -> bool:
    """Whether a failure was told in words."""
    return "Traceback" not in told.err and bool(told.err.strip())


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A fresh ledger."""
    return opened(tmp_path / "ledger")


def commands() -> list[str]:
    """Every command and group, a group's command as `group.command`."""
    named = [str(command.name) for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        name = str(group.typer_instance.info.name)
        named += [name, *(f"{name}.{command.name}" for command in group.typer_instance.registered_commands)]
    return named


@pytest.mark.parametrize("command", commands())
def test_each_command_has_help_in_both_languages(tmp_path: Path, command: str) -> None:
    told = tell(tmp_path, *command.split("."), "--help")

    assert told.status == 0
    assert CHINESE.search(told.out)
    assert ENGLISH.search(told.out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("balances", "--json"), "E-REF"),
        (("verify",), "E-REF"),
        (("events",), "E-REF"),
        (("import", str(SAMPLE)), "E-REF"),
        (("serve",), "E-REF"),
    ],
)
def test_without_a_ledger_a_command_says_how_to_make_one_and_exits_2(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    told = tell(tmp_path / "nowhere", *arguments)

    assert (told.status, told.out) == (2, "")
    assert says in told.err
    assert "init --place" in told.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("replay", "household:H-9999", "--json"), "household:H-9999"),
        (("replay", "nonsense", "--json"), "kind:value"),
        (("replay", "planet:earth", "--json"), "planet"),
        (("replay", "household:H-0001", "--known-at", "yesterday"), "neither a position nor an instant"),
        (("replay", "household:H-0001", "--as-of", "2020-13-01"), "2020-13-01"),
        (("facts", "nonsense"), "payments"),
        (("facts", "payments", "--format", "xml"), "xml"),
        (("events", "--book", "nonsense"), "nonsense"),
        (("events", "--from", "0"), "--from"),
        (("alerts", "show", "zzz"), "zzz"),
        (("alerts", "export", "--format", "xml"), "xml"),
        (("notices", "show", "GG-0"), "GG-0"),
        (("notices", "publish", "没有的项目", "2020"), "没有的项目"),
        (("spot-check", "draw", "SC-9", "--randomness", "DICE:1"), "SC-9"),
        (("spot-check", "verify", "SC-9"), "SC-9"),
        (("import",), "path"),
        (("import", "nowhere"), "nowhere"),
        (("nonsense",), "nonsense"),
        (("balances", "--nonsense"), "--nonsense"),
    ],
)
def test_what_cannot_be_done_exits_2_in_words_that_name_it(
    recorded_copy: Path, arguments: tuple[str, ...], says: str
) -> None:
    told = tell(recorded_copy, *arguments)

    assert (told.status, told.out) == (2, "")
    assert clean(told)
    assert says in told.err


@pytest.fixture(scope="module")
def recorded_copy(recorded: tuple[Path, Told], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's ledger for the commands that change nothing."""
    return Path(shutil.copytree(recorded[0], tmp_path_factory.mktemp("copy") / "ledger"))


def test_a_ledger_is_opened_once_and_a_part_of_one_is_never_made_over(ledger: Path) -> None:
    before = (ledger / "keys" / "master.key").read_text(encoding="ascii")

    again = tell(ledger, "init", "--place", PLACE, "--name", NAME)
    (ledger / "ledger.toml").unlink()
    over_a_part = tell(ledger, "init", "--place", PLACE, "--name", NAME)

    assert [again.status, over_a_part.status] == [2, 2]
    assert "E-DUP" in again.err
    assert "E-DUP" in over_a_part.err
    assert (ledger / "keys" / "master.key").read_text(encoding="ascii") == before


@pytest.mark.parametrize(("place", "name"), [("44089", NAME), ("44089910x", NAME), (PLACE, " "), (PLACE, "测试\n镇")])
def test_a_place_that_is_none_is_refused_and_makes_nothing(tmp_path: Path, place: str, name: str) -> None:
    told = tell(tmp_path / "ledger", "init", "--place", place, "--name", name)

    assert told.status == 2
    assert "E-SCHEMA" in told.err
    assert not (tmp_path / "ledger").exists()


def test_a_name_with_quotation_marks_is_kept_as_it_is(tmp_path: Path) -> None:
    tell(tmp_path / "ledger", "init", "--place", PLACE, "--name", 'a "b" \\ c')

    with Ledger.open(tmp_path / "ledger") as opened_ledger:
        assert opened_ledger.place_name == 'a "b" \\ c'


def test_with_a_master_key_kept_elsewhere_init_makes_none_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "safe" / "master.key"
    monkeypatch.setenv("MINGZHANG_MASTER_KEY_FILE", str(key))

    missing = tell(tmp_path / "ledger", "init", "--place", PLACE, "--name", NAME)
    key.parent.mkdir()
    key.write_text("5a" * 32, encoding="ascii")
    told = tell(tmp_path / "ledger", "init", "--place", PLACE, "--name", NAME)

    assert missing.status == 2
    assert str(key) in missing.err
    assert told.status == 0, told.err
    assert str(key) in told.err
    assert sorted(path.name for path in (tmp_path / "ledger" / "keys").iterdir()) == ["book.key", "keeper.token"]
    assert tell(tmp_path / "ledger", "verify").status == 0
    assert tell(tmp_path / "ledger", "doctor").status == 0


def test_another_master_key_than_the_vaults_opens_nothing_and_imports_nothing(
    township: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.key"
    other.write_text("5a" * 32, encoding="ascii")
    package = write_list(tmp_path / "list", "deaths", {})
    monkeypatch.setenv("MINGZHANG_MASTER_KEY_FILE", str(other))

    told = [
        tell(township, *arguments)
        for arguments in (("import", str(package)), ("facts", "loans", "--reveal"), ("serve",))
    ]

    assert [one.status for one in told] == [2, 2, 2]
    assert all("this is not the vault's master key" in one.err for one in told)
    assert "master key" in tell(township, "doctor").err
    assert tell(township, "verify").status == 0


def test_a_clock_set_back_by_more_than_a_minute_is_refused_before_anything_is_begun(
    ledger: Path, tmp_path: Path
) -> None:
    package = write_list(tmp_path / "list", "deaths", {})
    size = len(tell(ledger, "events").lines)

    with Ledger.open(ledger, clock=lambda: wall_clock() - timedelta(seconds=61)) as behind:
        with pytest.raises(Refused) as refusal:
            import_path(behind, package, Request())
        pending = behind.vault.pending_imports()

    assert refusal.value.code == "E-DATE"
    assert (pending, len(tell(ledger, "events").lines)) == ({}, size)
    with Ledger.open(ledger, clock=lambda: wall_clock() - timedelta(seconds=50)) as nearly:
        assert import_path(nearly, package, Request()).answer["files"][0]["outcome"] == "taken"


def test_doctor_finds_nothing_wrong_with_a_sound_ledger_verified_or_not_yet(ledger: Path) -> None:
    never = tell(ledger, "doctor", "--json")
    tell(ledger, "verify")

    told = tell(ledger, "doctor", "--json")

    assert (never.status, never.json) == (told.status, told.json) == (0, {"ok": True, "findings": []})


def test_doctor_names_a_public_log_that_was_taken_away(ledger: Path) -> None:
    assert tell(ledger, "checkpoint").status == 0
    well = tell(ledger, "doctor", "--json")
    shutil.rmtree(ledger / "log" / "money")

    told = tell(ledger, "doctor", "--json")

    assert (well.status, told.status) == (0, 1)
    assert ["The money log is not what was signed" in finding["what"] for finding in told.json["findings"]] == [True]


def test_doctor_names_a_subject_of_the_vault_that_no_entry_names(ledger: Path) -> None:
    with Ledger.open(ledger) as opened:
        ref = opened.vault.refer("P", ["440899196803051173"])["440899196803051173"].ref

    told = tell(ledger, "doctor", "--json")

    assert told.status == 1
    assert [ref in finding["remedy"] for finding in told.json["findings"]] == [True]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("keys/master.key", "master key"),
        ("keys/book.key", "book key"),
        ("keys/keeper.token", "keeper's token"),
        ("money.db", "money.db"),
        ("supervision.db", "supervision.db"),
        ("vault.db", "vault.db"),
        ("ledger.toml", "ledger"),
    ],
)
def test_doctor_and_every_command_name_a_part_that_is_missing_or_spoilt(ledger: Path, broken: str, says: str) -> None:
    part = ledger / broken
    spoilt_told = []
    for spoil in (lambda: part.write_text("garbage, not what belongs here " * 40), part.unlink):
        spoil()
        for side in ("-wal", "-shm"):
            part.with_name(part.name + side).unlink(missing_ok=True)
        spoilt_told.append((tell(ledger, "doctor"), tell(ledger, "balances")))

    for doctor, balances in spoilt_told[1:] if broken.endswith("token") else spoilt_told:
        assert doctor.status == 1, doctor
        assert says in doctor.err or says in balances.err
        assert "Traceback" not in doctor.err
        if broken != "vault.db" or "not a database" in balances.err:
            assert balances.status == 2, balances


def test_spoilt_views_are_named_and_made_anew_once_deleted(township: Path) -> None:
    wanted = tell(township, "balances", "--json").json
    (township / "views.db").write_text("garbage " * 200, encoding="ascii")

    spoilt = tell(township, "balances", "--json"), tell(township, "doctor")
    (township / "views.db").unlink()

    assert (spoilt[0].status, clean(spoilt[0])) == (2, True)
    assert "views.db" in spoilt[1].err
    assert tell(township, "balances", "--json").json == wanted


def test_doctor_names_keys_that_others_may_read_and_an_import_that_waits(ledger: Path, tmp_path: Path) -> None:
    tell(ledger, "verify")
    (ledger / "keys" / "book.key").chmod(0o644)
    package = tmp_path / "package"
    write_list(package, "manifest", MANIFEST)
    write_list(package, "deaths", {})
    break_off(ledger, package, 1)

    told = tell(ledger, "doctor")

    assert told.status == 1
    assert "Others may read book.key" in told.err
    assert "This import is unfinished" in told.err


def test_the_templates_are_workbooks_that_import_as_empty(ledger: Path, tmp_path: Path) -> None:
    written = tell(ledger, "templates", str(tmp_path / "empty")).out.split()

    told = tell(ledger, "import", str(tmp_path / "empty"), "--json")

    assert len(written) == 37
    assert {file["rows"] for file in told.json["files"]} == {0}
    assert len(told.json["files"]) == 37
    assert "payment-made/v1" not in tell(ledger, "events").out


def test_the_errors_workbook_has_the_problems_beside_the_rows_and_no_formula(ledger: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    write_list(package, "manifest", MANIFEST)
    write_list(package, "deaths", {"name": "=1+1", "id_no": "440899196803051174"}, {"death_on": "2020-02-30"})
    marked = tmp_path / "marked.xlsx"

    told = tell(ledger, "import", str(package), "--errors", str(marked))

    cells = [cell for sheet in load_workbook(marked).worksheets for row in sheet.iter_rows() for cell in row]
    texts = " ".join(str(cell.value) for cell in cells if cell.value is not None)
    assert told.status == 1
    assert "E-DATE" in texts
    assert "E-ID" in texts
    assert "=1+1" in texts
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_the_demonstration_runs_in_an_empty_folder_and_never_over_a_real_ledger(tmp_path: Path, ledger: Path) -> None:
    told = tell(tmp_path / "demo", "demo", str(SAMPLE), "--no-serve")
    over_a_ledger = tell(ledger, "demo", str(SAMPLE), "--no-serve")

    assert told.status == 0, told.err
    assert "通过 verified" in told.err
    assert over_a_ledger.status == 2
    assert tell(ledger, "verify").status == 0


def test_a_spot_check_is_planned_drawn_once_and_recomputed(township: Path) -> None:
    planned = tell(township, "spot-check", "plan", "SC-1", "-n", "5", "--json")
    undrawn = tell(township, "spot-check", "verify", "SC-1", "--json")
    drawn = tell(township, "spot-check", "draw", "SC-1", "--randomness", "DICE:4,1", "--json")
    verified = tell(township, "spot-check", "verify", "SC-1", "--json")

    assert [planned.status, undrawn.status, drawn.status, verified.status] == [0, 1, 0, 0]
    assert len(drawn.json["sample"]) == 5
    assert verified.json["ok"]
    assert verified.json["sample"] == drawn.json["sample"]
    for again in ("DICE:4,1", "DICE:6,6"):
        refused = tell(township, "spot-check", "draw", "SC-1", "--randomness", again)
        assert (refused.status, "E-STATE" in refused.err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "SC-2", "-n", "0"),
        ("plan", "SC-2", "-n", "1000000"),
        ("plan", "SC-2", "-n", "1", "--village", "没有的村"),
        ("plan", "SC-2", "-n", "1", "--method", "guess"),
        ("plan", "SC|2", "-n", "1"),
        ("plan", "", "-n", "1"),
    ],
)
def test_a_spot_check_that_cannot_be_is_refused_and_plans_nothing(
    recorded_copy: Path, arguments: tuple[str, ...]
) -> None:
    told = tell(recorded_copy, "spot-check", *arguments)

    assert (told.status, told.out, clean(told)) == (2, "", True)
    assert "spot-check-planned" not in tell(recorded_copy, "events", "--book", "supervision").out


def test_a_draw_without_randomness_is_refused_in_words(township: Path) -> None:
    tell(township, "spot-check", "plan", "SC-1", "-n", "5")

    told = tell(township, "spot-check", "draw", "SC-1", "--randomness", " ")

    assert (told.status, "E-SCHEMA" in told.err) == (2, True)


def test_a_notice_is_published_once_listed_and_shown_whole(township: Path) -> None:
    published = tell(township, "notices", "publish", "高龄津贴", "2020-03")
    again = tell(township, "notices", "publish", "高龄津贴", "2020-03")
    notice_no = published.out.strip()

    listed = tell(township, "notices", "list", "--json").json
    shown = tell(township, "notices", "show", notice_no, "--json").json

    assert (published.status, again.status, "E-DUP" in again.err) == (0, 2, True)
    assert notice_no in [notice["notice_no"] for notice in listed]
    assert shown["line_count"] == len(shown["lines"]) > 0
    assert shown["total_fen"] == sum(line["amount_fen"] for line in shown["lines"])


@pytest.mark.parametrize("odd", ["/dev/null", "empty", "fifo", "link", "folder-of-links", "text.xlsx"])
def test_an_odd_path_is_refused_in_words_and_records_nothing(ledger: Path, tmp_path: Path, odd: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder-of-links").mkdir()
    (tmp_path / "folder-of-links" / "deaths.xlsx").symlink_to("/etc/hostname")
    (tmp_path / "text.xlsx").write_text("not a workbook", encoding="ascii")
    size = len(tell(ledger, "events").lines)

    told = tell(ledger, "import", str(tmp_path / odd), "--json")

    assert told.status in (1, 2), told
    assert "Traceback" not in told.err
    assert "E-FILE" in told.out + told.err
    assert len(tell(ledger, "events").lines) == size


def test_a_ledger_that_is_a_plain_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")

    told = [
        tell(tmp_path / where, *arguments)
        for where in ("file", "file/below")
        for arguments in (("balances",), ("init", "--place", PLACE, "--name", NAME))
    ]

    assert [one.status for one in told] == [2, 2, 2, 2]
    assert all(clean(one) for one in told)


def test_a_setting_that_is_none_is_named_and_not_traced(ledger: Path) -> None:
    told = tell_apart(ledger, "balances", env={"MINGZHANG_PORT": "eight"})

    assert told.status == 2
    assert "MINGZHANG_PORT" in told.err
    assert "Traceback" not in told.err


def test_standard_output_carries_the_answer_and_nothing_else(recorded_copy: Path) -> None:
    told = tell_apart(recorded_copy, "import", str(SAMPLE), "--json")

    assert (told.status, told.err) == (0, "")
    assert told.json["import_mode"] == "首次导入"
    assert told.out.count("\n") == 1


@pytest.mark.parametrize(
    ("mutation", "position"),
    [
        (f"UPDATE events SET entry = {ONE_DIGIT_MORE} WHERE position = 1700", 1700),
        ("UPDATE events SET topic = 'payment-returned/v1' WHERE position = 1700", 1700),
        ("UPDATE events SET link = leaf WHERE position = 1700", 1700),
        ("DELETE FROM events WHERE position = 1700", 1700),
        ("UPDATE events SET position = 99999 WHERE position = 1700", 1700),
    ],
)
def test_verify_exits_1_and_names_the_position_that_was_changed_behind_its_back(
    township: Path, mutation: str, position: int
) -> None:
    change_behind_the_guards(township / "money.db", mutation)

    told = tell(township, "verify", "--json")
    in_words = tell(township, "verify")

    first = told.json["findings"][0]
    assert (told.status, told.json["ok"], in_words.status) == (1, False, 1)
    assert (first["book"], first["position"], first["unproven_from"]) == ("money", position, position)
    assert f"money {position} [" in in_words.err
    assert "last verification found changes" in tell(township, "doctor").err


def change_behind_the_guards(book: Path, mutation: str) -> None:
    """Change the file as its owner can: without the triggers, which are put back."""
    with closing(sqlite3.connect(book)) as connection, connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(mutation).rowcount == 1
        for _, statement in guards:
            connection.execute(statement)


def test_an_incremental_verification_reads_only_what_is_new_since_the_last_clean_one(
    township: Path, tmp_path: Path
) -> None:
    size = tell(township, "verify", "--json").json["books"][0]["size"]
    tell(township, "import", str(write_list(tmp_path, "deaths", {})))

    told = tell(township, "verify", "--incremental", "--json")

    money = told.json["books"][0]
    assert (told.status, told.json["ok"]) == (0, True)
    assert size <= money["from"] <= size + 1 < money["size"]
