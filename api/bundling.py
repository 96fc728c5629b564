"""Making evidence bundles: all that a book says about one subject, to be checked offline (DESIGN §4, docs/bundle.md).

    sealed index ──► which entries ──► published log ──► their proofs ──► one zip, and a page to read it by

Nothing is signed, sealed or published for it: a bundle shows what the newest head answers for. Entries are read as they
are needed, several times rather than kept. Which entries they are is found in `api.evidence`.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import BinaryIO, NamedTuple, cast
from unicodedata import normalize

import msgspec

from api.anchor_files import AnchorFiles
from api.evidence import Evidence, Part, evidence_about
from api.ledger import Ledger
from api.reading import by_reference
from api.reports.bundle import BookShown, Reading, Role, write_report
from api.revealing import leave_trace
from audit.bundle import layout
from audit.bundle.archive import ArchiveTooLarge
from audit.bundle.attachments import Attachments
from audit.bundle.completeness import Completeness
from audit.bundle.layout import Place, order_of, place_of
from audit.bundle.manifest import BookTold, Manifest
from audit.bundle.stamps import consistency_content
from audit.bundle.writing import BundleWriter, checkpoint_name, entry_name, proof_content, proof_name
from domain.event import KEEPER, BookName
from domain.refusal import Refused
from vault.masking import masked

OF_SUPERVISION = frozenset({"alert", "spot-check"})
"""Kinds of subject that the supervision book is about; all others are looked for in the money book."""


class Wanted(NamedTuple):
    """What is to be bundled.

    subject:     `kind:reference`; a person, account or phone may be named by number.
    book:        None: the one that the subject's kind belongs to.
    is_absent:   whether it is to be shown that nothing is recorded about it.
    reveal_for:  the reason for which names and numbers stand in the report; None: they are masked.
    """

    subject: str
    book: BookName | None = None
    is_absent: bool = False
    reveal_for: str | None = None
    actor: str = KEEPER


class Bundled(NamedTuple):
    """What a bundle holds: so many `entries` name the subject; none is left out up to `complete_to`."""

    subject: str
    book: str
    entries: int
    complete_to: int
    size: int
    root: str
    sha256: str


def bundle(ledger: Ledger, wanted: Wanted, to: Path) -> Bundled:
    """Write the evidence bundle to the file `to`, which appears when it is whole.

    Raises:
        LookupError: when the ledger names the subject nowhere, and this is not what is to be shown; or the other way
            round.
        Refused: `E-STATE` when no index is sealed, or no head is signed over what goes in; `E-PROOF` when the book is
            not what was sealed or signed; `E-DUP` when there is such a file; `E-SCHEMA` when a reveal has no reason;
            `E-FILE` when it would be larger than 4 GiB.
    """
    if to.exists():
        raise Refused("E-DUP", field="OUT", value=to.name, why=f"There is a file {to} already.", remedy="Name another.")
    _refuse_no_reason(wanted)
    subject = by_reference(ledger, normalize("NFC", wanted.subject))
    natural = BookName.SUPERVISION if subject.partition(":")[0] in OF_SUPERVISION else BookName.MONEY
    evidence = evidence_about(ledger, wanted.book or natural, subject)
    _refuse_other(evidence, wanted)
    if wanted.reveal_for is not None:
        entries = sum(len(part.positions) for part in evidence.parts)
        where, why = "bundle", wanted.reveal_for
        leave_trace(ledger, where=where, subject=subject, why=why, references=entries, actor=wanted.actor)
    with _appearing(to) as file:
        try:
            _write(ledger, evidence, wanted, file)
        except ArchiveTooLarge as fault:
            remedy = "Bundle the people, projects or contracts that it consists of, one by one."
            raise Refused("E-FILE", field="SUBJECT", why=str(fault), remedy=remedy) from fault
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    first = evidence.parts[0]
    return Bundled(
        subject=subject,
        book=first.book.value,
        entries=len(evidence.about),
        complete_to=evidence.proven.seal.over.size,
        size=first.size,
        root=first.published.head.root.hex(),
        sha256=sha256,
    )


def _write(ledger: Ledger, evidence: Evidence, wanted: Wanted, file: BinaryIO) -> None:
    parts = sorted(evidence.parts, key=lambda part: part.book.value)
    with BundleWriter(file) as writer:
        stamps = {part.book: _write_anchors(ledger, part, writer) for part in parts}
        writer.add(layout.ATTACHMENTS, _attachments(ledger, evidence).content)
        for part in parts:
            writer.add(checkpoint_name(part.book.value), part.published.note.encode())
        writer.add(layout.COMPLETENESS, Completeness(evidence.sealed_at, evidence.proven.proof).content)
        for part in parts:
            for sealed in part.entries(ledger):
                writer.add(entry_name(part.book.value, sealed.position), sealed.entry)
        for part in parts:
            for position in part.positions:
                writer.add(proof_name(part.book.value, position), proof_content(position, part.proof(position)))
        with TemporaryFile() as report:
            write_report(ledger, _reading(evidence, wanted, stamps), report)
            writer.add(layout.REPORT, report)
        writer.finish(Manifest(evidence.subject, tuple(_told(part) for part in evidence.parts)))


def _write_anchors(ledger: Ledger, part: Part, writer: BundleWriter) -> int:
    """Put in the stamps over the first and the last entry, with what renewed them; gives how many stamps there are."""
    files = AnchorFiles(ledger, part.book)
    members: dict[Place, bytes] = {}
    for position in {part.positions[0], part.positions[-1]}:
        for name, content in files.covering(position).items():
            place = place_of(f"{layout.ANCHORS}/{part.book.value}/{name}")
            members[place] = content
            if place.part == layout.HEAD:
                members[place._replace(part=layout.CONSISTENCY)] = _consistency(part, place.number)
    for place in sorted(members, key=order_of):
        writer.add(place.name, members[place])
    return sum(place.part == layout.HEAD for place in members)


def _consistency(part: Part, size: int) -> bytes:
    return consistency_content(part.log.consistency(size, part.size))


def _attachments(ledger: Ledger, evidence: Evidence) -> Attachments:
    """The files that the entries cite; what seals the index cites none."""
    found = Attachments()
    for part in evidence.parts:
        for sealed in part.entries(ledger):
            if part is not evidence.parts[0] or sealed.position != evidence.sealed_at:
                found.take(part.book.value, sealed.position, msgspec.json.decode(sealed.state))
    return found


def _told(part: Part) -> BookTold:
    """A book as the manifest tells of it."""
    return BookTold(part.book.value, part.log.origin, *part.published.head, entries=len(part.positions))


def _reading(evidence: Evidence, wanted: Wanted, stamps: Mapping[BookName, int]) -> Reading:
    """What the report is to say."""
    first = evidence.parts[0]
    roles = [
        Role(first.book, "about", evidence.about),
        Role(first.book, "sealing", sorted({evidence.sealed_at} - set(evidence.about))),
        Role(BookName.MONEY, "cited", evidence.cited),
    ]
    return Reading(
        subject=evidence.subject,
        books=[
            BookShown(part.book.value, part.log.origin, part.size, part.published.head.root.hex(), stamps[part.book])
            for part in evidence.parts
        ],
        roles=roles,
        complete_to=evidence.proven.seal.over.size,
        sealed_at=evidence.sealed_at,
        counted=len(evidence.proven.positions),
        later=evidence.later,
        reason=wanted.reveal_for,
    )


def _refuse_no_reason(wanted: Wanted) -> None:
    if wanted.reveal_for is not None and not wanted.reveal_for.strip():
        raise Refused(
            "E-SCHEMA",
            field="--reason",
            why="Names and numbers are revealed for a reason, and none is given.",
            remedy="Say why; it stands in the trace that the reveal leaves, and in the report.",
        )


def _refuse_other(evidence: Evidence, wanted: Wanted) -> None:
    subject, book = masked(evidence.subject), evidence.parts[0].book.value
    if not evidence.about and not wanted.is_absent:
        raise LookupError(
            f"{book} 账内没有 {subject}；请核对编号，若要证明没有，请加 --absent / "
            f"{subject} is nowhere in the {book} book; check the number, or add --absent to prove that."
        )
    if evidence.about and wanted.is_absent:
        raise LookupError(
            f"{book} 账内有 {subject} 的 {len(evidence.about)} 条，不能证明没有 / "
            f"There are {len(evidence.about)} entries about {subject} in the {book} book."
        )


@contextmanager
def _appearing(to: Path) -> Iterator[BufferedRandom]:
    """A new file beside `to`, which becomes `to` when the block has run to its end; gone when it has not."""
    with NamedTemporaryFile(dir=to.parent, prefix=f".{to.name}-", delete=False) as file:
        try:
            yield cast("BufferedRandom", file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            with suppress(OSError):
                Path(file.name).unlink()
            raise
    Path(file.name).replace(to)
