"""The file itself is cut, overwritten or exchanged: findings, never a traceback.

Found by: the office's own verify, at the first record that cannot be read.
"""

import random  # noqa: TID251 (a fixed seed, to spoil bytes of a test file)
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.verify import verify_book

Attack = Callable[..., None]


@pytest.mark.parametrize("kept", [0, 1, 50, 99, 100, 511, 4096, 4097, 8192, 12_288, 20_000])
def test_a_truncated_file_is_found_and_never_a_traceback(book_file: Path, kept: int) -> None:
    whole = book_file.read_bytes()
    assert kept < len(whole)

    book_file.write_bytes(whole[:kept])

    report = verify_book(book_file)
    assert not report.ok
    assert min(found.position for found in report.findings) >= 1


def test_a_file_that_is_something_else_is_unreadable_from_the_first_position(book_file: Path) -> None:
    book_file.write_bytes(b"a letter to the office, " * 500)

    (found,) = verify_book(book_file).findings

    assert (found.position, found.kind) == (1, "unreadable")
    assert found.found == "file is not a database"


def test_a_page_overwritten_with_zeros_is_found_at_the_rows_it_held(book_file: Path) -> None:
    with closing(sqlite3.connect(book_file)) as connection:
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(book_file.read_bytes())
    pages = len(content) // page_bytes
    reports = []

    for page in range(1, pages):
        spoiled = bytearray(content)
        spoiled[page * page_bytes : (page + 1) * page_bytes] = bytes(page_bytes)
        book_file.write_bytes(spoiled)
        reports.append(verify_book(book_file))

    assert pages > 4
    assert not any(report.ok for report in reports)
    assert any(found.kind == "unreadable" for report in reports for found in report.findings)


def test_bytes_spoiled_anywhere_in_the_file_never_make_the_reading_fail(book_file: Path) -> None:
    content = book_file.read_bytes()
    dice = random.Random(20200620)

    for _ in range(150):
        spoiled = bytearray(content)
        for _ in range(dice.choice([1, 1, 8])):
            spoiled[dice.randrange(len(spoiled))] ^= dice.randrange(1, 256)
        book_file.write_bytes(spoiled)
        report = verify_book(book_file)

        if report.ok:  # only bytes that hold nothing: the header's counters, and free space between rows
            assert report.size == 30


@pytest.mark.parametrize("table", ["events", "head"])
def test_a_dropped_table_is_found_without_a_traceback(book_file: Path, attack: Attack, table: str) -> None:
    with closing(sqlite3.connect(book_file, isolation_level=None)) as connection:
        connection.execute(f"DROP TABLE {table}")

    kinds = {found.kind for found in verify_book(book_file).findings}

    assert kinds == ({"unreadable"} if table == "events" else {"head", "guard"})
