"""The book and the keys that the log's frozen vectors are made of: all of it follows from what stands here."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from audit.completeness import SealedIndex, entries_about, line_of, sealed_over
from audit.log.cosignature import Ed25519Cosigner, MlDsaCosigner
from audit.log.growing import Leaf
from audit.log.note import Ed25519Signer
from audit.merkle import root_of
from audit.seal import entry_bytes, genesis, leaf_of, link_of, stream_id
from audit.subjects import SCHEME, mentions

ORIGIN = "vectors.example/440899101/money"
SIZE, INDEXED, ROTATED, RETIRED = 300, 257, 259, 261
"""Entries; how many the index is over; where the second key is announced, and where the first is retired."""

LAST_SIZE = 260
"""The largest head that the first key signed."""

OLD = Ed25519Signer(ORIGIN, b"\x01" * 32)
NEW = Ed25519Signer(ORIGIN, b"\x02" * 32)
STRANGER = Ed25519Signer(ORIGIN, b"\x03" * 32)
WITNESSES = (Ed25519Cosigner("jiwei.example/w1", b"\x11" * 32), MlDsaCosigner("shenji.example/w1", b"\x12" * 32))
THIRD = Ed25519Cosigner("caizheng.example/w1", b"\x13" * 32)
COSIGNED_AT = 1_790_000_000
"""Seconds since 1970."""

STREAM_KEY = b"the key of a book that is no secret"
HOUSEHOLDS, VILLAGES = 7, ("测试一村", "测试二村", "测试三村")
CORRECTED, CORRECTION = 40, 200


class Written(NamedTuple):
    """One entry, and the hashes that it is sealed with."""

    entry: bytes
    leaf: bytes
    link: bytes


def state_of(position: int) -> tuple[str, dict[str, Any]]:
    """Topic and state at a position; the index's own entry is made when the index is."""
    if position == 1:
        return "key-created/v1", {"vkey": OLD.vkey}
    if position == CORRECTION:
        row = payment(CORRECTED)
        fields = {**row, "household_no": "H-0099"}
        told = {"before": row, "corrected": ["household_no"], "fields": fields, "target_position": CORRECTED}
        return "event-corrected/v1", told | {"target_topic": "payment-made/v1"}
    if position == ROTATED:
        return "key-rotated/v1", {"overlapping": [OLD.vkey], "vkey": NEW.vkey}
    if position == RETIRED:
        return "key-retired/v1", {"last_size": LAST_SIZE, "vkey": OLD.vkey}
    return "payment-made/v1", payment(position)


def payment(position: int) -> dict[str, Any]:
    return {
        "amount_fen": 60_000 + position,
        "bank_ref": f"VECTOR{position:06}",
        "household_no": f"H-{position % HOUSEHOLDS + 1:04}",
        "village": VILLAGES[position % len(VILLAGES)],
    }


def stream_of(position: int, topic: str) -> tuple[UUID, int]:
    """Stream and version: the keys share one stream, each other entry has its own."""
    if topic.startswith("key-"):
        return stream_id(STREAM_KEY, "log-key", "money"), {1: 1, ROTATED: 2, RETIRED: 3}[position]
    return stream_id(STREAM_KEY, topic.partition("/")[0], str(position)), 1


def written(position: int, topic: str, state: dict[str, Any]) -> bytes:
    salt = hashlib.sha256(f"salt {position}".encode()).hexdigest()[:32]
    text = json.dumps({**state, "salt": salt}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return entry_bytes(*stream_of(position, topic), topic, text.encode())


def make_entries() -> Iterator[bytes]:
    """The entries of the book, in their order."""
    entries: list[bytes] = []
    for position in range(1, SIZE + 1):
        if position == INDEXED + 1:
            sealed = index_over(entries)
            told = {"root": sealed.root.hex(), "scheme": SCHEME, "size": sealed.size, "subject_count": sealed.subjects}
            entries.append(written(position, "subject-index-sealed/v1", told))
        else:
            entries.append(written(position, *state_of(position)))
        yield entries[-1]


def subjects_in(entries: list[bytes]) -> list[str]:
    """Every subject that they name, by its bytes."""
    found = {subject for position, entry in enumerate(entries, 1) for subject, _ in mentions(position, entry)}
    return sorted(found, key=str.encode)


def index_over(entries: list[bytes]) -> SealedIndex:
    """The sealed index over all of `entries`, made the slow way."""
    numbered = list(enumerate(entries, start=1))
    return sealed_over(len(entries), (line_of(s, entries_about(s, numbered)) for s in subjects_in(entries)))


class VectorBook:
    """The book, sealed; as `audit.log.growing.Sealings`."""

    def __init__(self) -> None:
        link = genesis(ORIGIN)
        self.written: list[Written] = []
        for position, entry in enumerate(make_entries(), start=1):
            leaf = leaf_of(entry)
            link = link_of(link, position, leaf)
            self.written.append(Written(entry, leaf, link))

    @property
    def entries(self) -> list[bytes]:
        return [one.entry for one in self.written]

    @property
    def hashes(self) -> list[bytes]:
        return [one.leaf for one in self.written]

    def root(self, size: int) -> bytes:
        return root_of(self.hashes[:size])

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        return (Leaf(one.leaf, one.entry) for one in self.written[since:through])

    def link(self, size: int) -> bytes:
        return self.written[size - 1].link if size else genesis(ORIGIN)
