"""The verifier of bundles: every byte accounted for, every entry led to a signed head, and none left out.

One pass over the file, its members in their order. What is built otherwise than a bundle is refused at once; whatever
else does not hold is gathered, so that whoever reads the verdict sees all of it. Nothing in a bundle is believed but
what the policy's keys signed; the file is read, never unpacked.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509

from audit.bundle import layout
from audit.bundle.archive import Archive, ArchiveRefused, Record
from audit.bundle.attachments import Attachments
from audit.bundle.completeness import Completeness
from audit.bundle.layout import NoMember, Place, order_of, place_of
from audit.bundle.manifest import LONGEST_LINE_BYTES, Manifest, ManifestInvalid, member_line, read_first_line
from audit.bundle.section import BundleRefused, Section
from audit.bundle.verdict import Findings, Verdict
from audit.completeness import check_complete
from audit.log.policy import Policy
from audit.merkle import ProofInvalid

MOST_NAMED = 20
"""Positions that a finding names one by one."""


class Trust(NamedTuple):
    """Whom the reader believes.

    policy:       the logs, the witnesses and the quorum.
    retired:      the largest size for which a log's key, by its vkey, is still believed.
    authorities:  certificates to which a time stamp has to lead; None: time stamps are left out of account.
    now:          the instant at which a time stamp still has to hold.
    subject:      what the bundle has to be about; empty: whatever it is about.
    """

    policy: Policy
    now: datetime
    retired: Mapping[str, int] = {}
    authorities: Sequence[x509.Certificate] | None = ()
    subject: str = ""


def examine(path: Path, trust: Trust) -> Verdict:
    """What the bundle at `path` proves to somebody who trusts `trust`.

    Raises:
        OSError: when the file cannot be read. Whatever is wrong with its content is in the verdict.
    """
    findings = Findings()
    subject = ""
    try:
        with Archive.open(path) as archive:
            examination = _Examination(archive, findings)
            subject = examination.manifest.subject
            examination.run()
            examination.conclude(trust)
    except (ArchiveRefused, ManifestInvalid, NoMember, BundleRefused) as fault:
        findings.refute("refused", why=str(fault))
    found = findings.verdict
    if found.refuted and any(statement.kind == "refused" for statement in found.refuted):
        return Verdict(subject, (), found.refuted, ())
    return found._replace(subject=subject)


class _Examination:
    """One bundle while it is read."""

    def __init__(self, archive: Archive, findings: Findings) -> None:
        """Read the directory and the manifest's first line."""
        self._archive = archive
        self._findings = findings
        last = None
        for last in archive.records():  # noqa: B007  the last one
            pass
        if last is None or last.name != layout.MANIFEST:
            raise BundleRefused("The last member is not manifest.json.")
        self._listing = archive.lines(last, LONGEST_LINE_BYTES)
        self.manifest: Manifest = read_first_line(next(self._listing, b""))
        self._attachments = Attachments()
        self._attached: bytes | None = None
        self._completeness: Completeness | None = None
        self._has_report = False
        self._sections = {told.book: Section(told, self.manifest.subject, findings) for told in self.manifest.books}
        self._take: dict[str, Callable[[Place, bytes], None]] = {
            layout.ANCHORS: self._take_anchor,
            layout.ATTACHMENTS: self._take_attachments,
            layout.CHECKPOINTS: lambda place, raw: self._section(place).take_checkpoint(raw),
            layout.COMPLETENESS: self._take_completeness,
            layout.ENTRIES: lambda place, raw: self._section(place).take_entry(place.number, raw, self._attachments),
            layout.PROOFS: lambda place, raw: self._section(place).take_proof(place.number, raw),
        }

    @property
    def _first(self) -> Section:
        """The book that the subject is in."""
        return self._sections[self.manifest.books[0].book]

    def run(self) -> None:
        """Read every member, and compare it with its line of the manifest."""
        last: Place | None = None
        for number, record in enumerate(self._archive.records(), start=1):
            place = place_of(record.name)
            if last is not None and order_of(place) <= order_of(last):
                raise BundleRefused(f"{record.name} stands behind {last.name}: twice, or not in its order.")
            last = place
            if place.kind != layout.MANIFEST:
                self._read(record, place, is_last=number == self._archive.end.members - 1)
        if next(self._listing, b"") != b"]}\n" or next(self._listing, None) is not None:
            raise ManifestInvalid("The manifest tells of more members than there are, or does not end.")

    def conclude(self, trust: Trust) -> None:
        """Say what follows from all that was read."""
        if self._completeness is None or self._attached is None or not self._has_report:
            raise BundleRefused("A member is missing: completeness.json, attachments.json or report.html.")
        if trust.subject not in ("", self.manifest.subject):
            self._findings.refute("other_subject", subject=self.manifest.subject, expected=trust.subject)
        for section in self._sections.values():
            section.conclude(trust.policy, trust.retired)
            section.anchors.conclude(trust.authorities, trust.now, sorted(section.leaves), self._findings)
        self._tell_strangers()
        self._tell_completeness(self._completeness)
        self._tell_attachments(self._attached)
        self._tell_open()

    def _read(self, record: Record, place: Place, *, is_last: bool) -> None:
        digest = hashlib.sha256()
        largest = layout.LARGEST_BYTES[place.kind]
        if largest is not None and record.size > largest:
            raise BundleRefused(f"{record.name} has {record.size} bytes, more than {largest}.")
        held = []
        for piece in self._archive.content(record):
            digest.update(piece)
            if largest is not None:
                held.append(piece)
        told = next(self._listing, b"")
        if told != member_line(record.name, record.size, digest.digest()) + (b"\n" if is_last else b",\n"):
            raise ManifestInvalid(f"What {record.name} holds is not what the manifest tells of it.")
        if place.kind == layout.REPORT:
            self._has_report = True
        else:
            self._take[place.kind](place, b"".join(held))

    def _section(self, place: Place) -> Section:
        section = self._sections.get(place.book)
        if section is None:
            raise BundleRefused(f"{place.name} is of a book that the manifest does not tell of.")
        return section

    def _take_anchor(self, place: Place, raw: bytes) -> None:
        try:
            self._section(place).anchors.take(place, raw)
        except ValueError as fault:
            raise BundleRefused(str(fault)) from fault

    def _take_attachments(self, place: Place, raw: bytes) -> None:
        self._attached = raw

    def _take_completeness(self, place: Place, raw: bytes) -> None:
        try:
            self._completeness = Completeness.read(raw)
        except ProofInvalid as fault:
            raise BundleRefused(str(fault)) from fault
        if self._completeness.proof.subject != self.manifest.subject:
            raise BundleRefused(f"The completeness proof is of another subject than {self.manifest.subject}.")
        self._first.sealed_at = self._completeness.sealed_at

    def _tell_strangers(self) -> None:
        """Name the entries that are neither about the subject nor cited by those that are."""
        first = self._first
        for section in self._sections.values():
            known = {*first.about, first.sealed_at} if section is first else first.cited
            strange = sorted(section.leaves.keys() - known)
            if strange:
                self._findings.refute("strange", book=section.told.book, entries=len(strange), **_named(strange))
        here = sum(len(section.leaves) for section in self._sections.values() if section is not first)
        if first.cited:
            self._findings.leave("cited", cited=len(first.cited), here=here)

    def _tell_completeness(self, completeness: Completeness) -> None:
        first, findings = self._first, self._findings
        book, seal = first.told.book, first.seal
        if seal is None:
            findings.refute("index_missing", book=book, sealed_at=completeness.sealed_at)
            return
        counted = [(at, leaf) for at, leaf in first.about_subject(through=seal.size) if at <= seal.size]
        try:
            check_complete(completeness.proof, counted, seal)
        except ProofInvalid as fault:
            findings.refute("incomplete", book=book, size=seal.size, why=str(fault))
            return
        if first.is_included and first.is_signed:
            findings.prove(
                "complete" if counted else "none_there",
                book=book,
                origin=first.told.origin,
                subject=self.manifest.subject,
                entries=len(counted),
                size=seal.size,
                sealed_at=completeness.sealed_at,
                sealed_on=first.sealed_on,
            )
        findings.leave("later", book=book, size=seal.size, entries=len(first.about_subject()) - len(counted))

    def _tell_attachments(self, attached: bytes) -> None:
        """Compare the list of files with what the entries cite."""
        if attached != self._attachments.content:
            self._findings.refute("attachments_differ")
        elif self._attachments.files:
            self._findings.prove("attachments", files=sorted(self._attachments.files))

    def _tell_open(self) -> None:
        for kind in ("report", "sealed", "truth", "never_recorded"):
            self._findings.leave(kind)


def _named(positions: list[int]) -> dict[str, Any]:
    return {"positions": positions[:MOST_NAMED]}


def listed(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The entries of a bundle, `(place, bytes)` each, as they stand in it: after `examine` said that they hold.

    Raises:
        ArchiveRefused: when the file has changed since.
    """
    with Archive.open(path) as archive:
        for record in archive.records():
            place = place_of(record.name)
            if place.kind == layout.ENTRIES:
                yield place, b"".join(archive.content(record))
