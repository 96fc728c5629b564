"""A column that entries are found by says something else than the sealed entry.

Found by: the office's own verify, which names the record with what its entry says.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.verify import Finding

Attack = Callable[..., None]


@pytest.mark.parametrize(
    ("change", "expected_end", "found_end"),
    [
        ("stream = '00000000-0000-8000-8000-000000000000'", " 3 payment-made/v1", " 3 payment-made/v1"),
        ("version = 7", " 3 payment-made/v1", " 7 payment-made/v1"),
        ("topic = 'payment-returned/v1'", " 3 payment-made/v1", " 3 payment-returned/v1"),
    ],
)
def test_a_changed_column_is_named_with_what_the_entry_says(
    book_file: Path,
    attack: Attack,
    findings: Callable[[], tuple[Finding, ...]],
    change: str,
    expected_end: str,
    found_end: str,
) -> None:
    with closing(sqlite3.connect(book_file)) as connection:
        (stream,) = connection.execute("SELECT stream FROM events WHERE position = 15").fetchone()

    attack(f"UPDATE events SET {change} WHERE position = 15")

    (found,) = [finding for finding in findings() if finding.expected == stream + expected_end]
    assert (found.position, found.kind, found.stream) == (15, "stream", stream)
    assert found.found is not None
    assert found.found.endswith(found_end)
    assert min(finding.position for finding in findings()) == 15


def test_a_column_that_is_no_utf_8_any_more_is_found_without_a_crash(
    attack: Attack, findings: Callable[[], tuple[Finding, ...]]
) -> None:
    attack("UPDATE events SET stream = CAST(x'FF00FE' AS TEXT) WHERE position = 15")

    assert {(finding.position, finding.kind) for finding in findings()} == {(15, "stream")}
