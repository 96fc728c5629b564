"""A book is read as it lies, whatever somebody did to it; where it cannot be read, that is said."""

from pathlib import Path

import pytest

from audit.book import Book, NewEntry
from audit.log.comparing import Record
from audit.log.lying import LyingBook, said_by
from audit.seal import leaf_of, stream_id
from audit.verify import BookUnreadable


@pytest.fixture
def book_file(tmp_path: Path) -> Path:
    path = tmp_path / "money.db"
    with Book.create(path, name="money", origin="ledger.test/1/money") as book:
        book.append([NewEntry(stream_id(b"key", "kind", str(n)), 1, "entry/v1", b"{}") for n in range(7_000)])
    return path


def test_records_come_by_position_with_the_hash_of_their_entry_any_number_of_times(book_file: Path) -> None:
    reached: list[int] = []
    book = LyingBook(book_file, reached.append)

    with Book.open(book_file, name="money", read_only=True) as opened:
        assert list(book) == list(book) == [Record(each.position, leaf_of(each.entry)) for each in opened.read()]
    assert reached == [5_000, 7_000] * 2
    assert [record.position for record in book.behind(6_998)] == [6_999, 7_000]


def test_the_entries_of_rare_topics_are_found_behind_a_position(tmp_path: Path) -> None:
    path = tmp_path / "money.db"
    with Book.create(path, name="money", origin="ledger.test/1/money") as book:
        book.append([NewEntry(stream_id(b"key", "kind", str(n)), 1, f"entry-{'abcab'[n]}/v1", b"{}") for n in range(5)])

    found = LyingBook(path).of_topics(["entry-a/v1", "entry-c/v1"], behind=1)

    assert [entry.split(b"\n")[2] for entry in found] == [b"entry-c/v1", b"entry-a/v1"]


def test_an_entry_is_told_by_its_position_and_none_where_there_is_none(book_file: Path) -> None:
    book = LyingBook(book_file)

    entry = book.entry(7)

    assert entry is not None
    assert (entry.version, entry.topic, entry.state) == (1, "entry/v1", b"{}")
    assert book.entry(7_001) is None


@pytest.mark.parametrize("stored", ["text", 7, None, b"no entry"])
def test_what_is_no_entry_says_nothing(stored: object) -> None:
    assert said_by(stored) is None


def test_a_file_that_is_no_book_is_said_to_be_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "money.db"
    file.write_bytes(b"no database at all" * 100)

    with pytest.raises(BookUnreadable, match="cannot be read behind"):
        list(LyingBook(file))
    with pytest.raises(BookUnreadable, match="An entry of the book at"):
        LyingBook(file).entry(3)
