"""Backups of what the logs have signed, and restored ledgers that go on signing where they stopped, or not at all."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from api.backing_up import back_up
from api.folder import Folder
from api.ledger import Ledger
from api.publishing_heads import publishing
from audit.log.note import parse_vkey
from audit.log.witness_state import WitnessState
from tests.api.stamping import register
from tests.audit.log.naive_reader import mth, read_head, read_log
from tests.audit.log.standing_witnesses import ed25519_witness, listening, ml_dsa_witness, policy_text, wall_seconds
from tests.journeys.commanding import Told, opened, tell
from tests.time_stamping import STAMPING, OpensslAuthority, made, pem, root, served

PATIENCE_SECONDS = 60
COSIGNERS = (ed25519_witness(1), ml_dsa_witness(2))
ROOT = root()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger whose two logs are published."""
    path = opened(tmp_path / "ledger")
    add(path, 1, 2, 3)
    sign(path)
    return path


def add(ledger: Path, *numbers: int) -> None:
    with Ledger.open(ledger) as appending:
        register(appending, *numbers)


def sign(ledger: Path) -> dict[str, Any]:
    """Sign both logs; gives the money log's head."""
    for book in ("supervision", "money"):
        told = tell(ledger, "checkpoint", "--book", book, "--json")
        assert told.status == 0, told.err
    head: dict[str, Any] = told.json
    return head


def backed_up(ledger: Path, to: Path, *options: str) -> Path:
    told = tell(ledger, "backup", str(to), "--with-keys", *options)
    assert told.status == 0, told.err
    return to


def restore(backup: Path, to: Path, *options: str) -> Told:
    return tell(to, "restore", str(backup), "--to", str(to), *options)


def logs_of(told: Told) -> dict[str, dict[str, Any]]:
    return {log["book"]: log for log in told.json["logs"]}


def remember(ledger: Path) -> bytes:
    return (ledger / "log" / "money" / "signed").read_bytes()


