"""The guards in the file: history is only appended to, whoever writes."""

import sqlite3
from collections.abc import Callable

import pytest

from audit.book import Book, NewEntry

FORBIDDEN = [
    "UPDATE events SET topic = 'other/v1' WHERE position = 2",
    "DELETE FROM events WHERE position = 3",
    "DELETE FROM events",
    "INSERT OR REPLACE INTO events SELECT position, stream, version, topic, x'00', leaf, link FROM events",
    "INSERT OR REPLACE INTO events SELECT 99, stream, version, topic, x'00', leaf, link FROM events WHERE position = 1",
    "UPDATE head SET position = 2",
    "UPDATE head SET link = x'00'",
    "UPDATE head SET position = 4",
    "UPDATE head SET position = 4, link = x'00'",
    "UPDATE head SET origin = 'another.test'",
    "UPDATE head SET row = 2",
    "DELETE FROM head",
    "INSERT INTO head VALUES (2, 0, x'00', 'another.test')",
    "INSERT OR REPLACE INTO head VALUES (1, 0, x'00', 'another.test')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_statement_that_would_change_history_is_refused(
    book: Book, entries: Callable[..., list[NewEntry]], statement: str
) -> None:
    book.append(entries(3))
    before = list(book.read()), book.head
    connection = sqlite3.connect(book, isolation_level=None)

    with pytest.raises(sqlite3.DatabaseError):
        connection.execute(statement)

    connection.close()
    assert (list(book.read()), book.head) == before
