"""A mirror: a copy of somebody else's log that checks each step, and cries out when history is rewritten (DESIGN §4).

::

    DIR/checkpoint     the newest head of which all is here; written last
    DIR/pending        the newest head that was shown and proven to add to it; written before its tiles are copied
    DIR/tile/…         tiles and, with them, entry bundles: the folder is itself a log, to be read and mirrored
    DIR/keys           the log's keys, where they are learnt from its entries (`audit.log.mirrored_keys`)
    DIR/alarms/…       proof of what must not be (`audit.log.alarming`)

A round reads the log's head, believes it by a policy (`audit.log.policy`), proves that it only adds to the newest head
that was ever seen here, and copies what is new: each tile is checked against the root, each entry against its leaf. So
a process that is killed at any instant leaves a mirror that goes on, and a head that was seen once is never forgotten:
neither a smaller one (`rollback`), nor another one of its size or one that does not contain it (`fork`), nor one that
the log does not show to contain it (`unproven`) takes its place.

Any log of c2sp.org/tlog-tiles can be mirrored; memory does not grow with it. Needs what `audit.log.note` needs.
"""

from collections.abc import Callable
from typing import NamedTuple

from audit.log.alarming import FORK, ROLLBACK, UNPROVEN, Contained, Sighting, raise_alarm
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.copying import Copying, LeafOf, Nearest
from audit.log.fetching import SourceUnreachable
from audit.log.folder import LogFolder
from audit.log.mirrored_keys import MirroredKeys
from audit.log.note import NoteInvalid, parse
from audit.log.policy import Policy, Verdict
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged, TileSource, bundles_of, tiles_of
from audit.seal import leaf_of

CHECKPOINT, PENDING = "checkpoint", "pending"

Progress = Callable[[int, int], None]
"""Told how many files were looked at, of how many."""


class CheckpointRefused(ValueError):
    """What a log shows as its head is not one to believe; the text says why."""


class Mirrored(NamedTuple):
    """One round: what the log showed, how many entries were held before, and how many files were copied."""

    verdict: Verdict
    size_before: int
    tiles: int
    bundles: int

    @property
    def checkpoint(self) -> Checkpoint:
        """The head of which all is here now."""
        return self.verdict.checkpoint


def silent(done: int, of: int) -> None:
    """Tell nobody."""


