"""A key that was retired is stolen afterwards, and signs a head that is larger than its last one.

Found by: the office's own verify, which reads in the book which key was retired at which size; an auditor who follows
the book's entries in the same way; a mirror that does so, too (`--follow-keys`), or whose policy names the key in force
alone; a witness that was told to distrust the key; whoever checks a bundle with `--retired`. What the key signed
up to its last size stays evidence.
"""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from api.folder import Folder
from api.log_key_files import KeyFiles
from audit.log.keyring import RetiredKeySigned, TrustedKey, followed, vouched
from audit.log.note import Ed25519Signer, NoteInvalid, SignatureInvalid, parse, parse_vkey, signed
from audit.log.policy_file import parse_policy
from domain.event import BookName
from tests.api.stamping import register
from tests.journeys.commanding import tell
from tests.tampering.holding import NOBODY, Holders, Office
from tests.tampering.opening import SIZE


class Theft(NamedTuple):
    """The retired key in a thief's hand; the sizes up to which it is believed, and that it signs; the key in force."""

    stolen: Ed25519Signer
    last_size: int
    size: int
    in_force: str


def shown(office: Office) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = office.tell("keys", "show", "--book", "money", "--json").json
    return told


@pytest.fixture
def theft(office: Office, holders: Holders) -> Theft:
    """The key was rotated and retired, the office went on; then its newest head is signed by the old key alone."""
    [old] = office.vkeys
    (office.log / "policy").unlink()
    with office.opened() as ledger:
        stolen = KeyFiles(Folder(office.path), BookName.MONEY, ledger.vault.keys).signer(old)
    for command in (("keys", "rotate"), ("checkpoint",)):
        assert office.tell(*command, "--book", "money").status == 0
    assert holders.mirrored(office.log, "--follow-keys").json["ok"]  # during the overlap, when both keys sign
    assert office.tell("keys", "retire", parse_vkey(old).key_id.hex(), "--book", "money").status == 0
    last_size = next(key["until"] for key in shown(office) if key["until"])
    for number in (901, 902):
        with office.opened() as ledger:
            register(ledger, number)
        office.sign()
        if number == 901:
            assert holders.mirrored(office.log, "--follow-keys").json["ok"]
    note = parse(office.note.encode())
    (office.log / "checkpoint").write_text(signed(note.text, [stolen]), encoding="utf-8")
    return Theft(stolen, last_size, int(note.text.split("\n")[1]), office.vkeys[-1])


def test_a_retired_key_on_a_larger_head_is_found_by_the_office_and_by_who_follows_the_book(
    office: Office, theft: Theft
) -> None:
    with office.opened() as ledger:
        entries = [sealed.entry for sealed in ledger.money.read()]
    of_auditor = followed([TrustedKey(theft.stolen.vkey)], entries)

    of_office = office.tell("verify", "--json").json["findings"]

    with pytest.raises(RetiredKeySigned, match=f"was retired at size {theft.last_size}, .* head of size {theft.size}"):
        vouched(office.note.encode(), of_auditor)
    assert [(found["position"], found["kind"]) for found in of_office] == [(1, "checkpoint")]
    assert f"was retired at size {theft.last_size}" in of_office[0]["found"]


def test_a_policy_believes_a_retired_key_up_to_its_last_size_and_no_further(office: Office, theft: Theft) -> None:
    policy = parse_policy(f"log {theft.stolen.vkey}\nlog {theft.in_force}\nquorum none\n".encode())
    retired = {theft.stolen.vkey: theft.last_size}

    with pytest.raises(SignatureInvalid, match="retired keys alone"):
        policy.judge(office.note.encode(), retired=retired)

    assert SIZE < theft.last_size < theft.size


def test_a_mirror_that_followed_the_book_knows_of_the_retirement_and_takes_nothing_over(
    office: Office, holders: Holders, theft: Theft
) -> None:
    told = holders.mirrored(office.log, "--follow-keys")

    assert (told.status, told.json["kind"]) == (1, "refused")
    assert parse_vkey(theft.stolen.vkey).key_id.hex() in told.json["why"]


def test_a_mirror_that_names_the_key_in_force_alone_takes_nothing_over(
    office: Office, theft: Theft, tmp_path: Path
) -> None:
    told = tell(NOBODY, "mirror", str(office.log), str(tmp_path / "new"), "--vkey", theft.in_force, "--json")

    assert (told.status, told.json["kind"]) == (1, "refused")
    assert "No known key signed the note" in told.json["why"]


def test_a_witness_that_distrusts_the_retired_key_answers_403(office: Office, holders: Holders, theft: Theft) -> None:
    for state in holders.states:
        state.trust(parse_vkey(theft.in_force))
        assert state.distrust(theft.stolen.vkey) != []

    outcomes = holders.handed(office.note, office)

    assert [(outcome.state, outcome.line) for outcome in outcomes] == [("not_believed", "")] * 2
    assert "It answers 403" in outcomes[0].why


def test_what_the_key_signed_while_it_was_in_force_is_believed_for_ever(holders: Holders, theft: Theft) -> None:
    trusted = [TrustedKey(theft.stolen.vkey, theft.last_size), TrustedKey(theft.in_force)]

    checkpoint, keys = vouched(holders.auditor.kept, trusted)

    assert checkpoint.size == SIZE
    assert [key.vkey for key in keys] == [theft.stolen.vkey]
    with pytest.raises(NoteInvalid, match="No known key"):
        vouched(holders.auditor.kept, [TrustedKey(theft.in_force)])
