"""Sealing the index of subjects, and proving from it that nothing about a subject was left out (DESIGN §4).

The index is made from the book's own entries, a day's work once a day, and lies in `log/<book>/subject-index.db` until
the next one: whatever is lost there is made anew from the book, and is the same.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from api.folder import held
from api.ledger import Ledger, Placed
from audit.completeness import Incomplete, SealedIndex, SubjectProof, check_complete
from audit.indexing import IndexUnusable, SubjectIndex, make_index
from audit.stores import Sealed
from audit.subjects import SCHEME, mentions
from domain.event import SYSTEM, BookName
from domain.public_log import HOUSEKEEPING, SubjectIndexSealed
from domain.refusal import Refused
from projections.tables.internal import SUBJECT_INDEX

INDEX = "subject-index.db"
LOCK = "subject-index.lock"

_seal = msgspec.json.Decoder(SubjectIndexSealed)


class Seal(NamedTuple):
    """What was sealed, with the entry that says so and its position."""

    position: int
    over: SealedIndex
    event: SubjectIndexSealed


class Proven(NamedTuple):
    """What a bundle holds about completeness: the seal, the proof, and the positions of all entries meant by it."""

    seal: Seal
    proof: SubjectProof
    positions: list[int]


class IndexDiffers(ValueError):
    """The index over the entries is not the one that was sealed; the text gives both."""


def seal_index(ledger: Ledger, book: BookName) -> Seal:
    """Seal the index over all entries that `book` has now; the entry that says so is behind them.

    Raises:
        Refused: `E-CONFLICT` when another process seals at the same time.
    """
    with held(_file(ledger, book).with_name(LOCK), wait=False) as ours:
        if not ours:
            raise Refused("E-CONFLICT", why="Another process seals the index of subjects now.", remedy="Wait for it.")
        size = ledger.book(book).head.position
        sealed = make_index(_file(ledger, book), _entries(ledger, book, size))
        stream = ledger.stream("subject-index", book.value)
        last = ledger.book(book).latest([stream]).get(stream)
        event = SubjectIndexSealed(
            **ledger.envelope(SubjectIndexSealed, actor=SYSTEM),
            size=sealed.size,
            root=sealed.root.hex(),
            subject_count=sealed.subjects,
            scheme=SCHEME,
        )
        [position] = ledger.append(book, [Placed(stream, last.version + 1 if last else 1, event)])
    return Seal(position, sealed, event)


def seal_due(ledger: Ledger) -> list[BookName]:
    """Seal the index of each book that has grown since an earlier day's seal; gives which were sealed.

    For whoever serves, as often as they like: a book that another process seals now is left to it.
    """
    done = []
    for book in BookName:
        try:
            if _is_due(ledger, book):
                seal_index(ledger, book)
                done.append(book)
        except Refused as refused:
            if refused.code != "E-CONFLICT":
                raise
    return done


def last_seal(ledger: Ledger, book: BookName) -> Seal | None:
    """The last index that was sealed in `book`."""
    stream = ledger.stream("subject-index", book.value)
    entry = ledger.book(book).latest([stream]).get(stream)
    if entry is None:
        return None
    event = _seal.decode(entry.state)
    return Seal(entry.position, SealedIndex(event.size, bytes.fromhex(event.root), event.subject_count), event)


def check_last_seal(ledger: Ledger, book: BookName) -> Seal | None:
    """Make the index anew from the entries and compare it with the last one sealed, which is given; None without one.

    Raises:
        IndexDiffers: when it is another.
    """
    seal = last_seal(ledger, book)
    if seal is not None:
        _make_again(ledger, book, seal)
    return seal


def prove_subject(ledger: Ledger, book: BookName, subject: str) -> Proven:
    """The proof of what the last sealed index of `book` has about `subject`, as `kind:reference`.

    Raises:
        Refused: `E-STATE` when none was sealed yet.
        IndexDiffers: when the entries are not those that were sealed.
    """
    seal = last_seal(ledger, book)
    if seal is None:
        raise Refused(
            "E-STATE",
            field="book",
            value=book.value,
            why=f"No index of subjects was sealed in the {book.value} book yet.",
            remedy="Seal one: mingzhang log seal-index.",
        )
    proof = _from_kept(ledger, book, seal, subject)
    if proof is None:
        _make_again(ledger, book, seal)
        proof = _from_kept(ledger, book, seal, subject)
    if proof is None:
        raise IndexDiffers(f"The index of the {book.value} book was made anew and cannot be read.")
    entries = _entries_of(ledger, book, subject, seal.over.size) if proof.own else []
    try:
        check_complete(proof, entries, seal.over)
    except Incomplete as fault:
        raise IndexDiffers(f"{fault} Make the views anew: mingzhang rebuild.") from fault
    return Proven(seal, proof, [position for position, _ in entries])


def _is_due(ledger: Ledger, book: BookName) -> bool:
    seal = last_seal(ledger, book)
    if seal is None:
        return ledger.book(book).head.position > 0
    is_of_today = seal.event.occurred_on >= ledger.today
    return not is_of_today and any(
        entry.topic not in HOUSEKEEPING for entry in ledger.book(book).read(seal.over.size + 1)
    )


def _entries(ledger: Ledger, book: BookName, size: int) -> Iterator[bytes]:
    return (sealed.entry for sealed in ledger.book(book).read(1, through=size))


def _from_kept(ledger: Ledger, book: BookName, seal: Seal, subject: str) -> SubjectProof | None:
    """The proof from the kept index; None when that is none, another one's, or damaged."""
    try:
        with closing(SubjectIndex.open(_file(ledger, book))) as index:
            return index.prove(subject) if index.sealed == seal.over else None
    except IndexUnusable:
        return None


