"""Checking the time stamps that a ledger keeps, offline: each of them, and that the log adds to what was stamped."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cryptography import x509

from api.anchor_files import AnchorFiles, checkpoint_in
from api.anchoring import is_recorded
from api.ledger import Ledger
from api.public_log import PublicLog
from audit.log.checkpoint import Checkpoint
from audit.log.note import NoteInvalid
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.renewals import Judged, Stamped, judge
from domain.clock import instant
from domain.event import BookName
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
    """Check every stamp that is kept over heads of `book`: first those over checkpoints, then the renewals.

    trusted:  up to which certificates the authorities' have to chain.
    """
    files = AnchorFiles(ledger, book)
    log = PublicLog(ledger, book)
    tree = _tree_of(log)
    checked = []
    for judged in judge(files.anchors(), files.renewals(), trusted):
        one = files.named(judged.name)
        head, denied = _head_in(one, log, tree) if one.is_anchor else (None, "")
        faults = (judged.fault, _ended(judged, ledger.clock()), denied, *_unrecorded(ledger, book, one, judged))
        checked.append(CheckedAnchor(judged, head, tuple(fault for fault in faults if fault)))
    return checked


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


def _unrecorded(ledger: Ledger, book: BookName, one: Stamped, judged: Judged) -> Iterator[str]:
    if judged.stamp is not None and not is_recorded(ledger, book, one.name):
        yield "The book does not tell of it; the next stamp records the newest one."
