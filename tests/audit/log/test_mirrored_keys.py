"""A mirror with the entries knows each key that the book announces, and believes none beyond its retirement."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from audit.log.checkpoint import Checkpoint
from audit.log.fetching import FolderLog
from audit.log.folder import LogFolder
from audit.log.growing import Leaf, TreeHead, grow
from audit.log.mirror import CheckpointRefused, Mirror
from audit.log.note import Ed25519Signer, signed
from audit.log.policy_file import parse_policy
from audit.seal import entry_bytes, leaf_of
from tests.audit.log.writing_logs import NOTHING

FIRST, SECOND, THIEF = (Ed25519Signer("log.test/money", bytes([number]) * 32) for number in (1, 2, 3))
ELSEWHERE = Ed25519Signer("log.test/other", b"\x04" * 32)
TRUST = parse_policy(f"log {FIRST.vkey}\nquorum none\n".encode())


class Office:
    """A book that announces keys, and its log."""

    def __init__(self, path: Path) -> None:
        self.folder = LogFolder(path)
        self.entries: list[bytes] = []
        self.head: TreeHead = NOTHING

    def add(self, topic: str, **state: object) -> "Office":
        says = json.dumps(state, sort_keys=True, separators=(",", ":")).encode()
        self.entries.append(entry_bytes(UUID(int=len(self.entries)), 1, topic, says))
        return self

    def fill(self, size: int) -> "Office":
        while len(self.entries) < size:
            self.add("entry/v1")
        return self

    def sign(self, *signers: Ed25519Signer) -> "Office":
        self.folder.make()
        self.head = grow(self.folder, self, len(self.entries), self.head)
        self.folder.write("checkpoint", signed(Checkpoint("log.test/money", *self.head).text, signers).encode())
        return self

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        return (Leaf(leaf_of(entry), entry) for entry in self.entries[since:through])

    def link(self, size: int) -> bytes:
        return size.to_bytes(32, "big")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "log").add("key-created/v1", vkey=FIRST.vkey).fill(300).sign(FIRST)


@pytest.fixture
def mirror(office: Office, tmp_path: Path) -> Mirror:
    return Mirror(FolderLog(office.folder.path), LogFolder(tmp_path / "mirror"), TRUST, follows_keys=True)


def rotate(office: Office) -> Office:
    return office.add("key-rotated/v1", vkey=SECOND.vkey, overlapping=[FIRST.vkey]).fill(len(office.entries) + 5)


def retire(office: Office) -> Office:
    return office.add("key-retired/v1", vkey=FIRST.vkey, last_size=office.head.size).fill(len(office.entries) + 5)


def test_a_log_is_followed_over_a_rotation_and_a_retirement_that_nobody_told_the_mirror_of(
    office: Office, mirror: Mirror, tmp_path: Path
) -> None:
    sizes = [mirror.bring_on().checkpoint.size]
    mirror.bring_on()
    rotate(office).sign(FIRST, SECOND)
    sizes.append(mirror.bring_on().checkpoint.size)
    retire(office).sign(SECOND)
    sizes.append(mirror.bring_on().checkpoint.size)
    office.fill(700).sign(SECOND)
    sizes.append(mirror.bring_on().checkpoint.size)

    assert sizes == [300, 306, 312, 700]
    assert json.loads((tmp_path / "mirror/keys").read_text()) == {
        "through": 700,
        "keys": [{"vkey": FIRST.vkey, "last_size": 306}, {"vkey": SECOND.vkey, "last_size": None}],
    }


@pytest.mark.parametrize("signers", [(FIRST,), (FIRST, SECOND)])
def test_a_retired_key_on_a_larger_head_is_refused_whoever_else_signed_it(
    office: Office, mirror: Mirror, signers: tuple[Ed25519Signer, ...]
) -> None:
    for step in (rotate, retire):
        step(office).sign(FIRST, SECOND) if step is rotate else step(office).sign(SECOND)
        mirror.bring_on()
    office.fill(400).sign(*signers)

    with pytest.raises(CheckpointRefused, match="retired"):
        mirror.bring_on()


def test_a_key_that_only_the_new_head_s_entries_announce_is_not_believed_for_that_head(
    office: Office, mirror: Mirror
) -> None:
    mirror.bring_on()
    office.add("key-rotated/v1", vkey=THIEF.vkey, overlapping=[]).sign(THIEF)

    with pytest.raises(CheckpointRefused, match="No known key signed the note"):
        mirror.bring_on()


def test_keys_of_other_logs_and_entries_that_say_nothing_of_keys_are_passed_over(
    office: Office, mirror: Mirror, tmp_path: Path
) -> None:
    office.entries.append(b"no entry of ours")
    office.add("key-rotated/v1", vkey=ELSEWHERE.vkey).add("key-rotated/v1", nothing=True).sign(FIRST)

    mirror.bring_on()

    assert [key["vkey"] for key in json.loads((tmp_path / "mirror/keys").read_text())["keys"]] == [FIRST.vkey]


@pytest.mark.parametrize("kept", [b"", b"{}", b'{"through": 1, "keys": [7]}', None])
def test_what_was_learnt_is_learnt_again_from_the_entries_when_it_is_lost(
    office: Office, mirror: Mirror, tmp_path: Path, kept: bytes | None
) -> None:
    rotate(office).sign(FIRST, SECOND)
    mirror.bring_on()
    learnt = (tmp_path / "mirror/keys").read_bytes()
    (tmp_path / "mirror/keys").unlink() if kept is None else (tmp_path / "mirror/keys").write_bytes(kept)

    mirror.bring_on()

    assert (tmp_path / "mirror/keys").read_bytes() == learnt


def test_a_key_that_the_policy_names_later_is_believed_beside_those_that_were_learnt(
    office: Office, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.bring_on()
    office.fill(400).sign(SECOND)
    later = parse_policy(f"log {FIRST.vkey}\nlog {SECOND.vkey}\nquorum none\n".encode())

    followed = Mirror(FolderLog(office.folder.path), LogFolder(tmp_path / "mirror"), later, follows_keys=True)

    assert followed.bring_on().checkpoint.size == 400
