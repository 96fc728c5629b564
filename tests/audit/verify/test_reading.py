"""What is wrong with a file is kept apart from what keeps us from reading it."""

import sqlite3
from pathlib import Path

import pytest

from audit.book import Book
from audit.verify import BookUnreadable
from audit.verify.reading import damage_in, reading


def test_a_book_that_is_read_cannot_be_written_by_its_reader(book: Book) -> None:
    with reading(book.path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("CREATE TABLE notes (id)")


def test_a_folder_or_nothing_at_all_is_no_book(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "money.db"):
        with pytest.raises(BookUnreadable, match="Name the folder of a ledger"), reading(path):
            pass


def test_a_locked_book_says_nothing_about_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE events (id)")
    holder.execute("BEGIN EXCLUSIVE")
    reader = sqlite3.connect(path, timeout=0)

    with pytest.raises(sqlite3.OperationalError) as fault:
        reader.execute("SELECT * FROM events")

    with pytest.raises(BookUnreadable, match="cannot be read now: database is locked"):
        damage_in(fault.value, path)
    reader.close()
    holder.close()


def test_a_malformed_file_is_damage_in_the_engines_own_words(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"a letter, " * 100)

    with pytest.raises(sqlite3.DatabaseError) as fault, reading(path) as connection:
        connection.execute("SELECT 1 FROM sqlite_schema")

    assert damage_in(fault.value, path) == "file is not a database"
