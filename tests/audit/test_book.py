"""A book from the outside: what is appended is what is read, in one order, all of an append or nothing."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

import audit.book
import audit.stores.sqlite
from audit.book import Book, NewEntry
from audit.faults import (
    BookDamaged,
    BookExists,
    BookIsReadOnly,
    BookMissing,
    BookUnavailable,
    Conflict,
    NotABook,
    OutOfSequence,
)
from audit.merkle import root_of
from audit.seal import Head, NotAnEntry, genesis, leaf_of
from audit.verify import verify_book

Entries = Callable[..., list[NewEntry]]
NOBODY = UUID("00000000-0000-8000-8000-000000000000")


def unguarded(book: Book, statement: str) -> None:
    """Does `statement` to the file as somebody would who owns it."""
    connection = sqlite3.connect(book, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.close()


def test_an_empty_book_stands_at_position_zero_of_its_origin(book: Book) -> None:
    assert book.head == Head(0, genesis(book.origin))
    assert list(book.read()) == []
    assert book.entry(1) is None
    assert book.latest([]) == {}
    assert repr(book) == f"<Book money at {book.path}>"


def test_what_is_appended_is_read_back_in_order_at_positions_without_a_gap(book: Book, entries: Entries) -> None:
    new = entries(10)

    first = book.append(new[:4])
    second = book.append(new[4:])

    assert (first, second) == (range(1, 5), range(5, 11))
    read = list(book.read())
    assert [sealed.position for sealed in read] == list(range(1, 11))
    assert [(s.stream, s.version, s.topic, s.state) for s in read] == new
    assert all(leaf_of(sealed.entry) == sealed.leaf for sealed in read)
    assert book.head == (10, read[-1].link)


def test_appending_nothing_takes_no_position_and_no_lock(book: Book) -> None:
    assert len(book.append([])) == 0
    assert book.head.position == 0


def test_a_book_opened_again_goes_on_where_it_stood(book: Book, entries: Entries) -> None:
    book.append(entries(3))
    book.close()

    with Book.open(book, name="money") as again:
        assert again.origin == book.origin
        assert again.append(entries(3, first=1)) == range(4, 7)
        assert verify_book(again).ok


def test_reading_starts_ends_and_is_limited_where_it_is_told(book: Book, entries: Entries) -> None:
    book.append(entries(10))

    def read(**bounds: int) -> list[int]:
        return [sealed.position for sealed in book.read(**bounds)]

    assert read(start=8) == [8, 9, 10]
    assert read(limit=2) == [1, 2]
    assert read(start=3, limit=2) == [3, 4]
    assert read(through=2) == [1, 2]
    assert read(start=9, limit=5, through=99) == [9, 10]
    assert read(start=11) == read(limit=0) == read(start=5, through=4) == []


def test_reading_goes_in_chunks_and_ends_where_the_book_stood_at_the_start(
    book: Book, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.book, "READ_CHUNK", 4)
    book.append(entries(10))
    reading = book.read()

    first = next(reading)
    book.append(entries(10, first=4))

    assert [first.position, *(sealed.position for sealed in reading)] == list(range(1, 11))


def test_a_stream_is_read_by_version_and_its_latest_is_found(book: Book, entries: Entries) -> None:
    new = entries(9)
    book.append(new)
    streams = list(dict.fromkeys(entry.stream for entry in new))

    assert [sealed.version for sealed in book.stream(streams[1])] == [1, 2, 3]
    assert book.stream(NOBODY) == []
    latest = book.latest([*streams, NOBODY, streams[0]])
    assert set(latest) == set(streams)
    assert {sealed.version for sealed in latest.values()} == {3}
    assert [latest[stream].position for stream in streams] == [3, 6, 9]


def test_the_latest_of_more_streams_than_one_query_takes_are_all_found(
    book: Book, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.book, "LOOKUP_CHUNK", 2)
    new = entries(15)
    book.append(new)

    latest = book.latest({entry.stream for entry in new})

    assert len(latest) == 5


def test_one_entry_is_found_by_its_position(book: Book, entries: Entries) -> None:
    book.append(entries(3))

    found = book.entry(2)

    assert found is not None
    assert (found.position, found.version) == (2, 2)
    assert book.entry(4) is None


def test_entries_at_given_positions_come_in_the_order_they_were_asked_for(
    book: Book, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.book, "READ_CHUNK", 2)
    book.append(entries(9))

    assert [sealed.position for sealed in book.at([7, 3, 99, 9, 1])] == [7, 3, 9, 1]
    assert list(book.at([])) == []


def test_a_version_that_is_there_is_a_conflict_that_names_the_first(book: Book, entries: Entries) -> None:
    new = entries(9)
    book.append(new[:6])

    with pytest.raises(Conflict) as conflict:
        book.append([new[6], new[4], new[5], new[7]])

    assert (conflict.value.stream, conflict.value.version) == (new[4].stream, new[4].version)
    assert book.head.position == 6
    assert book.append([new[6]]) == range(7, 8)


def test_the_same_version_twice_in_one_append_is_a_conflict(book: Book, entries: Entries) -> None:
    (one,) = entries(1)

    with pytest.raises(Conflict, match=f"Stream {one.stream} has a version 1 already"):
        book.append([one, one])

    assert book.head.position == 0


@pytest.mark.parametrize("picked", [[1], [0, 2], [0, 1, 2, 4]])
def test_a_version_without_the_one_before_it_is_out_of_sequence(
    book: Book, entries: Entries, picked: list[int]
) -> None:
    new = entries(6)

    with pytest.raises(OutOfSequence, match="no version"):
        book.append([new[i] for i in picked])

    assert book.head.position == 0


def test_what_could_not_be_read_strictly_is_never_sealed(book: Book, entries: Entries) -> None:
    good, bad = entries(2)

    for spoiled in (
        bad._replace(topic="PaymentMade"),
        bad._replace(state=b'{"amount_fen": 1}'),
        bad._replace(state=b'{"note":"' + b"x" * 65_535 + b'"}'),
    ):
        with pytest.raises(NotAnEntry):
            book.append([good, spoiled])

    assert book.head.position == 0


def test_leaves_and_roots_are_those_of_the_first_entries(book: Book, entries: Entries) -> None:
    book.append(entries(20))
    leaves = [sealed.leaf for sealed in book.read()]

    assert list(book.leaves(20)) == leaves
    for size in (7, 20, 0, 13, 20):
        assert book.root(size) == root_of(leaves[:size])
    book.append(entries(3, first=7))
    assert book.root(23) == root_of(sealed.leaf for sealed in book.read())


def test_leaves_and_entries_are_given_as_they_were_sealed(book: Book, entries: Entries) -> None:
    book.append(entries(20))

    assert list(book.leaves_and_entries(6, 18)) == [(sealed.leaf, sealed.entry) for sealed in book.read(6, through=18)]
    with pytest.raises(ValueError, match="has 20 entries, and 21 were asked for"):
        list(book.leaves_and_entries(1, 21))


@pytest.mark.parametrize("size", [-1, 4])
def test_no_leaves_or_root_are_given_beyond_what_is_there(book: Book, entries: Entries, size: int) -> None:
    book.append(entries(3))

    with pytest.raises(ValueError, match="has 3 entries"):
        list(book.leaves(size))
    with pytest.raises(ValueError, match="has 3 entries"):
        book.root(size)


def test_many_threads_append_and_read_one_book_at_once(book: Book, entries: Entries) -> None:
    batches = [entries(6, first=2 * i) for i in range(40)]

    with ThreadPoolExecutor(8) as pool:
        positions = list(pool.map(book.append, batches))
        sizes = list(pool.map(lambda _: len(list(book.read())), range(8)))

    assert sorted(position for taken in positions for position in taken) == list(range(1, 241))
    assert set(sizes) == {240}
    assert verify_book(book).ok


def test_a_book_opened_for_reading_follows_but_never_writes(book: Book, entries: Entries) -> None:
    book.append(entries(3))

    with Book.open(book, name="money", read_only=True) as reader:
        book.append(entries(3, first=1))
        assert reader.head == book.head
        with pytest.raises(BookIsReadOnly, match="money"):
            reader.append(entries(1, first=9))


def test_a_book_is_never_made_over_another_file(book: Book, tmp_path: Path) -> None:
    note = tmp_path / "notes.txt"
    note.write_text("not a database at all, and not empty")

    for taken in (book.path, note):
        with pytest.raises(BookExists, match="never made over another"):
            Book.create(taken, name="money", origin="ledger.test/2")


def test_what_a_crash_left_of_a_book_being_made_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "money.db"
    left = sqlite3.connect(path)
    left.execute("PRAGMA journal_mode = WAL")
    left.close()

    with Book.create(path, name="money", origin="ledger.test/1") as book:
        assert book.head.position == 0


def test_a_book_needs_a_folder_a_file_and_an_origin(tmp_path: Path) -> None:
    with pytest.raises(BookMissing):
        Book.open(tmp_path / "money.db", name="money")
    with pytest.raises(BookMissing):
        Book.create(tmp_path / "no folder" / "money.db", name="money", origin="ledger.test/1")
    with pytest.raises(ValueError, match="origin"):
        Book.create(tmp_path / "money.db", name="money", origin="")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DROP TABLE head", "without the tables of a book"),
        ("DROP TABLE events", "without the tables of a book"),
        ("DELETE FROM head", "has 0 heads"),
        ("ALTER TABLE head RENAME COLUMN origin TO source", "no such column"),
    ],
)
def test_a_file_that_is_no_book_any_more_is_not_opened(book: Book, statement: str, why: str) -> None:
    book.close()
    unguarded(book, statement)

    with pytest.raises(NotABook, match=why):
        Book.open(book, name="money")


def test_a_file_that_is_no_database_is_not_opened_as_a_book(tmp_path: Path) -> None:
    path = tmp_path / "money.db"
    path.write_bytes(b"a letter, " * 100)

    with pytest.raises(NotABook, match="not a database"):
        Book.open(path, name="money")


def test_a_reader_is_told_of_a_missing_position_instead_of_passing_over_it(book: Book, entries: Entries) -> None:
    book.append(entries(9))
    unguarded(book, "DELETE FROM events WHERE position = 5")

    with pytest.raises(BookDamaged, match="money"):
        list(book.read())
    with pytest.raises(BookDamaged):
        list(book.leaves(9))
    with pytest.raises(BookDamaged):
        list(book.leaves_and_entries(1, 9))


def test_a_reader_is_told_of_a_row_that_is_no_entry(book: Book, entries: Entries) -> None:
    book.append(entries(3))
    unguarded(book, "UPDATE events SET entry = x'00' WHERE position = 2")

    with pytest.raises(BookDamaged, match="position 2"):
        book.entry(2)


def test_a_head_that_vanished_under_an_open_book_is_told(book: Book, entries: Entries) -> None:
    book.append(entries(3))
    unguarded(book, "DELETE FROM head")

    with pytest.raises(NotABook, match="no head"):
        _ = book.head
    with pytest.raises(BookUnavailable, match="0 heads"):
        book.append(entries(3, first=1))


def test_a_table_that_vanished_under_an_open_book_is_told(book: Book, entries: Entries) -> None:
    book.append(entries(3))
    unguarded(book, "DROP TABLE events")

    with pytest.raises(BookUnavailable, match="no such table"):
        list(book.read())


def test_a_head_set_back_makes_appending_fail_and_not_fork(book: Book, entries: Entries) -> None:
    book.append(entries(9))
    connection = sqlite3.connect(book, isolation_level=None)
    connection.execute("DROP TRIGGER head_only_moves_forward")
    connection.execute("UPDATE head SET position = 5")
    connection.close()

    with pytest.raises(BookUnavailable, match=r"taken|UNIQUE"):
        book.append(entries(3, first=5))

    assert book.head.position == 5


def test_a_book_that_stays_locked_is_unavailable_and_says_so(
    book: Book, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.stores.sqlite, "LOCK_TIMEOUT_SECONDS", 1)
    other = sqlite3.connect(book, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with Book.open(book, name="money") as hasty, pytest.raises(BookUnavailable, match="locked"):
        hasty.append(entries(1))

    other.close()
    assert book.append(entries(1)) == range(1, 2)


def test_whoever_waits_is_woken_by_an_append_of_this_process_and_of_another(book: Book, entries: Entries) -> None:
    with Book.open(book, name="money") as other, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(book.wait, beyond=0, timeout_seconds=20)
        book.append(entries(3))
        assert waiting.result() == 3

        waiting = pool.submit(book.wait, beyond=3, timeout_seconds=20)
        other.append(entries(3, first=1))

        assert waiting.result() == 6


def test_whoever_waits_for_what_does_not_come_is_told_how_far_the_book_goes(book: Book, entries: Entries) -> None:
    book.append(entries(3))

    assert book.wait(beyond=2, timeout_seconds=20) == 3
    assert book.wait(beyond=3, timeout_seconds=0.2) == 3
