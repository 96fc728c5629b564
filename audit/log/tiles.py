"""Tiles and entry bundles: how a log of any size is cut into files that never change (c2sp.org/tlog-tiles).

A tile is up to 256 hashes side by side at one height of the tree. At level 0 they are leaves; at each level above, each
is the root of a full tile below. An entry bundle is the up to 256 entries under a tile of level 0, each behind its
length in two bytes. Only the last tile of a level may be partial, and its path ends in its width::

    tile/0/000, tile/0/x001/234, tile/1/000.p/17            hashes
    tile/entries/000, tile/entries/x001/234.p/17            entries

Standard library only: whoever checks a log ships with this file.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from audit.merkle import EMPTY_ROOT, node_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile, entries in a full bundle."""

HASH_BYTES = 32
LENGTH_BYTES = 2
LONGEST_ENTRY_BYTES = 65_535
HIGHEST_LEVEL = 63
ENTRIES = -1
"""The level that stands for entry bundles, below the leaves."""

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class TilesDamaged(ValueError):
    """What a log's tiles hold is not what its head answers for; `path` names the file, the text says what was found."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


class TileSource(Protocol):
    """Where tiles are read from: a folder, a web address, a zip."""

    def read(self, path: str) -> bytes | None:
        """The bytes at `path` (`tile/0/x001/234`), or None when there is nothing."""


class Tile(NamedTuple):
    """One tile: its level (`ENTRIES` for a bundle), its number there, from 0, and how many of its 256 places are full.

    A bundle's place in the tree is that of the tile of level 0 with its number.
    """

    level: int
    number: int
    width: int = WIDTH

    @property
    def is_full(self) -> bool:
        """Whether it will not grow any more."""
        return self.width == WIDTH

    @property
    def whole(self) -> "Tile":
        """The same when it is full."""
        return self._replace(width=WIDTH)

    @property
    def start(self) -> int:
        """The number of its first hash or entry in the level."""
        return self.number * WIDTH

    @property
    def end(self) -> int:
        """The number behind its last one."""
        return self.start + self.width

    def is_in(self, size: int) -> bool:
        """Whether all of it belongs to the tree of `size` leaves."""
        return self.end <= hashes_at(self.level, size)


def hashes_at(level: int, size: int) -> int:
    """How many hashes (entries) the tree of `size` leaves has at `level`."""
    return size >> HEIGHT * max(level, 0)


def path_of(tile: Tile) -> str:
    """Where the tile is served and stored: `tile/0/x001/234.p/17`."""
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    rest, last = divmod(tile.number, 1000)
    place = f"{last:03}"
    while rest:
        rest, last = divmod(rest, 1000)
        place = f"x{last:03}/{place}"
    return f"tile/{level}/{place}" + ("" if tile.is_full else f".p/{tile.width}")


def tile_at(path: str) -> Tile | None:
    """The tile that is served at `path`; None when no tile is called so, however it is written."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, place, width = found.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(place.replace("x", "").replace("/", "")),
        int(width or WIDTH),
    )
    is_one = tile.level <= HIGHEST_LEVEL and tile.width <= WIDTH and path_of(tile) == path
    return tile if is_one else None


