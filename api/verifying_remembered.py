"""What was signed in a log, as it is remembered apart from the log's folder, held against log and book (OUTPUTS §4).

    keys/log-<book>-<key ID>.json    the newest head that this key signed (`api.log_key_files`)
    the database                     the newest head that any machine signed (`Storage.signed_head`)

So a log that was taken away is missed, and a book that was written anew under it is found. No key is opened for it:
what a key's file says is vouched for only when it signs, and a file that was changed signs nothing. Where neither lies,
as in a copy of the book alone, nothing is known to be missing.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.folder import Folder, held
from api.log_key_files import heads_told
from api.public_log import CHECKPOINT, LOCK, SIGNED
from api.storage import Storage
from audit.log.checkpoint import parse_text
from audit.log.folder import LogFolder
from audit.log.growing import TreeHead
from audit.log.lying import LyingBook
from audit.log.note import NoteInvalid, parse
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.merkle import root_of
from audit.verify.findings import Finding
from audit.verify.reading import BookUnreadable
from domain.event import BookName

Shape = dict[str, Any]


def verify_remembered(folder: Folder, storage: Storage, report: Mapping[str, Any]) -> Shape:
    """Hold what is remembered of both logs against them; gives `findings` as OUTPUTS §4 has them.

    report:  what was found in the books themselves.

    Raises:
        BookUnreadable: when a book in which nothing was found cannot be read now.
    """
    findings: list[Shape] = []
    for name in BookName:
        try:
            found = check_remembered(folder, storage, name)
        except BookUnreadable:
            if any(finding["book"] == name.value for finding in report["findings"]):
                continue
            raise
        findings += [
            {"book": name.value, **finding._asdict(), "unproven_from": finding.unproven_from} for finding in found
        ]
    return {"findings": findings}


def check_remembered(folder: Folder, storage: Storage, name: BookName) -> list[Finding]:
    """Which of the heads that are remembered the log and the book do not hold; and whether the log shows none at all.

    Raises:
        BookUnreadable: when the book has to be read, and cannot be.
    """
    remembered = sorted({*heads_told(folder, name), *_shared(storage, name)}, reverse=True)
    if not remembered:
        return []
    log = LogFolder(folder.logs / name.value)
    denied = [finding for head in remembered for finding in _denied(head, _tree(log), storage, name)]
    return denied or ([_gone(remembered[0], name)] if _shows_nothing(log) else [])


def _shared(storage: Storage, name: BookName) -> Iterator[TreeHead]:
    """The head that machines share; one that cannot be read is told of where it is signed on."""
    note = storage.signed_head(name)
    if note is not None:
        with suppress(NoteInvalid):
            yield _head_in(note.encode())


def _tree(log: LogFolder) -> LogTree | None:
    """The tree under the largest head that lies there; what cannot be read of it is a finding of the log."""
    heads = []
    for path in (SIGNED, CHECKPOINT):
        with suppress(NoteInvalid):
            heads += [_head_in(raw)] if (raw := log.read(path)) is not None else []
    try:
        return LogTree(log, *max(heads)) if heads else None
    except TilesDamaged:
        return None


def _denied(head: TreeHead, tree: LogTree | None, storage: Storage, name: BookName) -> Iterator[Finding]:
    """That a head is of another history. It may be larger than what is shown: the next one shows it after a kill."""
    found: bytes | int
    if tree is not None and head.size <= tree.size:
        try:
            found = tree.root_at(head.size)
        except TilesDamaged:
            return
    else:
        with storage.as_it_lies(name) as opened:
            book = LyingBook(opened if isinstance(opened, Path) else opened.source or opened.path)
            found = _root_in(book, head.size)
    if found != head.root:
        told = f"the root {found.hex()}" if isinstance(found, bytes) else f"a book that ends at entry {found}"
        yield Finding(head.size, "checkpoint", None, f"the root {head.root.hex()}, which was signed", told)


def _root_in(book: LyingBook, size: int) -> bytes | int:
    """The root of the book's first entries, as they lie; of a shorter book, how many there are."""
    count = 0

    def leaves() -> Iterator[bytes]:
        nonlocal count
        for record in book.behind(0):
            if count == size:
                return
            count += 1
            yield record.leaf

    root = root_of(leaves())
    return root if count == size else count


def _shows_nothing(log: LogFolder) -> bool:
    """Whether no head lies in the log, and nobody is about to put the first one there."""
    if any(log.read(path) is not None for path in (SIGNED, CHECKPOINT)):
        return False
    lock = log.path / LOCK
    if lock.exists():
        with suppress(OSError), held(lock, wait=False) as ours:
            return ours and all(log.read(path) is None for path in (SIGNED, CHECKPOINT))
    return True


def _gone(head: TreeHead, name: BookName) -> Finding:
    return Finding(
        head.size,
        "checkpoint",
        None,
        f"log/{name.value}: a head of {head.size} entries, or a later one; it was signed",
        f"none: bring log/{name.value} back from its backup; without one, mingzhang checkpoint makes it again from the "
        "book, and proves it to be what was signed",
    )


def _head_in(note: bytes) -> TreeHead:
    checkpoint = parse_text(parse(note).text)
    return TreeHead(checkpoint.size, checkpoint.root)
