"""Checkpoints: what a log signs, its name, size and root (c2sp.org/tlog-checkpoint, July 2026).

::

    example.com/behind-the-sofa                       the origin
    20852163                                          how many leaves, in decimal
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      the root of RFC 6962, base64

Further lines may follow and are kept as they are; we write none, since nobody can audit what they say. Needs what
`audit.log.note` needs.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audit.log.note import Note, NoteInvalid, SignatureInvalid, Verifier, from_base64, parse, to_base64, verified

HASH_BYTES = 32
LARGEST_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_FIXED_LINES = 3


class CheckpointInvalid(NoteInvalid):
    """A note's text that is no checkpoint; the text says which line."""


class Checkpoint(NamedTuple):
    """One tree head: `size` leaves of the log `origin` have the `root` of 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed: the lines, each ended by a line feed.

        Raises:
            CheckpointInvalid: when they could not be read again.
        """
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        text = "".join(f"{line}\n" for line in lines)
        if parse_text(text) != self:
            raise CheckpointInvalid(f"A line of the checkpoint of {self.origin!r} goes over more than one line.")
        return text


def parse_text(text: str) -> Checkpoint:
    """The checkpoint that a note's text tells.

    Raises:
        CheckpointInvalid: when a line is missing, empty, or not written as the specification has it.
    """
    lines = text.split("\n")
    if lines.pop() or len(lines) < _FIXED_LINES:
        raise CheckpointInvalid(f"A checkpoint has an origin, a size and a root line; there are {len(lines)} lines.")
    if "" in lines:
        raise CheckpointInvalid(f"Line {lines.index('') + 1} of the checkpoint is empty.")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, size_in(size), _root(root), tuple(extensions))


def open_checkpoint(raw: bytes, verifiers: Iterable[Verifier]) -> tuple[Checkpoint, Note]:
    """The checkpoint in a note that at least one of `verifiers` signed, all of them being the log's.

    Raises:
        NoteInvalid: when it is no note or no checkpoint, or is not signed by a key of its own origin.
    """
    note = parse(raw)
    signers = verified(note, verifiers)
    checkpoint = parse_text(note.text)
    if checkpoint.origin not in {verifier.key.name for verifier, _ in signers}:
        names = ", ".join(sorted({verifier.key.name for verifier, _ in signers}))
        raise SignatureInvalid(f"The checkpoint is of {checkpoint.origin}, and {names} signed it.")
    return checkpoint, note


def size_in(line: str) -> int:
    """The tree size that `line` tells: decimal, without leading zeroes, at most 2^63 − 1.

    Raises:
        CheckpointInvalid: otherwise.
    """
    if _SIZE.fullmatch(line) is None or int(line) > LARGEST_SIZE:
        raise CheckpointInvalid(f"{line[:32]!r} is not a tree size: decimal digits, no leading zero, below 2^63.")
    return int(line)


def _root(line: str) -> bytes:
    try:
        root = from_base64(line, what="The root of the checkpoint")
    except NoteInvalid as error:
        raise CheckpointInvalid(str(error)) from error
    if len(root) != HASH_BYTES:
        raise CheckpointInvalid(f"The root of the checkpoint has {len(root)} bytes; it must have {HASH_BYTES}.")
    return root
