"""Copying a log's tiles and entry bundles into a folder, each checked on its way: the work of a mirror."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from audit.log.checkpoint import Checkpoint
from audit.log.folder import LogFolder
from audit.log.proving import LogTree
from audit.log.tiles import ENTRIES, Tile, TilesDamaged, TileSource, edge_of, entries_in, path_of, read_tile

SETTLED_FILES = 128
"""Files that are put on the disk together: what is copied again after a kill."""

LeafOf = Callable[[bytes], bytes]
"""The leaf hash of an entry; RFC 6962 has SHA-256(0x00 ‖ entry)."""

Progress = Callable[[int], None]
"""Told how many files were looked at."""

Result = TypeVar("Result")


class Nearest:
    """Reads what the folder holds, and from the log what it lacks or holds damaged."""

    def __init__(self, ours: LogFolder, theirs: TileSource) -> None:
        self._ours = ours
        self._theirs = theirs
        self._distrusted: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """The file at `path`, believed by nobody yet."""
        held = None if path in self._distrusted else self._ours.read(path)
        return self._theirs.read(path) if held is None else held

    def tree(self, head: Checkpoint) -> LogTree:
        """The tree of `head`.

        Raises:
            TilesDamaged: when the log's own last tiles do not have its root.
        """
        edge = [path for tile in edge_of(head.size) for path in (path_of(tile), path_of(tile.whole))]
        return self._sound(lambda: LogTree(self, head.size, head.root), edge)

    def sound(self, read: Callable[[], Result]) -> Result:
        """What `read` gives, when every damaged file here that it comes upon is read from the log instead.

        Raises:
            TilesDamaged: when the log's own file is damaged.
        """
        return self._sound(read, [])

    def trust_again(self) -> None:
        """Read what is here again: what was damaged has been replaced."""
        self._distrusted.clear()

    def _sound(self, read: Callable[[], Result], suspected: list[str]) -> Result:
        while True:
            try:
                return read()
            except TilesDamaged as damage:
                if not self._distrust([*suspected, damage.path, damage.path.partition(".p/")[0]]):
                    raise

    def _distrust(self, paths: Iterable[str]) -> bool:
        """Read these from the log from now on; False when they came from there already."""
        ours = {path for path in paths if path not in self._distrusted and self._ours.read(path) is not None}
        self._distrusted |= ours
        return bool(ours)


class Copying:
    """One round's files on their way into a folder, which holds the tree as far as `nearest` reads it from there."""

    def __init__(self, folder: LogFolder, nearest: Nearest, tree: LogTree, leaf_of: LeafOf) -> None:
        self._folder = folder
        self._nearest = nearest
        self._tree = tree
        self._leaf_of = leaf_of
        self._full: list[Tile] = []
        self.copied = 0

    def copy(self, tiles: Iterable[Tile], progress: Progress, *, whole: bool) -> int:
        """Copy those of `tiles` that are not here, or are damaged here; gives how many were copied.

        whole:  look into those that are here, too.

        Raises:
            TilesDamaged: when a file of the log is not what the tree answers for; those before it are here.
        """
        before = self.copied
        try:
            for number, tile in enumerate(tiles, start=1):
                self._take(tile, whole=whole)
                if number % SETTLED_FILES == 0:
                    self._settle()
                progress(number)
        finally:
            self._settle()
        return self.copied - before

    def _take(self, tile: Tile, *, whole: bool) -> None:
        if tile.is_full:
            self._full.append(tile)
        path = path_of(tile)
        if not whole and (self._folder.path / path).is_file():
            return
        content = self._nearest.sound(lambda: self._bundle(tile) if tile.level == ENTRIES else self._hashes(tile))
        if self._folder.read(path) != content:
            self._folder.put(path, content)
            self.copied += 1

    def _hashes(self, tile: Tile) -> bytes:
        return b"".join(self._tree.hashes(tile))

    def _bundle(self, bundle: Tile) -> bytes:
        held = read_tile(self._nearest, bundle)
        check_bundle(held, bundle, self._tree, self._leaf_of)
        return held

    def _settle(self) -> None:
        """Put what was copied on the disk; partial tiles go when the full one is there."""
        self._folder.settle()
        for tile in self._full:
            self._folder.drop_partials(path_of(tile))
        self._full.clear()
        self._nearest.trust_again()


def check_bundle(held: bytes, bundle: Tile, tree: LogTree, leaf_of: LeafOf) -> None:
    """Check the entries of a bundle against the leaves of the tree.

    Raises:
        TilesDamaged: naming the first entry that is another.
    """
    path = path_of(bundle)
    leaves = tree.hashes(Tile(0, bundle.number, bundle.width))
    for number, (entry, leaf) in enumerate(zip(entries_in(held, path), leaves, strict=True)):
        found = leaf_of(entry)
        if found != leaf:
            position = bundle.start + number + 1
            raise TilesDamaged(path, f"entry {position} gives the leaf {found.hex()}, not {leaf.hex()}.")