def wait_for_another_head(ledger: Path) -> None:
    before, deadline = remember(ledger), time.monotonic() + PATIENCE_SECONDS
    while remember(ledger) == before:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def fit_manifest(backup: Path) -> None:
    """Let the manifest say what lies there now, as a forger would."""
    manifest = backup / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    for file in told["files"]:
        content = (backup / file["path"]).read_bytes()
        file |= {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    manifest.write_text(json.dumps(told), encoding="utf-8")


def put_older_book(ledger: Path, backup: Path) -> None:
    """What an office does that knows no better: the older file over the newer one."""
    for left in ledger.glob("money.db-*"):
        left.unlink()
    shutil.copyfile(backup / "money.db", ledger / "money.db")


class Bureaus:
    """Two witnesses of the money log, and their memories."""

    def __init__(self, folder: Path, vkey: str) -> None:
        self._vkey = vkey
        self._states = [WitnessState.create(folder / f"w{number}.db") for number in (1, 2)]
        for state in self._states:
            state.trust(parse_vkey(vkey))

    @contextmanager
    def standing(self, *ledgers: Path) -> Iterator[None]:
        """They listen while the block runs, and the policies of those ledgers ask them."""
        (one, other), (first, second) = COSIGNERS, self._states
        with (
            listening(first, one, clock=wall_seconds) as jiwei,
            listening(second, other, clock=wall_seconds) as shenji,
        ):
            text = policy_text((one, jiwei.url), (other, shenji.url), quorum="all", vkey=self._vkey)
            for ledger in ledgers:
                (ledger / "log" / "money" / "policy").write_text(text, encoding="utf-8")
            yield


@pytest.fixture
def bureaus(ledger: Path, tmp_path: Path) -> Bureaus:
    [key] = tell(ledger, "keys", "show", "--book", "money", "--json").json
    return Bureaus(tmp_path, key["vkey"])


def stamp(ledger: Path, folder: Path) -> Path:
    """Have the money log's head stamped, the stamp renewed, and a request made that waits for its answer."""
    soon = made("Test TSA", STAMPING, by=ROOT, lasting=timedelta(days=30))
    with pytest.MonkeyPatch.context() as patch:
        (folder / "root.pem").write_bytes(pem(ROOT))
        patch.setenv("MINGZHANG_TSA_CA", str(folder / "root.pem"))
        for number, identity in enumerate((soon, made("Test TSA", STAMPING, by=ROOT))):
            with served(OpensslAuthority(folder / f"tsa{number}", identity)) as address:
                told = tell(ledger, "anchor", "--book", "money", "--tsa", address, *(["--renew"] if number else []))
                assert told.status == 0, told.err
        add(ledger, 900)
        sign(ledger)
        asked = tell(ledger, "anchor", "request", str(folder / "OUT.tsq"), "--book", "money")
        assert asked.status == 0, asked.err
    return ledger


def anchors(ledger: Path) -> dict[str, bytes]:
    folder = ledger / "log" / "money" / "anchors"
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != "lock")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_restore_says_which_head_it_proved_who_saw_it_and_the_log_goes_on_from_there(
    ledger: Path, tmp_path: Path, bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped, restored = stamp(ledger, tmp_path), tmp_path / "restored"
    monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
    with bureaus.standing(stamped):
        before = sign(stamped)
        backup = backed_up(stamped, tmp_path / "backup")
        told = restore(backup, restored, "--json")
        add(restored, 4)
        after = sign(restored)

    money = logs_of(told)["money"]
    assert told.status == 0, told.err
    assert (money["size"], money["root"]) == (before["size"], before["root"])
    assert [(one["witness"], one["at"] > 0) for one in money["seen_by"]] == [("W1", True), ("W2", True)]
    assert [(one["state"], one["size"]) for one in money["witnesses"]] == [("holds", before["size"])] * 2
    assert (money["quorum_lacks"], money["refuses"], money["faults"]) == (None, [], [])
    assert money["recorded_at"].startswith("20")
    assert anchors(restored) == anchors(stamped)
    assert {"renewed/1.sums", "renewed/1.tsr"} < anchors(restored).keys()
    assert money["stamps"] == 1 + 1
    assert tell(restored, "anchor", "verify", "--book", "money").status == 0
    head = read_head(after["note"].encode(), parse_vkey_of(restored))
    log = read_log(lambda path: (restored / "log" / "money" / path).read_bytes(), head)
    assert mth(log.leaves[: before["size"]]).hex() == before["root"]
    assert tell(restored, "verify").status == 0


def parse_vkey_of(ledger: Path) -> str:
    [key] = tell(ledger, "keys", "show", "--book", "money", "--json").json
    return str(key["vkey"])


def test_a_person_is_told_what_was_proven_in_words(ledger: Path, tmp_path: Path, bureaus: Bureaus) -> None:
    with bureaus.standing(ledger):
        head = sign(ledger)
        made = tell(ledger, "backup", str(tmp_path / "backup"), "--with-keys")
        told = restore(tmp_path / "backup", tmp_path / "restored")

    size, root = head["size"], head["root"]
    assert f"money 已签 signed: {size} 条 entries, root {root}" in made.err
    assert f"money 日志 / log: {size} 条 entries, root {root}, 签于 signed at 20" in told.err
    assert "见证 / cosigned by W2 at 20" in told.err
    assert f"W1 says now: holds, {size} 条 entries" in told.err
    assert "! money" not in told.err
    assert "! supervision 日志无外人作证 / Nobody outside says whether a later head of supervision" in told.err


def test_an_older_backup_held_against_the_newer_log_comes_back_to_be_read_and_signs_nothing(
    ledger: Path, tmp_path: Path
) -> None:
    backup, restored = backed_up(ledger, tmp_path / "backup"), tmp_path / "restored"
    add(ledger, 4)
    newer = sign(ledger)

    told = restore(backup, restored, "--log", str(ledger), "--json")
    called_sound = (restored / "verification.json").exists()
    signing = tell(restored, "checkpoint")
    add(restored, 5, 6)
    later = tell(restored, "checkpoint")

    [why] = logs_of(told)["money"]["refuses"]
    size = newer["size"]
    assert (told.status, told.json["ok"], called_sound) == (1, False, False)
    assert f"A head of {size} entries was signed, and the restored book money ends at entry {size - 1}." in why
    assert "open a new ledger, under an origin of its own" in why
    assert (signing.status, signing.out, "E-PROOF" in signing.err) == (2, "", True)
    assert (later.status, later.out, "E-PROOF" in later.err) == (2, "", True)
    assert remember(restored) == remember(ledger)
    assert tell(restored, "events", "--limit", "1").status == 0
    assert tell(restored, "checkpoint", "--book", "supervision").status == 0


def test_the_keys_that_signed_more_stop_an_older_backup_whatever_older_copies_of_them_there_are(
    ledger: Path, tmp_path: Path
) -> None:
    backup, safe = backed_up(ledger, tmp_path / "backup"), tmp_path / "safe"
    shutil.copytree(ledger / "keys", safe)
    add(ledger, 4)
    newer = sign(ledger)
    newest = backed_up(ledger, tmp_path / "newest")
    tell(ledger, "vault", "backup", str(tmp_path / "vault"))

    with_newer_keys = restore(backup, tmp_path / "one", "--keys", str(ledger / "keys"), "--json")
    with_newer_vault = restore(
        backup, tmp_path / "two", "--vault", str(tmp_path / "vault"), "--keys", str(safe), "--json"
    )
    with_older_keys = restore(newest, tmp_path / "well", "--keys", str(safe), "--json")

    for told, name in ((with_newer_keys, "one"), (with_newer_vault, "two")):
        assert told.status == 1
        assert f"A head of {newer['size']} entries was signed" in logs_of(told)["money"]["refuses"][0]
        assert tell(tmp_path / name, "checkpoint").status == 2
    assert (with_older_keys.status, tell(tmp_path / "well", "checkpoint").status) == (0, 0)


@pytest.mark.parametrize("kind", ["the log alone", "a backup of the log", "an export", "a mirror"])
def test_whoever_kept_a_newer_head_can_hold_it_against_what_was_restored(
    ledger: Path, tmp_path: Path, kind: str
) -> None:
    backup, kept = backed_up(ledger, tmp_path / "backup"), tmp_path / "kept"
    add(ledger, 4)
    sign(ledger)
    commands = {
        "the log alone": ("verify",),
        "a backup of the log": ("log", "backup", str(kept)),
        "an export": ("log", "export", str(kept), "--without-entries"),
        "a mirror": ("mirror", str(ledger / "log" / "money"), str(kept), "--vkey", parse_vkey_of(ledger)),
    }
    keeping = tell(ledger, *commands[kind])
    assert keeping.status == 0, keeping.err
    if kind == "the log alone":
        shutil.copytree(ledger / "log", kept)

    told = restore(backup, tmp_path / "restored", "--log", str(kept), "--json")

    assert told.status == 1
    assert len(logs_of(told)["money"]["refuses"]) == 1
    assert tell(tmp_path / "restored", "checkpoint").status == 2


def test_the_newest_backup_held_against_the_damaged_ledger_says_nothing_and_signs_on(
    ledger: Path, tmp_path: Path
) -> None:
    add(ledger, 4)
    backup = backed_up(ledger, tmp_path / "backup")
    newer = sign(ledger)

    told = restore(backup, tmp_path / "restored", "--log", str(ledger), "--json")
    again = sign(tmp_path / "restored")

    assert (told.status, told.json["remarks"]) == (0, [])
    assert logs_of(told)["money"]["held_against"] == 1
    assert logs_of(told)["money"]["size"] == newer["size"] - 1
    assert (again["size"], again["root"]) == (newer["size"], newer["root"])


def test_two_restored_copies_that_each_went_on_are_two_histories_and_one_of_them_stops(
    ledger: Path, tmp_path: Path
) -> None:
    backup = backed_up(ledger, tmp_path / "backup")
    assert restore(backup, tmp_path / "one").status == 0
    add(tmp_path / "one", 4)
    sign(tmp_path / "one")
    add(ledger, 4, 5)
    newer = backed_up(ledger, tmp_path / "newer")

    told = restore(newer, tmp_path / "two", "--log", str(tmp_path / "one"), "--json")
    signing = tell(tmp_path / "two", "checkpoint")

    assert (told.status, "another history" in logs_of(told)["money"]["refuses"][0]) == (1, True)
    assert (signing.status, signing.err[:8]) == (2, "E-PROOF:")


def test_a_place_without_any_head_of_this_ledger_is_refused_and_nothing_is_restored(
    ledger: Path, tmp_path: Path
) -> None:
    backup, other = backed_up(ledger, tmp_path / "backup"), opened(tmp_path / "other")
    sign(other)
    damaged = Path(shutil.copytree(ledger / "log", tmp_path / "damaged"))
    (damaged / "money" / "signed").write_bytes(b"\0" * 80)

    told = [restore(backup, tmp_path / "restored", "--log", str(place)) for place in (other, tmp_path / "no", damaged)]

    assert [(one.status, one.err.split(":")[0]) for one in told] == [(2, "E-FILE")] * 3
    assert list(tmp_path.glob("*restored*")) == []


def test_an_older_book_that_was_put_over_the_newer_one_by_hand_is_not_signed_nor_backed_up_in_silence(
    ledger: Path, tmp_path: Path
) -> None:
    backup = backed_up(ledger, tmp_path / "backup")
    add(ledger, 4)
    newer = sign(ledger)
    put_older_book(ledger, backup)

    signing = tell(ledger, "checkpoint")
    copied = tell(ledger, "backup", str(tmp_path / "copy"), "--json")
    log_copied = tell(ledger, "log", "backup", str(tmp_path / "log-copy"))
    told = restore(tmp_path / "copy", tmp_path / "restored")

    shorter = f"The book money ends at entry {newer['size'] - 1}, and a head of {newer['size']} entries was signed"
    assert (signing.status, shorter in signing.err) == (2, True)
    assert (copied.status, shorter in copied.json["remarks"][0]) == (1, True)
    assert (log_copied.status, f"! 账短于已签首部 / {shorter}" in log_copied.err) == (1, True)
    assert (told.status, "E-PROOF: In the backup the head of the money log" in told.err) == (2, True)
    assert list(tmp_path.glob("*restored*")) == []


def test_backups_taken_while_heads_are_signed_never_hold_a_head_that_their_book_does_not(
    ledger: Path, tmp_path: Path
) -> None:
    ended = Event()
    with Ledger.open(ledger) as serving, publishing(serving, first_seconds=0.0, every=0.001):

        def write() -> None:
            number = 10
            while not ended.wait(0.002):
                register(serving, number)
                number += 1

        writer = Thread(target=write)
        writer.start()
        try:
            made = []
            for number in range(4):
                made.append(back_up(Folder(ledger), tmp_path / f"b{number}", with_keys=True))
                wait_for_another_head(ledger)
        finally:
            ended.set()
            writer.join()
    told = [restore(tmp_path / f"b{number}", tmp_path / f"r{number}", "--json") for number in range(4)]
    signing = [tell(tmp_path / f"r{number}", "checkpoint").status for number in range(4)]

    signed = [{log["book"]: log["size"] for log in one["logs"]}["money"] for one in made]
    copied = [{book["book"]: book["size"] for book in one["books"]}["money"] for one in made]
    assert [one.status for one in told] == [0] * 4, [one.err for one in told]
    assert [one["remarks"] for one in made] == [[]] * 4
    assert signing == [0] * 4
    assert [logs_of(one)["money"]["size"] for one in told] == signed
    assert all(head <= size for head, size in zip(signed, copied, strict=True))
    assert signed[0] < signed[-1]


LOG_FILES = ("signed", "checkpoint", "anchors/5.tsr", "anchors/5.checkpoint", "anchors/renewed/1.sums")


def flip(backup: Path, name: str) -> None:
    """Change one bit in the middle of a file of the money log."""
    file = backup / "log" / "money" / name
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)


