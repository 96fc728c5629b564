"""`verify --against DIR`: a book beside a mirror or an export of its log, and each record in which they differ."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.folder import Folder, Identity
from api.public_log import CHECKPOINT
from api.storage import Storage, storage_of
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.comparing import Comparison, Difference, Record, compare
from audit.log.fetching import FolderLog, SourceUnreachable
from audit.log.lying import LyingBook, said_by
from audit.log.note import NoteInvalid, parse
from audit.log.proving import LogTree
from audit.log.tiles import ENTRIES, WIDTH, Tile, TilesDamaged, entries_in, path_of, read_tile
from audit.seal import Entry, leaf_of
from domain.event import BookName
from domain.refusal import Refused

Shape = dict[str, Any]

Progress = Callable[[str, int, int], None]
"""Told (book, position reached, of how many)."""

AMOUNT = "_fen"
"""Ends the names of the fields whose values are shown: amounts. Of any other field only the name is told."""


def verify_against(path: Path, mirror: Path, progress: Progress) -> Shape:
    """Compare the book that the log in the folder `mirror` is of with that log, record by record.

    Gives `ok`, `against` (which log, up to which size both agree) and `findings` as OUTPUTS §4 has them, each with what
    the mirror and the ledger have.

    Raises:
        Refused: `E-REF` when no log of this ledger is there, `E-PROOF` when the mirror's own files were changed.
        BookUnreadable: when the book cannot be read.
    """
    folder = Folder(path)
    identity, storage = folder.identity(), storage_of(folder)
    source = FolderLog(mirror)
    try:
        head = _head(source, mirror)
        name = _book_of(head, identity, mirror)
        compared = _compared(storage, name, source, head, progress)
    except (TilesDamaged, SourceUnreachable) as fault:
        raise Refused(
            "E-PROOF",
            field="--against",
            value=str(mirror),
            why=f"The copy at {mirror} is itself not what its head answers for: {fault}",
            remedy="Bring the mirror on again (mingzhang mirror --whole), or take another copy.",
        ) from fault
    return compared


def _compared(storage: Storage, name: BookName, source: FolderLog, head: Checkpoint, progress: Progress) -> Shape:
    tree = LogTree(source, head.size, head.root)
    with storage.as_it_lies(name) as opened:
        place = opened if isinstance(opened, Path) else opened.source or opened.path
        book = LyingBook(place, lambda position: progress(name.value, min(position, head.size), head.size))
        comparison = compare(tree, book)
        findings = [_finding(name, difference, book, source, tree) for difference in comparison.differences]
    return _report(name, head, comparison, findings)


def _report(name: BookName, head: Checkpoint, comparison: Comparison, findings: list[Shape]) -> Shape:
    told = {
        "ok": not findings,
        "against": {
            "book": name.value,
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "agreed": comparison.agreed,
        },
        "findings": findings,
    }
    return told | ({"findings_left_out": comparison.left_out} if comparison.left_out else {})


def _finding(name: BookName, difference: Difference, book: LyingBook, source: FolderLog, tree: LogTree) -> Shape:
    """One difference as OUTPUTS §4 has findings, and what each side has: topic and hashes, nobody's figures."""
    mirrored, recorded = difference.mirrored, difference.recorded
    theirs = _mirrored_entry(source, tree, mirrored.position) if mirrored else None
    ours = book.entry(recorded.position) if recorded else None
    known = theirs or ours
    return {
        "book": name.value,
        "position": difference.position,
        "stream": str(known.stream) if known else None,
        "kind": difference.kind,
        "expected": mirrored and mirrored.leaf.hex(),
        "found": recorded and recorded.leaf.hex(),
        "unproven_from": difference.position,
        "at": difference.at,
        "mirror": mirrored and _side(mirrored, theirs),
        "ledger": recorded and _side(recorded, ours),
        "fields": _other_fields(theirs, ours),
    }


def _side(record: Record, entry: Entry | None) -> Shape:
    return {
        "position": record.position,
        "leaf": record.leaf.hex(),
        "stream": str(entry.stream) if entry else None,
        "version": entry.version if entry else None,
        "topic": entry.topic if entry else None,
    }


def _other_fields(theirs: Entry | None, ours: Entry | None) -> list[Shape]:
    """The fields in which two entries of one topic differ; amounts with both values, others by their name alone."""
    if theirs is None or ours is None or theirs.topic != ours.topic:
        return []
    before, now = json.loads(theirs.state), json.loads(ours.state)
    differing = [field for field in sorted(before.keys() | now.keys()) if before.get(field) != now.get(field)]
    return [{"field": field, **_amounts(field, mirror=before.get(field), ledger=now.get(field))} for field in differing]


def _amounts(field: str, **values: object) -> Shape:
    if not field.endswith(AMOUNT):
        return {}
    return {side: value for side, value in values.items() if isinstance(value, int)}


def _mirrored_entry(source: FolderLog, tree: LogTree, position: int) -> Entry | None:
    """What the mirror's entry at `position` says; None when the mirror is without entries, or its bundle is damaged."""
    start = (position - 1) // WIDTH * WIDTH
    bundle = Tile(ENTRIES, start // WIDTH, min(WIDTH, tree.size - start))
    try:
        entries = list(entries_in(read_tile(source, bundle), path_of(bundle)))
    except (TilesDamaged, SourceUnreachable):
        return None
    entry = entries[position - 1 - start]
    return said_by(entry) if leaf_of(entry) == tree.leaf(position - 1) else None


def _head(source: FolderLog, mirror: Path) -> Checkpoint:
    raw = source.read(CHECKPOINT)
    if raw is None:
        raise _no_log(mirror, "there is no checkpoint in it.")
    try:
        return parse_text(parse(raw).text)
    except NoteInvalid as fault:
        raise _no_log(mirror, str(fault)) from fault


def _book_of(head: Checkpoint, identity: Identity, mirror: Path) -> BookName:
    for name in BookName:
        if identity.origin_of(name.value) == head.origin:
            return name
    raise _no_log(mirror, f"it is of {head.origin}, and this ledger is {identity.origin}.")


def _no_log(mirror: Path, why: str) -> Refused:
    return Refused(
        "E-REF",
        field="--against",
        value=str(mirror),
        why=f"{mirror} is no copy of a log of this ledger: {why}",
        remedy="Name the folder that mingzhang mirror or mingzhang log export has written.",
    )
