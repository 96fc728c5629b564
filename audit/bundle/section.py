"""One book in a bundle: its head, its entries, and the proofs that lead from them to the head.

Memory: 32 bytes and a number for each entry of the subject; never the entries themselves.
"""

import json
from collections.abc import Mapping
from typing import Any

from audit.bundle.attachments import Attachments
from audit.bundle.manifest import BookTold
from audit.bundle.stamps import Anchors
from audit.bundle.verdict import Findings
from audit.completeness import HASH_BYTES, SealedIndex, sealed_by
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.note import NoteInvalid, parse
from audit.log.policy import Policy, Verdict
from audit.log.receipt import ReceiptInvalid, parse_receipt
from audit.merkle import ProofInvalid, verify_inclusion
from audit.seal import NotAnEntry, leaf_of
from audit.seal import parse as parse_entry
from audit.subjects import mentions

MOST_TOLD = 20
"""Faults of one kind that are told one by one; the rest is counted."""


class BundleRefused(ValueError):
    """A bundle that is not built like one, so that nothing in it can be looked at any further."""


class Section:
    """What was read of one book so far."""

    def __init__(self, told: BookTold, subject: str, findings: Findings) -> None:
        self.told = told
        self.subject = subject
        self.leaves: dict[int, bytes] = {}
        self.about: dict[int, int] = {}
        self.cited: set[int] = set()
        self.sealed_at = 0
        self.seal: SealedIndex | None = None
        self.sealed_on = ""
        self.checkpoint: Checkpoint | None = None
        self.note = b""
        self.anchors = Anchors(told)
        self._findings = findings
        self._proofs = 0
        self._unproven: list[str] = []
        self.is_signed = False

    @property
    def is_included(self) -> bool:
        """Whether every entry was shown to lead to the head."""
        return self.checkpoint is not None and not self._unproven and self._proofs == len(self.leaves)

    def about_subject(self, *, through: int | None = None) -> list[tuple[int, bytes]]:
        """The entries about the subject that are here, `(position, leaf)` each, by their position.

        through:  only what the entries up to there say to be about it: a later correction can put an earlier entry
            under the subject.
        """
        found = sorted(at for at, told in self.about.items() if through is None or told <= through)
        return [(at, self.leaves[at]) for at in found if at in self.leaves]

    def take_checkpoint(self, raw: bytes) -> None:
        """Read the signed head; who signed it is asked later.

        Raises:
            BundleRefused: when it is none, or not the one that the manifest tells of.
        """
        try:
            found = parse_text(parse(raw).text)
        except NoteInvalid as fault:
            raise BundleRefused(f"The checkpoint of {self.told.book} is none: {fault}") from fault
        if found[:3] != self.told[1:4]:
            raise BundleRefused(f"The manifest tells of another head of {self.told.book} than its checkpoint.")
        self.checkpoint, self.note = found, raw

    def take_entry(self, position: int, raw: bytes, attachments: Attachments) -> None:
        """Read one entry: its leaf, what it names and what it cites.

        Raises:
            BundleRefused: when it is none.
        """
        try:
            state: dict[str, Any] = json.loads(parse_entry(raw).state)
            for named, at in mentions(position, raw):
                if named == self.subject:
                    self.about.setdefault(at, position)
            if position == self.sealed_at:
                self.seal, self.sealed_on = _whole(sealed_by(position, raw)), str(state.get("recorded_at", ""))
        except (NotAnEntry, ProofInvalid, LookupError, TypeError, ValueError) as fault:
            raise BundleRefused(f"Entry {position} of {self.told.book}: {fault}") from fault
        self.leaves[position] = leaf_of(raw)
        if position != self.sealed_at:
            attachments.take(self.told.book, position, state)
            self.cited.update(_cited_by(state))

    def take_proof(self, position: int, raw: bytes) -> None:
        """Check that the entry at `position` leads to the head.

        Raises:
            BundleRefused: when the proof is none, or is of no entry that is here.
        """
        leaf = self.leaves.get(position)
        if leaf is None or self.checkpoint is None:
            raise BundleRefused(f"There is a proof of entry {position} of {self.told.book}, but no such entry or head.")
        try:
            receipt = parse_receipt(raw)
        except ReceiptInvalid as fault:
            raise BundleRefused(f"The proof of entry {position} of {self.told.book} is none: {fault}") from fault
        if receipt.leaf_index != position - 1 or receipt.extra or receipt.checkpoint or str(receipt).encode() != raw:
            raise BundleRefused(f"The proof of entry {position} of {self.told.book} is not as it would be written.")
        try:
            verify_inclusion(leaf, position - 1, self.told.size, receipt.proof, self.told.root)
        except ProofInvalid as fault:
            self._unproven.append(f"{position}: {fault}")
        self._proofs += 1

    def conclude(self, policy: Policy, retired: Mapping[str, int]) -> None:
        """Say whether the head is signed and witnessed, and whether the entries are in the log.

        Raises:
            BundleRefused: when the checkpoint is not there, or there are more or fewer entries than are told.
        """
        book = self.told.book
        if self.checkpoint is None:
            raise BundleRefused(f"The checkpoint of {book} is missing.")
        if len(self.leaves) != self.told.entries:
            raise BundleRefused(
                f"The manifest tells of {self.told.entries} entries of {book}; {len(self.leaves)} are here."
            )
        try:
            self._tell_signers(policy.judge(self.note), policy, retired)
        except NoteInvalid as fault:
            self._findings.refute("unsigned", book=book, why=str(fault))
        self._tell_inclusion()

    def _tell_signers(self, judged: Verdict, policy: Policy, retired: Mapping[str, int]) -> None:
        book, findings, size = self.told.book, self._findings, self.told.size
        stolen = [key for key in judged.log_keys if retired.get(key.vkey, size) < size]
        for key in stolen:
            named = f"{key.name}+{key.key_id.hex()}"
            findings.refute("retired", book=book, key=named, last_size=retired[key.vkey], size=size)
        if stolen:
            return
        self.is_signed = True
        keys = [f"{key.name}+{key.key_id.hex()}" for key in judged.log_keys]
        findings.prove("signed", book=book, origin=self.told.origin, size=size, keys=keys)
        for seen in judged.seen:
            findings.prove("witnessed", book=book, witness=seen.witness, seconds=seen.timestamp)
        if not judged.is_reached:
            findings.refute("quorum", book=book, why=judged.missing)
        elif policy.witnesses and judged.seen:
            findings.prove("quorum_reached", book=book, witnesses=len(judged.seen))
        if not judged.seen:
            findings.leave("unwitnessed", book=book)

    def _tell_inclusion(self) -> None:
        book, findings = self.told.book, self._findings
        for why in self._unproven[:MOST_TOLD]:
            findings.refute("not_included", book=book, why=why)
        if len(self._unproven) > MOST_TOLD:
            findings.refute("more_not_included", book=book, entries=len(self._unproven) - MOST_TOLD)
        if self._proofs != len(self.leaves):
            findings.refute("without_proof", book=book, entries=len(self.leaves) - self._proofs)
        if self.is_included and self.is_signed and self.leaves:
            findings.prove(
                "included" if self.sealed_at else "cited_included",
                book=book,
                origin=self.told.origin,
                entries=len(self.leaves),
                first=min(self.leaves),
                last=max(self.leaves),
                size=self.told.size,
            )


def _whole(seal: SealedIndex) -> SealedIndex:
    if {type(seal.size), type(seal.subjects)} != {int} or len(seal.root) != HASH_BYTES:
        raise TypeError("the sealed index is none")
    return seal


def _cited_by(state: Mapping[str, Any]) -> list[int]:
    """The entries of another book that an entry rests on: an alert's evidence."""
    told = state.get("event_refs")
    return [at for at in told if isinstance(at, int)] if isinstance(told, list) else []
