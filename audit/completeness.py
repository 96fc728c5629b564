"""The sealed index of subjects: that no entry about a subject was left out, and that there is none (DESIGN §4).

Daily an event seals the root of the RFC 6962 tree over one leaf for each subject that entries 1 … size name
(`audit.subjects`), sorted by the subjects' bytes::

    leaf = SHA-256(0x00 ‖ subject ‖ 0x0A ‖ count: u64 ‖ digest)
    digest = SHA-256(position: u64 ‖ leaf of the entry, for each of `count` entries by their position)

So whoever is given the entries about a subject sees whether they are all; that there are none about it is shown by the
two subjects between which it would stand. Both hold up to that size, and for what the entries say: an entry that was
never written is in no index. Standard library only: the verifier ships with this file.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, NamedTuple

from audit.merkle import ProofInvalid, Tree, verify_inclusion
from audit.seal import ENTRY_HEAD, LEAF_PREFIX, leaf_of
from audit.subjects import SCHEME, mentions

TOPIC = "subject-index-sealed/v1"
HASH_BYTES = 32

_u64 = Struct(">Q").pack
_sha256 = hashlib.sha256


class Incomplete(ProofInvalid):
    """The entries given about a subject are not those that the sealed index counts; the text says how many are."""


class SealedIndex(NamedTuple):
    """What is sealed: the index over entries 1 … `size` has `subjects` leaves and this `root` (32 bytes)."""

    size: int
    root: bytes
    subjects: int


class Line(NamedTuple):
    """One subject of the index: how many entries name it, and the digest over them (32 bytes)."""

    subject: str
    entries: int
    digest: bytes

    @property
    def leaf(self) -> bytes:
        """The line's leaf hash."""
        return _sha256(LEAF_PREFIX + self.subject.encode() + b"\n" + _u64(self.entries) + self.digest).digest()


class PlacedLine(NamedTuple):
    """A line with its place in the tree, from 0, and the hashes of its inclusion proof, nearest to the leaves first."""

    place: int
    line: Line
    hashes: tuple[bytes, ...]


class SubjectProof(NamedTuple):
    """What shows which entries the index has about `subject`: its own line, or the lines before and behind its place.

    With `own` the neighbours are None. Without it a missing neighbour says that the place is at that end.
    """

    subject: str
    own: PlacedLine | None = None
    before: PlacedLine | None = None
    behind: PlacedLine | None = None


def order_of(subject: str) -> bytes:
    """What subjects are sorted by: their bytes in UTF-8."""
    return subject.encode()


def line_of(subject: str, entries: Iterable[tuple[int, bytes]]) -> Line:
    """The line of `subject` over its entries, `(position, leaf)` each, which are read once.

    Raises:
        ValueError: when the positions do not ascend, so that the digest would be nobody's.
    """
    digest, count, last = _sha256(), 0, 0
    for position, leaf in entries:
        if position <= last:
            raise ValueError(f"Entry {position} about {subject} comes behind entry {last}.")
        digest.update(_u64(position) + leaf)
        count, last = count + 1, position
    return Line(subject, count, digest.digest())


def sealed_over(size: int, lines: Iterable[Line]) -> SealedIndex:
    """The index over `lines`, which are read once, in constant memory.

    Raises:
        ValueError: when they are not in the order of their bytes, each subject once.
    """
    tree, last = Tree(), None
    for line in lines:
        key = order_of(line.subject)
        if last is not None and key <= last:
            raise ValueError(f"The subject {line.subject} does not come behind the one before it.")
        tree.append(line.leaf)
        last = key
    return SealedIndex(size, tree.root(), tree.size)


def sealed_by(position: int, entry: bytes) -> SealedIndex:
    """What the entry at `position`, a `subject-index-sealed/v1`, seals.

    Raises:
        ProofInvalid: when it is another entry, is made by a scheme that is not known here, or claims to seal itself.
    """
    head = ENTRY_HEAD.match(entry)
    topic = head[3].decode() if head else "none"
    if head is None or topic != TOPIC:
        raise ProofInvalid(f"Entry {position} has the topic {topic}, and {TOPIC} was expected.")
    state = json.loads(entry[head.end() :])
    if state["scheme"] != SCHEME:
        raise ProofInvalid(f"The index at {position} was made by {state['scheme']}; this verifier knows {SCHEME}.")
    if not 0 <= state["size"] < position:
        raise ProofInvalid(f"The index at {position} claims to be over {state['size']} entries, itself among them.")
    return SealedIndex(state["size"], bytes.fromhex(state["root"]), state["subject_count"])


