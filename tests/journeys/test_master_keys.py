"""The vault's master key: where it comes from, and a new one while pages are served."""

import os
import shlex
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from api.folder import Folder
from api.ledger import Ledger
from api.rotating import rotate
from bench.workload import make_package
from domain.refusal import Refused
from tests.journeys.commanding import NAME, PLACE, Told, opened, start, tell
from vault.keys import Keyring
from vault.sealing import Unreadable

KEY, OTHER = "5a" * 32, "a5" * 32
ID = "440899196803051173"
ROWS = 600


def init(ledger: Path) -> Told:
    return tell(ledger, "init", "--place", PLACE, "--name", NAME)


def with_somebody(ledger: Path) -> Path:
    with Ledger.open(ledger) as made:
        made.vault.refer("P", [ID])
    return ledger


def knows(ledger: Path) -> bool:
    with Ledger.open(ledger) as asked:
        return bool(asked.vault.find("P", [ID]))


def by_environment(folder: Path) -> tuple[str, str]:
    return "MINGZHANG_MASTER_KEY", KEY


def by_base64(folder: Path) -> tuple[str, str]:
    return "MINGZHANG_MASTER_KEY", b64encode(bytes.fromhex(KEY)).decode()


def by_command(folder: Path) -> tuple[str, str]:
    words = [sys.executable, "-c", f"print('{KEY}')"]
    return "MINGZHANG_MASTER_KEY_COMMAND", shlex.join(words)


def by_file(folder: Path) -> tuple[str, str]:
    (folder / "elsewhere.key").write_text(KEY + "\n", encoding="ascii")
    return "MINGZHANG_MASTER_KEY_FILE", str(folder / "elsewhere.key")


@pytest.mark.parametrize("source", [by_environment, by_base64, by_command, by_file])
def test_a_key_from_outside_opens_the_vault_and_none_is_made_in_the_ledger(
    source: Callable[[Path], tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*source(tmp_path))

    told = init(tmp_path / "ledger")

    assert told.status == 0, told.err
    assert KEY not in told.err + told.out
    assert sorted(path.name for path in (tmp_path / "ledger" / "keys").iterdir()) == ["book.key", "keeper.token"]
    assert knows(with_somebody(tmp_path / "ledger"))


@pytest.mark.parametrize(
    ("setting", "says", "why"),
    [
        ("MINGZHANG_MASTER_KEY", "5a5a", "must have 32 bytes; it has 2 bytes"),
        ("MINGZHANG_MASTER_KEY", "not a key at all!", "it is neither hex nor base64"),
        ("MINGZHANG_MASTER_KEY_COMMAND", "false", "gave none"),
        ("MINGZHANG_MASTER_KEY_COMMAND", "there-is-no-such-program", "gave none"),
        ("MINGZHANG_MASTER_KEY_COMMAND", "echo", "neither hex nor base64"),
    ],
)
def test_what_is_no_master_key_is_refused_in_words_and_not_repeated(
    setting: str, says: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, says)

    told = init(tmp_path / "ledger")

    assert (told.status, why in told.err) == (2, True), told.err
    assert setting in told.err
    assert says not in told.err or setting == "MINGZHANG_MASTER_KEY_COMMAND"
    assert not (tmp_path / "ledger").exists()


def test_two_settings_that_name_a_master_key_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ("MINGZHANG_MASTER_KEY", "MINGZHANG_MASTER_KEY_COMMAND"):
        monkeypatch.setenv(setting, KEY)

    told = init(tmp_path / "ledger")

    assert (told.status, "Two settings name the master key" in told.err) == (2, True)


def test_a_rotation_in_the_ledgers_own_folder_puts_a_new_key_in_the_place_of_the_old(tmp_path: Path) -> None:
    ledger = with_somebody(opened(tmp_path / "ledger"))
    file = ledger / "keys" / "master.key"
    old = file.read_text(encoding="ascii")

    told = tell(ledger, "vault", "rotate", "--json")

    assert told.json == {"resumed": False, "keys": 1, "master_key": str(file), "setting": None}
    assert file.read_text(encoding="ascii") != old
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    assert knows(ledger)
    file.write_text(old, encoding="ascii")
    with pytest.raises(Unreadable, match="not the vault's master key"):
        Ledger.open(ledger)


def test_a_key_from_a_file_of_the_office_is_put_in_force_and_the_setting_is_left_to_the_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*by_file(tmp_path))
    init(tmp_path / "ledger")
    ledger = with_somebody(tmp_path / "ledger")
    new = tmp_path / "new.key"
    new.write_text(OTHER, encoding="ascii")

    nowhere = tell(ledger, "vault", "rotate")
    told = tell(ledger, "vault", "rotate", "--new-key-file", str(new))
    with_the_old = tell(ledger, "project")
    monkeypatch.setenv("MINGZHANG_MASTER_KEY_FILE", str(new))

    assert (nowhere.status, "--new-key-file FILE" in nowhere.err) == (2, True)
    assert told.status == 0, told.err
    assert "MINGZHANG_MASTER_KEY_FILE" in told.err
    assert (with_the_old.status, "not the vault's master key" in with_the_old.err) == (2, True)
    assert knows(ledger)
    again = tell(ledger, "vault", "rotate", "--new-key-file", str(new))
    assert (again.status, "is the one in force" in again.err) == (2, True)


