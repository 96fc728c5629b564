"""An older copy of the whole file is put back. It is a chain without a fault: only who remembers more can tell."""

import json
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

from audit.book import Book, NewEntry
from audit.verify import verify_book


def append_one(path: Path) -> None:
    with Book.open(path, name="money") as book:
        book.append([NewEntry(uuid4(), 1, "payment-made/v1", json.dumps({"amount_fen": 1}).replace(" ", "").encode())])


def test_an_older_copy_verifies_alone_and_not_against_what_is_remembered(book_file: Path, tmp_path: Path) -> None:
    """So: checkpoints that others hold, receipts, and roots on paper (DESIGN §4)."""
    copyfile(book_file, tmp_path / "older.db")
    append_one(book_file)
    with Book.open(book_file, name="money") as book:
        remembered = book.head
    copyfile(tmp_path / "older.db", book_file)

    assert verify_book(book_file).ok

    (found,) = verify_book(book_file, since=remembered).findings
    assert (found.position, found.kind) == (31, "head")
    assert found.expected == f"31 {remembered.link.hex()}"


def test_an_older_copy_that_grew_anew_is_another_history(book_file: Path, tmp_path: Path) -> None:
    copyfile(book_file, tmp_path / "older.db")
    append_one(book_file)
    with Book.open(book_file, name="money") as book:
        remembered = book.head
    copyfile(tmp_path / "older.db", book_file)
    append_one(book_file)

    assert verify_book(book_file).ok

    (found,) = verify_book(book_file, since=remembered).findings
    assert (found.position, found.kind) == (1, "head")
    assert found.expected == f"31 {remembered.link.hex()}"
