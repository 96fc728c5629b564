"""A log grows behind its book: bundles and tiles of what is new, in whatever pieces a writer survives.

    grow(folder, source, size)      now every tile of the tree of `size` leaves is on the disk

How far it came stands in the file `grown`: size, root, and the link of the book's chain at that entry. It is written
when the tiles of that tree are on the disk, so a writer that was killed goes on from there; what it had begun beyond is
written again. Where the chain's link is another, the book was put back and has gone on differently: then the log goes
on from the last head that was signed. Tiles that are lost or damaged at their edge are made anew from the book, all of
them: whether they are the ones that were signed is proven before anybody signs again (`audit.log.proving`).
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import NamedTuple, Protocol

from audit.log.folder import LogFolder
from audit.log.proving import LogTree
from audit.log.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    Tile,
    TilesDamaged,
    bundle_of,
    bundles_of,
    levels_over,
    path_of,
    root_over,
    tiles_of,
)
from audit.merkle import EMPTY_ROOT

GROWN = "grown"

SETTLED_LEAVES = 64 * WIDTH
"""After so many leaves at the latest what was written is put on the disk: what is written again after a kill."""

LEAF_PREFIX = b"\x00"

_sha256 = hashlib.sha256


class Leaf(NamedTuple):
    """One entry of a book and the leaf hash that the book sealed it with."""

    hash: bytes
    entry: bytes


class Sealings(Protocol):
    """A book, as far as its log needs it."""

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        """The entries behind the first `since`, up to and with the `through`-th."""

    def link(self, size: int) -> bytes:
        """The link of the chain at the `size`-th entry; it answers for every entry up to there."""


class TreeHead(NamedTuple):
    """How far a tree goes and its root; `size` 0 with the root of nothing before anything was published."""

    size: int
    root: bytes


class LeafChanged(ValueError):
    """An entry is not the one that its book sealed; `index` is its leaf's, `position` the book's."""

    def __init__(self, index: int, *, sealed: bytes, found: bytes) -> None:
        super().__init__(
            f"Entry {index + 1} was changed after sealing: its leaf is {sealed.hex()}, and the entry gives "
            f"{found.hex()}. It is not published; verify the book."
        )
        self.index = index
        self.position = index + 1


def grow(folder: LogFolder, sealings: Sealings, size: int, signed: TreeHead) -> TreeHead:
    """Bring the tiles and bundles in `folder` to `size` entries; gives the root that they have then.

    folder:  the log's; no other writer may be at it.
    signed:  the last head that was signed, or that of no leaves: from there the log always can go on.

    Raises:
        ValueError: when `size` is smaller than what was signed, or the book yields fewer entries.
        LeafChanged: when an entry is not what the book sealed; what stands before it is kept.
        TilesDamaged: when an entry of the last tile is not the one that was published there.
    """
    if size < signed.size:
        raise ValueError(f"The log was signed at {signed.size} entries, and is asked for {size}.")
    tree = _base(folder, sealings, size, signed)
    writing = _Writing(folder, tree)
    arriving = sealings.leaves(writing.start, size)
    while writing.size < size:
        wanted = min(WIDTH, size - writing.start)
        leaves = list(islice(arriving, wanted))
        if len(leaves) < wanted:
            raise ValueError(f"The book ends at entry {writing.start + len(leaves)}, and {size} were asked for.")
        writing.take(leaves)
        if writing.size % SETTLED_LEAVES == 0 or writing.size == size:
            _settle(folder, writing, sealings)
    return TreeHead(size, writing.root())


def grown_so_far(folder: LogFolder) -> tuple[TreeHead, bytes] | None:
    """The tree that `grown` tells of, and the link of the book's chain there; None when it tells of none."""
    told = (folder.read(GROWN) or b"").split()
    try:
        size, root, link = int(told[0]), bytes.fromhex(told[1].decode()), bytes.fromhex(told[2].decode())
    except (ValueError, IndexError):
        return None
    return TreeHead(size, root), link


