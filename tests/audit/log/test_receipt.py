"""Receipts: written as the specification has it, read back strictly, and worth nothing once anything is changed."""

import base64
from pathlib import Path

import pytest

from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, Ed25519Verifier, NoteInvalid, parse_vkey, signed
from audit.log.proving import LogTree
from audit.log.receipt import Receipt, ReceiptInvalid, issue, parse_receipt, verify_receipt
from tests.audit.log import naive_reader
from tests.audit.log.writing_logs import Numbers, grown

SIGNER = Ed25519Signer("ledger.test/money", bytes(range(32)))
VERIFIER = Ed25519Verifier(parse_vkey(SIGNER.vkey))
STRANGER = Ed25519Verifier(parse_vkey(Ed25519Signer("ledger.test/money", bytes(32)).vkey))


def tree_and_note(path: Path, size: int) -> tuple[LogTree, str]:
    folder, head = grown(path, size)
    return LogTree(folder, *head), signed(Checkpoint(SIGNER.name, *head).text, [SIGNER])


@pytest.fixture
def receipt(tmp_path: Path) -> Receipt:
    """For entry 701 of 1,000."""
    tree, note = tree_and_note(tmp_path, 1_000)
    return issue(tree, 700, note)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257])
def test_a_receipt_for_any_entry_is_accepted_when_it_is_read_back(tmp_path: Path, size: int) -> None:
    tree, note = tree_and_note(tmp_path, size)

    for index in {0, size // 2, size - 1}:
        text = str(issue(tree, index, note)).encode()
        head = verify_receipt(parse_receipt(text), Numbers().hash(index), [VERIFIER])
        assert head == Checkpoint("ledger.test/money", size, tree.root)


def test_a_receipt_is_written_line_by_line_as_the_specification_shows(receipt: Receipt) -> None:
    lines = str(receipt).split("\n")

    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 700"]
    blank = lines.index("")
    steps = [base64.b64decode(line) for line in lines[2:blank]]
    assert steps == naive_reader.path(700, Numbers().hashes(1_000))
    head = naive_reader.read_head("\n".join(lines[blank + 1 :]).encode(), SIGNER.vkey)
    assert head == ("ledger.test/money", 1_000, naive_reader.mth(Numbers().hashes(1_000)))


def test_extra_data_is_kept_and_bound_by_nothing(receipt: Receipt) -> None:
    with_extra = receipt._replace(extra=b"anything\n\n")

    assert parse_receipt(str(with_extra).encode()) == with_extra
    assert "\nextra YW55dGhpbmcKCg==\nindex 700\n" in str(with_extra)
    verify_receipt(with_extra, Numbers().hash(700), [VERIFIER])


def test_a_receipt_for_another_leaf_or_place_shows_nothing(receipt: Receipt) -> None:
    for leaf, index in ((Numbers().hash(701), 700), (Numbers().hash(700), 701), (Numbers().hash(700), 1_000)):
        with pytest.raises(ReceiptInvalid, match=r"^The receipt for entry \d+ shows nothing: "):
            verify_receipt(receipt._replace(leaf_index=index), leaf, [VERIFIER])


def test_a_receipt_with_any_changed_character_is_refused(receipt: Receipt) -> None:
    text = bytearray(str(receipt).encode())

    for at in range(len(text)):
        changed = bytes(text[:at]) + bytes([text[at] ^ 1]) + bytes(text[at + 1 :])
        with pytest.raises(ReceiptInvalid):
            verify_receipt(parse_receipt(changed), Numbers().hash(700), [VERIFIER])


def test_a_receipt_signed_by_an_unknown_key_shows_nothing(receipt: Receipt) -> None:
    with pytest.raises(ReceiptInvalid, match="No known key signed the note"):
        verify_receipt(receipt, Numbers().hash(700), [STRANGER])


def test_an_interior_node_is_no_leaf_however_it_is_offered(receipt: Receipt) -> None:
    hashes = Numbers().hashes(1_000)
    node = naive_reader.mth(hashes[700:702])

    with pytest.raises(ReceiptInvalid, match="fewer than a tree of 1000 leaves takes"):
        verify_receipt(receipt._replace(proof=receipt.proof[1:]), node, [VERIFIER])


def test_no_receipt_is_issued_beside_the_checkpoint_of_another_tree(tmp_path: Path) -> None:
    tree, _ = tree_and_note(tmp_path / "one", 10)
    _, other = tree_and_note(tmp_path / "other", 11)

    with pytest.raises(ReceiptInvalid, match="The checkpoint is of 11 leaves, the tree of 10"):
        issue(tree, 3, other)
    with pytest.raises(NoteInvalid):
        issue(tree, 3, "no note")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "The first line is '', and"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"x" * 1_048_577, "has 1048577 bytes, more than"),
        (b"c2sp.org/tlog-proof@v2\nindex 0\n\n", "and 'c2sp.org/tlog-proof@v1' was expected"),
        (b"c2sp.org/tlog-proof@v1\r\nindex 0\n\n", "The first line is"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "no empty line"),
        (b"c2sp.org/tlog-proof@v1\n\n", "'Nothing' is not the line `index`"),
        (b"c2sp.org/tlog-proof@v1\nindex 01\n\n", "'index 01' is not the line"),
        (b"c2sp.org/tlog-proof@v1\nindex -1\n\n", "'index -1' is not the line"),
        (b"c2sp.org/tlog-proof@v1\nindex 9999999999999999999\n\n", "is not the line"),
        (b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n", "The line `extra` is not base64"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\nextra YQ==\n\n", "A hash of the proof is not base64"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\nYQ==\n\n", "has 1 bytes; it must have 32"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"YQ==\n" * 64 + b"\n", "64 hashes, more than any tree takes"),
    ],
)
def test_what_is_not_built_like_a_receipt_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(ReceiptInvalid, match=why):
        parse_receipt(raw)
