"""A witness: it cosigns a log's head only when that adds to the one it cosigned before (c2sp.org/tlog-witness).

    POST <prefix>/add-checkpoint                     old <size>, the proof, an empty line, the signed checkpoint
    GET  <prefix>/<SHA-256 of the origin>/checkpoint the newest head that it cosigned

    200  the cosignatures, a line each        404  a log that it does not watch, or never cosigned
    400  no such request can be read          409  it holds another size: the size, as text/x.tlog.size
    403  no key that it believes signed       422  the new head does not add to the old one

The specification is that of July 2026; its call sign-subtree is optional and not offered. This is the protocol alone,
bytes to bytes: what is remembered is in `audit.log.witness_state`, who listens in `audit.log.witness_server`. Standard
library and `cryptography` only, so that a discipline inspection can run it without the rest of the house.
"""

import logging
import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from audit.log.checkpoint import HASH_BYTES, Checkpoint, CheckpointInvalid, parse_text, size_in
from audit.log.cosignature import Cosigner, verifier_of
from audit.log.growing import TreeHead
from audit.log.note import (
    LONGEST_NOTE_BYTES,
    Note,
    NoteInvalid,
    from_base64,
    parse,
    parse_signatures,
    to_base64,
    verified,
)
from audit.log.witness_state import Deciding, WitnessState
from audit.merkle import EMPTY_ROOT, ProofInvalid, verify_consistency

LONGEST_PROOF = 63
LONGEST_REQUEST_BYTES = LONGEST_NOTE_BYTES + 64 * 45 + 32
"""A note of the greatest length, 63 lines of proof, and the line of the old size."""

PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
ADD = "/add-checkpoint"
_LATEST = re.compile(r"/([0-9a-f]{64})/checkpoint")

_log = logging.getLogger("mingzhang.witness")


class Answer(NamedTuple):
    """An HTTP answer; `headers` are pairs of name and value, without the length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Submission(NamedTuple):
    """What `add-checkpoint` is asked: a head, and the proof that it adds to that of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @property
    def head(self) -> TreeHead:
        """The head that is to be cosigned."""
        return TreeHead(self.checkpoint.size, self.checkpoint.root)


class Witness:
    """A witness with its keys and its memory; one object serves many threads."""

    def __init__(self, state: WitnessState, cosigners: Sequence[Cosigner], *, prefix: str = "") -> None:
        """Take the keys, all of which cosign.

        prefix:  the path under which it is reached, such as `/witness`; submission and monitoring prefix are one.

        Raises:
            ValueError: without a key, or when the prefix is no path.
        """
        if not cosigners:
            raise ValueError("A witness needs a key to cosign with.")
        if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
            raise ValueError(f"The prefix {prefix!r} is not a path: it begins with a slash and does not end in one.")
        self._state = state
        self._cosigners = tuple(cosigners)
        self._prefix = prefix

    def answer(self, method: str, path: str, body: bytes, now: int) -> Answer:
        """Answer a request.

        path:  as it was asked, without a query.
        now:   seconds since 1970, above zero: what a cosignature says.
        """
        place = path.removeprefix(self._prefix) if path.startswith(f"{self._prefix}/") else ""
        wanted = _LATEST.fullmatch(place)
        if place != ADD and wanted is None:
            return _told(404, f"Here are {self._prefix}{ADD} and {self._prefix}/<origin hash>/checkpoint.")
        allowed = ("POST",) if wanted is None else ("GET", "HEAD")
        if method not in allowed:
            return _told(405, f"{method} is not answered here.", ("Allow", ", ".join(allowed)))
        try:
            return self._add(body, now) if wanted is None else self._latest(wanted[1])
        except sqlite3.Error as fault:
            _log.exception("The witness's memory cannot be used.")
            return _told(503, f"The witness's memory cannot be used now: {type(fault).__name__}.")

    def _latest(self, hashed_origin: str) -> Answer:
        note = self._state.latest(hashed_origin)
        if note is None:
            return _told(404, "No checkpoint of such a log was cosigned here.")
        return Answer(200, (("Content-Type", PLAIN), ("Cache-Control", "no-store")), note)

    def _add(self, body: bytes, now: int) -> Answer:
        try:
            asked = parse_submission(body)
        except NoteInvalid as fault:
            return _told(400, str(fault))
        origin, size = asked.checkpoint.origin, asked.checkpoint.size
        keys = self._state.keys_of(origin)
        if not keys:
            return _told(404, f"The log {origin[:256]!r} is not watched here.")
        try:
            lines = [signature for _, signature in verified(asked.note, [verifier_of(key) for key in keys])]
        except NoteInvalid as fault:
            return _told(403, str(fault))
        if asked.old_size > size:
            return _told(400, f"The old size {asked.old_size} is larger than the checkpoint's, {size}.")
        with self._state.deciding(origin) as deciding:
            return self._decide(deciding, asked, Note(asked.note.text, tuple(lines)), now)

    def _decide(self, deciding: Deciding, asked: Submission, note: Note, now: int) -> Answer:
        """Cosign and keep, or refuse; `note` has none but the signatures of keys that are believed."""
        last = deciding.last
        if asked.head.size == last.size != 0 and asked.head.root != last.root:
            deciding.keep_fork(asked.head, str(note).encode(), now)
        if asked.old_size != last.size:
            return Answer(409, (("Content-Type", SIZE),), f"{last.size}\n".encode())
        try:
            _check_growth(last, asked)
        except ProofInvalid as fault:
            return _told(422, str(fault))
        lines = "".join(cosigner.cosign(note.text, now) for cosigner in self._cosigners)
        deciding.keep(
            asked.head, str(note._replace(signatures=note.signatures + parse_signatures(lines))).encode(), now
        )
        return Answer(200, (("Content-Type", PLAIN),), lines.encode())


