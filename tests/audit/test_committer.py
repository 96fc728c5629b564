"""Group commit: what several threads append together is answered as if each had appended alone."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from pathlib import Path
from threading import Event, Lock, Thread, get_ident
from time import monotonic, sleep
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.book import Book, BookUnavailable, Conflict, NewEntry, OutOfSequence
from audit.committer import GROUP_ENTRIES, Committer
from audit.seal import NotAnEntry, stream_id
from audit.verify import verify_book

Entries = Callable[..., list[NewEntry]]
HELD = stream_id(b"key of group commit", "held", "1")
WRITER = Path(__file__).with_name("committing_writer.py")
ROOT = WRITER.parents[2]


def entry(name: str, version: int = 1, state: bytes = b'{"amount_fen":1}') -> NewEntry:
    return NewEntry(stream_id(b"key of group commit", "payment", name), version, "payment-made/v1", state)


class Slow:
    """A book whose first transaction lasts until it is let go, so that what comes meanwhile is one group."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.name = book.name
        self.go, self.busy = Event(), Event()
        self.transactions: list[int] = []
        self.threads: set[int] = set()

    def append(self, entries: Sequence[NewEntry]) -> range:
        self.transactions.append(len(entries))
        self.threads.add(get_ident())
        if any(one.stream == HELD for one in entries):
            self.busy.set()
            assert self.go.wait(30)
        return self.book.append(entries)


def together(slow: Slow, committer: Committer, appends: Sequence[list[NewEntry]]) -> list[range | Exception]:
    """What each of `appends` gives when they queue up, in this order, behind a transaction that is running."""

    def outcome(entries: list[NewEntry]) -> range | Exception:
        try:
            return committer.append(entries)
        except Exception as fault:  # noqa: BLE001  the outcome is looked at by the test
            return fault

    with ThreadPoolExecutor(len(appends) + 1) as pool:
        first = pool.submit(outcome, [NewEntry(HELD, 1, "payment-made/v1", b"{}")])
        assert slow.busy.wait(30)
        futures = []
        for number, entries in enumerate(appends, start=1):
            futures.append(pool.submit(outcome, entries))
            until = monotonic() + 30
            while len(committer._waiting) < number and monotonic() < until:  # until it queues
                sleep(0.001)
        slow.go.set()
        assert first.result() == range(1, 2)
        return [future.result() for future in futures]


@pytest.fixture
def slow(book: Book) -> Slow:
    return Slow(book)


@pytest.fixture
def committer(slow: Slow) -> Iterator[Committer]:
    with closing(Committer(slow)) as made:
        yield made


def test_a_writer_alone_commits_in_its_own_thread_and_at_once(book: Book, committer: Committer, slow: Slow) -> None:
    positions = [committer.append([entry(str(number))]) for number in range(3)]

    assert positions == [range(1, 2), range(2, 3), range(3, 4)]
    assert slow.threads == {get_ident()}
    assert book.head.position == 3


def test_what_queues_behind_a_commit_goes_in_one_transaction(book: Book, committer: Committer, slow: Slow) -> None:
    appends = [[entry(f"{number}/{i}") for i in range(number)] for number in range(1, 6)]

    given_positions = together(slow, committer, appends)

    assert given_positions == [range(2, 3), range(3, 5), range(5, 8), range(8, 12), range(12, 17)]
    assert slow.transactions == [1, 15]
    assert [sealed.stream for sealed in book.read(2)] == [one.stream for append in appends for one in append]
    assert verify_book(book).ok


def test_one_conflicting_append_fails_alone_and_costs_one_more_transaction(
    book: Book, committer: Committer, slow: Slow
) -> None:
    slow.book.append([entry("taken")])
    appends = [[entry("a")], [entry("b"), entry("taken")], [entry("c")]]

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(committer.append, [NewEntry(HELD, 1, "payment-made/v1", b"{}")])
        assert slow.busy.wait(30)
        with ThreadPoolExecutor(3) as callers:
            futures = [callers.submit(committer.append, append) for append in appends]
            while len(committer._waiting) < 3:  # until they queue
                sleep(0.001)
            slow.go.set()
        held.result()

    with pytest.raises(Conflict) as conflict:
        futures[1].result()
    assert (conflict.value.stream, conflict.value.version) == (appends[1][1].stream, 1)
    assert sorted(futures[i].result().start for i in (0, 2)) == [3, 4]
    assert slow.transactions == [1, 4, 2]
    assert book.stream(entry("b").stream) == []


def test_of_two_appends_of_one_version_the_first_wins_and_the_second_conflicts(
    committer: Committer, slow: Slow
) -> None:
    given_positions = together(slow, committer, [[entry("x")], [entry("x"), entry("y")], [entry("z")]])

    assert given_positions[0] == range(2, 3)
    assert isinstance(given_positions[1], Conflict)
    assert given_positions[2] == range(3, 4)