def _make_again(ledger: Ledger, book: BookName, seal: Seal) -> None:
    with held(_file(ledger, book).with_name(LOCK), wait=True):
        made = make_index(_file(ledger, book), _entries(ledger, book, seal.over.size))
    if made != seal.over:
        raise IndexDiffers(
            f"The index of subjects over entries 1 to {seal.over.size} of the {book.value} book was sealed at "
            f"{seal.position} with root {seal.over.root.hex()} and {seal.over.subjects} subjects; the entries give "
            f"{made.root.hex()} and {made.subjects}."
        )


def _entries_of(ledger: Ledger, book: BookName, subject: str, size: int) -> list[tuple[int, bytes]]:
    """The entries that the index over 1 … `size` has under `subject`, `(position, leaf)` each, by their position."""
    found: set[int] = set()
    for sealed in _candidates(ledger, book, subject):
        if sealed.position <= size:
            found.update(at for named, at in mentions(sealed.position, sealed.entry) if named == subject)
    return [(sealed.position, sealed.leaf) for sealed in ledger.book(book).at(sorted(found))]


def _candidates(ledger: Ledger, book: BookName, subject: str) -> Iterable[Sealed]:
    """The entries that may name `subject`: those of its stream or those that the views name, else the whole book.

    The views know the subjects of the money book, and more of them under a subject than name it themselves.
    """
    kind, _, reference = subject.partition(":")
    if kind == "stream":
        return ledger.book(book).stream(UUID(reference))
    if book is not BookName.MONEY:
        return ledger.book(book).read()
    ledger.catch_up()
    index = SUBJECT_INDEX.c
    named = select(index.position).where(index.kind == kind, index.value == reference).order_by(index.position)
    with ledger.engine.connect() as connection:
        return ledger.money.at(connection.execute(named).scalars().all())


def _file(ledger: Ledger, book: BookName) -> Path:
    folder = ledger.folder.path / "log" / book.value
    folder.mkdir(parents=True, exist_ok=True)
    return folder / INDEX
