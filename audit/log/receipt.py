"""Receipts: that one entry is in the log, checked offline with the log's key alone (c2sp.org/tlog-proof).

::

    c2sp.org/tlog-proof@v1
    index 73894                                       the entry's position − 1
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      the hashes beside its way to the root, nearest first
    …

    example.com/fancylog                              the checkpoint with its signatures, as it was published
    …

What is in the log is not told: whoever checks a receipt has the entry, or its leaf hash. A line `extra` behind the
first may hold anything, is bound by nothing, and is kept as it is; we write none. Files end in `.tlog-proof`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audit.log.checkpoint import LARGEST_SIZE, Checkpoint, open_checkpoint, parse_text
from audit.log.note import NoteInvalid, Verifier, from_base64, parse, to_base64
from audit.log.proving import LogTree
from audit.merkle import ProofInvalid, verify_inclusion

HEADING = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
HASH_BYTES = 32
LONGEST_PROOF = 63
"""Hashes beside the way to the root of the largest tree."""

LONGEST_RECEIPT_BYTES = 1_048_576
"""Room for the largest note and for extra data."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class ReceiptInvalid(ValueError):
    """Bytes that are no receipt, or one that does not show what it should; the text says what was found."""


class Receipt(NamedTuple):
    """One proof of inclusion beside the checkpoint that it leads to.

    leaf_index:  from 0.
    proof:       hashes of 32 bytes, nearest to the leaf first.
    checkpoint:  the signed note, as it was published.
    extra:       what somebody else's tool put there; bound by nothing.
    """

    leaf_index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        lines = [HEADING, *extra, f"index {self.leaf_index}", *(to_base64(step) for step in self.proof)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @property
    def head(self) -> Checkpoint:
        """What the checkpoint says; nobody has looked at its signatures yet.

        Raises:
            NoteInvalid: when it is no checkpoint.
        """
        return parse_text(parse(self.checkpoint.encode()).text)


def issue(tree: LogTree, index: int, checkpoint: str) -> Receipt:
    """The receipt for the leaf at `index`, from the tree that `checkpoint` is the head of.

    Raises:
        IndexError: when the tree does not go that far.
        TilesDamaged: when a tile was changed or is missing.
        ReceiptInvalid: when the checkpoint is of another tree.
    """
    made = Receipt(index, tuple(tree.inclusion(index)), checkpoint)
    if made.head[1:3] != (tree.size, tree.root):
        raise ReceiptInvalid(f"The checkpoint is of {made.head.size} leaves, the tree of {tree.size}.")
    return made


def parse_receipt(raw: bytes) -> Receipt:
    """The receipt in `raw`, read strictly; it shows nothing yet.

    Raises:
        ReceiptInvalid: when it is not built like one.
    """
    if len(raw) > LONGEST_RECEIPT_BYTES:
        raise ReceiptInvalid(f"The receipt has {len(raw)} bytes, more than {LONGEST_RECEIPT_BYTES}.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ReceiptInvalid(f"The receipt is not UTF-8 at byte {error.start}.") from error
    proof, separator, checkpoint = text.partition("\n\n")
    heading, *lines = proof.split("\n")
    if heading != HEADING:
        raise ReceiptInvalid(f"The first line is {heading[:40]!r}, and {HEADING!r} was expected.")
    if not separator:
        raise ReceiptInvalid("There is no empty line between the proof and the checkpoint.")
    extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else b""
    if not lines or (index := _INDEX.fullmatch(lines[0])) is None or int(index[1]) > LARGEST_SIZE:
        raise ReceiptInvalid(f"{(lines or ['Nothing'])[0][:40]!r} is not the line `index` and a decimal number.")
    if len(lines) > 1 + LONGEST_PROOF:
        raise ReceiptInvalid(f"The proof has {len(lines) - 1} hashes, more than any tree takes.")
    return Receipt(int(index[1]), tuple(_hash(line) for line in lines[1:]), checkpoint, extra)


def verify_receipt(receipt: Receipt, leaf: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Check that `leaf` is in the log where the receipt says; gives the head that answers for it.

    verifiers:  the log's keys. Which witnesses must have seen the head is a policy's matter (`audit.log.policy`).

    Raises:
        ReceiptInvalid: when no key of the log signed the checkpoint, or the proof does not lead to its root.
    """
    try:
        checkpoint, _ = open_checkpoint(receipt.checkpoint.encode(), verifiers)
        verify_inclusion(leaf, receipt.leaf_index, checkpoint.size, receipt.proof, checkpoint.root)
    except (NoteInvalid, ProofInvalid) as error:
        raise ReceiptInvalid(f"The receipt for entry {receipt.leaf_index + 1} shows nothing: {error}") from error
    return checkpoint


def _extra(line: str) -> bytes:
    try:
        return from_base64(line.removeprefix("extra "), what="The line `extra`")
    except NoteInvalid as error:
        raise ReceiptInvalid(str(error)) from error


def _hash(line: str) -> bytes:
    try:
        step = from_base64(line, what="A hash of the proof")
    except NoteInvalid as error:
        raise ReceiptInvalid(str(error)) from error
    if len(step) != HASH_BYTES:
        raise ReceiptInvalid(f"A hash of the proof has {len(step)} bytes; it must have {HASH_BYTES}.")
    return step