def parse_submission(body: bytes) -> Submission:
    """What the body of an `add-checkpoint` asks; its signatures are not verified yet.

    Raises:
        NoteInvalid: when it is not written as the specification has it.
    """
    head, separator, raw = body.partition(b"\n\n")
    if not separator or not head.isascii():
        raise NoteInvalid("The request has no empty line between its proof and its checkpoint, or is not ASCII there.")
    told, *steps = head.decode("ascii").split("\n")
    if not told.startswith("old "):
        raise CheckpointInvalid(f"The request begins with {told[:32]!r}; old <size> was expected.")
    if len(steps) > LONGEST_PROOF:
        raise NoteInvalid(f"The proof has {len(steps)} lines, more than {LONGEST_PROOF}.")
    proof = tuple(_step(step, number) for number, step in enumerate(steps, start=1))
    note = parse(raw)
    return Submission(size_in(told.removeprefix("old ")), proof, note, parse_text(note.text))


def submission(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of an `add-checkpoint`: `note` adds to the tree of `old_size` leaves, by `proof`."""
    lines = [f"old {old_size}\n", *(f"{to_base64(step)}\n" for step in proof)]
    return ("".join(lines) + "\n" + note).encode()


def _check_growth(last: TreeHead, asked: Submission) -> None:
    """Check that the new head adds to the last.

    Raises:
        ProofInvalid: otherwise.
    """
    if asked.head.size == 0 and asked.head.root != EMPTY_ROOT:
        raise ProofInvalid(f"The root of no leaves is {EMPTY_ROOT.hex()}, and {asked.head.root.hex()} is signed.")
    if last.size == 0:
        if asked.proof:
            raise ProofInvalid(
                f"From no leaves on there is nothing to prove, and {len(asked.proof)} hashes were given."
            )
        return
    verify_consistency(last.size, last.root, asked.head.size, asked.head.root, asked.proof)


def _step(line: str, number: int) -> bytes:
    step = from_base64(line, what=f"Line {number} of the proof")
    if len(step) != HASH_BYTES:
        raise NoteInvalid(f"Line {number} of the proof has {len(step)} bytes; it must have {HASH_BYTES}.")
    return step


def _told(status: int, why: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (("Content-Type", PLAIN), *headers), f"{why}\n".encode(errors="backslashreplace"))