@pytest.fixture(scope="session")
def stamped_backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a log that is stamped; change only a copy."""
    folder = tmp_path_factory.mktemp("stamped")
    path = opened(folder / "ledger")
    add(path, 1, 2, 3)
    sign(path)
    return backed_up(stamp(path, folder), folder / "backup")


@pytest.mark.parametrize("name", LOG_FILES)
def test_one_changed_bit_in_what_a_log_signed_is_found_and_nothing_is_restored(
    stamped_backup: Path, tmp_path: Path, name: str
) -> None:
    backup = Path(shutil.copytree(stamped_backup, tmp_path / "backup"))
    flip(backup, name)

    told = restore(backup, tmp_path / "restored")

    assert (told.status, f"E-PROOF: In the backup log/money/{name} is not what" in told.err) == (2, True), told.err
    assert list(tmp_path.glob("*restored*")) == []


@pytest.mark.parametrize("name", ["signed", "checkpoint"])
def test_a_head_that_was_changed_together_with_the_manifest_is_not_one_that_the_log_signed(
    stamped_backup: Path, tmp_path: Path, name: str
) -> None:
    backup = Path(shutil.copytree(stamped_backup, tmp_path / "backup"))
    file = backup / "log" / "money" / name
    note = file.read_text(encoding="utf-8")
    at = note.index("\n", len(note) // 2) - 20
    file.write_text(note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :], encoding="utf-8")
    fit_manifest(backup)

    told = restore(backup, tmp_path / "restored")

    assert (told.status, "E-PROOF: In the backup the head of the money log is not of its book" in told.err) == (2, True)
    assert list(tmp_path.glob("*restored*")) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("anchors/5.checkpoint", "anchors/5: the stamp is over other bytes."),
        ("anchors/renewed/1.sums", "anchors/renewed/1: the stamp is over other bytes."),
        ("anchors/5.tsr", "anchors/5: "),
    ],
)
def test_a_stamp_that_was_spoilt_before_the_backup_is_named_and_keeps_no_book_from_coming_back(
    stamped_backup: Path, tmp_path: Path, name: str, says: str
) -> None:
    backup = Path(shutil.copytree(stamped_backup, tmp_path / "backup"))
    file = backup / "log" / "money" / name
    content = file.read_bytes()
    file.write_bytes(b"x" + content[1:])
    fit_manifest(backup)

    told = restore(backup, tmp_path / "restored", "--json")

    faults = logs_of(told)["money"]["faults"]
    assert (told.status, told.json["ok"]) == (1, False)
    assert [fault for fault in faults if says in fault], faults
    assert tell(tmp_path / "restored", "checkpoint").status == 0


def test_a_head_in_the_manifest_that_is_not_the_one_that_lies_there_is_refused(ledger: Path, tmp_path: Path) -> None:
    backup = backed_up(ledger, tmp_path / "backup")
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    manifest["logs"][0]["size"] -= 1
    (backup / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    told = restore(backup, tmp_path / "restored")

    assert (told.status, told.err.split(":")[0]) == (2, "E-PROOF")


def test_a_witness_that_saw_more_stops_an_older_backup_before_it_signs_anything(
    ledger: Path, tmp_path: Path, bureaus: Bureaus
) -> None:
    restored = tmp_path / "restored"
    with bureaus.standing(ledger):
        sign(ledger)
        backup = backed_up(ledger, tmp_path / "backup")
        add(ledger, 4)
        newer = sign(ledger)
        told = restore(backup, restored, "--json")
        signing = tell(restored, "checkpoint")
    newest = backed_up(ledger, tmp_path / "newest")
    silent = tell(restored, "checkpoint")
    add(restored, 7, 8)
    grown = tell(restored, "checkpoint")
    with bureaus.standing(ledger):
        kept = ledger / "log" / "money" / "policy"
        shutil.copyfile(kept, newest / "log" / "money" / "policy")
        fit_manifest(newest)
        well = restore(newest, tmp_path / "well", "--json")

    money, size = logs_of(told)["money"], newer["size"]
    assert told.status == 1
    assert f"It cosigned {size} entries, and the book ends at entry {size - 1}." in money["refuses"][0]
    assert [(one["state"], one["size"]) for one in money["witnesses"]] == [("ahead", size)] * 2
    assert [(one.status, one.out) for one in (signing, silent)] == [(2, "")] * 2
    assert f"It cosigned {size} entries" in silent.err
    assert (grown.status, grown.out, "E-PROOF: The witness W1 contradicts" in grown.err) == (2, "", True)
    assert (well.status, logs_of(well)["money"]["refuses"]) == (0, [])
    assert [one["size"] for one in logs_of(well)["money"]["witnesses"]] == [size] * 2


def test_a_restored_ledger_signs_nothing_until_enough_witnesses_said_what_they_hold(
    ledger: Path, tmp_path: Path, bureaus: Bureaus
) -> None:
    with bureaus.standing(ledger):
        sign(ledger)
        backup = backed_up(ledger, tmp_path / "backup")
        add(ledger, 4)
        newer = sign(ledger)

    told = restore(backup, tmp_path / "restored", "--json")
    alone = tell(tmp_path / "restored", "checkpoint")
    with bureaus.standing(tmp_path / "restored"):
        signing = tell(tmp_path / "restored", "checkpoint")
    with bureaus.standing(ledger):
        restore(backed_up(ledger, tmp_path / "newest"), tmp_path / "well")
        well = tell(tmp_path / "well", "checkpoint")
    still = tell(tmp_path / "well", "checkpoint")

    money = logs_of(told)["money"]
    assert (told.status, len(money["refuses"])) == (1, 1)
    assert "does not know which head of money was signed last, and 2 of its witnesses do not say" in money["refuses"][0]
    assert [one["state"] for one in money["witnesses"]] == ["unreachable"] * 2
    assert (alone.status, alone.err.split(":")[0]) == (2, "E-STATE")
    assert (signing.status, f"It cosigned {newer['size']} entries" in signing.err) == (2, True)
    assert (well.status, still.status) == (0, 0), well.err + still.err


def test_a_backup_without_any_head_says_that_nobody_knows_what_was_signed(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    tell(ledger, "keys", "create")
    backup = backed_up(ledger, tmp_path / "backup")
    newer = sign(ledger)

    told = restore(backup, tmp_path / "restored")
    held = restore(backup, tmp_path / "held", "--log", str(ledger), "--json")

    assert (told.status, "money 日志：备份内无已签首部" in told.err) == (0, True)
    assert "! money 日志无外人作证" in told.err
    assert (held.status, logs_of(held)["money"]["refuses"]) == (0, [])
    assert logs_of(held)["money"]["held_against"] == 1
    assert "supervision" in logs_of(held)
    assert tell(tmp_path / "restored", "checkpoint", "--json").json["root"] == newer["root"]


def test_a_backup_taken_between_signing_a_head_and_showing_it_comes_back_and_shows_it(
    ledger: Path, tmp_path: Path
) -> None:
    stamp(ledger, tmp_path)
    shown = (ledger / "log" / "money" / "checkpoint").read_bytes()
    (ledger / "log" / "money" / "checkpoint").unlink()
    add(ledger, 4)
    backup = backed_up(ledger, tmp_path / "backup")

    told = restore(backup, tmp_path / "restored", "--json")
    verified = tell(tmp_path / "restored", "verify", "--books-only", "--json")
    signed = sign(tmp_path / "restored")

    money = logs_of(told)["money"]
    assert (told.status, money["stamps"], money["faults"]) == (0, 2, [])
    assert (verified.status, verified.json["logs"][0]["size"]) == (0, money["size"])
    assert remember(ledger) == shown
    assert signed["size"] == money["size"] + 1


def test_a_backup_of_logs_alone_is_no_ledger_and_says_what_it_is_for(ledger: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    made = tell(ledger, "log", "backup", str(kept), "--json")
    again = tell(ledger, "log", "backup", str(kept))
    told = restore(kept, tmp_path / "restored")

    files = sorted(file.relative_to(kept).as_posix() for file in kept.rglob("*") if file.is_file())
    assert {log["book"] for log in made.json["logs"]} == {"money", "supervision"}
    assert files == [
        "ledger.toml",
        "log/money/checkpoint",
        "log/money/signed",
        "log/supervision/checkpoint",
        "log/supervision/signed",
        "manifest.json",
    ]
    assert [(one.status, one.err.split(":")[0]) for one in (again, told)] == [(2, "E-DUP"), (2, "E-FILE")]
    assert "--log DIR" in told.err


def test_a_folder_in_which_only_the_log_is_left_is_not_restored_into_and_the_refusal_says_how(
    ledger: Path, tmp_path: Path
) -> None:
    backup, left = backed_up(ledger, tmp_path / "backup"), tmp_path / "left"
    add(ledger, 4)
    sign(ledger)
    shutil.copytree(ledger / "log", left / "log")

    told = restore(backup, left)
    beside = restore(backup, tmp_path / "restored", "--log", str(left))

    assert (told.status, told.err.split(":")[0], "--log" in told.err) == (2, "E-DUP", True)
    assert remember(left) == remember(ledger)
    assert (beside.status, "! money 日志不得再签 / The log of money signs nothing" in beside.err) == (1, True)


def test_books_without_keys_and_vault_are_proven_and_their_witnesses_asked_all_the_same(
    ledger: Path, tmp_path: Path, bureaus: Bureaus
) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    with bureaus.standing(ledger):
        sign(ledger)
        tell(ledger, "backup", str(backup), "--without-vault")
        add(ledger, 4)
        newer = sign(ledger)
        told = restore(backup, restored, "--json")

    money = logs_of(told)["money"]
    assert told.status == 1
    assert f"It cosigned {newer['size']} entries" in money["refuses"][0]
    assert len([remark for remark in told.json["remarks"] if "mingzhang project" in remark]) == 1
    assert not (restored / "keys").exists()


def test_a_policy_that_cannot_be_read_is_named_and_keeps_no_book_from_coming_back(ledger: Path, tmp_path: Path) -> None:
    (ledger / "log" / "money" / "policy").write_text("quorum of friends\n", encoding="utf-8")
    backup = backed_up(ledger, tmp_path / "backup")

    told = restore(backup, tmp_path / "restored", "--json")

    money = logs_of(told)["money"]
    assert (told.status, len(money["refuses"]), len(money["faults"])) == (1, 1, 1)
    assert "is no trust policy" in money["refuses"][0]
    assert tell(tmp_path / "restored", "events", "--limit", "1").status == 0
