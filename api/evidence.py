"""Which entries are evidence about a subject, and what answers for them: the sealed index and the newest signed head.

Entries are named by their positions, and read when they are needed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from api.completeness import IndexDiffers, Proven, prove_subject
from api.ledger import Ledger
from api.public_log import PublicLog, Published
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.seal import leaf_of
from audit.stores import Sealed
from audit.subjects import mentions
from domain.event import BookName
from domain.refusal import Refused


class Part(NamedTuple):
    """Evidence in one book: its published log, and the positions of what belongs to the evidence, ascending."""

    book: BookName
    log: PublicLog
    published: Published
    tree: LogTree
    positions: Sequence[int]

    @property
    def size(self) -> int:
        """How many entries the head is over."""
        return self.published.head.size

    def entries(self, ledger: Ledger) -> Iterator[Sealed]:
        """The entries, each compared with the published log.

        Raises:
            Refused: `E-PROOF` when one is not what the log holds.
        """
        for sealed in ledger.book(self.book).at(self.positions):
            try:
                logged = self.tree.leaf(sealed.position - 1)
            except TilesDamaged as damage:
                raise self.log.damaged(damage) from damage
            if logged != leaf_of(sealed.entry):
                raise _changed(
                    self.book, f"entry {sealed.position} gives {leaf_of(sealed.entry).hex()}, not {logged.hex()}."
                )
            yield sealed

    def proof(self, position: int) -> list[bytes]:
        """The proof that the entry at `position` is under the head.

        Raises:
            Refused: `E-PROOF` when the log's files were changed.
        """
        try:
            return self.tree.inclusion(position - 1)
        except TilesDamaged as damage:
            raise self.log.damaged(damage) from damage


class Evidence(NamedTuple):
    """All that is recorded about a subject.

    proven:  what the sealed index has, and where it was sealed.
    about:   the entries of the subject's own book that name it, as far as the head goes, ascending.
    parts:   that book with the entry that seals the index, and, behind it, the book whose entries those cite.
    """

    subject: str
    proven: Proven
    about: Sequence[int]
    parts: Sequence[Part]

    @property
    def sealed_at(self) -> int:
        """The position of the entry that seals the index."""
        return self.proven.seal.position

    @property
    def later(self) -> int:
        """How many of the entries the index does not count yet."""
        return len(self.about) - len(self.proven.positions)

    @property
    def cited(self) -> Sequence[int]:
        """The entries of the other book."""
        return self.parts[1].positions if self.parts[1:] else ()


def evidence_about(ledger: Ledger, book: BookName, subject: str) -> Evidence:
    """The evidence about `subject`, as `kind:reference`, that is in `book`; with nothing about it when there is none.

    Raises:
        Refused: `E-STATE` when no index is sealed yet, or no head is signed over all of it; `E-PROOF` when the book is
            not what was sealed or signed.
    """
    try:
        proven = prove_subject(ledger, book, subject)
    except IndexDiffers as fault:
        raise _changed(book, str(fault)) from fault
    about = sorted({*proven.positions, *_later(ledger, book, subject, proven)})
    first = _part(ledger, book, sorted({*about, proven.seal.position}))
    parts = [first]
    if book is not BookName.MONEY and (cited := _cited(ledger, first)):
        parts.append(_part(ledger, BookName.MONEY, cited))
    return Evidence(subject, proven, about, parts)


def _later(ledger: Ledger, book: BookName, subject: str, proven: Proven) -> Iterator[int]:
    """The entries behind the sealed index that name the subject, and those that they put under it."""
    for sealed in ledger.book(book).read(proven.seal.over.size + 1):
        for named, at in mentions(sealed.position, sealed.entry):
            if named == subject:
                yield at
                yield sealed.position


def _part(ledger: Ledger, book: BookName, positions: Sequence[int]) -> Part:
    log = PublicLog(ledger, book)
    try:
        published, tree = log.opened()
    except LookupError as fault:
        raise _uncovered(book, positions[-1], 0) from fault
    if positions[-1] > published.head.size:
        raise _uncovered(book, positions[-1], published.head.size)
    return Part(book, log, published, tree, positions)


def _cited(ledger: Ledger, part: Part) -> list[int]:
    """The entries of the money book that the evidence cites: an alert's grounds."""
    found: set[int] = set()
    for sealed in part.entries(ledger):
        found.update(msgspec.json.decode(sealed.state).get("event_refs", ()))
    return sorted(found)


def _uncovered(book: BookName, position: int, size: int) -> Refused:
    return Refused(
        "E-STATE",
        field="book",
        value=book.value,
        why=f"Entry {position} of the {book.value} book is under no signed head yet; the newest is of {size} entries.",
        remedy=f"Sign one first: mingzhang checkpoint --book {book.value}.",
    )


def _changed(book: BookName, why: str) -> Refused:
    return Refused(
        "E-PROOF",
        field="book",
        value=book.value,
        why=f"The {book.value} book is not what was sealed or signed: {why}",
        remedy="No evidence is made of it. Run mingzhang verify; compare with what mirrors and auditors hold.",
    )
