"""Roots and proofs from tiles: against the definitions, against pymerkle, and against tiles that were changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from pymerkle import verify_consistency as pymerkle_accepts

from audit.log.folder import LogFolder
from audit.log.proving import LogTree, root_of_tiles
from audit.log.tiles import Tile, TilesDamaged
from audit.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion
from tests.audit.log import naive_reader
from tests.audit.log.writing_logs import Numbers, grown

MOST = 1_300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> LogFolder:
    """A log of 1,300 entries; every smaller tree is cut from its tiles."""
    return grown(tmp_path_factory.mktemp("log"), MOST)[0]


@pytest.fixture(scope="module")
def hashes() -> list[bytes]:
    return Numbers().hashes(MOST)


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    """The same leaves in pymerkle's tree."""
    tree = InmemoryTree(algorithm="sha256")
    for index in range(MOST):
        tree.append_entry(Numbers().entry(index))
    return tree


def tree_of(folder: LogFolder, hashes: list[bytes], size: int) -> LogTree:
    return LogTree(Cut(folder), size, naive_reader.mth(hashes[:size]))


class Cut:
    """Only the full tiles of a larger log, and its last ones as if they were full: a smaller tree is cut from them."""

    def __init__(self, folder: LogFolder) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        place, _, width = path.partition(".p/")
        if width:
            return None
        last = sorted(self._folder.path.glob(f"{place}.p/*"))
        return last[-1].read_bytes() if last else self._folder.read(path)


@given(st.integers(1, MOST), st.data())
def test_roots_and_inclusion_proofs_of_any_size_are_those_of_pymerkle(
    folder: LogFolder, hashes: list[bytes], oracle: InmemoryTree, size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(folder, hashes, size)

    theirs = oracle.prove_inclusion(index + 1, size).serialize()

    assert tree.root == oracle.get_root(size)
    assert [tree.leaf(index).hex(), *(step.hex() for step in tree.inclusion(index))] == theirs["path"]
    verify_inclusion(hashes[index], index, size, tree.inclusion(index), tree.root)


@given(st.integers(1, MOST), st.data())
def test_roots_of_any_two_sizes_are_consistent_for_pymerkle_and_for_the_definition(
    folder: LogFolder, hashes: list[bytes], oracle: InmemoryTree, size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, size))
    tree = tree_of(folder, hashes, size)

    proof = tree.consistency(old)

    assert tree.root_at(old) == oracle.get_root(old) == naive_reader.mth(hashes[:old])
    assert proof == naive_reader.proof(old, hashes[:size])
    verify_consistency(old, tree.root_at(old), size, tree.root, proof)
    pymerkle_accepts(tree.root_at(old), tree.root, oracle.prove_consistency(old, size))


@given(st.integers(1, MOST), st.data())
def test_the_proofs_of_a_smaller_tree_are_read_from_the_tiles_of_the_larger(
    folder: LogFolder, hashes: list[bytes], size: int, data: st.DataObject
) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree = LogTree(folder, MOST, naive_reader.mth(hashes))

    assert tree.inclusion(index, size=size) == naive_reader.path(index, hashes[:size])
    assert tree.consistency(old, size=size) == naive_reader.proof(old, hashes[:size])


@given(st.integers(1, MOST), st.data())
def test_inclusion_proofs_are_those_that_the_definition_gives(
    folder: LogFolder, hashes: list[bytes], size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))

    assert tree_of(folder, hashes, size).inclusion(index) == naive_reader.path(index, hashes[:size])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_the_last_tiles_of_all_levels_give_the_root(tmp_path: Path, size: int) -> None:
    folder, head = grown(tmp_path, size)

    assert root_of_tiles(folder, size) == head.root == naive_reader.mth(Numbers().hashes(size))


def test_the_tree_of_nothing_has_the_root_of_nothing(tmp_path: Path) -> None:
    tree = LogTree(LogFolder(tmp_path), 0, EMPTY_ROOT)

    assert root_of_tiles(LogFolder(tmp_path), 0) == EMPTY_ROOT
    assert tree.edge == []
    with pytest.raises(IndexError, match="not in a tree of 0 leaves"):
        tree.leaf(0)


