"""Whatever a superuser changes in one stored value of a book in PostgreSQL, verification says so, at or before it.

Found by: the office's own verify. A tail that was cut off with its head: whoever remembers a later one.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from audit.book import Book, NewEntry
from audit.seal import stream_id
from audit.verify import verify_book
from tests.postgresql import Database

pytestmark = pytest.mark.postgresql

SIZE = 12
COLUMNS = {
    "position": st.integers(-3, 20) | st.integers(-(2**63), 2**63 - 1),
    "stream": st.uuids() | st.integers(0, 3).map(lambda number: stream_id(b"key", "payment", f"TEST{number}")),
    "version": st.integers(-3, 9) | st.integers(-(2**63), 2**63 - 1),
    "topic": st.sampled_from(["payment-returned/v1", "x", ""]),
    "entry": st.binary(max_size=60),
    "leaf": st.binary(max_size=33),
    "link": st.binary(max_size=33),
}
HEAD_COLUMNS = {
    "position": st.integers(-3, 20) | st.integers(-(2**63), 2**63 - 1),
    "link": st.binary(max_size=33),
    "origin": st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
}

tried = settings(
    max_examples=10, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Tampered:
    """A book of twelve entries in four streams, with no guard that is up, and a copy to put back."""

    def __init__(self, database: Database, book: Book) -> None:
        self._book = book
        self._owner = psycopg.connect(database.url, autocommit=True)
        for table in ("events", "head"):
            self._owner.execute(SQL("ALTER TABLE money.{} DISABLE TRIGGER ALL").format(Identifier(table)))
            self._owner.execute(SQL("CREATE TABLE public.{0} AS TABLE money.{0}").format(Identifier(table)))

    def close(self) -> None:
        """Let go of the server."""
        self._owner.close()

    def change(self, table: str, column: str, value: object, where: str = "true") -> bool:
        """Whether `value` was put into `column` of the row `where`; the engine may refuse it, or it was there."""
        statement = SQL("UPDATE money.{0} SET {1} = %(value)s WHERE {1} IS DISTINCT FROM %(value)s AND ").format(
            Identifier(table), Identifier(column)
        )
        try:
            return self._owner.execute(statement + SQL(where), {"value": value}).rowcount == 1
        except (psycopg.errors.IntegrityError, psycopg.errors.ProgramLimitExceeded):
            return False

    def found(self) -> list[int]:
        """The positions of what is found, but for the guards that are down; then everything is put back."""
        found = [finding.position for finding in verify_book(self._book).findings if finding.kind != "guard"]
        with self._owner.transaction():
            for table in ("events", "head"):
                self._owner.execute(SQL("DELETE FROM money.{}").format(Identifier(table)))
                self._owner.execute(SQL("INSERT INTO money.{0} TABLE public.{0}").format(Identifier(table)))
        return found

    def value(self, column: str, position: int) -> Any:
        """What stands in `column` at `position`."""
        query = SQL("SELECT {} FROM money.events WHERE position = %s").format(Identifier(column))
        return (self._owner.execute(query, (position,)).fetchone() or (None,))[0]


@pytest.fixture
def tampered(database: Database) -> Iterator[Tampered]:
    """A book and its tamperer."""
    streams: list[UUID] = [stream_id(b"key", "payment", f"TEST{number}") for number in range(SIZE // 3)]
    with Book.create(database.url, name="money", origin="ledger.test/1") as book:
        book.append(
            [NewEntry(streams[i // 3], i % 3 + 1, "payment-made/v1", b'{"amount_fen":%d}' % i) for i in range(SIZE)]
        )
        made = Tampered(database, book)
        yield made
        made.close()


@pytest.mark.parametrize("column", COLUMNS)
def test_any_change_to_any_column_of_any_row_in_the_database_is_found(tampered: Tampered, column: str) -> None:
    @tried
    @given(position=st.integers(1, SIZE), value=COLUMNS[column])
    def found(position: int, value: object) -> None:
        changed = tampered.change("events", column, value, f"position = {position}")

        positions = tampered.found()

        assert bool(positions) == changed
        assert not changed or min(positions) <= position

    found()


@pytest.mark.parametrize("column", HEAD_COLUMNS)
def test_any_change_to_any_column_of_the_head_in_the_database_is_found(tampered: Tampered, column: str) -> None:
    @tried
    @given(value=HEAD_COLUMNS[column])
    def found(value: object) -> None:
        changed = tampered.change("head", column, value)

        positions = tampered.found()

        assert bool(positions) == changed
        assert not changed or min(positions) <= SIZE + 1

    found()


def test_any_flipped_bit_of_any_blob_in_the_database_is_found_at_its_row(tampered: Tampered) -> None:
    @tried
    @given(position=st.integers(1, SIZE), column=st.sampled_from(["entry", "leaf", "link"]), at=st.integers(0, 10**6))
    def found(position: int, column: str, at: int) -> None:
        flipped = bytearray(tampered.value(column, position))
        flipped[at // 8 % len(flipped)] ^= 1 << at % 8

        tampered.change("events", column, bytes(flipped), f"position = {position}")

        assert min(tampered.found()) == position

    found()


def swap(one: int, other: int) -> Callable[[str], str]:
    """What stands at `one` where the query asks for it at `other`, and the other way round."""
    return lambda column: (
        f"UPDATE money.events SET {column} = kept.{column} FROM public.events AS kept "
        f"WHERE kept.position = {one + other} - events.position AND events.position IN ({one}, {other})"
    )


def test_two_swapped_entries_in_the_database_are_found_from_the_first_on(
    database: Database, tampered: Tampered
) -> None:
    database.does(*map(swap(4, 9), ("entry", "leaf")))

    positions = tampered.found()

    assert min(positions) == 4
    assert 9 in positions


def test_a_tail_cut_off_in_the_database_is_found_unless_the_head_is_set_back_as_well(
    database: Database, tampered: Tampered
) -> None:
    database.does("DELETE FROM money.events WHERE position > 10")
    cut = tampered.found()
    database.does(
        "DELETE FROM money.events WHERE position > 10",
        "UPDATE money.head SET position = 10, link = (SELECT link FROM money.events WHERE position = 10)",
    )

    set_back = tampered.found()

    assert cut == [11]
    assert set_back == []  # an older copy: only what others hold shows it (`since`, checkpoints, witnesses)
