"""The first look: how far the book goes, from where to read, and what is wrong before a row is read."""

from pathlib import Path

from audit.book import Book
from audit.seal import Head
from audit.verify.survey import survey


def test_a_sound_book_is_surveyed_without_a_finding(book: Book) -> None:
    seen = survey(book.path, None)

    assert (seen.origin, seen.first, seen.last, seen.tables_are_ours) == (book.origin, 1, book.head, True)
    assert seen.findings.in_order() == ()


def test_a_remembered_head_that_still_holds_sets_where_to_read_on(book: Book) -> None:
    fifth = book.entry(5)
    assert fifth is not None

    seen = survey(book.path, Head(5, fifth.link))

    assert seen.first == 6
    assert seen.findings.in_order() == ()


def test_a_file_without_the_tables_of_a_book_has_no_last_position(tmp_path: Path) -> None:
    path = tmp_path / "money.db"
    path.touch()

    seen = survey(path, None)

    assert seen.last is None
    assert [(found.position, found.kind) for found in seen.findings.in_order()] == [(1, "unreadable")]
