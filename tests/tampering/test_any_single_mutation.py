"""Whatever single stored value is changed to whatever else, verification says so, at or before that row.

Found by: the office's own verify, and so by whoever is given the file.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.verify import verify_book

COLUMNS = {
    "position": st.integers(-3, 40) | st.integers(-(2**63), 2**63 - 1),
    "stream": st.text(max_size=40),
    "version": st.integers(-3, 9) | st.integers(-(2**63), 2**63 - 1),
    "topic": st.sampled_from(["payment-returned/v1", "x", ""]) | st.text(max_size=20),
    "entry": st.binary(max_size=60),
    "leaf": st.binary(max_size=33),
    "link": st.binary(max_size=33),
}
HEAD_COLUMNS = {
    "position": st.integers(-3, 40) | st.integers(-(2**63), 2**63 - 1),
    "link": st.binary(max_size=33),
    "origin": st.text(max_size=20),
}


def mutate(path: Path, statement: str, values: tuple[object, ...]) -> bool:
    """Whether the statement changed what is stored; the engine itself may refuse it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        try:
            return connection.execute(statement, values).rowcount == 1
        except sqlite3.IntegrityError:
            return False


@pytest.mark.parametrize("column", COLUMNS)
def test_any_change_to_any_column_of_any_row_is_found(book_file: Path, column: str) -> None:
    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(position=st.integers(1, 30), value=COLUMNS[column])
    def found(position: int, value: object) -> None:
        copy = book_file.with_name("copy.db")
        copyfile(book_file, copy)
        changed = mutate(
            copy,
            f"UPDATE events SET {column} = ?1 WHERE position = ?2 AND {column} IS NOT ?1",
            (value, position),
        )
        findings = [f for f in verify_book(copy).findings if f.kind != "guard"]
        assert bool(findings) == changed
        assert not changed or min(f.position for f in findings) <= position

    found()


@pytest.mark.parametrize("column", HEAD_COLUMNS)
def test_any_change_to_any_column_of_the_head_is_found(book_file: Path, column: str) -> None:
    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(value=HEAD_COLUMNS[column])
    def found(value: object) -> None:
        copy = book_file.with_name("copy.db")
        copyfile(book_file, copy)
        changed = mutate(copy, f"UPDATE head SET {column} = ?1 WHERE {column} IS NOT ?1", (value,))
        findings = [f for f in verify_book(copy).findings if f.kind != "guard"]
        assert bool(findings) == changed
        assert not changed or min(f.position for f in findings) <= 31

    found()


def test_any_flipped_bit_of_any_stored_blob_is_found_at_its_row(book_file: Path, attack: Callable[..., None]) -> None:
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(position=st.integers(1, 30), column=st.sampled_from(["entry", "leaf", "link"]), at=st.integers(0, 10**6))
    def found(position: int, column: str, at: int) -> None:
        copy = book_file.with_name("copy.db")
        copyfile(book_file, copy)
        with closing(sqlite3.connect(copy)) as connection:
            (blob,) = connection.execute(f"SELECT {column} FROM events WHERE position = {position}").fetchone()
        bit = at % (8 * len(blob))
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        mutate(copy, f"UPDATE events SET {column} = ? WHERE position = ?", (bytes(flipped), position))
        findings = [f for f in verify_book(copy).findings if f.kind != "guard"]
        assert findings[0].position == position

    found()
