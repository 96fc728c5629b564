"""A witness's key is abused: a cosignature says another time, or one witness is to pass for two.

Found by: the office, which takes no cosignature whose time is not now and so shows none; whoever judges a head by a
policy, which counts a public key once, and refuses to be read when two names stand for one key. A back-dated
cosignature verifies by itself: against it stand the other witnesses of the quorum, and time stamps.
"""

from collections.abc import Callable

import pytest

from audit.log.cosignature import Cosigner
from audit.log.fetching import FolderLog
from audit.log.note import parse, parse_vkey
from audit.log.policy_file import PolicyInvalid, parse_policy
from audit.log.proving import LogTree
from audit.log.witnessing import ask
from tests.audit.log.naive_reader import read_head
from tests.audit.log.standing_witnesses import (
    ed25519_witness,
    listening,
    ml_dsa_witness,
    policy_of,
    remembering,
    wall_seconds,
)
from tests.tampering.holding import COSIGNERS, Holders, Office

YEAR_SECONDS = 365 * 86_400
BACK_DATED = 1_600_000_000

Kind = Callable[[int], Cosigner]


def long_ago() -> int:
    return wall_seconds() - YEAR_SECONDS


@pytest.mark.parametrize("kind", [ed25519_witness, ml_dsa_witness])
def test_a_back_dated_cosignature_is_not_taken_from_the_witness_that_gives_it(
    office: Office, holders: Holders, kind: Kind
) -> None:
    head = read_head(office.note.encode(), holders.vkey)
    tree = LogTree(FolderLog(office.log), head.size, head.root)
    liar = kind(3)
    state = remembering(holders.folder / "liar.db")
    state.trust(parse_vkey(holders.vkey))
    with listening(state, liar, clock=long_ago) as witness:
        [outcome] = ask(office.note, tree, policy_of((liar, witness.url)).witnesses, clock=wall_seconds)

    assert (outcome.state, outcome.line) == ("wrong_time", "")
    assert "More than 300 s apart is not taken" in outcome.why


def test_one_stolen_witness_key_can_back_date_a_head_and_is_still_no_quorum(office: Office, holders: Holders) -> None:
    first, _ = COSIGNERS
    note = parse(office.note.encode())
    alone = note._replace(signatures=note.signatures[:1])
    back_dated = str(alone.with_lines(first.cosign(note.text, BACK_DATED)))

    verdict = holders.judged(back_dated)

    assert [(seen.witness, seen.timestamp) for seen in verdict.seen] == [("W1", BACK_DATED)]
    assert verdict.missing.endswith("(W1; no cosignature of W2)")


@pytest.mark.parametrize("cosigner", COSIGNERS)
def test_one_witness_that_cosigns_twice_counts_once(office: Office, holders: Holders, cosigner: Cosigner) -> None:
    note = parse(office.note.encode())
    alone = note._replace(signatures=note.signatures[:1])
    twice = alone.with_lines(cosigner.cosign(note.text, BACK_DATED) + cosigner.cosign(note.text, BACK_DATED + 1))

    verdict = holders.judged(str(twice))

    assert len(twice.signatures) == 3
    assert len(verdict.seen) == 1
    assert not verdict.is_reached


@pytest.mark.parametrize("kind", [ed25519_witness, ml_dsa_witness])
def test_a_policy_with_one_witness_key_under_two_names_is_refused_with_both_lines(holders: Holders, kind: Kind) -> None:
    one = kind(5).key
    other = type(one).of("another.test/w", one.kind, one.public)
    text = f"log {holders.vkey}\nwitness A {one.vkey}\nwitness B {other.vkey}\ngroup both all A B\nquorum both\n"

    with pytest.raises(PolicyInvalid, match="the public key of this witness stands on line 2 already") as refused:
        parse_policy(text.encode())

    assert refused.value.line == 3
