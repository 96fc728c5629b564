"""The office rotates the keys of its logs by the command line, is killed on the way, and an auditor follows."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from api.folder import Folder
from api.ledger import Ledger
from api.log_key_files import KeyFiles
from audit.log.checkpoint import Checkpoint
from audit.log.keyring import RetiredKeySigned, TrustedKey, followed, vouched
from audit.log.note import parse_vkey, signed
from domain.event import BookName
from tests.journeys.commanding import opened, start, tell, tell_apart

DIES = """
import os, signal
def dies(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def dies_after(work):
    def worked(*values, **options):
        work(*values, **options)
        dies()
    return worked
from api import log_key_files
from api.ledger import Ledger
"""
KILLS = {
    "before anything is written": "log_key_files.write_secret = dies",
    "when the file is written and not in its place": (
        "log_key_files.write_secret = dies_after(log_key_files.write_secret)"
    ),
    "when the file is in its place": "Ledger.append = dies",
    "when the book says so": "Ledger.append = dies_after(Ledger.append)",
}
SEALED = "when the book says so"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return opened(tmp_path / "ledger")


def keys(ledger: Path) -> list[dict[str, Any]]:
    """What the office hands to the auditor about the money book's log."""
    told: list[dict[str, Any]] = tell(ledger, "keys", "show", "--book", "money", "--json").json
    return told


def trusted(ledger: Path) -> list[TrustedKey]:
    return [TrustedKey(key["vkey"], key["until"]) for key in keys(ledger)]


def states(ledger: Path) -> list[str]:
    return [key["state"] for key in keys(ledger)]


def checkpoint(ledger: Path) -> bytes:
    told = tell(ledger, "checkpoint")
    assert told.status == 0, told.err
    return told.out.encode()


def killed(ledger: Path, how: str, *arguments: str) -> None:
    told = tell_apart(ledger, *arguments, before=DIES + KILLS[how])
    assert told.status == -signal.SIGKILL, told.err


def test_an_auditor_follows_the_log_through_a_new_master_key_a_rotation_and_a_retirement(ledger: Path) -> None:
    nothing = tell(ledger, "keys", "show")
    first = checkpoint(ledger)
    [old] = keys(ledger)
    assert tell(ledger, "vault", "rotate").status == 0

    rotated = tell(ledger, "keys", "rotate", "--book", "money", "--actor", "LI", "--json")
    overlap = checkpoint(ledger)
    retired = tell(ledger, "keys", "retire", old["key_id"])
    after = checkpoint(ledger)

    assert (nothing.status, nothing.out, "尚无密钥" in nothing.err) == (0, "", True)
    assert (rotated.status, retired.status) == (0, 0), rotated.err + retired.err
    [new] = rotated.json
    assert [[key.vkey for key in vouched(note, trusted(ledger)).keys] for note in (first, overlap, after)] == [
        [old["vkey"]],
        [old["vkey"], new["vkey"]],
        [new["vkey"]],
    ]
    assert [(key["until"], key["state"]) for key in keys(ledger)] == [
        (vouched(overlap, trusted(ledger)).checkpoint.size, "retired"),
        (None, "signing"),
    ]
    told = [line for line in tell(ledger, "events").lines if line["topic"].startswith("key-")]
    assert [(line["topic"], line["state"]["actor"]) for line in told] == [
        ("key-created/v1", "system"),
        ("key-rotated/v1", "LI"),
        ("key-retired/v1", "keeper"),
    ]
    with Ledger.open(ledger) as read:
        entries = [sealed.entry for sealed in read.money.read()]
    assert followed([TrustedKey(old["vkey"])], entries) == trusted(ledger)
    assert tell(ledger, "verify").status == 0
    assert tell(ledger, "doctor").status == 0


def test_a_key_that_was_copied_before_its_retirement_signs_no_newer_head_that_anybody_believes(ledger: Path) -> None:
    checkpoint(ledger)
    with Ledger.open(ledger) as spied_out:
        stolen = KeyFiles(Folder(ledger), BookName.MONEY, spied_out.vault.keys).signer(keys(ledger)[0]["vkey"])
    tell(ledger, "keys", "rotate", "--book", "money")
    last = vouched(checkpoint(ledger), trusted(ledger)).checkpoint.size
    tell(ledger, "keys", "retire", keys(ledger)[0]["key_id"])

    forged = signed(Checkpoint(stolen.name, last + 1, bytes(32)).text, [stolen]).encode()

    with pytest.raises(RetiredKeySigned, match=f"was retired at size {last}, and it signs a head of size {last + 1}"):
        vouched(forged, trusted(ledger))


@pytest.mark.parametrize("how", KILLS)
def test_a_first_key_whose_making_is_killed_is_made_by_the_next_command(ledger: Path, how: str) -> None:
    killed(ledger, how, "keys", "create", "--book", "money")

    before = states(ledger)
    note = checkpoint(ledger)

    assert before == (["signing"] if how == SEALED else [])
    assert [key.vkey for key in vouched(note, trusted(ledger)).keys] == [keys(ledger)[0]["vkey"]]
    assert len(list((ledger / "keys").glob("log-money-*"))) == 1


@pytest.mark.parametrize("how", KILLS)
def test_a_rotation_that_is_killed_signs_on_and_is_finished_by_the_same_command(ledger: Path, how: str) -> None:
    checkpoint(ledger)
    killed(ledger, how, "keys", "rotate", "--book", "money")

    between = vouched(checkpoint(ledger), trusted(ledger)).keys
    again = tell(ledger, "keys", "rotate", "--book", "money")
    overlap = vouched(checkpoint(ledger), trusted(ledger)).keys

    assert len(between) == (2 if how == SEALED else 1)
    assert (again.status, "sign already" in again.err) == ((2, True) if how == SEALED else (0, False))
    assert [key.vkey for key in overlap] == [key["vkey"] for key in keys(ledger)]
    assert states(ledger) == ["signing", "signing"]
    assert len(list((ledger / "keys").glob("log-money-*"))) == 2


@pytest.mark.parametrize("how", ["when the file is in its place", SEALED])
def test_a_retirement_that_is_killed_is_finished_by_the_same_command(ledger: Path, how: str) -> None:
    checkpoint(ledger)
    old = keys(ledger)[0]["key_id"]
    tell(ledger, "keys", "rotate", "--book", "money")
    checkpoint(ledger)
    killed(ledger, how, "keys", "retire", old)

    between = vouched(checkpoint(ledger), trusted(ledger)).keys
    again = tell(ledger, "keys", "retire", old)
    after = vouched(checkpoint(ledger), trusted(ledger)).keys

    assert [key.vkey for key in between] == [key["vkey"] for key in keys(ledger)][1 if how == SEALED else 0 :]
    assert again.status == 0, again.err
    assert [key.vkey for key in after] == [keys(ledger)[1]["vkey"]]
    assert states(ledger) == ["retired", "signing"]
    assert [path.name for path in (ledger / "keys").glob("log-money-*")] == [f"log-money-{after[0].key_id.hex()}.json"]


def test_processes_that_make_the_first_key_at_once_make_the_same_one(ledger: Path) -> None:
    running = [start(ledger, "keys", "create", "--json") for _ in range(3)]
    told = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], told
    assert len({out for out, _ in told}) == 1
    assert len(list((ledger / "keys").glob("log-*.json"))) == 2


def test_the_commands_say_what_they_refuse_and_show_public_keys_alone(ledger: Path) -> None:
    made = tell(ledger, "keys", "create")
    [money, supervision] = tell(ledger, "keys", "show", "--json").json
    file = ledger / "keys" / f"log-money-{money['key_id']}.json"

    only = tell(ledger, "keys", "retire", supervision["key_id"])
    unknown = tell(ledger, "keys", "retire", "00000000")
    not_lost = tell(ledger, "keys", "rotate", "--lost")
    file.chmod(0o644)
    readable = tell(ledger, "checkpoint")
    file.unlink()
    missing = tell(ledger, "keys", "show")

    assert made.out.splitlines()[-2:] == [money["vkey"], supervision["vkey"]]
    assert parse_vkey(money["vkey"]).key_id.hex() == money["key_id"]
    for told, why in ((only, "is the only key"), (unknown, "has no such key"), (not_lost, "No key of the money log")):
        assert (told.status, why in told.err) == (2, True), told.err
    assert os.name == "nt" or (readable.status, f"chmod 600 {file}" in readable.err) == (2, True), readable.err
    assert (missing.status, "缺失" in missing.out) == (1, True)
