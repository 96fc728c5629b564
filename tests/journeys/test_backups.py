"""Backups that can be trusted, and restores that believe nothing (docs/operations.md)."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.backing_up import back_up
from api.folder import Folder
from api.importing import Request, import_path
from api.ledger import Ledger
from tests.journeys.commanding import opened, tell
from tests.journeys.making_lists import write_list

ID, LATER = "440899196803051173", "440899197109222264"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with one death in it."""
    made = opened(tmp_path / "ledger")
    imported(made, tmp_path, ID)
    return made


def imported(ledger: Path, folder: Path, number: str) -> None:
    told = tell(ledger, "import", str(write_list(folder / number, "deaths", {"id_no": number})), "--json")
    assert told.status == 0, told.err + told.out


def deaths(ledger: Path) -> str:
    return tell(ledger, "facts", "deaths", "--reveal").out


def heads(ledger: Path) -> list[tuple[str, int, str]]:
    return [(book["book"], book["size"], book["head"]) for book in tell(ledger, "verify", "--json").json["books"]]


def told_heads(told: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(book["book"], book["size"], book["head"]) for book in told["books"]]


def test_a_ledger_comes_back_from_its_backup_as_it_stood_with_its_views_and_its_people(
    ledger: Path, tmp_path: Path
) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    before, shown = heads(ledger), tell(ledger, "facts", "deaths").out

    made = tell(ledger, "backup", str(backup), "--with-keys", "--json").json
    imported(ledger, tmp_path, LATER)
    told = tell(ledger, "restore", str(backup), "--to", str(restored), "--json").json

    assert sorted(told_heads(made)) == sorted(told_heads(told)) == sorted(before)
    assert (told["ok"], told["remarks"]) == (True, [])
    assert tell(restored, "facts", "deaths").out == shown
    assert ID in deaths(restored)
    assert LATER not in deaths(restored)
    imported(restored, tmp_path, LATER)
    assert tell(restored, "doctor").status == 0


def test_keys_are_in_a_backup_only_where_they_were_asked_for_and_the_vault_can_stay_out(
    ledger: Path, tmp_path: Path
) -> None:
    tell(ledger, "backup", str(tmp_path / "usual"))
    tell(ledger, "backup", str(tmp_path / "books"), "--without-vault")

    def names(folder: str) -> list[str]:
        files = (file for file in (tmp_path / folder).rglob("*") if file.is_file())
        return sorted(file.relative_to(tmp_path / folder).as_posix() for file in files)

    books = ["ledger.toml", "manifest.json", "money.db", "supervision.db"]
    assert names("books") == books
    assert names("usual") == [*books, "vault/manifest.json", "vault/vault.db"]


def test_books_vault_and_keys_that_were_kept_apart_come_together_again(ledger: Path, tmp_path: Path) -> None:
    tell(ledger, "backup", str(tmp_path / "books"), "--without-vault")
    tell(ledger, "vault", "backup", str(tmp_path / "vault"))
    restored = tmp_path / "restored"

    without = tell(ledger, "restore", str(tmp_path / "books"), "--to", str(tmp_path / "bare"), "--json").json
    apart = ("--vault", str(tmp_path / "vault"), "--keys", str(ledger / "keys"))
    told = tell(ledger, "restore", str(tmp_path / "books"), "--to", str(restored), *apart, "--json").json

    assert len(without["remarks"]) == 2
    assert tell(tmp_path / "bare", "verify").status == 0
    assert told["remarks"] == []
    assert ID in deaths(restored)


