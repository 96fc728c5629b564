"""Several processes with several threads append to one book, and are killed at it: no gap, no fork, nothing lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from audit.book import Book
from audit.verify import verify_book

WRITER = Path(__file__).with_name("appending_writer.py")
ROOT = WRITER.parents[2]


def start(book: Book, writer: str, *, threads: int, appends: int, entries: int) -> "subprocess.Popen[str]":
    words = [sys.executable, str(WRITER), str(book.path), writer, str(threads), str(appends), str(entries)]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})


def acknowledged(said: str) -> dict[int, str]:
    """Positions and streams of the lines that were said to their end."""
    whole = said[: said.rfind("\n") + 1]
    return {int(position): stream for position, stream in (line.split() for line in whole.splitlines())}


def test_two_processes_with_three_threads_each_leave_no_gap_and_no_fork(book: Book) -> None:
    writers = [start(book, name, threads=3, appends=25, entries=4) for name in "ab"]

    said = [acknowledged(writer.communicate(timeout=60)[0]) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted([*said[0], *said[1]]) == list(range(1, 2 * 3 * 25 * 4 + 1))
    assert {sealed.position: str(sealed.stream) for sealed in book.read()} == said[0] | said[1]
    assert verify_book(book).findings == ()


def test_the_entries_of_one_append_stand_together_whoever_else_writes(book: Book) -> None:
    writers = [start(book, name, threads=2, appends=20, entries=5) for name in "ab"]

    for writer in writers:
        writer.communicate(timeout=60)

    states = [(sealed.position, sealed.state) for sealed in book.read()]
    for first in range(0, len(states), 5):
        assert len({state for _, state in states[first : first + 5]}) == 1


def test_a_writer_killed_at_any_moment_leaves_every_acknowledged_entry(book: Book) -> None:
    kept: dict[int, str] = {}

    for round_number in range(6):
        writer = start(book, f"round {round_number}", threads=2, appends=10**6, entries=3)
        assert writer.stdout is not None
        first = writer.stdout.readline()
        sleep(0.02 + 0.013 * round_number)
        writer.kill()
        said = acknowledged(first + writer.stdout.read())
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL

        assert said
        assert not said.keys() & kept.keys()
        kept |= said
        assert verify_book(book).findings == ()

    found = {sealed.position: str(sealed.stream) for sealed in book.read()}
    assert kept.items() <= found.items()
    assert sorted(found) == list(range(1, book.head.position + 1))


def test_a_book_is_verified_clean_while_others_append_to_it(book: Book) -> None:
    writer = start(book, "busy", threads=2, appends=60, entries=5)

    reports = []
    while writer.poll() is None:
        reports.append(verify_book(book))
    writer.communicate()

    assert len({report.size for report in reports}) > 1
    assert [report.findings for report in reports if not report.ok] == []


@pytest.mark.parametrize("entries", [1, 400])
def test_the_last_writer_of_a_stream_wins_nothing_and_is_told(book: Book, entries: int) -> None:
    """Both processes make the very same streams: for each append one of them is told of the conflict."""
    writers = [start(book, "same", threads=1, appends=1, entries=entries) for _ in "ab"]

    codes = sorted(writer.wait(timeout=60) for writer in writers)
    for writer in writers:
        writer.communicate()

    assert codes == [0, 1]
    assert book.head.position == entries
    assert verify_book(book).findings == ()
