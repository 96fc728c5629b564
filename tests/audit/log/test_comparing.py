"""Against a mirror each record is named that was changed, taken out, put in, moved or doubled, and no other is."""

import hashlib
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log import comparing
from audit.log.comparing import (
    CHANGED,
    DOUBLED,
    INSERTED,
    MISSING,
    MOVED,
    Comparison,
    Difference,
    Record,
    compare,
    leaves_of,
)
from audit.log.folder import LogFolder
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from tests.audit.log.writing_logs import Numbers, grown

SIZE = 700

Leaves = list[bytes]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> LogTree:
    folder, head = grown(tmp_path_factory.mktemp("log"), SIZE)
    return LogTree(folder, *head)


def other(word: str) -> bytes:
    """The leaf of a record that the mirror has never seen."""
    return hashlib.sha256(word.encode()).digest()


def renumbered(leaves: Iterable[bytes]) -> list[Record]:
    """The book as whoever tampers with it numbers it anew: no gap is left."""
    return [Record(position, leaf) for position, leaf in enumerate(leaves, start=1)]


def compared(tree: LogTree, tamper: Callable[[Leaves], object]) -> Comparison:
    leaves = Numbers().hashes(SIZE)
    tamper(leaves)
    return compare(tree, renumbered(leaves))


def named(comparison: Comparison) -> list[tuple[str, int, int | None]]:
    """Kind, position, and where the mirror has the book's record."""
    return [(difference.kind, difference.position, difference.at) for difference in comparison.differences]


def test_a_book_that_is_the_mirror_s_agrees_with_it_to_its_end(tree: LogTree) -> None:
    comparison = compared(tree, lambda leaves: None)

    assert comparison == Comparison(SIZE, SIZE, (), 0)


def test_what_the_book_has_beyond_the_mirror_is_no_difference(tree: LogTree) -> None:
    assert compared(tree, lambda leaves: leaves.extend([other("a"), other("b")])) == Comparison(SIZE, SIZE, (), 0)


def test_a_changed_record_is_named_with_what_both_have(tree: LogTree) -> None:
    comparison = compared(tree, lambda leaves: leaves.__setitem__(99, other("x")))

    assert comparison.differences == (Difference(CHANGED, Record(100, Numbers().hash(99)), Record(100, other("x"))),)
    assert comparison.agreed == 99


def test_a_record_that_was_taken_out_is_the_only_one_named_though_all_behind_it_moved_up(tree: LogTree) -> None:
    assert named(compared(tree, lambda leaves: leaves.pop(99))) == [(MISSING, 100, None)]


def test_records_that_left_a_gap_in_the_numbers_are_missing(tree: LogTree) -> None:
    book = [record for record in renumbered(Numbers().hashes(SIZE)) if not 300 <= record.position < 305]

    assert named(compare(tree, book)) == [(MISSING, position, None) for position in range(300, 305)]


def test_a_gap_wider_than_the_look_ahead_is_all_that_is_missing(tree: LogTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "WINDOW", 50)
    book = [record for record in renumbered(Numbers().hashes(SIZE)) if not 100 <= record.position < 400]

    assert named(compare(tree, book)) == [(MISSING, position, None) for position in range(100, 400)]


def test_a_record_that_was_put_in_is_named_by_its_place_in_the_book(tree: LogTree) -> None:
    comparison = compared(tree, lambda leaves: leaves.insert(99, other("x")))

    assert comparison.differences == (Difference(INSERTED, None, Record(100, other("x"))),)
    assert comparison.agreed == 99


@pytest.mark.parametrize("places", [(99, 100), (99, 600)])
def test_two_swapped_records_are_both_named_with_where_they_belong(tree: LogTree, places: tuple[int, int]) -> None:
    one, two = places

    def swap(leaves: Leaves) -> None:
        leaves[one], leaves[two] = leaves[two], leaves[one]

    assert named(compared(tree, swap)) == [(MOVED, one + 1, two + 1), (MOVED, two + 1, one + 1)]


def test_a_record_that_was_moved_is_missing_where_it_was_and_known_where_it_is(tree: LogTree) -> None:
    assert named(compared(tree, lambda leaves: leaves.insert(500, leaves.pop(99)))) == [
        (MISSING, 100, None),
        (MOVED, 501, 100),
    ]


