"""Checking the time stamps that a ledger keeps, offline: each of them, and that the log adds to what was stamped.

And from the book to the files: a stamp that it tells of and that nobody has here is missed.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from cryptography import x509

from api.anchor_files import RENEWED, AnchorFiles, checkpoint_in
from api.anchoring import MEDIUM
from api.ledger import Ledger
from api.public_log import PublicLog
from api.recorded_anchors import digest_of, recorded_anchors
from audit.log.checkpoint import Checkpoint
from audit.log.note import NoteInvalid
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.renewals import CHECKPOINT, Judged, Stamped, judge
from domain.clock import instant
from domain.event import BookName
from domain.public_log import CheckpointAnchored
from domain.refusal import Refused


class CheckedAnchor(NamedTuple):
    """One stamp, and what is wrong with it: nothing, when `faults` is empty."""

    judged: Judged
    head: Checkpoint | None
    faults: tuple[str, ...]

    @property
    def told(self) -> dict[str, Any]:
        """As JSON; what is not known is left out."""
        stamp, head, until = self.judged.stamp, self.head, self.judged.holds_until
        parts = {
            "name": self.judged.name,
            "size": head.size if head else None,
            "root": head.root.hex() if head else None,
            "stamped_at": instant(stamp.stamped_at) if stamp else None,
            "authority": stamp.authority if stamp else None,
            "holds_until": instant(until) if until else None,
            "renewed_by": list(self.judged.renewed_by),
            "faults": list(self.faults),
        }
        return {name: part for name, part in parts.items() if part is not None}


def check_anchors(ledger: Ledger, book: BookName, trusted: Sequence[x509.Certificate]) -> list[CheckedAnchor]:
    """Check every stamp over heads of `book`: those that are kept, checkpoints first, then those that are gone.

    trusted:  up to which certificates the authorities' have to chain.
    """
    files = AnchorFiles(ledger, book)
    log = PublicLog(ledger, book)
    tree = _tree_of(log)
    missed = missed_anchors(ledger, book)
    recorded = {digest for event in recorded_anchors(ledger, book) for digest in event.evidence}
    checked = []
    for judged in judge(files.anchors(), files.renewals(), trusted):
        one = files.named(judged.name)
        head, denied = _head_in(one, log, tree) if one.is_anchor else (None, "")
        faults = [judged.fault, _ended(judged, ledger.clock()), denied, *_unrecorded(one, judged, recorded)]
        faults += [fault for gone in missed if gone.judged.name == judged.name for fault in gone.faults]
        checked.append(CheckedAnchor(judged, head, tuple(fault for fault in faults if fault)))
    names = {one.judged.name for one in checked}
    return checked + [gone for gone in missed if gone.judged.name not in names]


def missed_anchors(ledger: Ledger, book: BookName) -> list[CheckedAnchor]:
    """The stamps that the book tells of, whose answers no file here has; no certificate is needed for it.

    Each under the name that it was kept by: a file that is there under it holds something else.
    """
    files, origin = AnchorFiles(ledger, book), ledger.book(book).origin
    kept = {digest_of(one.answer) for one in chain(files.anchors(), files.renewals())}
    missed, renewals = [], 0
    for event in recorded_anchors(ledger, book):
        is_renewal = event.medium != MEDIUM[CHECKPOINT]
        renewals += is_renewal
        if kept.isdisjoint(event.evidence):
            head = Checkpoint(origin, event.size, bytes.fromhex(event.root))
            name = f"{RENEWED}{renewals}" if is_renewal else str(event.size)
            missed.append(CheckedAnchor(Judged(name, None), head, (_missed(book, event),)))
    return missed


def _missed(book: BookName, event: CheckpointAnchored) -> str:
    return (
        f"The book tells of a stamp over {event.size} entries, made at {event.stamped_at} by {event.authority}, and no "
        f"file here has that answer (SHA-256 {', '.join(event.evidence)}): bring log/{book.value}/anchors back from "
        "its backup, or from the machine that asked for it."
    )


def _tree_of(log: PublicLog) -> LogTree | str:
    """The tree that is published now, or why there is none to compare with."""
    try:
        return log.opened()[1]
    except LookupError as fault:
        return str(fault)
    except Refused as refused:
        return refused.why


def _head_in(one: Stamped, log: PublicLog, tree: LogTree | str) -> tuple[Checkpoint | None, str]:
    """The head that was stamped, and how the log denies it."""
    if one.message is None:
        return None, ""
    try:
        head = checkpoint_in(one.message)
    except NoteInvalid as fault:
        return None, f"{one.name}.checkpoint is none: {fault}"
    return head, _denied(head, log.origin, tree)


def _denied(head: Checkpoint, origin: str, tree: LogTree | str) -> str:
    if head.origin != origin:
        return f"It is of the log {head.origin}, and this one is {origin}."
    if isinstance(tree, str):
        return f"The log cannot be compared with it: {tree}"
    if head.size > tree.size:
        return f"The log has {tree.size} entries now: the entries up to {head.size}, which were stamped, are gone."
    try:
        found = tree.root_at(head.size)
    except TilesDamaged as damage:
        return f"The log cannot be compared with it: {damage}"
    if found != head.root:
        return f"The log's root at {head.size} is {found.hex()}, and {head.root.hex()} was stamped: it was rewritten."
    return ""


def _ended(judged: Judged, now: datetime) -> str:
    until = judged.holds_until
    return f"It held until {instant(until)} and was not stamped again before." if until and until < now else ""


def _unrecorded(one: Stamped, judged: Judged, recorded: AbstractSet[str]) -> Iterator[str]:
    if judged.stamp is not None and digest_of(one.answer) not in recorded:
        yield "The book does not tell of it; the next stamp records the newest one."
