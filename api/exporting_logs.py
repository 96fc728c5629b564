"""A log as files in a folder: what a web server, a stick or a verifier that is not ours takes (c2sp.org/tlog-tiles)."""

from pathlib import Path

from api.public_log import CHECKPOINT, PublicLog, Published
from audit.log.checkpoint import parse_text
from audit.log.folder import LogFolder
from audit.log.note import NoteInvalid, parse
from audit.log.proving import LogTree
from audit.log.tiles import Tile, TilesDamaged, bundles_of, entries_in, path_of, read_tile, tiles_of
from audit.merkle import ProofInvalid, verify_consistency
from audit.seal import leaf_of
from domain.refusal import Refused

SETTLED_FILES = 128
"""Files that are put on the disk together."""


def export(log: PublicLog, to: Path, *, with_entries: bool = True) -> Published:
    """Copy the published log to the folder `to`, each tile and entry checked; a copy that is there is brought on.

    The checkpoint comes last, so that at any instant the copy holds all that its checkpoint answers for.

    Raises:
        LookupError: before the first head.
        Refused: `E-PROOF` when a file of the log was changed, or the copy is of a later or another history;
            `E-DUP` when another log is there.
    """
    published, tree = log.opened()
    copy = LogFolder(to)
    copy.make()
    _refuse_another(copy, published, tree)
    try:
        _copy_tiles(tree, copy)
        if with_entries:
            _copy_entries(log.folder, tree, copy)
    except TilesDamaged as damage:
        raise log.damaged(damage) from damage
    copy.write(CHECKPOINT, published.note.encode())
    return published


def _copy_tiles(tree: LogTree, copy: LogFolder) -> None:
    for number, tile in enumerate(tiles_of(tree.size), start=1):
        _put(copy, tile, b"".join(tree.hashes(tile)), number)
    copy.settle()


def _copy_entries(folder: LogFolder, tree: LogTree, copy: LogFolder) -> None:
    for number, bundle in enumerate(bundles_of(tree.size), start=1):
        held = read_tile(folder, bundle)
        _check(held, bundle, tree)
        _put(copy, bundle, held, number)
    copy.settle()


def _put(copy: LogFolder, tile: Tile, content: bytes, number: int) -> None:
    """Put what was checked in its place, unless it is there; partial tiles whose place it takes go the next time."""
    path = path_of(tile)
    if copy.read(path) != content:
        copy.put(path, content)
    elif tile.is_full:
        copy.drop_partials(path)
    if number % SETTLED_FILES == 0:
        copy.settle()


def _check(held: bytes, bundle: Tile, tree: LogTree) -> None:
    """Check the entries of a bundle against the leaves of the tree.

    Raises:
        TilesDamaged: naming the first that was changed.
    """
    path = path_of(bundle)
    leaves = tree.hashes(Tile(0, bundle.number, bundle.width))
    for number, (entry, leaf) in enumerate(zip(entries_in(held, path), leaves, strict=True)):
        if leaf_of(entry) != leaf:
            position = bundle.start + number + 1
            raise TilesDamaged(path, f"entry {position} gives the leaf {leaf_of(entry).hex()}, not {leaf.hex()}.")


def _refuse_another(copy: LogFolder, published: Published, tree: LogTree) -> None:
    """Refuse to write one log over another, or a history over a copy of one that went otherwise."""
    raw = copy.read(CHECKPOINT)
    if raw is None:
        return
    try:
        there = parse_text(parse(raw).text)
    except NoteInvalid as fault:
        raise _not_empty(copy, f"a checkpoint that cannot be read: {fault}") from fault
    if there.origin != published.checkpoint.origin:
        raise _not_empty(copy, f"the log {there.origin}")
    try:
        proof = tree.consistency(there.size) if 1 <= there.size <= tree.size else []
        verify_consistency(there.size, there.root, tree.size, tree.root, proof)
    except ProofInvalid as fault:
        raise Refused(
            "E-PROOF",
            field="DIR",
            value=str(copy.path),
            why=f"The copy at {copy.path} is not a beginning of this log: {fault}",
            remedy="Keep that copy: it shows what was signed before. Run mingzhang verify; export to another folder.",
        ) from fault


def _not_empty(copy: LogFolder, what: str) -> Refused:
    return Refused(
        "E-DUP",
        field="DIR",
        value=str(copy.path),
        why=f"The folder {copy.path} holds {what}.",
        remedy="Export to another folder.",
    )
