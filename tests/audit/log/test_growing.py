"""A log grows: every size as the specification has it, in any steps, over any kill, and never over another history."""

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.log.folder import LogFolder
from audit.log.growing import SETTLED_LEAVES, Leaf, LeafChanged, TreeHead, drop_partials, grow, grown_so_far
from audit.log.tiles import TilesDamaged
from audit.merkle import root_of
from tests.audit.log.naive_reader import Head, read_log
from tests.audit.log.writing_logs import NOTHING, Numbers, grown
from tests.journeys.commanding import HOUSE, environment


def read_whole(folder: Path, head: TreeHead) -> list[bytes]:
    """The entries of a log that the other reader has read from its first byte to its last."""
    return read_log(lambda path: (folder / path).read_bytes(), Head("", *head)).entries


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_another_reader_finds_every_entry_of_a_log_of_any_size(tmp_path: Path, size: int) -> None:
    _, head = grown(tmp_path, size)

    entries = read_whole(tmp_path, head)

    assert entries == [Numbers().entry(index) for index in range(size)]
    assert head == TreeHead(size, root_of(Numbers().hashes(size)))


def test_another_reader_finds_all_70000_entries_after_two_steps(tmp_path: Path) -> None:
    _, head = grown(tmp_path, 65_535, 70_000)

    assert len(read_whole(tmp_path, head)) == 70_000


@settings(max_examples=12)
@given(steps=st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_log_that_grows_in_steps_is_the_log_that_grew_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    sizes = [sum(steps[: end + 1]) for end in range(len(steps))]
    in_steps, at_once = tmp_path_factory.mktemp("steps"), tmp_path_factory.mktemp("once")

    _, head = grown(in_steps, *sizes)

    assert head == grown(at_once, sizes[-1])[1]
    read_whole(in_steps, head)
    assert {path.relative_to(at_once) for path in at_once.rglob("*") if path.is_file()} <= {
        path.relative_to(in_steps) for path in in_steps.rglob("*") if path.is_file()
    }


def test_partial_tiles_stay_until_nobody_is_told_any_more_of_the_tree_that_has_them(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 100)
    grow(folder, Numbers(), 300, head)
    read_whole(tmp_path, head)  # as its checkpoint has it, without looking for the full tile in its place

    grow(folder, Numbers(), 400, head)
    drop_partials(folder, 400, head.size)

    assert not (tmp_path / "tile/0/000.p").exists()
    assert not (tmp_path / "tile/entries/000.p").exists()
    assert sorted(path.name for path in (tmp_path / "tile/0/001.p").iterdir()) == ["144", "44"]
    assert sorted(path.name for path in (tmp_path / "tile/1/000.p").iterdir()) == ["1"]


def test_growing_to_the_same_size_again_writes_the_same(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 300)

    assert grow(folder, Numbers(), 300, head) == grow(folder, Numbers(), 300, NOTHING) == head


def test_a_log_does_not_shrink_below_what_was_signed(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 300)

    with pytest.raises(ValueError, match="signed at 300 entries, and is asked for 299"):
        grow(folder, Numbers(), 299, head)


def test_a_book_that_ends_too_early_is_not_waited_for(tmp_path: Path) -> None:
    class Short(Numbers):
        def leaves(self, since: int, through: int) -> Iterator[Leaf]:
            return super().leaves(since, min(through, 299))

    with pytest.raises(ValueError, match="The book ends at entry 299, and 300 were asked for"):
        grow(LogFolder(tmp_path), Short(), 300, NOTHING)


def test_an_entry_that_was_changed_after_sealing_is_named_and_not_published(tmp_path: Path) -> None:
    class Edited(Numbers):
        def entry(self, index: int) -> bytes:
            return b"edited" if index == 700 else super().entry(index)

        def hash(self, index: int) -> bytes:
            return Numbers().hash(index)

    folder, head = grown(tmp_path, 300)

    with pytest.raises(LeafChanged, match=r"Entry 701 was changed after sealing") as changed:
        grow(folder, Edited(), 1_000, head)

    assert changed.value.position == 701
    read_whole(tmp_path, head)


def test_an_entry_that_is_not_the_published_one_is_named_with_both_leaves(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 300)

    with pytest.raises(TilesDamaged, match="entry 281 was published with the leaf") as damage:
        grow(folder, Numbers(turned=280), 310, head)

    assert damage.value.path == "tile/0/001.p/44"


def test_a_book_that_was_put_back_and_went_on_otherwise_grows_from_what_was_signed(tmp_path: Path) -> None:
    folder, signed = grown(tmp_path, 300)
    grow(folder, Numbers(), 900, signed)  # nobody signed this

    head = grow(folder, Numbers(turned=400), 1_000, signed)

    assert head.root == root_of(Numbers(turned=400).hashes(1_000))
    assert read_whole(tmp_path, head)[400] == b"another entry 400"


@pytest.mark.parametrize("lost", ["grown", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_lost_files_are_made_again_from_the_book_where_the_log_goes_on(tmp_path: Path, lost: str) -> None:
    folder, head = grown(tmp_path, 300)
    (tmp_path / lost).unlink()
    if lost == "tile/0/000":  # nobody has to look at it while the log grows; without the last tiles all are made anew
        (tmp_path / "tile/1/000.p/1").unlink()

    later = grow(folder, Numbers(), 310, head)

    read_whole(tmp_path, later)


@pytest.mark.parametrize("told", [b"", b"300", b"300 zz zz", b"x y z", b"\xff \xff \xff", b"900 00 00"])
def test_a_note_of_growth_that_cannot_be_read_is_done_without(tmp_path: Path, told: bytes) -> None:
    folder, head = grown(tmp_path, 300)
    (tmp_path / "grown").write_bytes(told)

    later = grow(folder, Numbers(), 310, head)

    assert grown_so_far(folder) == (later, Numbers().link(310))
    read_whole(tmp_path, later)


def writer(path: Path, size: int, fatal: int) -> subprocess.Popen[str]:
    """A writer that dies at its `fatal`-th operation."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.audit.log.killed_writer", str(path), str(size), str(fatal)],
        cwd=HOUSE,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_writer_killed_at_any_operation_leaves_a_log_that_resumes(tmp_path: Path) -> None:
    first, _ = writer(tmp_path / "first", 600, 0).communicate()
    operations = int(first)

    for fatal in range(1, operations + 1):
        path = tmp_path / str(fatal)
        killed = writer(path, 600, fatal)
        killed.communicate()
        head = grow(LogFolder(path), Numbers(), 620, NOTHING)
        assert killed.returncode < 0
        assert len(read_whole(path, head)) == 620


def test_a_killed_writer_goes_on_from_the_last_tiles_that_were_put_on_the_disk(tmp_path: Path) -> None:
    folder, _ = grown(tmp_path, SETTLED_LEAVES)

    class Counting(Numbers):
        since: int

        def leaves(self, since: int, through: int) -> Iterator[Leaf]:
            self.since = since
            return super().leaves(since, through)

    book = Counting()
    grow(folder, book, SETTLED_LEAVES + 10, NOTHING)

    assert book.since == SETTLED_LEAVES


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        tracemalloc.start()
        grow(LogFolder(tmp_path / str(size)), Numbers(), size, NOTHING)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(10_000), peak(40_000)

    assert large < 1.5 * small + 200_000
