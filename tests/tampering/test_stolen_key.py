"""Whoever has the database and the log's key rewrites history, before or behind a time stamp, and signs it.

Found by: whoever kept the stamp, when what was rewritten stands before it (the office's own verify says so, too, as
long as the stamp lies beside the log); by an auditor, each witness, a mirror and a villager, when it stands under a
head that they hold, whatever was stamped. A stamp says nothing of what came after it.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from api.anchoring import anchor
from audit.log.checkpoint import open_checkpoint
from audit.log.note import Ed25519Verifier, parse_vkey
from audit.timestamps import verify
from domain.event import BookName
from tests.api.rewriting_books import Row, edited
from tests.api.stamping import ROOT, TRUSTED, authority, register
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AMOUNT, AT, SIZE
from tests.time_stamping import pem

LATER = SIZE + 3
"""An entry that came after the stamp."""


class Stamp(NamedTuple):
    """What an auditor keeps: the head as it was stamped, and the answer of the authority."""

    checkpoint: bytes
    answer: bytes


@pytest.fixture
def stamp(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stamp:
    """The head of yesterday is stamped; then the office goes on, and nobody else is shown its new head."""
    (tmp_path / "root.pem").write_bytes(pem(ROOT))
    monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
    with office.opened() as ledger:
        anchor(ledger, BookName.MONEY, authority(tmp_path / "tsa"))
        register(ledger, *range(901, 906))
    anchors = office.log / "anchors"
    return Stamp((anchors / f"{SIZE}.checkpoint").read_bytes(), (anchors / f"{SIZE}.tsr").read_bytes())


def before_the_stamp(rows: list[Row]) -> None:
    rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))


def behind_the_stamp(rows: list[Row]) -> None:
    rows[LATER - 1] = edited(rows[LATER - 1], "测试902村".encode(), "测试909村".encode())


def test_what_is_rewritten_before_a_stamp_contradicts_it_and_no_new_stamp_can_be_older(
    office: Office, holders: Holders, stamp: Stamp
) -> None:
    office.forge(before_the_stamp)

    told = office.tell("verify", "--json").json

    [finding] = told["findings"]
    assert (finding["position"], finding["kind"]) == (SIZE, "timestamp")
    assert "was stamped: it was rewritten" in finding["found"]
    verify(stamp.answer, stamp.checkpoint, TRUSTED)  # the auditor's copy holds, whatever becomes of the office's
    head, _ = open_checkpoint(stamp.checkpoint, [Ed25519Verifier(parse_vkey(holders.vkey))])
    assert head.size == SIZE
    assert "another history" in holders.auditor._replace(kept=stamp.checkpoint).finds(office.log)
    with office.opened() as ledger, pytest.raises(Exception, match="was stamped, and its root there is"):
        anchor(ledger, BookName.MONEY, authority(holders.folder / "tsa"))


def test_what_is_rewritten_behind_the_stamp_is_found_by_who_holds_a_later_head_and_by_no_stamp(
    office: Office, holders: Holders, stamp: Stamp
) -> None:
    office.sign()
    assert holders.mirrored(office.log).json["size"] == LATER + 3
    office.forge(behind_the_stamp)

    of_office, mirrored = office.verified(), holders.mirrored(office.log)

    assert of_office == []
    assert (mirrored.status, mirrored.json["kind"]) == (1, "fork")
    assert holders.named(office) == [(LATER, "changed")]
    assert holders.auditor.finds(office.log) == ""  # his head is of yesterday


def test_a_tail_cut_off_is_not_signed_where_the_last_head_is_remembered_and_found_by_all_where_it_is_not(
    office: Office, holders: Holders
) -> None:
    office.rewrite(lambda rows: rows.__delitem__(slice(AT + 200, None)))
    remembering = office.tell("checkpoint")
    office.forge(lambda rows: None)

    found = holders.who_finds(office)

    assert (remembering.status, remembering.out) == (2, "")
    assert f"ends at entry {AT + 200}, and a head of {SIZE} entries was signed" in remembering.err
    assert found["auditor"] == f"shorter: {AT + 200} entries, and {SIZE} were signed"
    assert (found["witness W1"], found["witness W2"], found["mirror"]) == ("ahead", "ahead", "rollback")
    assert holders.paper.notice_no in found["villager"]


def test_two_heads_of_one_size_are_kept_by_witnesses_and_mirror_and_convict_the_key(
    office: Office, holders: Holders
) -> None:
    office.forge(before_the_stamp)
    verifiers = [Ed25519Verifier(parse_vkey(holders.vkey))]

    found = holders.who_finds(office)

    origin = holders.vkey.partition("+")[0]
    evidence = Path(holders.mirrored(office.log).json["evidence"])
    pairs = [(fork.cosigned_note, fork.other_note) for state in holders.states for fork in state.forks(origin)]
    pairs.append(((evidence / "held").read_bytes(), (evidence / "shown").read_bytes()))
    assert found["witness W1"] == found["witness W2"] == "forked"
    assert len(pairs) == 3
    for pair in pairs:
        (one, _), (other, _) = (open_checkpoint(note, verifiers) for note in pair)
        assert one.size == other.size == SIZE
        assert one.root != other.root
