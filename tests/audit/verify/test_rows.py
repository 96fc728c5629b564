"""The rows of a stretch, one after the other."""

import pytest

from audit.book import Book
from audit.verify import BookUnreadable
from audit.verify.rows import read_rows


@pytest.mark.parametrize(("first", "last"), [(1, 12), (1, 1), (5, 8), (12, 12)])
def test_a_stretch_of_a_sound_book_is_sound_wherever_it_starts(book: Book, first: int, last: int) -> None:
    part = read_rows(book.path, first, last, book.origin)

    assert part.covered == last - first + 1
    assert part.findings.in_order() == ()


def test_a_stretch_that_goes_beyond_the_book_ends_in_a_gap(book: Book) -> None:
    part = read_rows(book.path, 10, 15, book.origin)

    assert [(found.position, found.kind) for found in part.findings.in_order()] == [(13, "gap")]


def test_a_first_row_without_a_known_origin_is_read_and_only_its_link_is_not(book: Book) -> None:
    assert read_rows(book.path, 1, 12, None).findings.in_order() == ()


def test_a_stretch_of_a_book_that_is_gone_cannot_be_read(book: Book) -> None:
    with pytest.raises(BookUnreadable):
        read_rows(book.path.with_name("gone.db"), 1, 12, book.origin)