@pytest.mark.parametrize("name", ["money.db", "supervision.db", "ledger.toml", "vault/vault.db"])
def test_one_changed_byte_anywhere_in_a_backup_is_found_and_nothing_is_restored(
    ledger: Path, tmp_path: Path, name: str
) -> None:
    backup = tmp_path / "backup"
    tell(ledger, "backup", str(backup))
    changed = bytearray((backup / name).read_bytes())
    changed[len(changed) // 2] ^= 1
    (backup / name).write_bytes(changed)

    told = tell(ledger, "restore", str(backup), "--to", str(tmp_path / "restored"))

    assert (told.status, "E-PROOF: In the backup" in told.err) == (2, True), told.err
    assert list(tmp_path.glob("*restored*")) == []


def test_a_book_that_was_changed_before_the_backup_does_not_come_back_as_a_sound_one(
    ledger: Path, tmp_path: Path
) -> None:
    with Ledger.open(ledger) as spoilt:
        state = next(iter(spoilt.money.read())).state
    file = ledger / "money.db"
    file.write_bytes(file.read_bytes().replace(state[:40], b"x" * 40))
    tell(ledger, "backup", str(tmp_path / "backup"))

    told = tell(ledger, "restore", str(tmp_path / "backup"), "--to", str(tmp_path / "restored"))

    assert (told.status, told.err.startswith("E-PROOF: The money book of the backup was changed")) == (2, True)
    assert not (tmp_path / "restored").exists()


def test_a_manifest_whose_head_is_not_the_books_is_refused(ledger: Path, tmp_path: Path) -> None:
    tell(ledger, "backup", str(tmp_path / "backup"))
    manifest = tmp_path / "backup" / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["books"][0]["head"] = "0" * 64
    manifest.write_text(json.dumps(told), encoding="utf-8")

    refused = tell(ledger, "restore", str(tmp_path / "backup"), "--to", str(tmp_path / "restored"))

    assert (refused.status, refused.err.split(":")[0]) == (2, "E-PROOF")


def test_nothing_is_backed_up_or_restored_over_anything_else(ledger: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    tell(ledger, "backup", str(backup))
    before = heads(ledger)

    again = tell(ledger, "backup", str(backup))
    over = tell(ledger, "restore", str(backup), "--to", str(ledger))

    assert [(told.status, told.err.split(":")[0]) for told in (again, over)] == [(2, "E-DUP")] * 2
    assert heads(ledger) == before


def test_a_ledger_whose_books_are_in_a_database_is_sent_to_the_servers_own_backup(ledger: Path, tmp_path: Path) -> None:
    identity = ledger / "ledger.toml"
    identity.write_text(identity.read_text(encoding="utf-8").replace("sqlite", "postgresql"), encoding="utf-8")

    told = [tell(ledger, *words, str(tmp_path / "backup")) for words in (("backup",), ("vault", "backup"))]

    assert [(one.status, one.err.split(":")[0], "pg_basebackup" in one.err) for one in told] == [
        (2, "E-STATE", True)
    ] * 2
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("spoil", ["without a manifest", "with a path that leads out", "with a file too few"])
def test_a_folder_that_is_no_whole_backup_is_refused(ledger: Path, tmp_path: Path, spoil: str) -> None:
    backup = tmp_path / "backup"
    tell(ledger, "backup", str(backup))
    manifest = backup / "manifest.json"
    if spoil == "without a manifest":
        manifest.unlink()
    elif spoil == "with a path that leads out":
        told = json.loads(manifest.read_text(encoding="utf-8"))
        told["files"][0]["path"] = "../ledger/keys/master.key"
        manifest.write_text(json.dumps(told), encoding="utf-8")
    else:
        (backup / "money.db").unlink()

    refused = tell(ledger, "restore", str(backup), "--to", str(tmp_path / "restored"))

    assert (refused.status, refused.err.split(":")[0]) == (2, "E-FILE")
    assert not (tmp_path / "restored").exists()


def test_a_backup_taken_between_two_batches_of_an_import_is_a_prefix_that_verifies_and_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api import importing

    monkeypatch.setattr(importing, "BATCH", 2)
    ledger = opened(tmp_path / "ledger")
    rows = [{"id_no": number} for number in (ID, LATER, "440899195001010017", "440899195001010033")]
    package = write_list(tmp_path / "list", "payroll", *rows)
    backups: list[Path] = []

    def between(stage: str, *_: object) -> None:
        if stage == "record" and not backups:
            backups.append(tmp_path / "backup")
            back_up(Folder(ledger), backups[0], with_keys=True)

    with Ledger.open(ledger) as importer:
        import_path(importer, package, Request(progress=between))
    restored = tmp_path / "restored"
    told = tell(ledger, "restore", str(backups[0]), "--to", str(restored), "--json").json
    finished = tell(restored, "project")

    assert 0 < told["books"][0]["size"] < heads(ledger)[0][1]
    assert "An interrupted import was completed." in finished.err
    assert tell(restored, "facts", "payroll").out.count("\n") == tell(ledger, "facts", "payroll").out.count("\n")
    assert tell(restored, "verify").status == 0
    shutil.rmtree(restored)