class Mirror:
    """A copy in `folder` of the log at `source`; one process at a time."""

    def __init__(
        self,
        source: TileSource,
        folder: LogFolder,
        policy: Policy,
        *,
        with_entries: bool = True,
        follows_keys: bool = False,
        leaf_of: LeafOf = leaf_of,
    ) -> None:
        """Follow `source`, believing the heads that `policy` believes.

        with_entries:  copy the entries too; a log may ask for a token then.
        follows_keys:  believe the keys that the entries announce, and none that they retire (needs the entries).
        leaf_of:       how the log's leaf hashes come from its entries.
        """
        self._source = source
        self._folder = folder
        self._policy = policy
        self._with_entries = with_entries
        self._follows_keys = follows_keys and with_entries
        self._leaf_of = leaf_of
        self._complete_to = 0  # what this process has seen to be here

    def held(self) -> Checkpoint | None:
        """The head of which all is here; None before the first round.

        Raises:
            CheckpointRefused: when the file does not say.
        """
        sighting = self._kept(CHECKPOINT)
        return None if sighting is None else sighting.head

    def bring_on(self, *, whole: bool = False, progress: Progress = silent) -> Mirrored:
        """Copy what is new, if it only adds to what is here.

        whole:  read all that is here again, too; what is damaged is copied anew.

        Raises:
            MirrorAlarm: when history was rewritten, or is not shown not to be; the proof stands in the folder.
            CheckpointRefused: when the head is not to be believed, or of another log; nothing was changed.
            TilesDamaged: when a file of the log is not what its head answers for; what was sound is here.
            SourceUnreachable: when the log could not be read.
        """
        self._folder.make()
        held, newest = self.held(), self._newest()
        shown, verdict = self._shown_after(newest)
        nearest = Nearest(self._folder, self._source)
        tree = self._proven(nearest, shown, newest)
        if verdict.missing:
            raise CheckpointRefused(f"The head of {tree.size} entries lacks cosignatures: {verdict.missing}.")
        self._keep(PENDING, shown)
        tiles, bundles = self._copy(nearest, tree, progress, whole=whole)
        if self._follows_keys:
            self._keys(shown.head.origin).learn(tree.size)
        self._keep(CHECKPOINT, shown)
        self._complete_to = tree.size
        return Mirrored(verdict, held.size if held else 0, tiles, bundles)

    def _shown_after(self, newest: Sighting | None) -> tuple[Sighting, Verdict]:
        """The head that the log shows now."""
        shown, verdict = self._shown()
        if newest is None:
            return shown, verdict
        if shown.head.size < newest.head.size:
            shown, verdict = self._shown()  # an old head may come out of somebody's cache: ask once more
        if shown.head.origin != newest.head.origin:
            raise CheckpointRefused(f"This mirror is of {newest.head.origin}, and {shown.head.origin} is shown.")
        return shown, verdict

    def _shown(self) -> tuple[Sighting, Verdict]:
        raw = self._source.read(CHECKPOINT)
        if raw is None:
            raise SourceUnreachable("There is no checkpoint: no log is there, or it has published nothing yet.")
        try:
            origin = parse_text(parse(raw).text).origin
            verdict = self._keys(origin).judge(raw) if self._follows_keys else self._policy.judge(raw)
        except NoteInvalid as fault:
            raise CheckpointRefused(f"The head that is shown is not to be believed: {fault}") from fault
        return Sighting(raw, verdict.checkpoint), verdict

    def _keys(self, origin: str) -> MirroredKeys:
        return MirroredKeys(self._folder, self._policy, origin)

    def _newest(self) -> Sighting | None:
        """The newest head that was ever seen here, whether or not all its tiles have come."""
        sightings = [sighting for sighting in (self._kept(CHECKPOINT), self._kept(PENDING)) if sighting is not None]
        return max(sightings, key=lambda sighting: sighting.head.size, default=None)

    def _kept(self, path: str) -> Sighting | None:
        raw = self._folder.read(path)
        if raw is None:
            return None
        try:
            return Sighting(raw, parse_text(parse(raw).text))
        except NoteInvalid as fault:
            raise CheckpointRefused(
                f"{self._folder.path / path} is no checkpoint any more: {fault} Bring it back from a backup: it says "
                "what this mirror has seen."
            ) from fault

    def _keep(self, path: str, shown: Sighting) -> None:
        if self._folder.read(path) != shown.raw:
            self._folder.write(path, shown.raw)

    def _proven(self, nearest: Nearest, shown: Sighting, newest: Sighting | None) -> LogTree:
        """The tree under the head that is shown, when it only adds to the newest one that was seen."""
        if newest is None or newest.head.size == 0:
            return nearest.tree(shown.head)
        size = newest.head.size
        if shown.head.size < size:
            raise_alarm(self._folder, ROLLBACK, newest, shown)
        if shown.head.size == size:
            if shown.head.root != newest.head.root:
                raise_alarm(self._folder, FORK, newest, shown)
            return nearest.tree(shown.head)
        try:
            tree = nearest.tree(shown.head)
            contained = nearest.sound(lambda: Contained(tree.root_at(size), tree.consistency(size)))
        except TilesDamaged as damage:
            raise_alarm(self._folder, UNPROVEN, newest, shown, why=str(damage))
        if contained.root != newest.head.root:
            raise_alarm(self._folder, FORK, newest, shown, contained=contained)
        return tree

    def _copy(self, nearest: Nearest, tree: LogTree, progress: Progress, *, whole: bool) -> tuple[int, int]:
        """Copy tiles and bundles; gives how many of each."""
        since = 0 if whole else self._complete_to
        of_tiles = sum(1 for _ in tiles_of(tree.size, since=since))
        of_bundles = sum(1 for _ in bundles_of(tree.size, since=since)) if self._with_entries else 0
        of = of_tiles + of_bundles
        copying = Copying(self._folder, nearest, tree, self._leaf_of)
        tiles = copying.copy(tiles_of(tree.size, since=since), lambda done: progress(done, of), whole=whole)
        if not self._with_entries:
            return tiles, 0
        bundles = bundles_of(tree.size, since=since)
        return tiles, copying.copy(bundles, lambda done: progress(of_tiles + done, of), whole=whole)
