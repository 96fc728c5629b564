"""A book in a schema of PostgreSQL: the same as in a file, under many hands, lost connections and a tampering owner."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from uuid import UUID

import psycopg
import pytest

from audit import schema_postgresql
from audit.book import Book, NewEntry
from audit.faults import BookExists, BookMissing, BookUnavailable, Conflict, NotABook, OutOfSequence
from audit.seal import Head, genesis, leaf_of, stream_id
from audit.verify import verify_book
from tests.postgresql import Database

pytestmark = pytest.mark.postgresql

ORIGIN = "ledger.test/440899101/money"
WRITER = Path(__file__).with_name("appending_writer.py")
ROOT = WRITER.parents[2]
Entries = Callable[..., list[NewEntry]]


@pytest.fixture
def shared(database: Database) -> Iterator[Book]:
    """An empty book in a database of its own."""
    with Book.create(database.url, name="money", origin=ORIGIN) as made:
        yield made


def start(database: Database, writer: str, *, threads: int, appends: int, entries: int) -> "subprocess.Popen[str]":
    words = [sys.executable, str(WRITER), database.url, writer, str(threads), str(appends), str(entries)]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})


def acknowledged(said: str) -> dict[int, str]:
    whole = said[: said.rfind("\n") + 1]
    return {int(position): stream for position, stream in (line.split() for line in whole.splitlines())}


def unguarded(database: Database, *statements: str) -> None:
    """What somebody does who owns the server."""
    off = [f"ALTER TABLE money.{table} DISABLE TRIGGER ALL" for table in ("events", "head")]
    on = [
        f"ALTER TABLE money.{table} ENABLE ALWAYS TRIGGER {name}"
        for name, (table, _) in schema_postgresql.triggers("money").items()
    ]
    database.does(*off, *statements, *on)


def kinds(database: Database) -> list[tuple[str, int]]:
    with Book.open(database.url, name="money") as opened:
        return [(finding.kind, finding.position) for finding in verify_book(opened).findings]


def test_what_is_appended_is_read_back_sealed_and_in_order(shared: Book, entries: Entries) -> None:
    new = entries(10)

    positions = [*shared.append(new[:4]), *shared.append(new[4:])]

    read = list(shared.read())
    assert positions == [sealed.position for sealed in read] == list(range(1, 11))
    assert [(s.stream, s.version, s.topic, s.state) for s in read] == new
    assert all(leaf_of(sealed.entry) == sealed.leaf for sealed in read)
    assert shared.head == Head(10, read[-1].link)
    assert shared.stream(new[0].stream) == [sealed for sealed in read if sealed.stream == new[0].stream]
    assert shared.latest([new[0].stream])[new[0].stream] == read[2]
    assert [sealed.position for sealed in shared.at([7, 2])] == [7, 2]
    assert verify_book(shared).ok


def test_both_engines_seal_the_same_entries_to_the_same_head_and_root(
    shared: Book, book: Book, entries: Entries
) -> None:
    for append in (entries(4), entries(6, first=2)):
        shared.append(append)
        book.append(append)

    assert shared.head == book.head
    assert shared.root(10) == book.root(10)
    assert list(shared.leaves(10)) == list(book.leaves(10))


def test_a_taken_version_is_a_conflict_and_a_missing_one_out_of_sequence(shared: Book, entries: Entries) -> None:
    new = entries(3)
    shared.append(new)

    with pytest.raises(Conflict) as conflict:
        shared.append([*entries(1, first=5), new[1]])
    with pytest.raises(OutOfSequence) as out_of_sequence:
        shared.append([new[0]._replace(version=9)])

    assert (conflict.value.stream, conflict.value.version) == (new[1].stream, 2)
    assert out_of_sequence.value.version == 9
    assert shared.head.position == 3


def test_a_book_is_made_once_and_what_is_none_is_not_opened(database: Database) -> None:
    with pytest.raises(BookMissing):
        Book.open(database.url, name="money")
    Book.create(database.url, name="money", origin=ORIGIN).close()

    with pytest.raises(BookExists):
        Book.create(database.url, name="money", origin=ORIGIN)
    database.does("CREATE SCHEMA other")
    with pytest.raises(NotABook):
        Book.open(database.url, name="other")


def test_two_processes_with_four_threads_each_leave_no_gap_and_no_fork(database: Database, shared: Book) -> None:
    writers = [start(database, name, threads=4, appends=20, entries=3) for name in "ab"]

    said = [acknowledged(writer.communicate(timeout=120)[0]) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted([*said[0], *said[1]]) == list(range(1, 2 * 4 * 20 * 3 + 1))
    assert {sealed.position: str(sealed.stream) for sealed in shared.read()} == said[0] | said[1]
    assert verify_book(shared).findings == ()


def test_a_writer_killed_at_any_moment_leaves_every_acknowledged_entry(database: Database, shared: Book) -> None:
    kept: dict[int, str] = {}

    for round_number in range(3):
        writer = start(database, f"round {round_number}", threads=2, appends=10**6, entries=3)
        assert writer.stdout is not None
        first = writer.stdout.readline()
        sleep(0.05 + 0.03 * round_number)
        writer.kill()
        kept |= acknowledged(first + writer.stdout.read())
        writer.stdout.close()
        writer.wait()

    found = {sealed.position: str(sealed.stream) for sealed in shared.read()}
    assert kept.items() <= found.items()
    assert verify_book(shared).findings == ()


def single(name: str) -> NewEntry:
    return NewEntry(stream_id(b"key", "payment", name), 1, "payment-made/v1", b'{"amount_fen":1}')


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_server_loses_nothing_acknowledged_and_the_book_goes_on(
    database: Database, shared: Book, mode: str
) -> None:
    told: list[UUID] = []
    lost: list[UUID] = []
    stop = Event()

    def write(thread: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            entry = single(f"{thread}/{number}")
            try:
                shared.append([entry])
            except BookUnavailable:
                lost.append(entry.stream)
                sleep(0.05)
            else:
                told.append(entry.stream)

    writers = [Thread(target=write, args=(thread,)) for thread in range(4)]
    for writer in writers:
        writer.start()
    sleep(0.7)
    database.cluster.restart(mode)
    after_restart = len(told)
    until = monotonic() + 90
    while len(told) < after_restart + 4 and monotonic() < until:
        sleep(0.1)
    stop.set()
    for writer in writers:
        writer.join()

    found = {sealed.stream for sealed in shared.read()}
    assert set(told) <= found <= set(told) | set(lost)
    assert len(told) > after_restart
    assert verify_book(shared).findings == ()


def test_a_lost_acknowledgement_is_told_as_such_and_a_repetition_meets_what_was_recorded(
    database: Database, shared: Book
) -> None:
    entry = single("whether it was recorded, nobody knows")
    shared.append([single("before")])
    database.does(
        "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON money.events DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION public.cut()",
    )

    with pytest.raises(BookUnavailable, match="not acknowledged"):
        shared.append([entry])
    database.does("DROP TRIGGER cut ON money.events")
    first = shared.append([entry])

    with pytest.raises(Conflict):
        shared.append([entry])
    assert [sealed.state for sealed in shared.stream(entry.stream)] == [entry.state]
    assert first == range(2, 3)
    assert verify_book(shared).ok


def test_whoever_waits_hears_of_an_append_by_another_connection(database: Database, shared: Book) -> None:
    with Book.open(database.url, name="money") as other, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(shared.wait, beyond=0, timeout_seconds=20)
        sleep(0.3)
        began = monotonic()

        other.append([single("heard")])

        assert waiting.result() == 1
        assert monotonic() - began < 10


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE money.events SET entry = overlay(entry placing 'x'::bytea from 90) WHERE position = 3", ("leaf", 3)),
        ("UPDATE money.events SET leaf = sha256('x'::bytea) WHERE position = 3", ("leaf", 3)),
        ("UPDATE money.events SET link = sha256('x'::bytea) WHERE position = 3", ("link", 3)),
        ("UPDATE money.events SET topic = 'other/v1' WHERE position = 3", ("leaf", 3)),
        ("DELETE FROM money.events WHERE position = 3", ("gap", 3)),
        ("DELETE FROM money.events WHERE position = 6", ("head", 6)),
        ("UPDATE money.head SET position = 5", ("head", 6)),
        ("DELETE FROM money.head", ("head", 6)),
    ],
)
def test_what_an_owner_of_the_server_changes_is_found_at_its_position(
    database: Database, shared: Book, entries: Entries, statement: str, expected: tuple[str, int]
) -> None:
    shared.append(entries(6))

    unguarded(database, statement)

    found = {(finding.kind, finding.position) for finding in verify_book(shared).findings}
    assert expected[1] in {position for _, position in found}
    assert found


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER events_are_never_changed ON money.events",
        "ALTER TABLE money.events DISABLE TRIGGER events_are_never_deleted",
        "GRANT UPDATE ON money.events TO PUBLIC",
        "GRANT UPDATE (topic) ON money.events TO PUBLIC",
        "GRANT EXECUTE ON FUNCTION money.append TO PUBLIC",
        "GRANT CREATE ON SCHEMA money TO PUBLIC",
        "ALTER FUNCTION money.append OWNER TO postgres",
        "ALTER FUNCTION money.append RESET search_path",
        "ALTER TABLE money.events OWNER TO postgres",
        "ALTER TABLE money.events SET UNLOGGED",
        "ALTER TABLE money.events ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE money.events DROP CONSTRAINT events_have_one_version",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'money.events_have_one_version'::regclass",
        "CREATE TABLE public.more () INHERITS (money.events)",
        "CREATE INDEX by_topic ON money.events (topic)",
        "CREATE TABLE money.beside (x integer)",
        "CREATE RULE nothing AS ON UPDATE TO money.events DO INSTEAD NOTHING",
        "ALTER TABLE money.events ADD COLUMN note text",
        "CREATE OR REPLACE FUNCTION money.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    ],
)
def test_a_guard_that_is_missing_or_foreign_is_found(
    database: Database, shared: Book, entries: Entries, statement: str
) -> None:
    shared.append(entries(3))
    assert verify_book(shared).ok

    database.does(statement)

    assert {finding.kind for finding in verify_book(shared).findings} == {"guard"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE money.events SET topic = 'other/v1'",
        "DELETE FROM money.events",
        "TRUNCATE money.events",
        "UPDATE money.head SET position = 0",
        "DELETE FROM money.head",
        "INSERT INTO money.head VALUES (false, 0, ''::bytea, 'other')",
    ],
)
def test_even_the_superuser_is_refused_while_the_guards_are_up(
    database: Database, shared: Book, entries: Entries, statement: str
) -> None:
    shared.append(entries(3))

    with pytest.raises(psycopg.Error):
        database.does(statement)

    assert verify_book(shared).ok


def test_the_roles_may_append_and_read_and_nothing_else(database: Database, shared: Book, entries: Entries) -> None:
    roles = schema_postgresql.roles_of(database.name, "money")
    database.does(f"CREATE ROLE clerk LOGIN IN ROLE {roles.append}", f"CREATE ROLE auditor LOGIN IN ROLE {roles.read}")

    with Book.open(database.url_of("clerk"), name="money") as at_work:
        assert at_work.append(entries(2)) == range(1, 3)
    with Book.open(database.url_of("auditor"), name="money", read_only=True) as looking:
        assert verify_book(looking).findings == ()
        assert looking.head.position == 2
    for user, statement in (
        ("clerk", "INSERT INTO money.events SELECT * FROM money.events"),
        ("clerk", "UPDATE money.head SET position = 9"),
        ("auditor", "SELECT money.append('{}', '{}', '{}', '{}', true)"),
    ):
        with psycopg.connect(database.url_of(user)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_a_large_book_is_verified_by_several_processes_and_on_from_a_head(shared: Book, entries: Entries) -> None:
    shared.append(entries(21_000))
    seen = verify_book(shared, processes=2)
    since = shared.head
    shared.append(entries(3, first=7_000))

    went_on = verify_book(shared, since=since)

    assert seen.ok
    assert (went_on.ok, went_on.first) == (True, 21_001)
    assert genesis(shared.origin) != since.link
