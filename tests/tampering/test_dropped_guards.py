"""The guards themselves are taken away, changed, or joined by others.

Found by: the office's own verify, behind the last record; what was edited meanwhile, at its record, whether or not the
guards were put back.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit import schema
from audit.verify import Finding

Findings = Callable[[], tuple[Finding, ...]]
TRIGGERS = sorted(schema.objects().keys() - {"events", "head"})


def owner(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_dropped_trigger_is_named_behind_the_last_position(book_file: Path, findings: Findings, trigger: str) -> None:
    owner(book_file, f"DROP TRIGGER {trigger}")

    assert findings() == (Finding(31, "guard", None, trigger, None),)


def test_a_trigger_that_was_weakened_is_named_as_altered(book_file: Path, findings: Findings) -> None:
    owner(
        book_file,
        "DROP TRIGGER events_are_never_deleted",
        "CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events BEGIN SELECT 1; END",
    )

    assert findings() == (Finding(31, "guard", None, "events_are_never_deleted", "altered"),)


def test_objects_that_are_not_a_books_are_named(book_file: Path, findings: Findings) -> None:
    owner(
        book_file,
        "CREATE TABLE notes (id)",
        "CREATE TRIGGER afterwards AFTER INSERT ON events BEGIN INSERT INTO notes VALUES (1); END",
        "CREATE INDEX by_topic ON events (topic)",
        "ANALYZE",
    )

    assert [(finding.kind, finding.found) for finding in findings()] == [
        ("guard", "afterwards"),
        ("guard", "by_topic"),
        ("guard", "notes"),
    ]


def test_an_index_that_says_otherwise_than_its_table_is_found(book_file: Path, findings: Findings) -> None:
    owner(
        book_file,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'head') "
        "WHERE name = 'sqlite_autoindex_events_1'",
    )

    assert {finding.kind for finding in findings()} == {"guard"}
    assert all(finding.position == 31 for finding in findings())


@pytest.mark.parametrize("put_back", [True, False])
def test_what_was_edited_while_the_guards_were_off_is_named_whether_or_not_they_are_back(
    book_file: Path, findings: Findings, *, put_back: bool
) -> None:
    guard = next(trigger for trigger in schema.TRIGGERS if "events_are_never_changed" in trigger)

    owner(
        book_file,
        "DROP TRIGGER events_are_never_changed",
        "UPDATE events SET entry = CAST(replace(CAST(entry AS TEXT), '60012', '90012') AS BLOB) WHERE position = 13",
        guard if put_back else "SELECT 1",
    )

    found = [(finding.position, finding.kind) for finding in findings()]
    assert found == [(13, "leaf")] + ([] if put_back else [(31, "guard")])