def drop_partials(folder: LogFolder, size: int, since: int) -> None:
    """Take away the partial tiles in whose place the tree of `size` leaves has full ones.

    For when everybody is told of that tree, and of the one of `since` leaves no more: until then the partial ones stay.
    """
    for tile in chain(tiles_of(size, since=since), bundles_of(size, since=since)):
        if tile.is_full:
            folder.drop_partials(path_of(tile))


def _base(folder: LogFolder, sealings: Sealings, size: int, signed: TreeHead) -> LogTree:
    """The largest tree to go on from: the grown one if it is this book's, else the signed one, else that of nothing."""
    heads = [signed]
    told = grown_so_far(folder)
    if told is not None and 0 < told[0].size <= size and sealings.link(told[0].size) == told[1]:
        heads.insert(0, told[0])
    for head in heads:
        with suppress(TilesDamaged):
            return LogTree(folder, *head)
    return LogTree(folder, 0, EMPTY_ROOT)


def _settle(folder: LogFolder, writing: "_Writing", sealings: Sealings) -> None:
    """Put all that was written on the disk, then say so."""
    writing.put_edge()
    folder.settle()
    told = f"{writing.size} {writing.root().hex()} {sealings.link(writing.size).hex()}\n"
    folder.write(GROWN, told.encode())


class _Writing:
    """The last, partial tile of each level in memory, while leaves come in and full tiles go out."""

    def __init__(self, folder: LogFolder, tree: LogTree) -> None:
        self._folder = folder
        self._edge = tree.edge
        self.size = tree.size

    @property
    def start(self) -> int:
        """The index of the first leaf of the tile of level 0 that is being filled."""
        return self.size - self.size % WIDTH

    def take(self, leaves: list[Leaf]) -> None:
        """Write the bundle of `leaves`, which fill the tile being filled from its start, and that tile if it is full.

        Raises:
            LeafChanged: naming the first that is not what was sealed.
            TilesDamaged: when one that stands in the tile already is another.
        """
        start = self.start
        for index, (leaf, entry) in enumerate(leaves, start):
            found = _sha256(LEAF_PREFIX + entry).digest()
            if found != leaf:
                raise LeafChanged(index, sealed=leaf, found=found)
        hashes = [leaf for leaf, _ in leaves]
        self._refuse_other(start, hashes)
        bundle = Tile(ENTRIES, start // WIDTH, len(leaves))
        self._folder.put(path_of(bundle), bundle_of(entry for _, entry in leaves))
        self._set(0, hashes)
        self.size = start + len(leaves)
        self._carry(0)

    def put_edge(self) -> None:
        """Write the partial tiles of the tree as it is."""
        for level, hashes in enumerate(self._edge):
            if hashes:
                tile = Tile(level, (self.size >> HEIGHT * level) // WIDTH, len(hashes))
                self._folder.put(path_of(tile), b"".join(hashes))

    def root(self) -> bytes:
        """The root of the tree as it is."""
        return root_over(self._edge)

    def _refuse_other(self, start: int, hashes: list[bytes]) -> None:
        standing = self._edge[0] if self._edge else []
        for index, (published, sealed) in enumerate(zip(standing, hashes, strict=False), start):
            if published != sealed:
                path = path_of(Tile(0, start // WIDTH, len(standing)))
                raise TilesDamaged(
                    path,
                    f"entry {index + 1} was published with the leaf {published.hex()}, and the book seals it as "
                    f"{sealed.hex()} now.",
                )

    def _set(self, level: int, hashes: list[bytes]) -> None:
        while len(self._edge) <= level:
            self._edge.append([])
        self._edge[level] = hashes

    def _carry(self, level: int) -> None:
        """Write the tile that is being filled at `level` if it is full, and put its root into the one above."""
        hashes = self._edge[level]
        if len(hashes) < WIDTH:
            return
        place = self.size >> HEIGHT * (level + 1)
        tile = Tile(level, place - 1)
        self._folder.put(path_of(tile), b"".join(hashes))
        self._set(level, [])
        above = self._edge[level + 1] if len(self._edge) > level + 1 else []
        self._set(level + 1, [*above, levels_over(hashes)[-1][0]])
        self._carry(level + 1)