@pytest.mark.parametrize("index", [-1, 1_000])
def test_no_proof_is_made_for_what_the_tree_does_not_hold(tmp_path: Path, index: int) -> None:
    tree = LogTree(*of(tmp_path, 1_000))

    with pytest.raises(IndexError, match=f"Leaf index {index} is not in a tree of 1000 leaves"):
        tree.inclusion(index)
    for old in (0, 1_001):
        with pytest.raises(IndexError, match=f"No tree of {old} leaves comes before one of 1000"):
            tree.consistency(old)
        with pytest.raises(IndexError, match=f"No tree of {old} leaves"):
            tree.root_at(old)
        with pytest.raises(IndexError, match=f"No tree of {old} leaves"):
            tree.inclusion(0, size=old)


def of(path: Path, size: int) -> tuple[LogFolder, int, bytes]:
    folder, head = grown(path, size)
    return folder, head.size, head.root


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("path", ["tile/0/003.p/232", "tile/1/000.p/3"])
def test_a_changed_last_tile_is_found_before_anything_is_proven(tmp_path: Path, path: str) -> None:
    log = of(tmp_path, 1_000)
    flip(tmp_path / path)

    with pytest.raises(TilesDamaged, match=r"the root of 1000 leaves is [0-9a-f]{64}, and [0-9a-f]{64} is signed"):
        LogTree(*log)


def test_a_changed_full_tile_is_named_with_both_roots(tmp_path: Path) -> None:
    log = of(tmp_path, 1_000)
    flip(tmp_path / "tile/0/001")
    tree = LogTree(*log)

    with pytest.raises(TilesDamaged, match=r"its root is [0-9a-f]{64}, and [0-9a-f]{64} stands above it") as damage:
        tree.inclusion(300)

    assert damage.value.path == "tile/0/001"
    verify_inclusion(Numbers().hash(700), 700, 1_000, tree.inclusion(700), log[2])


@pytest.mark.parametrize("ask", [lambda tree: tree.leaf(300), lambda tree: tree.consistency(300)])
def test_a_missing_tile_is_named_whatever_is_asked(tmp_path: Path, ask: Callable[[LogTree], object]) -> None:
    log = of(tmp_path, 1_000)
    (tmp_path / "tile/0/001").unlink()

    with pytest.raises(TilesDamaged, match="tile/0/001: it is missing"):
        ask(LogTree(*log))


def test_a_tree_of_70000_leaves_proves_through_three_levels(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 70_000)
    tree = LogTree(folder, *head)
    hashes = Numbers().hashes(70_000)

    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        verify_inclusion(hashes[index], index, 70_000, tree.inclusion(index), head.root)
    for old in (1, 256, 65_536, 69_887, 69_999, 70_000):
        verify_consistency(old, naive_reader.mth(hashes[:old]), 70_000, head.root, tree.consistency(old))


def test_a_changed_tile_of_level_one_is_named(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 70_000)
    flip(tmp_path / "tile/1/000")

    with pytest.raises(TilesDamaged) as damage:
        LogTree(folder, *head).inclusion(5)

    assert damage.value.path == "tile/1/000"


def test_the_hashes_of_a_tile_are_given_as_they_stood_when_it_was_narrower(tmp_path: Path) -> None:
    tree = LogTree(*of(tmp_path, 1_000))

    assert tree.hashes(Tile(0, 1)) == Numbers().hashes(512)[256:]
    assert tree.hashes(Tile(0, 3, 5)) == Numbers().hashes(773)[768:]
    assert tree.hashes(Tile(1, 0, 2)) == [naive_reader.mth(Numbers().hashes(512)[at : at + 256]) for at in (0, 256)]
    with pytest.raises(IndexError, match=r"tile/0/003\.p/233 is not in a tree of 1000 leaves"):
        tree.hashes(Tile(0, 3, 233))


def test_no_more_tiles_are_remembered_than_a_few(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 70_000)
    tree = LogTree(folder, *head)

    for index in range(0, 65_536, 256):
        tree.leaf(index)

    assert len(tree._kept) == 64
