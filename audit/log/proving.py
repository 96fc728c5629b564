"""Roots and proofs from a log's tiles: a few files each, however large the log; nothing is believed that is read.

    tree = LogTree(source, size, root)         what a signed head says; reads the last tile of each level
    tree.inclusion(index)                      RFC 6962, 2.1.1
    tree.consistency(old_size)                 RFC 6962, 2.1.2

The last tiles of all levels together give the root; every other tile has its own root in the tile above it. So each is
checked before a hash of it is used, and a changed one is named.
"""

from audit.log.tiles import (
    HEIGHT,
    WIDTH,
    Tile,
    TilesDamaged,
    TileSource,
    edge_of,
    hashes_at,
    hashes_in,
    levels_over,
    path_of,
    read_tile,
    root_over,
)
from audit.merkle import node_of

TILES_KEPT = 64
"""Tiles that a tree remembers with the nodes over their hashes: 3 MB. One proof at a million leaves reads five."""

Levels = list[list[bytes]]


def root_of_tiles(source: TileSource, size: int) -> bytes:
    """The root of the tree of `size` leaves that the last tiles of all levels give; the tiles below are not read.

    Raises:
        TilesDamaged: when one is missing or has another length.
    """
    return root_over(hashes_in(read_tile(source, tile)) for tile in edge_of(size))


class LogTree:
    """The tree of `size` leaves with `root`, as far as its tiles are read."""

    def __init__(self, source: TileSource, size: int, root: bytes) -> None:
        """Read the last tiles of all levels.

        Raises:
            TilesDamaged: when one is missing, or they give another root.
        """
        self.size = size
        self.root = root
        self._source = source
        self._kept: dict[Tile, Levels] = {}
        self._edge = {tile.level: levels_over(hashes_in(read_tile(source, tile))) for tile in edge_of(size)}
        found = root_over(levels[0] for levels in self._edge.values())
        if found != root:
            told = ", ".join(path_of(tile) for tile in edge_of(size)) or "nothing"
            raise TilesDamaged(told, f"the root of {size} leaves is {found.hex()}, and {root.hex()} is signed.")

    @property
    def edge(self) -> list[list[bytes]]:
        """The hashes of the last, partial tile of each level, from level 0; none where the last tile is full."""
        height = max(self._edge, default=-1) + 1
        return [list(self._edge[level][0]) if level in self._edge else [] for level in range(height)]

    def leaf(self, index: int) -> bytes:
        """The leaf hash at `index`.

        Raises:
            IndexError: when the tree does not go that far.
            TilesDamaged: when a tile on its way to the root was changed.
        """
        if not 0 <= index < self.size:
            raise IndexError(f"Leaf index {index} is not in a tree of {self.size} leaves.")
        return self._node(0, index)

    def inclusion(self, index: int, *, size: int | None = None) -> list[bytes]:
        """The proof that the leaf at `index` is in the tree, nearest hash first (RFC 6962, 2.1.1: PATH).

        size:  that of the tree before, when the log was no larger.

        Raises:
            IndexError: when the tree does not go that far.
            TilesDamaged: when a tile was changed or is missing.
        """
        low, high = 0, self._size(size)
        if not 0 <= index < high:
            raise IndexError(f"Leaf index {index} is not in a tree of {high} leaves.")
        proof = []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                proof.append(self._subtree(middle, high))
                high = middle
            else:
                proof.append(self._subtree(low, middle))
                low = middle
        return proof[::-1]

    def consistency(self, old_size: int, *, size: int | None = None) -> list[bytes]:
        """The proof that the tree only adds to that of its first `old_size` leaves (RFC 6962, 2.1.2: PROOF).

        size:  that of the tree before, when the log was no larger.

        Raises:
            IndexError: when `old_size` is not from 1 to the tree's size.
            TilesDamaged: when a tile was changed or is missing.
        """
        low, high = 0, self._size(size)
        if not 1 <= old_size <= high:
            raise IndexError(f"No tree of {old_size} leaves comes before one of {high}.")
        proof = []
        whole = True  # whether the old tree is exactly low … high, so that its reader can compute that root
        while old_size < high:
            middle = low + _split(high - low)
            if old_size <= middle:
                proof.append(self._subtree(middle, high))
                high = middle
            else:
                proof.append(self._subtree(low, middle))
                low = middle
                whole = False
        if not whole:
            proof.append(self._subtree(low, high))
        return proof[::-1]

    def root_at(self, old_size: int) -> bytes:
        """The root that the log had at `old_size` leaves.

        Raises:
            IndexError: when it never was that small, or is not that large.
            TilesDamaged: when a tile was changed or is missing.
        """
        return self._subtree(0, self._size(old_size))

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile of this tree, or of one that has grown since.

        Raises:
            IndexError: when the tree does not go that far.
            TilesDamaged: when it was changed or is missing.
        """
        if not tile.is_in(self.size):
            raise IndexError(f"{path_of(tile)} is not in a tree of {self.size} leaves.")
        return self._levels(self._tile(tile.level, tile.number))[0][: tile.width]

    def _subtree(self, low: int, high: int) -> bytes:
        """The root over leaves `low` … `high` − 1, a subtree of this tree."""
        width = 1 << (high - low - 1).bit_length()
        if width == high - low:
            return self._node(width.bit_length() - 1, low // width)
        middle = low + width // 2
        return node_of(self._subtree(low, middle), self._subtree(middle, high))

    def _node(self, height: int, number: int) -> bytes:
        """The root of the `number`-th complete subtree of `2**height` leaves."""
        level, above = divmod(height, HEIGHT)
        index, place = divmod(number << above, WIDTH)
        return self._levels(self._tile(level, index))[above][place >> above]

    def _tile(self, level: int, index: int) -> Tile:
        return Tile(level, index, min(hashes_at(level, self.size) - index * WIDTH, WIDTH))

    def _levels(self, tile: Tile) -> Levels:
        if not tile.is_full:
            return self._edge[tile.level]
        levels = self._kept.pop(tile, None)
        if levels is None:
            levels = self._checked(tile)
            if len(self._kept) >= TILES_KEPT:
                self._kept.pop(next(iter(self._kept)))
        self._kept[tile] = levels  # again the last to be forgotten
        return levels

    def _checked(self, tile: Tile) -> Levels:
        levels = levels_over(hashes_in(read_tile(self._source, tile)))
        above, place = divmod(tile.number, WIDTH)
        expected = self._levels(self._tile(tile.level + 1, above))[0][place]
        found = levels[-1][0]
        if found != expected:
            raise TilesDamaged(path_of(tile), f"its root is {found.hex()}, and {expected.hex()} stands above it.")
        return levels

    def _size(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 1 <= size <= self.size:
            raise IndexError(f"No tree of {size} leaves comes before one of {self.size}.")
        return size


def _split(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1