def test_a_record_that_stands_twice_is_doubled_where_it_is_too_many(tree: LogTree) -> None:
    comparison = compared(tree, lambda leaves: leaves.insert(400, leaves[20]))

    assert named(comparison) == [(DOUBLED, 401, 21)]


def test_the_records_that_are_missing_at_the_end_are_each_named(tree: LogTree) -> None:
    comparison = compared(tree, lambda leaves: leaves.__delitem__(slice(690, None)))

    assert named(comparison) == [(MISSING, position, None) for position in range(691, 701)]
    assert comparison.agreed == 690


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda leaves: leaves.__setitem__(-1, other("x")), [(CHANGED, 700, None)]),
        (lambda leaves: leaves.insert(-1, other("x")), [(INSERTED, 700, None)]),
        (lambda leaves: leaves.pop(), [(MISSING, 700, None)]),
        (lambda leaves: leaves.pop(-2), [(MISSING, 699, None)]),
        (lambda leaves: leaves.clear(), [(MISSING, position, None) for position in range(1, 701)]),
    ],
)
def test_the_last_records_are_named_as_exactly_as_any_others(
    tree: LogTree, tamper: Callable[[Leaves], object], found: list[tuple[str, int, int | None]]
) -> None:
    assert named(compared(tree, tamper)) == found


def test_a_history_rewritten_from_some_record_on_is_other_from_there_on(tree: LogTree) -> None:
    rewritten = Numbers(turned=400)

    comparison = compare(tree, renumbered(rewritten.hashes(900)))

    assert named(comparison) == [(CHANGED, position, None) for position in range(401, 701)]
    assert comparison.agreed == 400


def test_beyond_a_thousand_the_differences_are_counted(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, 3_000)

    comparison = compare(LogTree(folder, *head), renumbered(other(str(number)) for number in range(3_000)))

    assert (len(comparison.differences), comparison.left_out, comparison.agreed) == (1_000, 2_000, 0)


def test_a_mirror_that_was_itself_changed_is_not_believed(tmp_path: Path) -> None:
    folder, head = grown(tmp_path, SIZE)
    folder.write("tile/0/001", bytes(8_192))

    with pytest.raises(TilesDamaged, match="tile/0/001: its root is"):
        compare(LogTree(folder, *head), renumbered(Numbers().hashes(SIZE)))


@given(edits=st.lists(st.tuples(st.sampled_from(["change", "drop", "add"]), st.integers(0, SIZE - 1)), max_size=6))
def test_whatever_was_done_to_single_records_is_named_and_the_rest_is_not(
    tree: LogTree, edits: list[tuple[str, int]]
) -> None:
    apart = {place // 20: (what, place // 20 * 20) for what, place in edits}  # far enough from each other
    leaves: list[Leaves] = [[leaf] for leaf in Numbers().hashes(SIZE)]
    for what, place in apart.values():
        leaves[place] = {"change": [other(f"{place}")], "drop": [], "add": [other(f"{place}"), *leaves[place]]}[what]

    comparison = compare(tree, renumbered(leaf for some in leaves for leaf in some))

    kinds = {"change": CHANGED, "drop": MISSING, "add": INSERTED}
    assert [difference.kind for difference in comparison.differences] == [
        kinds[what] for _, (what, _) in sorted(apart.items())
    ]
    assert [difference.mirrored.position for difference in comparison.differences if difference.mirrored] == [
        place + 1 for _, (what, place) in sorted(apart.items()) if what != "add"
    ]


def test_leaves_are_read_from_the_tiles_in_their_order(tree: LogTree) -> None:
    assert list(leaves_of(tree)) == Numbers().hashes(SIZE)
    assert list(leaves_of(LogTree(LogFolder(Path()), 0, hashlib.sha256().digest()))) == []


def test_memory_does_not_grow_with_the_books_compared(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        folder, head = grown(tmp_path / str(size), size)
        tracemalloc.start()
        compare(LogTree(folder, *head), endless())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(20_000), peak(60_000)

    assert large < 1.5 * small + 200_000


def endless() -> Iterator[Record]:
    """A book that goes on for ever, and is the mirror's."""
    return (Record(index + 1, Numbers().hash(index)) for index in count())