def entries_about(subject: str, entries: Iterable[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Those of `entries`, `(position, bytes)` each, that the index has about `subject`, as `(position, leaf)`.

    An entry that a correction puts under the subject counts only when the correction is among `entries` too.

    Raises:
        NotAnEntry: when one of them is none.
    """
    leaves: dict[int, bytes] = {}
    about: set[int] = set()
    for position, entry in entries:
        leaves[position] = leaf_of(entry)
        about.update(at for named, at in mentions(position, entry) if named == subject)
    return [(position, leaves[position]) for position in sorted(about & leaves.keys())]


def check_complete(proof: SubjectProof, entries: Sequence[tuple[int, bytes]], sealed: SealedIndex) -> None:
    """Check that `entries`, `(position, leaf)` each, are all that the sealed index has about the proof's subject.

    With no entries it checks that the index has none.

    Raises:
        ProofInvalid: when the proof does not belong to the sealed index.
        Incomplete: when it does, and counts other entries.
    """
    beyond = [position for position, _ in entries if position > sealed.size]
    if beyond:
        raise ProofInvalid(f"Entry {beyond[0]} is behind the {sealed.size} entries that the index is over.")
    if proof.own is None:
        _check_absent(proof, sealed)
        if entries:
            raise Incomplete(
                f"The index over {sealed.size} entries has none about {proof.subject}, and {len(entries)} are given."
            )
        return
    if proof.own.line.subject != proof.subject:
        raise ProofInvalid(f"The proof for {proof.subject} holds the line of {proof.own.line.subject}.")
    check_placed(proof.own, sealed)
    given, counted = line_of(proof.subject, sorted(entries)), proof.own.line
    if given.entries != counted.entries:
        raise Incomplete(
            f"The index over {sealed.size} entries counts {counted.entries} about {proof.subject}, "
            f"and {given.entries} are given."
        )
    if given.digest != counted.digest:
        raise Incomplete(
            f"The {given.entries} entries about {proof.subject} are not those that the index over {sealed.size} counts."
        )


def _check_absent(proof: SubjectProof, sealed: SealedIndex) -> None:
    """Check that the two lines stand side by side, or at an end, and that the subject would stand between them."""
    before, behind = proof.before, proof.behind
    key = order_of(proof.subject)
    for placed in (before, behind):
        if placed is not None:
            check_placed(placed, sealed)
    first_free = before.place + 1 if before else 0
    if first_free != (behind.place if behind else sealed.subjects):
        raise ProofInvalid(f"Between the neighbours of {proof.subject} the index has other subjects.")
    if before and order_of(before.line.subject) >= key:
        raise ProofInvalid(f"{before.line.subject} does not come before {proof.subject}.")
    if behind and order_of(behind.line.subject) <= key:
        raise ProofInvalid(f"{behind.line.subject} does not come behind {proof.subject}.")


def check_placed(placed: PlacedLine, sealed: SealedIndex) -> None:
    """Check that a line stands in the sealed index.

    Raises:
        ProofInvalid: otherwise.
    """
    verify_inclusion(placed.line.leaf, placed.place, sealed.subjects, placed.hashes, sealed.root)


def as_json(proof: SubjectProof) -> dict[str, Any]:
    """`proof` as an evidence bundle holds it: hashes in hex, what is not there left out."""
    told: dict[str, Any] = {"scheme": SCHEME, "subject": proof.subject}
    for name, placed in _parts(proof):
        if placed is not None:
            told[name] = {
                "place": placed.place,
                "subject": placed.line.subject,
                "entries": placed.line.entries,
                "digest": placed.line.digest.hex(),
                "hashes": [step.hex() for step in placed.hashes],
            }
    return told


def of_json(told: Mapping[str, Any]) -> SubjectProof:
    """The proof that an evidence bundle holds, read strictly.

    Raises:
        ProofInvalid: when a part is missing, unknown or not of its kind.
    """
    if told.get("scheme") != SCHEME:
        raise ProofInvalid(f"The proof was made by {told.get('scheme')!r}; this verifier knows {SCHEME}.")
    unknown = told.keys() - {"scheme", "subject", *SubjectProof._fields}
    if unknown or not isinstance(told.get("subject"), str):
        raise ProofInvalid(f"The proof names no subject, or has unknown parts: {sorted(unknown)}.")
    parts = {name: _placed(told[name]) for name in ("own", "before", "behind") if name in told}
    if "own" in parts and len(parts) > 1:
        raise ProofInvalid(f"The proof for {told['subject']} holds its own line and neighbours as well.")
    return SubjectProof(told["subject"], **parts)


def _parts(proof: SubjectProof) -> Iterator[tuple[str, PlacedLine | None]]:
    return iter((("own", proof.own), ("before", proof.before), ("behind", proof.behind)))


def _placed(told: Any) -> PlacedLine:
    try:
        line = Line(str(told["subject"]), _whole(told["entries"]), _hash(told["digest"]))
        return PlacedLine(_whole(told["place"]), line, tuple(_hash(step) for step in told["hashes"]))
    except (LookupError, TypeError, ValueError) as fault:
        raise ProofInvalid(f"A line of the proof cannot be read: {fault!r}.") from fault


def _whole(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told < 1 << 64:
        raise ValueError(f"{told!r} is no whole number")
    return told


def _hash(told: str) -> bytes:
    found = bytes.fromhex(told)
    if len(found) != HASH_BYTES or told != found.hex():
        raise ValueError(f"{told!r} is no hash of 32 bytes in hex")
    return found
