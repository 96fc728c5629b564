"""The last entries are cut off: the head still says that they were there.

Found by: the office's own verify, at the first that is missing. With its head set back, by whoever remembers a later
one: the published log, each witness, a mirror, an auditor, a paper notice (`test_rewritten_histories.py`).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from audit.seal import Head
from audit.verify import Finding, verify_book

Attack = Callable[..., None]


def test_a_cut_off_tail_is_found_at_the_first_position_that_is_missing(
    book_file: Path, attack: Attack, findings: Callable[[], tuple[Finding, ...]]
) -> None:
    with closing(sqlite3.connect(book_file)) as connection:
        (last,) = connection.execute("SELECT link FROM head").fetchone()
        (kept,) = connection.execute("SELECT link FROM events WHERE position = 25").fetchone()

    attack("DELETE FROM events WHERE position > 25")

    (found,) = findings()
    assert found == Finding(26, "head", None, f"30 {last.hex()}", f"25 {kept.hex()}")


def test_an_emptied_table_is_found_by_the_head_alone(
    attack: Attack, findings: Callable[[], tuple[Finding, ...]]
) -> None:
    attack("DELETE FROM events")

    (found,) = findings()

    assert (found.position, found.kind) == (1, "head")


def test_a_tail_cut_off_with_its_head_is_only_seen_by_who_remembers_it(book_file: Path, attack: Attack) -> None:
    """The chain that is left is whole. Against this stand checkpoints, witnesses and printed roots."""
    with closing(sqlite3.connect(book_file)) as connection:
        remembered = Head(*connection.execute("SELECT position, link FROM head").fetchone())

    attack(
        "DELETE FROM events WHERE position > 25",
        "UPDATE head SET position = 25, link = (SELECT link FROM events WHERE position = 25)",
    )

    assert verify_book(book_file).ok
    report = verify_book(book_file, since=remembered)
    assert [(found.position, found.kind) for found in report.findings] == [(26, "head")]
    assert report.first == 1
