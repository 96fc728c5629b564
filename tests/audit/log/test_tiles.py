"""How a log is cut into files: the specification's own examples, every path and back, and what is no path."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.tiles import (
    ENTRIES,
    Tile,
    TilesDamaged,
    bundle_of,
    bundles_of,
    cut,
    edge_of,
    entries_in,
    path_of,
    read_tile,
    tile_at,
    tiles_of,
)
from tests.audit.log.naive_reader import numbered


class Shelf(dict[str, bytes]):
    """Files in memory."""

    def read(self, path: str) -> bytes | None:
        return self.get(path)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(1, 1_000, 1), "tile/1/x001/000.p/1"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_is_found_where_the_specification_says(tile: Tile, path: str) -> None:
    assert path_of(tile) == path
    assert tile_at(path) == tile


@given(st.integers(ENTRIES, 63), st.integers(0, 2**56), st.integers(1, 256))
def test_every_tile_has_one_path_that_leads_back_to_it(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)

    assert tile_at(path_of(tile)) == tile
    assert f"/{numbered(number)}" in path_of(tile)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000.p/999",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../../keys",
        "tile/Entries/000",
        "tile/0/٠٠٠",
        "checkpoint",
    ],
)
def test_what_is_written_otherwise_is_no_tile(path: str) -> None:
    assert tile_at(path) is None


def test_a_tree_of_70000_leaves_is_cut_as_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))

    assert [sum(1 for tile in tiles if tile.level == level and tile.is_full) for level in (0, 1, 2)] == [273, 1, 0]
    assert edge_of(70_000) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if not tile.is_full] == edge_of(70_000)
    assert len(list(bundles_of(70_000))) == 274


def test_a_tree_of_256_leaves_is_a_full_tile_and_one_hash_above() -> None:
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == edge_of(0) == []


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_what_a_smaller_tree_lacks_is_all_that_the_larger_one_adds(one: int, other: int) -> None:
    old, new = sorted((one, other))

    added = list(tiles_of(new, since=old))

    assert set(tiles_of(new)) <= {*tiles_of(old), *added}
    assert not set(added) & set(tiles_of(old))
    assert all(tile.is_in(new) and not tile.is_in(old) for tile in added)


@given(st.lists(st.binary(max_size=70), max_size=256))
def test_a_bundle_gives_back_the_entries_that_it_holds(entries: list[bytes]) -> None:
    assert list(entries_in(bundle_of(entries), "here")) == entries


def test_a_bundle_holds_an_entry_of_the_greatest_length() -> None:
    longest = b"x" * 65_535

    assert list(entries_in(bundle_of([longest, b""]), "here")) == [longest, b""]


@pytest.mark.parametrize("end", [1, 2, 4, 8])
def test_a_bundle_that_ends_in_the_middle_of_an_entry_is_damaged(end: int) -> None:
    bundle = bundle_of([b"one", b"three"])

    with pytest.raises(TilesDamaged, match="ends in the middle of its entry"):
        list(entries_in(bundle[:end], "here"))


def test_a_partial_tile_is_cut_from_the_full_one_that_took_its_place() -> None:
    hashes = [hashlib.sha256(bytes([number])).digest() for number in range(256)]
    shelf = Shelf({"tile/0/000": b"".join(hashes), "tile/entries/000": bundle_of([b"one", b"two"] * 128)})

    assert read_tile(shelf, Tile(0, 0, 3)) == b"".join(hashes[:3])
    assert read_tile(shelf, Tile(ENTRIES, 0, 3)) == bundle_of([b"one", b"two", b"one"])


def test_a_tile_that_is_missing_or_of_another_length_is_named() -> None:
    shelf = Shelf(
        {"tile/0/001.p/2": bytes(63), "tile/entries/001.p/2": bundle_of([b"one"]), "tile/0/002": bytes(8_193)}
    )

    with pytest.raises(TilesDamaged, match=r"^tile/0/000\.p/7: it is missing"):
        read_tile(shelf, Tile(0, 0, 7))
    with pytest.raises(TilesDamaged, match=r"^tile/0/001\.p/2: it has 63 bytes; 2 hashes have 64"):
        read_tile(shelf, Tile(0, 1, 2))
    with pytest.raises(TilesDamaged, match=r"^tile/entries/001\.p/2: it holds 1 entries; its name says 2"):
        read_tile(shelf, Tile(ENTRIES, 1, 2))
    with pytest.raises(TilesDamaged, match=r"^tile/0/002: it has 8193 bytes"):
        read_tile(shelf, Tile(0, 2))


def test_nothing_is_cut_from_what_is_too_short() -> None:
    with pytest.raises(TilesDamaged, match="2 hashes were looked for"):
        cut(bytes(32), Tile(0, 0, 2), "tile/0/000")
    with pytest.raises(TilesDamaged, match="2 were looked for"):
        cut(bundle_of([b"one"]), Tile(ENTRIES, 0, 2), "tile/entries/000")
