"""The book is given another origin: the first entry was not sealed behind it.

Found by: the office's own verify, at the first record.
"""

from collections.abc import Callable

import pytest

from audit.seal import Head
from audit.verify import Finding, verify_book

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def test_another_origin_breaks_the_first_link(attack: Attack, findings: Callable[[], tuple[Finding, ...]]) -> None:
    attack("UPDATE head SET origin = 'ledger.test/another'")

    (found,) = findings()

    assert (found.position, found.kind) == (1, "link")


def test_another_origin_is_found_by_an_incremental_reading_too(
    attack: Attack, book_file: "str", findings: Callable[[], tuple[Finding, ...]]
) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(book_file)) as connection:
        since = Head(20, connection.execute("SELECT link FROM events WHERE position = 20").fetchone()[0])

    attack("UPDATE head SET origin = 'ledger.test/another'")

    report = verify_book(book_file, since=since)
    assert report.first == 21
    assert [(found.position, found.kind) for found in report.findings] == [(1, "link")]


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_that_can_be_none_is_found_at_the_start(attack: Attack, verified: Verified, origin: str) -> None:
    attack("UPDATE head SET origin = ?", values=(origin,))

    assert verified() == [(1, "head")]


def test_an_origin_that_is_no_text_is_found_at_the_start(attack: Attack, verified: Verified) -> None:
    attack("UPDATE head SET origin = CAST(x'FF' AS TEXT)")

    assert verified() == [(1, "head")]
