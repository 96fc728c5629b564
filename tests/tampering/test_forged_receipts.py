"""A receipt is made to show what it does not: another place, an inner node as a record, other words, another head.

Found by: whoever has the receipt, the log's key, and the record or its leaf; a villager's page checks a notice in the
same way. An honest receipt in turn names the record that was changed since, whoever signed it anew.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from audit.log.note import Ed25519Signer, Ed25519Verifier, parse, parse_vkey, signed
from audit.log.receipt import Receipt, ReceiptInvalid, parse_receipt, verify_receipt
from audit.log.tiles import hashes_in
from audit.merkle import ProofInvalid, node_of, verify_consistency, verify_inclusion
from audit.seal import leaf_of
from tests.api.rewriting_books import Row, edited
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AMOUNT, AT, SIZE


class Held(NamedTuple):
    """What a submitter went home with: the record and its receipt."""

    entry: bytes
    receipt: Receipt


@pytest.fixture
def held(office: Office, tmp_path: Path) -> Held:
    """The receipt for the record that the tamperers are after."""
    assert office.tell("prove", str(AT), "--out", str(tmp_path / "16.tlog-proof")).status == 0
    with office.opened() as ledger:
        [sealed] = ledger.money.at([AT])
    return Held(sealed.entry, parse_receipt((tmp_path / "16.tlog-proof").read_bytes()))


def wrong_index(receipt: Receipt) -> Receipt:
    return receipt._replace(leaf_index=receipt.leaf_index + 1)


def index_behind_the_tree(receipt: Receipt) -> Receipt:
    return receipt._replace(leaf_index=SIZE)


def shortened(receipt: Receipt) -> Receipt:
    return receipt._replace(proof=receipt.proof[:-1])


def lengthened(receipt: Receipt) -> Receipt:
    return receipt._replace(proof=(*receipt.proof, bytes(32)))


def of_another_head(receipt: Receipt) -> Receipt:
    text = parse(receipt.checkpoint.encode()).text.replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n")
    return receipt._replace(checkpoint=signed(text, [Ed25519Signer(text.split("\n")[0], b"\x66" * 32)]))


@pytest.mark.parametrize("forge", [wrong_index, index_behind_the_tree, shortened, lengthened, of_another_head])
def test_a_receipt_for_another_place_or_head_shows_nothing(
    holders: Holders, held: Held, forge: Callable[[Receipt], Receipt]
) -> None:
    verifiers = [Ed25519Verifier(parse_vkey(holders.vkey))]
    honest = verify_receipt(held.receipt, leaf_of(held.entry), verifiers)

    with pytest.raises(ReceiptInvalid, match="shows nothing"):
        verify_receipt(forge(held.receipt), leaf_of(held.entry), verifiers)

    assert honest.size == SIZE


def test_a_record_with_another_amount_does_not_lead_to_the_signed_root(holders: Holders, held: Held) -> None:
    richer = held.entry.replace(AMOUNT, AMOUNT.replace(b"2", b"9"))

    with pytest.raises(ReceiptInvalid, match=f"The receipt for entry {AT} shows nothing"):
        verify_receipt(held.receipt, leaf_of(richer), [Ed25519Verifier(parse_vkey(holders.vkey))])


@pytest.mark.parametrize("height", [1, 2, 5])
def test_an_inner_node_offered_as_a_record_is_refused_by_the_length_of_its_proof(
    office: Office, held: Held, height: int
) -> None:
    """Only in a tree of another size would it be a leaf, and the size is signed."""
    head = held.receipt.head
    level = hashes_in((office.log / "tile/0/000").read_bytes())
    for _ in range(height):
        level = [node_of(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    inner, beside = level[(AT - 1) >> height], held.receipt.proof[height:]

    for index in ((AT - 1) >> height, AT - 1):
        with pytest.raises(ProofInvalid, match=r"fewer than a tree of 299 leaves takes|gives the root"):
            verify_inclusion(inner, index, head.size, beside, head.root)


def test_two_hashes_side_by_side_are_no_record_with_the_leaf_of_their_node(office: Office) -> None:
    """A record is hashed behind 0x00, a node behind 0x01: no bytes are both."""
    left, right = hashes_in((office.log / "tile/0/000").read_bytes())[:2]
    node = node_of(left, right)

    assert node == hashlib.sha256(b"\x01" + left + right).digest()
    assert leaf_of(left + right) != node
    assert leaf_of(b"\x01" + left + right) != node


def test_who_went_home_with_a_receipt_names_the_record_that_was_changed_since(
    office: Office, holders: Holders, held: Held
) -> None:
    def enrich(rows: list[Row]) -> None:
        rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))

    office.forge(enrich)

    again = parse_receipt(office.tell("prove", str(AT)).out.encode())
    verifiers = [Ed25519Verifier(parse_vkey(holders.vkey))]

    with pytest.raises(ReceiptInvalid, match=f"The receipt for entry {AT} shows nothing"):
        verify_receipt(again, leaf_of(held.entry), verifiers)  # their own log denies it now
    old = verify_receipt(held.receipt, leaf_of(held.entry), verifiers)  # and the same key signed it then
    with pytest.raises(ProofInvalid):
        verify_consistency(old.size, old.root, again.head.size, again.head.root, [])