@pytest.mark.parametrize("step", ["bring_in", "wrap_anew", "put_out_of_force"])
def test_a_rotation_broken_off_at_any_step_is_finished_by_the_same_command(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = with_somebody(opened(tmp_path / "ledger"))

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cutting:
        cutting.setattr(Keyring, step, cut)
        with pytest.raises(KeyboardInterrupt):
            rotate(Folder(ledger))
    in_between = knows(ledger)
    told = tell(ledger, "vault", "rotate", "--json").json

    assert in_between
    assert told["resumed"] == (step != "bring_in")
    assert knows(ledger)
    assert sorted(path.name for path in (ledger / "keys").iterdir()) == ["book.key", "keeper.token", "master.key"]


def test_while_one_new_key_is_being_brought_in_no_third_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opened(tmp_path / "ledger")
    third = tmp_path / "third.key"
    third.write_text(OTHER, encoding="ascii")
    with Ledger.open(ledger) as broken_off:
        broken_off.vault.keys.bring_in(bytes.fromhex(KEY))

    with pytest.raises(Refused, match="Another new master key is being brought in already"):
        rotate(Folder(ledger), third)


def test_a_process_that_is_serving_reads_and_writes_on_through_a_rotation(tmp_path: Path) -> None:
    ledger = with_somebody(opened(tmp_path / "ledger"))

    with Ledger.open(ledger) as serving:
        [subject] = serving.vault.find("P", [ID]).values()
        rotate(Folder(ledger))

        assert serving.vault.numbers([subject.ref]) == {subject.ref: ID}
        [added] = serving.vault.refer("A", ["6299990000000000012"]).values()

    with Ledger.open(ledger) as again:
        assert again.vault.numbers([added.ref]) == {added.ref: "6299990000000000012"}


def test_an_import_by_another_process_goes_through_a_rotation_without_losing_a_row(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    package = make_package(tmp_path / "package", rows=ROWS)

    running = start(ledger, "import", str(package), "--json")
    rotations = 0
    while running.poll() is None:
        rotations += bool(rotate(Folder(ledger)))
        time.sleep(0.2)
    said = running.communicate()
    shown = tell(ledger, "facts", "payments", "--reveal")

    assert (running.returncode, rotations > 0) == (0, True), said
    assert shown.status == 0, shown.err
    assert len(shown.lines) == ROWS
    assert not any(row["id_no"].startswith("P-") for row in shown.lines)


def test_doctor_names_a_rotation_that_was_broken_off(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    with Ledger.open(ledger) as broken_off:
        broken_off.vault.keys.bring_in(bytes.fromhex(KEY))

    told = tell(ledger, "doctor")

    assert (told.status, "mingzhang vault rotate" in told.err) == (1, True)
