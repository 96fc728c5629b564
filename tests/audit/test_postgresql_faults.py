"""The line to the server is cut: at any moment, and at the worst, when the commit is done and its answer is on the way.

Whoever appended is told `BookUnavailable`: it is not acknowledged. The server may have recorded it all the same, so the
application appends it again; a `Conflict` then says that something is there, and it compares the content (DESIGN §3).
"""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from select import select
from threading import Event, Thread
from time import sleep
from urllib.parse import quote

import psycopg
import pytest

from audit.book import Book, NewEntry
from audit.faults import BookUnavailable, Conflict
from audit.seal import stream_id
from audit.verify import verify_book
from tests.postgresql import PORT, Database

pytestmark = pytest.mark.postgresql

Entries = Callable[..., list[NewEntry]]


class Line:
    """Passes everything on between a book and its server, and swallows one answer when it is told to."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mz-line-"))
        self.swallow_answer_to: bytes | None = None
        self._server = str(server / f".s.PGSQL.{PORT}")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / f".s.PGSQL.{PORT}"))
        self._listening.listen()
        self._open = True
        Thread(target=self._accept, daemon=True).start()

    def url(self, database: Database) -> str:
        """Where the database is reached over this line."""
        return f"postgresql://postgres@/{database.name}?host={quote(str(self.folder), safe='')}&port={PORT}"

    def close(self) -> None:
        """Cut everything for good."""
        self._open = False
        self._listening.close()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        while self._open:
            try:
                caller = self._listening.accept()[0]
            except OSError:
                return
            Thread(target=self._pass_on, args=(caller,), daemon=True).start()

    def _pass_on(self, caller: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        swallowing = False
        with caller, server, suppress(ConnectionError):  # either end may have gone
            server.connect(self._server)
            while self._open:
                for ready in select([caller, server], [], [], 0.1)[0]:
                    said = ready.recv(65_536)
                    if not said or (ready is server and swallowing):
                        return
                    if ready is caller and self.swallow_answer_to is not None and self.swallow_answer_to in said:
                        self.swallow_answer_to, swallowing = None, True
                    (server if ready is caller else caller).sendall(said)


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    """A line to the server."""
    made = Line(database.cluster.folder)
    yield made
    made.close()


def test_an_answer_that_is_lost_behind_the_commit_is_not_acknowledged_and_meets_itself_again(
    database: Database, line: Line, entries: Entries
) -> None:
    new = entries(4)
    with Book.create(line.url(database), name="money", origin="ledger.test/1") as book:
        book.append(new[:3])
        line.swallow_answer_to = b".append("

        with pytest.raises(BookUnavailable, match="not acknowledged"):
            book.append(new[3:])
        with pytest.raises(Conflict) as conflict:
            book.append(new[3:])

        (recorded,) = book.stream(conflict.value.stream)
        assert (recorded.topic, recorded.state) == (new[3].topic, new[3].state)
        assert book.head.position == 4
        assert verify_book(book).findings == ()


def test_a_line_that_drops_while_reading_is_no_trouble_of_the_reader(
    database: Database, line: Line, entries: Entries
) -> None:
    with Book.create(line.url(database), name="money", origin="ledger.test/1") as book:
        book.append(entries(5))
        line.swallow_answer_to = b"BETWEEN"

        assert len(list(book.read())) == 5


def test_connections_cut_at_any_moment_lose_nothing_that_was_acknowledged(database: Database) -> None:
    told: set[str] = set()
    lost: set[str] = set()
    stop = Event()

    def write(book: Book, thread: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            stream = stream_id(b"key", "payment", f"{thread}/{number}")
            try:
                book.append([NewEntry(stream, 1, "payment-made/v1", b'{"amount_fen":1}')])
                told.add(str(stream))
            except BookUnavailable:
                lost.add(str(stream))

    with Book.create(database.url, name="money", origin="ledger.test/1") as book:
        writers = [Thread(target=write, args=(book, thread)) for thread in range(4)]
        for writer in writers:
            writer.start()
        with psycopg.connect(database.cluster.url(), autocommit=True) as owner:
            for _ in range(25):
                sleep(0.04)
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state = 'active'",
                    (database.name,),
                )
        stop.set()
        for writer in writers:
            writer.join()
        at_last = book.append([NewEntry(stream_id(b"key", "payment", "x"), 1, "payment-made/v1", b"{}")])

        found = {str(sealed.stream) for sealed in book.read(through=at_last.start - 1)}
        assert told <= found <= told | lost
        assert lost
        assert told
        assert verify_book(book).findings == ()


def test_a_server_that_is_away_is_said_to_be_and_found_again_when_it_is_back(
    database: Database, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.recorder_postgresql.CONNECTION_SECONDS", 1)
    with Book.create(database.url, name="money", origin="ledger.test/1") as book:
        book.append(entries(3))
        database.cluster.stop()
        try:
            with pytest.raises(BookUnavailable):
                book.append(entries(3, first=1))
            with pytest.raises(BookUnavailable):
                _ = book.head
            with pytest.raises(BookUnavailable):
                Book.open(database.url, name="money")
        finally:
            database.cluster.resume()

        assert book.append(entries(3, first=1)) == range(4, 7)
        assert verify_book(book).findings == ()


def test_whoever_listens_hears_again_after_the_server_was_restarted(database: Database, entries: Entries) -> None:
    with (
        Book.create(database.url, name="money", origin="ledger.test/1") as book,
        Book.open(database.url, name="money") as other,
    ):
        assert book.wait(beyond=0, timeout_seconds=0.1) == 0
        database.cluster.restart()
        arrivals = book._store.arrivals
        told = arrivals.told
        while arrivals.told == told:  # the ear is open again, and says so
            sleep(0.05)
        told = arrivals.told

        other.append(entries(3))
        while arrivals.told == told:
            sleep(0.05)

        assert book.wait(beyond=0, timeout_seconds=0) == 3


def test_an_append_waits_for_the_disk_even_in_a_session_that_was_told_not_to(
    database: Database, entries: Entries
) -> None:
    Book.create(database.url, name="money", origin="ledger.test/1").close()
    database.does(f"ALTER DATABASE {database.name} SET synchronous_commit = off")

    with psycopg.connect(database.url) as connection:
        before = connection.execute("SHOW synchronous_commit").fetchone()
        (one,) = entries(1)
        entry = f"mingzhang/event/v1\n{one.stream} 1\n{one.topic}\n".encode() + one.state
        call = "SELECT money.append(%s::bytea[], %s::uuid[], %s::bigint[], %s::text[], true)"
        connection.execute(call, ([entry], [one.stream], [1], [one.topic]))
        after = connection.execute("SHOW synchronous_commit").fetchone()

    assert (before, after) == (("off",), ("on",))


@pytest.mark.parametrize("spoiled", ["stream", "version", "topic", "length"])
def test_columns_that_say_otherwise_than_the_entry_are_refused_by_the_server(
    database: Database, entries: Entries, spoiled: str
) -> None:
    Book.create(database.url, name="money", origin="ledger.test/1").close()
    one, other = entries(4)[::3]
    says = NewEntry(
        other.stream if spoiled == "stream" else one.stream,
        2 if spoiled == "version" else 1,
        "other/v1" if spoiled == "topic" else one.topic,
        one.state + b"x" * 70_000 if spoiled == "length" else one.state,
    )
    entry = f"mingzhang/event/v1\n{one.stream} 1\n{one.topic}\n".encode() + says.state

    with psycopg.connect(database.url) as connection, pytest.raises(psycopg.Error, match="too long, or says otherwise"):
        connection.execute(
            "SELECT money.append(%s::bytea[], %s::uuid[], %s::bigint[], %s::text[], false)",
            ([entry], [says.stream], [says.version], [says.topic]),
        )

    with Book.open(database.url, name="money") as book:
        assert book.head.position == 0
