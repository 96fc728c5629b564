"""Checking a published log beside the book that it is of: the office's own look at what it shows (OUTPUTS §4).

::

    check_log(folder, records, keys)      findings of the kinds `KINDS`

What is checked: that the log's own keys signed both heads that lie there; that the one that everybody sees is contained
in the one that was signed last, and both in what an earlier check found sound; every tile against the root, every entry
of the bundles against its leaf, and every record of the book against what was published; the cosignatures by a trust
policy, where there is one. What is not known here is what others were shown: a mirror, a witness or an auditor with an
older head knows that. Needs what `audit.log.note` needs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from audit.log.checkpoint import Checkpoint
from audit.log.comparing import Comparison, Record, compare
from audit.log.copying import check_bundle
from audit.log.folder import LogFolder
from audit.log.keyring import TrustedKey, retired_sizes, vouched
from audit.log.note import NoteInvalid
from audit.log.policy import Policy, Seen
from audit.log.proving import LogTree
from audit.log.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    Tile,
    TilesDamaged,
    bundles_of,
    edge_of,
    read_tile,
    tile_at,
    tiles_of,
)
from audit.seal import leaf_of
from audit.verify.findings import Finding, Findings

CHECKPOINT, SIGNED = "checkpoint", "signed"

KINDS = {
    "tile": "a tile or an entry bundle of the published log is missing, or not what its head answers for",
    "checkpoint": "a published head is missing, not signed by the log's keys, or of another history",
    "cosignature": "a witness's line under the head does not verify, or nobody whom the policy knows signed it",
    "changed": "another record was published in this place",
    "missing": "a record was published that the book has no more",
    "inserted": "the book has a record that was never published, before others that were",
    "moved": "the record was published in another place",
    "doubled": "the record was published in another place, and stands there, too",
}
"""The kinds of finding and what they mean."""

Progress = Callable[[int, int], None]
"""Told how many files were looked at, of how many."""


class Sound(NamedTuple):
    """A head that an earlier check found sound; size 0 before the first."""

    size: int
    root: bytes


class LogReport(NamedTuple):
    """What was found in one published log.

    head:      the head that was signed last, if one was and it can be read.
    keys:      which keys signed it, as `name+key ID+base64`.
    seen:      the witnesses whose cosignatures stand under the head that everybody sees.
    lacking:   what the policy's quorum lacks, in words; empty when it is reached, or there is no policy. No finding: a
               witness may be away.
    """

    head: Checkpoint | None
    keys: tuple[str, ...]
    seen: tuple[Seen, ...]
    lacking: str
    findings: tuple[Finding, ...]
    left_out: int


class Published(NamedTuple):
    """A log to be checked.

    folder:  where it lies.
    origin:  its name.
    keys:    the keys that the book announces, each with the size up to which it is believed.
    policy:  whom it asks for cosignatures, if anybody.
    """

    folder: LogFolder
    origin: str
    keys: list[TrustedKey]
    policy: Policy | None


def silent(done: int, of: int) -> None:
    """Tell nobody."""


def check_log(
    log: Published, records_behind: Callable[[int], Iterable[Record]], since: Sound | None, progress: Progress = silent
) -> LogReport:
    """Check a published log against itself and against its book.

    records_behind:  the book's records behind a position, as they lie.
    since:           what an earlier check found sound. If the log still contains it, only what came after is read.
    """
    checking = _Checking(log, progress)
    shown = checking.head(CHECKPOINT)  # first: the other may only grow meanwhile
    signed = checking.head(SIGNED)
    if shown is not None and log.folder.read(SIGNED) is None:
        checking.find(shown.size, "checkpoint", "the head that was signed last", None)
    tree = checking.tree(signed or shown)
    if tree is not None:
        checking.contains(tree, shown)
        first = checking.begins_at(tree, since)
        checking.files(tree, first)
        checking.book(tree, records_behind, first)
    seen, lacking = checking.cosignatures(shown)
    return LogReport(
        signed, checking.signed_by, seen, lacking, checking.findings.in_order(), checking.findings.left_out
    )


class _Checking:
    """One check of one log, and what it has found so far."""

    def __init__(self, log: Published, progress: Progress) -> None:
        self._log = log
        self._progress = progress
        self._damaged: set[str] = set()
        self.findings = Findings()
        self.signed_by: tuple[str, ...] = ()

    def find(self, position: int, kind: str, expected: str | None, found: str | None) -> None:
        """Add a finding."""
        self.findings.add(Finding(max(position, 1), kind, None, expected, found))

    def head(self, path: str) -> Checkpoint | None:
        """The head in one of the two files; None when there is none, or it is not to be believed."""
        raw = self._log.folder.read(path)
        if raw is None:
            return None
        try:
            checkpoint, keys = vouched(raw, self._log.keys)
        except NoteInvalid as fault:
            self.find(1, "checkpoint", f"{path}: signed by the keys of {self._log.origin}", str(fault))
            return None
        self.signed_by = tuple(key.vkey for key in keys)
        return checkpoint

    def tree(self, head: Checkpoint | None) -> LogTree | None:
        """The tree under a head, if its last tiles are there."""
        if head is None:
            return None
        try:
            return LogTree(self._log.folder, head.size, head.root)
        except TilesDamaged as damage:
            first = min((_first_under(tile) for tile in edge_of(head.size)), default=1)
            self.find(first, "tile", f"the last tiles of {head.size} entries", str(damage))
            return None

    def contains(self, tree: LogTree, shown: Checkpoint | None) -> None:
        """See that the head that everybody sees is a beginning of the one that was signed last."""
        if shown is None:
            return
        try:
            root = tree.root_at(shown.size) if shown.size else None
        except (IndexError, TilesDamaged) as fault:
            self.find(tree.size, "checkpoint", f"a head of at most {tree.size} entries", str(fault))
            return
        if root is not None and root != shown.root:
            self.find(shown.size, "checkpoint", root.hex(), shown.root.hex())

    def begins_at(self, tree: LogTree, since: Sound | None) -> int:
        """Where to read on from: behind what was sound before, if it is contained still; else from the start."""
        if since is None or since.size == 0:
            return 0
        try:
            found = tree.root_at(since.size)
        except (IndexError, TilesDamaged) as fault:
            self.find(min(since.size, tree.size), "checkpoint", f"{since.size} {since.root.hex()}", str(fault))
            return 0
        if found != since.root:
            self.find(since.size, "checkpoint", since.root.hex(), found.hex())
            return 0
        return since.size

    def files(self, tree: LogTree, first: int) -> None:
        """See that every tile and every bundle is there, and is what the tree answers for."""
        of = sum(1 for _ in tiles_of(tree.size, since=first)) + sum(1 for _ in bundles_of(tree.size, since=first))
        done = 0
        for tiles in (tiles_of(tree.size, since=first), bundles_of(tree.size, since=first)):
            for tile in tiles:
                try:
                    self._look_at(tree, tile)
                except TilesDamaged as damage:
                    self._damage(tile, damage)
                done += 1
                self._progress(done, of)

    def book(self, tree: LogTree, records_behind: Callable[[int], Iterable[Record]], first: int) -> None:
        """Name the records in which the book is not what was published."""
        try:
            comparison = compare(tree, records_behind(first), since=first)
        except TilesDamaged:
            return  # named already; which of the two was changed, nobody can tell by these hashes
        self._differences(comparison)

    def cosignatures(self, shown: Checkpoint | None) -> tuple[tuple[Seen, ...], str]:
        """Who cosigned the head that everybody sees, and what the quorum lacks."""
        raw = self._log.folder.read(CHECKPOINT)
        if self._log.policy is None or shown is None or raw is None:
            return (), ""
        retired: Mapping[str, int] = retired_sizes(self._log.keys)
        try:
            verdict = self._log.policy.judge(raw, retired=retired)
        except NoteInvalid as fault:
            self.find(shown.size, "cosignature", "lines that the policy believes", str(fault))
            return (), ""
        return verdict.seen, verdict.missing

    def _look_at(self, tree: LogTree, tile: Tile) -> None:
        if tile.level == ENTRIES:
            check_bundle(read_tile(self._log.folder, tile), tile, tree, leaf_of)
        elif tile.is_full:  # the others were read when the tree was opened
            tree.hashes(tile)

    def _damage(self, tile: Tile, damage: TilesDamaged) -> None:
        if damage.path in self._damaged:
            return
        self._damaged.add(damage.path)
        self.find(_first_under(tile_at(damage.path) or tile), "tile", damage.path, str(damage))

    def _differences(self, comparison: Comparison) -> None:
        for difference in comparison.differences:
            mirrored, recorded = difference.mirrored, difference.recorded
            self.find(
                difference.position,
                difference.kind,
                mirrored.leaf.hex() if mirrored else None,
                recorded.leaf.hex() if recorded else None,
            )
        self.findings.left_out += comparison.left_out


def _first_under(tile: Tile) -> int:
    """The position of the first entry under a tile or bundle."""
    return (tile.number * WIDTH << HEIGHT * max(tile.level, 0)) + 1
