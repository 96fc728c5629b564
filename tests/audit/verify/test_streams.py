"""Versions in sequence, by sorting the table and by looking up what is new."""

import sqlite3

import pytest

from audit.book import Book
from audit.verify.streams import read_streams


def owner(book: Book, statement: str) -> None:
    connection = sqlite3.connect(book, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("by_index", [True, False])
def test_a_book_with_its_versions_in_sequence_has_no_finding(book: Book, by_index: bool) -> None:  # noqa: FBT001
    part = read_streams(book.path, 1, 12, by_index=by_index)

    assert part.covered == 0
    assert part.findings.in_order() == ()


@pytest.mark.parametrize("by_index", [True, False])
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE events SET version = 9 WHERE position = 6", [(6, "3", "9")]),
        ("UPDATE events SET version = 0 WHERE position = 4", [(4, "1", "0")]),
        ("DELETE FROM events WHERE position = 4", [(5, "1", "2")]),
    ],
)
def test_a_version_out_of_sequence_is_named_with_the_one_that_was_due(
    book: Book,
    by_index: bool,  # noqa: FBT001
    statement: str,
    expected: list[tuple[int, str, str]],
) -> None:
    owner(book, statement)

    found = read_streams(book.path, 1, 12, by_index=by_index).findings.in_order()

    assert [(f.position, f.expected, f.found) for f in found][:1] == expected
    assert {f.kind for f in found} == {"stream"}


def test_only_the_positions_asked_for_are_named(book: Book) -> None:
    owner(book, "UPDATE events SET version = 9 WHERE position IN (3, 6)")

    found = read_streams(book.path, 5, 12, by_index=False).findings.in_order()

    assert [f.position for f in found] == [6]


def test_streams_that_cannot_be_read_are_a_finding_and_no_traceback(book: Book) -> None:
    owner(book, "DROP TABLE events")

    (found,) = read_streams(book.path, 5, 12, by_index=True).findings.in_order()

    assert (found.position, found.kind, found.found) == (5, "unreadable", "no such table: events")


def test_a_stream_of_another_type_is_named_as_it_is(book: Book) -> None:
    for statement in (
        "CREATE TABLE loose AS SELECT * FROM events",
        "DROP TABLE events",
        "ALTER TABLE loose RENAME TO events",
        "UPDATE events SET stream = 5, version = 7 WHERE position = 6",
    ):
        owner(book, statement)

    (found,) = read_streams(book.path, 1, 12, by_index=False).findings.in_order()

    assert (found.position, found.stream) == (6, "5")
