"""Invented books, their logs and their bundles: everything that a bundle needs, from no ledger."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from audit.bundle.attachments import Attachments
from audit.bundle.completeness import Completeness
from audit.bundle.examining import Trust, examine
from audit.bundle.manifest import BookTold, Manifest
from audit.bundle.verdict import Verdict
from audit.bundle.writing import BundleWriter, checkpoint_name, entry_name, proof_content, proof_name
from audit.completeness import TOPIC
from audit.indexing import SubjectIndex, make_index
from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Cosigner, Ed25519Cosigner, MlDsaCosigner
from audit.log.note import Ed25519Signer, Note, Signer, parse, signed
from audit.log.policy_file import parse_policy
from audit.merkle import inclusion_proof, root_of
from audit.seal import entry_bytes, leaf_of
from audit.subjects import SCHEME

ORIGIN = "ledger.test/money"
SIGNER = Ed25519Signer(ORIGIN, bytes(range(32)))
THIEF = Ed25519Signer(ORIGIN, bytes(32))
BUREAU: Cosigner = Ed25519Cosigner("bureau.test", bytes([1] * 32))
INSPECTION: Cosigner = MlDsaCosigner("inspection.test", bytes([2] * 32))
NOON = 1_795_492_800
HOUSEHOLD = "household:H-0001"
WORKBOOK = "ab" * 32

Change = Callable[[dict[str, bytes]], None]


def policy_of(*witnesses: Cosigner, quorum: str = "none", signers: tuple[Signer, ...] = (SIGNER,)) -> bytes:
    """A policy of the log's keys and of witnesses named w1, w2 …; with a quorum of `all` they are one group."""
    lines = [f"log {signer.vkey}" for signer in signers]
    lines += [f"witness w{number} {witness.key.vkey}" for number, witness in enumerate(witnesses, start=1)]
    if quorum == "all":
        lines.append("group everybody all " + " ".join(f"w{number + 1}" for number in range(len(witnesses))))
    lines.append("quorum " + ("everybody" if quorum == "all" else quorum))
    return "".join(f"{line}\n" for line in lines).encode()


NOW = datetime.fromtimestamp(NOON, UTC)
TRUST = Trust(parse_policy(policy_of()), NOW)


def entry(stream: int, topic: str, version: int = 1, **state: Any) -> bytes:
    """An entry with whatever state a test needs."""
    told = json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return entry_bytes(UUID(int=stream), version, topic, told.encode())


def payment(number: int, household: str) -> bytes:
    """A payment that came from a workbook."""
    return entry(
        number,
        "payment-made/v1",
        bank_ref=f"TEST{number}",
        household_no=household,
        amount_fen=100 * number,
        source={"channel": "import", "file_sha256": WORKBOOK, "row": number},
    )


class Book(NamedTuple):
    """Entries from position 1 on; those up to `sealed` are in the index that the entry behind them seals."""

    entries: list[bytes]
    sealed: int
    subjects: Path

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_of(held) for held in self.entries]

    def head(self, *signers: Signer) -> bytes:
        """The signed checkpoint over all entries."""
        checkpoint = Checkpoint(ORIGIN, len(self.entries), root_of(self.leaves))
        return signed(checkpoint.text, signers or (SIGNER,)).encode()


def book_of(folder: Path, entries: list[bytes], later: list[bytes] | None = None) -> Book:
    """A book whose index is sealed behind `entries`; `later` come behind the seal."""
    index = folder / "index.db"
    seal = make_index(index, entries)
    sealing = entry(
        2**64,
        TOPIC,
        size=seal.size,
        root=seal.root.hex(),
        subject_count=seal.subjects,
        scheme=SCHEME,
        recorded_at="2026-11-24T04:00:00.000000Z",
    )
    return Book([*entries, sealing, *(later or [])], seal.size, index)


def payments(folder: Path, count: int = 7) -> Book:
    """A book in which household H-0001 is in every second entry, with one more behind the seal."""
    entries = [payment(number, f"H-000{1 + number % 2}") for number in range(1, count + 1)]
    return book_of(folder, entries, [payment(count + 1, "H-0001")])


def cosigned(note: bytes, *cosigners: Cosigner, at: int = NOON) -> bytes:
    """The note with cosignatures."""
    found: Note = parse(note)
    for cosigner in cosigners:
        found = found.with_lines(cosigner.cosign(found.text, at))
    return str(found).encode()


def members_of(book: Book, subject: str, positions: list[int], note: bytes | None = None) -> dict[str, bytes]:
    """The members of the bundle with those entries and the one that seals the index."""
    note, leaves = note or book.head(), book.leaves
    with SubjectIndex.open(book.subjects) as index:
        proof = index.prove(subject)
    attachments = Attachments()
    members = {checkpoint_name("money"): note, "report.html": b"<!doctype html>\n"}
    members["completeness.json"] = Completeness(book.sealed + 1, proof).content
    for position in sorted({*positions, book.sealed + 1}):
        held = book.entries[position - 1]
        if position != book.sealed + 1:
            attachments.take("money", position, json.loads(held.split(b"\n", 3)[3]))
        members[entry_name("money", position)] = held
        members[proof_name("money", position)] = proof_content(position, inclusion_proof(leaves, position - 1))
    return members | {"attachments.json": attachments.content}


def write(path: Path, members: Mapping[str, bytes], manifest: Manifest) -> Path:
    """The bundle of those members, in their order."""
    from audit.bundle.layout import order_of, place_of

    with path.open("w+b") as file, BundleWriter(file) as writer:
        for name in sorted(members, key=lambda name: order_of(place_of(name))):
            writer.add(name, members[name])
        writer.finish(manifest)
    return path


def manifest_of(book: Book, subject: str, members: Mapping[str, bytes]) -> Manifest:
    """The manifest of a bundle with those members."""
    entries = sum(name.startswith("entries/money/") for name in members)
    told = BookTold("money", ORIGIN, len(book.entries), root_of(book.leaves), entries)
    return Manifest(subject, (told,))


def bundle(
    path: Path,
    book: Book,
    positions: list[int],
    *,
    subject: str = HOUSEHOLD,
    note: bytes | None = None,
    change: Change | None = None,
) -> Path:
    """The bundle with those entries, made anew around whatever `change` does to its members."""
    members = members_of(book, subject, positions, note)
    if change is not None:
        change(members)
    return write(path, members, manifest_of(book, subject, members))


def verdict_on(path: Path, trust: Trust = TRUST) -> Verdict:
    """What the verifier says of it."""
    return examine(path, trust)


def refuted(verdict: Verdict) -> list[str]:
    """The kinds of what does not hold."""
    return [statement.kind for statement in verdict.refuted]


def proven(verdict: Verdict) -> list[str]:
    """The kinds of what is proven."""
    return [statement.kind for statement in verdict.proven]
