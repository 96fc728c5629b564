"""Verifying a whole book, what is new in it, and on several processes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import audit.verify.book
from audit.book import Book, NewEntry
from audit.seal import Head, genesis
from audit.verify import BookReport, BookUnreadable, Finding, verify_book

Entries = Callable[..., list[NewEntry]]


def owner(book: Book, *statements: str) -> None:
    connection = sqlite3.connect(book, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def told(report: BookReport) -> list[tuple[int, str]]:
    return [(found.position, found.kind) for found in report.findings if found.kind != "guard"]


def test_a_sound_book_is_reported_with_its_origin_size_and_head(book: Book) -> None:
    report = verify_book(book)

    assert report == BookReport("money", book.origin, 12, book.head.link, 1)
    assert report.ok


def test_a_path_does_as_well_as_an_open_book_and_may_be_named(book: Book) -> None:
    assert verify_book(str(book.path), name="资金账").book == "资金账"


def test_an_empty_book_is_sound(tmp_path: Path) -> None:
    with Book.create(tmp_path / "supervision.db", name="supervision", origin="ledger.test/2") as book:
        report = verify_book(book)

    assert report == BookReport("supervision", "ledger.test/2", 0, genesis("ledger.test/2"), 1)


def test_a_missing_book_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(BookUnreadable, match="no book at"):
        verify_book(tmp_path / "money.db")


def test_an_incremental_reading_reads_only_what_came_after(book: Book, entries: Entries) -> None:
    since = book.head
    book.append(entries(9, first=12))

    report = verify_book(book, since=since)

    assert (report.first, report.size, report.findings) == (13, 21, ())


def test_an_incremental_reading_with_nothing_new_finds_nothing(book: Book) -> None:
    report = verify_book(book, since=book.head)

    assert (report.first, report.size, report.ok) == (13, 12, True)


def test_an_incremental_reading_passes_over_what_was_found_sound_before(book: Book, entries: Entries) -> None:
    """Whoever wants the old entries read again reads the whole book: that is what the scheduled verification does."""
    since = book.head
    book.append(entries(9, first=12))

    owner(book, "UPDATE events SET leaf = x'00' WHERE position IN (5, 15)")

    assert told(verify_book(book, since=since)) == [(15, "leaf")]
    assert told(verify_book(book)) == [(5, "leaf"), (15, "leaf")]


def test_an_incremental_reading_since_the_start_reads_everything(book: Book) -> None:
    report = verify_book(book, since=Head(0, genesis(book.origin)))

    assert (report.first, report.ok) == (1, True)


def test_an_incremental_reading_against_another_history_reads_everything(book: Book) -> None:
    report = verify_book(book, since=Head(10, bytes(32)))

    (found,) = report.findings
    tenth = book.entry(10)
    assert tenth is not None
    assert found == Finding(1, "head", None, f"10 {bytes(32).hex()}", f"10 {tenth.link.hex()}")
    assert report.first == 1


def test_an_incremental_reading_finds_versions_out_of_sequence(book: Book, entries: Entries) -> None:
    since = book.head
    book.append(entries(9, first=12))

    owner(book, "UPDATE events SET version = 5 WHERE position = 17", "DELETE FROM events WHERE position = 19")

    streams = [found for found in verify_book(book, since=since).findings if found.kind == "stream"]
    assert [(found.position, found.expected, found.found) for found in streams if found.position != 17] == [
        (18, "3", "3"),
        (20, "1", "2"),
    ]
    assert {(found.position, found.found) for found in streams} >= {(17, "5")}


def test_stretches_join_where_one_ends_and_the_next_begins(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.verify.book, "STRETCH", 5)
    calls: list[tuple[int, int]] = []

    report = verify_book(book, progress=lambda done, total: calls.append((done, total)))

    assert report.ok
    assert calls == [(5, 12), (10, 12), (12, 12)]


def test_a_gap_over_several_stretches_is_told_once_where_it_begins(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.verify.book, "STRETCH", 3)

    owner(book, "DELETE FROM events WHERE position BETWEEN 3 AND 10")

    gaps = [found for found in verify_book(book).findings if found.kind == "gap"]
    assert [(gap.position, gap.expected) for gap in gaps] == [(3, "3")]


def test_a_link_that_is_no_bytes_at_a_seam_is_found_in_its_own_stretch(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.verify.book, "STRETCH", 4)

    owner(
        book,
        "CREATE TABLE loose AS SELECT * FROM events",
        "DROP TABLE events",
        "ALTER TABLE loose RENAME TO events",
        "UPDATE events SET link = 5 WHERE position = 4",
    )

    assert told(verify_book(book)) == [(4, "unreadable")]


def test_several_processes_find_what_one_finds(book: Book, entries: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.verify.book, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(audit.verify.book, "STRETCH", 100)
    book.append(entries(600, first=12))
    owner(
        book,
        "UPDATE events SET topic = 'other/v1' WHERE position = 100",
        "UPDATE events SET link = x'00' WHERE position = 200",
        "UPDATE events SET leaf = x'00' WHERE position = 201",
        "DELETE FROM events WHERE position IN (300, 301, 555)",
        "UPDATE head SET position = 5",
    )
    calls: list[int] = []

    together = verify_book(book, processes=2, progress=lambda done, _: calls.append(done))

    assert together == verify_book(book)
    assert told(together)[:3] == [(6, "head"), (100, "stream"), (200, "link")]
    assert calls == sorted(calls)
    assert calls[-1] == 612


def test_processes_are_called_off_when_their_reader_gives_up(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.verify.book, "WORTH_A_PROCESS", 0)

    def give_up(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_book(book, processes=2, progress=give_up)


def behind_the_index(book: Book, statement: str) -> None:
    """Do `statement` to the table of events alone: its index goes on saying what was there before."""
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("PRAGMA writable_schema = ON")
        (index,) = connection.execute("SELECT * FROM sqlite_schema WHERE type = 'index'").fetchall()
        ((definition,),) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'events'").fetchall()
        connection.execute("DELETE FROM sqlite_schema WHERE type = 'index'")
        unique = definition.replace(",\n  UNIQUE (stream, version)", "")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'events'", (unique,))
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        connection.execute(statement)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'events'", (definition,))


def test_an_index_that_goes_on_saying_what_was_there_hides_no_version_out_of_sequence(book: Book) -> None:
    behind_the_index(book, "UPDATE events SET version = 7 WHERE position = 6")

    report = verify_book(book)

    assert told(report) == [(6, "stream"), (6, "stream")]
    assert {(found.expected, found.found) for found in report.findings if found.position == 6} >= {("3", "7")}
    assert "a sound file" in {found.expected for found in report.findings}
