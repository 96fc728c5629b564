"""The file itself: its pages, and an index that says what its table says."""

import sqlite3

from audit.book import Book
from audit.verify.structure import read_structure


def test_the_file_of_a_sound_book_is_sound(book: Book) -> None:
    assert read_structure(book.path, 12).findings.in_order() == ()


def test_an_index_with_an_entry_too_few_is_found_behind_the_last_position(book: Book) -> None:
    connection = sqlite3.connect(book, isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'").fetchone()
    size = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    content = bytearray(book.path.read_bytes())
    at = (root[0] - 1) * size[0] + 3  # the number of cells of the index's page, 2 bytes
    content[at : at + 2] = (int.from_bytes(content[at : at + 2], "big") - 1).to_bytes(2, "big")
    book.path.write_bytes(content)

    (found,) = read_structure(book.path, 12).findings.in_order()

    assert (found.position, found.kind, found.expected) == (13, "guard", "a sound file")
    assert found.found


def test_a_file_that_is_no_database_is_damage_in_its_structure(book: Book) -> None:
    letter = book.path.with_name("letter.txt")
    letter.write_bytes(b"a letter, " * 100)

    (found,) = read_structure(letter, 0).findings.in_order()

    assert (found.position, found.kind, found.found) == (1, "guard", "file is not a database")