def test_versions_that_follow_one_another_over_several_appends_are_one_group(committer: Committer, slow: Slow) -> None:
    given_positions = together(slow, committer, [[entry("x", 1)], [entry("x", 2), entry("x", 3)], [entry("x", 4)]])

    assert given_positions == [range(2, 3), range(3, 5), range(5, 6)]
    assert slow.transactions == [1, 4]


def test_a_gap_in_a_stream_fails_who_would_leave_it_and_nobody_else(committer: Committer, slow: Slow) -> None:
    given_positions = together(slow, committer, [[entry("x", 1)], [entry("y", 2)], [entry("x", 2)]])

    assert given_positions[0] == range(2, 3)
    assert isinstance(given_positions[1], OutOfSequence)
    assert given_positions[2] == range(3, 4)


def test_entries_that_cannot_be_sealed_fail_their_append_alone(committer: Committer, slow: Slow) -> None:
    too_long = entry("long", state=b'{"note":"%b"}' % (b"x" * 70_000))
    appends = [[entry("a")], [entry("b", state=b"{ }")], [entry("c")], [too_long], [entry("d")]]

    given_positions = together(slow, committer, appends)

    assert [given_positions[i] for i in (0, 2, 4)] == [range(2, 3), range(3, 4), range(4, 5)]
    assert [type(given_positions[i]) for i in (1, 3)] == [NotAnEntry, NotAnEntry]


def test_an_append_in_disorder_by_itself_is_refused_by_itself(committer: Committer, slow: Slow) -> None:
    given_positions = together(slow, committer, [[entry("a")], [entry("b"), entry("b")], [entry("c")]])

    assert given_positions[0] == range(2, 3)
    assert isinstance(given_positions[1], Conflict)
    assert given_positions[2] == range(3, 4)


def test_an_append_of_nothing_gives_no_positions_and_never_waits(committer: Committer) -> None:
    assert committer.append([]) == range(0)


def test_large_appends_stand_in_the_queue_with_the_others_and_go_by_themselves(
    committer: Committer, slow: Slow
) -> None:
    large = [entry(f"large/{number}") for number in range(GROUP_ENTRIES + 1)]

    given_positions = together(slow, committer, [[entry("a")], large, [entry("b")], [entry("c")]])

    assert slow.transactions == [1, 1, GROUP_ENTRIES + 1, 2]
    assert given_positions[2:] == [range(504, 505), range(505, 506)]


def test_single_appends_go_on_while_an_import_appends_without_a_pause(book: Book) -> None:
    done = Event()

    def imports(committer: Committer) -> None:
        for number in range(10**6):
            if done.is_set():
                return
            committer.append([entry(f"import/{number}/{i}") for i in range(1_000)])

    with closing(Committer(book)) as committer:
        importer = Thread(target=imports, args=[committer])
        importer.start()
        waits = []
        for number in range(10):
            began = monotonic()
            committer.append([entry(f"single/{number}")])
            waits.append(monotonic() - began)
        done.set()
        importer.join()

    assert max(waits) < 5
    assert verify_book(book).ok


def test_eight_threads_that_want_the_same_streams_have_one_winner_each(book: Book) -> None:
    won: dict[UUID, list[int]] = {}
    lost: list[UUID] = []
    telling = Lock()

    def write(committer: Committer, thread: int) -> None:
        for number in range(60):
            wanted = entry(f"contested/{(number * (thread + 1)) % 60}")
            try:
                positions = committer.append([wanted, entry(f"own/{thread}/{number}")])
            except Conflict as conflict:
                with telling:
                    lost.append(conflict.stream)
            else:
                with telling:
                    won.setdefault(wanted.stream, []).append(positions.start)

    with closing(Committer(book)) as committer, ThreadPoolExecutor(8) as pool:
        list(pool.map(write, repeat(committer), range(8)))

    assert len(won) == 60
    assert {len(positions) for positions in won.values()} == {1}
    assert len(lost) == 8 * 60 - 60
    assert book.head.position == 2 * 60
    found = {position.stream: position.position for position in book.read()}
    assert all(found[stream] == positions[0] for stream, positions in won.items())
    assert verify_book(book).ok


def start(book: Book, writer: str, *, before: str = "pass", appends: int = 100) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", f"{before}\nimport runpy; runpy.run_path({str(WRITER)!r}, run_name='__main__')"]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [*words, str(book.path), writer, "4", str(appends)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )


def acknowledged(said: str) -> dict[int, str]:
    """Positions and streams of the lines that were said to their end."""
    whole = said[: said.rfind("\n") + 1]
    lines = [line.split() for line in whole.splitlines() if not line.startswith("refused")]
    return {int(position): stream for position, stream in lines}


def test_two_processes_with_a_committer_each_leave_no_gap_and_no_fork(book: Book) -> None:
    writers = [start(book, name) for name in "ab"]

    said = [acknowledged(writer.communicate(timeout=60)[0]) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0]
    assert {sealed.position: str(sealed.stream) for sealed in book.read()} == said[0] | said[1]
    assert sorted([*said[0], *said[1]]) == list(range(1, 2 * 4 * 100 + 1))
    assert verify_book(book).ok


def test_a_process_killed_while_it_commits_groups_leaves_every_acknowledged_entry(book: Book) -> None:
    writer = start(book, "killed", appends=10**6)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    sleep(0.1)
    writer.kill()
    said = acknowledged(first + writer.stdout.read())
    writer.stdout.close()

    assert writer.wait() == -signal.SIGKILL
    assert said
    assert said.items() <= {sealed.position: str(sealed.stream) for sealed in book.read()}.items()
    assert verify_book(book).ok


def test_a_full_disk_fails_exactly_what_was_not_acknowledged(book: Book) -> None:
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"

    writer = start(book, "cramped", before=limit, appends=2_000)
    said = writer.communicate(timeout=60)[0]

    told = acknowledged(said)
    assert writer.returncode == 0
    assert "refused BookUnavailable" in said
    assert told == {sealed.position: str(sealed.stream) for sealed in book.read()}
    assert len(told) + said.count("refused") == 4 * 2_000
    assert verify_book(book).ok


def test_a_fault_of_the_engine_is_told_to_each_in_an_exception_of_its_own(slow: Slow, committer: Committer) -> None:
    def broken(entries: Sequence[NewEntry]) -> range:
        if any(one.stream == HELD for one in entries):
            slow.busy.set()
            assert slow.go.wait(30)
            return range(1, 2)
        raise BookUnavailable("money", "disk I/O error")

    slow.append = broken  # type: ignore[method-assign]  # the engine of this book has broken down
    told = together(slow, committer, [[entry("a")], [entry("b")]])

    assert [type(fault) for fault in told] == [BookUnavailable, BookUnavailable]
    assert told[0] is not told[1]
    assert str(told[0]) == str(told[1])


def test_an_interrupt_takes_back_what_still_waits_and_the_others_go_on(book: Book) -> None:
    script = Path(__file__).with_name("interrupted_caller.py")
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

    done = subprocess.run(
        [sys.executable, str(script), str(book.path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )

    assert (done.returncode, done.stdout.split()) == (0, ["interrupted", "2", "3"]), done.stderr
    assert book.head.position == 3
    assert verify_book(book).ok


def test_closing_commits_what_waits_and_refuses_what_comes(book: Book, slow: Slow) -> None:
    committer = Committer(slow)
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(committer.append, [NewEntry(HELD, 1, "payment-made/v1", b"{}")])]
        assert slow.busy.wait(30)
        futures.append(pool.submit(committer.append, [entry("waits")]))
        while not committer._waiting:  # until it queues
            sleep(0.001)
        closer = pool.submit(committer.close)
        sleep(0.05)
        slow.go.set()
        closer.result()

    assert [future.result() for future in futures] == [range(1, 2), range(2, 3)]
    with pytest.raises(BookUnavailable, match="being closed"):
        committer.append([entry("late")])
    assert book.head.position == 2


ORDERS = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=3), min_size=1, max_size=8
)


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS)
def test_a_group_is_answered_as_if_each_had_come_alone(
    tmp_path_factory: pytest.TempPathFactory, orders: list[list[tuple[int, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    appends = [[entry(str(stream), version) for stream, version in order] for order in orders]
    with (
        Book.create(folder / "model.db", name="model", origin="ledger.test/model") as model,
        Book.create(folder / "money.db", name="money", origin="ledger.test/money") as book,
    ):
        model.append([NewEntry(HELD, 1, "payment-made/v1", b"{}")])
        expected: list[range | tuple[type, str]] = []
        for append in appends:
            try:
                expected.append(model.append(append))
            except (Conflict, OutOfSequence) as fault:
                expected.append((type(fault), str(fault)))
        slow = Slow(book)
        with closing(Committer(slow)) as committer:
            told = together(slow, committer, appends)

        assert [(type(one), str(one)) if isinstance(one, Exception) else one for one in told] == expected
        assert [s.entry for s in book.read()] == [s.entry for s in model.read()]
        assert len(slow.transactions) <= 1 + len(appends)
        assert json.dumps([s.position for s in book.read()]) == json.dumps([s.position for s in model.read()])