def edge_of(size: int) -> list[Tile]:
    """The partial tiles of the tree of `size` leaves, from level 0 upwards: together they hold all that its root needs.

    A level whose last tile is full has none: that tile's root stands in the level above.
    """
    tiles = []
    level = 0
    while hashes := hashes_at(level, size):
        if width := hashes % WIDTH:
            tiles.append(Tile(level, hashes // WIDTH, width))
        level += 1
    return tiles


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The tiles of the tree of `size` leaves, level by level; only those that the tree of `since` leaves lacks."""
    level = 0
    while hashes_at(level, size):
        yield from _tiles_at(level, size, since)
        level += 1


def bundles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The entry bundles of the log of `size` entries; only those that the log of `since` entries lacks."""
    return _tiles_at(ENTRIES, size, since)


def _tiles_at(level: int, size: int, since: int) -> Iterator[Tile]:
    hashes, before = hashes_at(level, size), hashes_at(level, since)
    for index in range(before // WIDTH, hashes // WIDTH):
        yield Tile(level, index)
    if hashes % WIDTH and hashes != before:
        yield Tile(level, hashes // WIDTH, hashes % WIDTH)


def read_tile(source: TileSource, tile: Tile) -> bytes:
    """What a tile or bundle holds: as it lies, or cut from the full one that has taken its place.

    Raises:
        TilesDamaged: when it is not there, or has another length than its width says.
    """
    path = path_of(tile)
    held = source.read(path)
    if held is None and not tile.is_full:
        path = path_of(tile.whole)
        held = source.read(path)
        if held is not None:
            return cut(held, tile, path)
    if held is None:
        raise TilesDamaged(path_of(tile), "it is missing, and so is the full one in its place.")
    _check_length(held, tile, path)
    return held


def cut(held: bytes, tile: Tile, path: str) -> bytes:
    """What `tile` held before the tile or bundle `held`, read from `path`, had grown beyond it.

    Raises:
        TilesDamaged: when `held` does not go so far.
    """
    if tile.level != ENTRIES:
        if len(held) < tile.width * HASH_BYTES:
            raise TilesDamaged(path, f"it has {len(held)} bytes, and {tile.width} hashes were looked for.")
        return held[: tile.width * HASH_BYTES]
    lengths = (LENGTH_BYTES + len(entry) for entry in entries_in(held, path, at_most=tile.width))
    taken = list(lengths)
    if len(taken) < tile.width:
        raise TilesDamaged(path, f"it holds {len(taken)} entries, and {tile.width} were looked for.")
    return held[: sum(taken)]


def hashes_in(held: bytes) -> list[bytes]:
    """The hashes of a tile whose length was checked."""
    return [held[at : at + HASH_BYTES] for at in range(0, len(held), HASH_BYTES)]


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """The bundle that holds `entries`, each at most 65,535 bytes."""
    return b"".join([len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries])


def entries_in(bundle: bytes, path: str, *, at_most: int = WIDTH) -> Iterator[bytes]:
    """The entries of a bundle, read strictly.

    Raises:
        TilesDamaged: when it ends in the middle of one; `path` says where it was read.
    """
    at = 0
    for number in range(at_most):
        if at == len(bundle):
            return
        begins = at + LENGTH_BYTES
        at = begins + int.from_bytes(bundle[at:begins], "big")
        if begins > len(bundle) or at > len(bundle):
            raise TilesDamaged(path, f"it ends in the middle of its entry {number}.")
        yield bundle[begins:at]


def levels_over(hashes: list[bytes]) -> list[list[bytes]]:
    """All complete nodes over the hashes of one tile, level by level; of a full tile the last level is its root."""
    levels = [hashes]
    while len(below := levels[-1]) > 1:
        levels.append([node_of(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return levels


def root_over(edge: Iterable[list[bytes]]) -> bytes:
    """The root of a tree, from the hashes of its partial tiles, lowest level first (RFC 6962, 2.1)."""
    root: bytes | None = None
    for hashes in edge:
        for peak in _peaks(hashes):
            root = peak if root is None else node_of(peak, root)
    return EMPTY_ROOT if root is None else root


def _peaks(hashes: list[bytes]) -> Iterator[bytes]:
    """The roots of the largest complete subtrees over `hashes`, from the right."""
    for level in levels_over(hashes):
        if len(level) & 1:
            yield level[-1]


def _check_length(held: bytes, tile: Tile, path: str) -> None:
    if tile.level != ENTRIES:
        if len(held) != tile.width * HASH_BYTES:
            raise TilesDamaged(path, f"it has {len(held)} bytes; {tile.width} hashes have {tile.width * HASH_BYTES}.")
        return
    found = sum(1 for _ in entries_in(held, path, at_most=WIDTH + 1))
    if found != tile.width:
        raise TilesDamaged(path, f"it holds {found} entries; its name says {tile.width}.")
