"""Acceptance 3: a kill at any instant of publishing leaves a log that goes on, and no two heads of one size."""

import random  # noqa: TID251  the seed of the instants is named
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from domain.refusal import Refused
from tests.api.keeping_logs import SIGNER, Shelf, read_whole
from tests.audit.log.naive_reader import read_head
from tests.journeys.commanding import HOUSE, environment

LOG = Path("log") / "money"
ROUNDS = 8


class Heads:
    """Every head that anybody could have seen or that was kept as signed, by its size."""

    def __init__(self) -> None:
        self.roots: dict[int, bytes] = {}

    def look(self, log: Path) -> None:
        """Look at both files of a log; a second root of one size ends the test."""
        for name in ("signed", "checkpoint"):
            with suppress(FileNotFoundError):
                head = read_head((log / name).read_bytes(), SIGNER.vkey)
                assert self.roots.setdefault(head.size, head.root) == head.root, f"two heads of {head.size}"


def publisher(*paths: Path) -> subprocess.Popen[str]:
    """A process that publishes, or that publishes copies and is killed at each operation (`killed_publisher`)."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.api.killed_publisher", *map(str, paths)],
        cwd=HOUSE,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_copies(path: Path, copies: Path) -> list[Path]:
    """Copies of the books whose publishers were killed one operation later each; the last of them was not killed."""
    told, _ = publisher(path, copies).communicate()
    return [copies / str(number) for number in range(1, int(told) + 1)]


@contextmanager
def books(path: Path) -> Iterator[Shelf]:
    shelf = Shelf(path)
    try:
        yield shelf
    finally:
        shelf.close()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Books whose log is signed at 250 entries, and that have 530 by now."""
    shelf = Shelf.made(tmp_path / "books")
    shelf.fill(250).log.publish([SIGNER])
    shelf.fill(530).close()
    return tmp_path / "books"


def test_a_publisher_killed_at_any_operation_leaves_a_log_that_goes_on(published: Path, tmp_path: Path) -> None:
    copies = killed_copies(published, tmp_path / "copies")

    for copy in copies:
        heads = Heads()
        heads.look(copy / LOG)
        read_whole(copy / LOG)  # what is visible is whole at any instant, also for who reads nothing but files
        with books(copy) as shelf:
            shelf.fill(540).log.publish([SIGNER])
        heads.look(copy / LOG)
        assert len(read_whole(copy / LOG).entries) == 540
    assert len(copies) > 25


def test_a_publisher_killed_at_random_instants_never_signs_two_heads_of_one_size(published: Path) -> None:
    chance, heads, size = random.Random(5), Heads(), 530
    quickest = timed(published)

    for _ in range(ROUNDS):
        size += chance.randint(1, 300)
        with books(published) as shelf:
            shelf.fill(size)
        process = publisher(published)
        time.sleep(quickest * chance.uniform(0.6, 1.1))
        process.kill()
        process.communicate()
        heads.look(published / LOG)
        read_whole(published / LOG)

    with books(published) as shelf:
        shelf.log.publish([SIGNER])
    heads.look(published / LOG)
    assert read_whole(published / LOG).head.size == size == max(heads.roots)


def timed(path: Path) -> float:
    """Seconds that a publisher takes that is left alone."""
    began = time.monotonic()
    publisher(path).communicate()
    return time.monotonic() - began


def test_a_book_put_back_behind_a_killed_publisher_is_not_signed_otherwise(published: Path, tmp_path: Path) -> None:
    put_back = tmp_path / "put-back"
    shelf = Shelf.made(put_back)
    shelf.fill(250).fill(530, says="another").close()
    outcomes = []

    for copy in killed_copies(published, tmp_path / "copies"):
        heads = Heads()
        heads.look(copy / LOG)
        for file in ("money.db", "money.db-wal", "money.db-shm"):
            (copy / file).unlink(missing_ok=True)
            if (put_back / file).exists():
                shutil.copy(put_back / file, copy / file)
        with books(copy) as shelf:
            outcomes.append(signed_or_refused(shelf))
        heads.look(copy / LOG)
        read_whole(copy / LOG)

    assert outcomes == sorted(outcomes, reverse=True)  # first all are signed; once one was signed, all are refused
    assert set(outcomes) == {"signed", "E-PROOF"}


def signed_or_refused(shelf: Shelf) -> str:
    """What becomes of publishing: signed where nobody had signed yet, refused where somebody had."""
    try:
        shelf.log.publish([SIGNER])
    except Refused as refused:
        return refused.code
    return "signed"


def test_what_a_killed_publisher_left_beside_its_place_is_never_taken_for_a_head(published: Path) -> None:
    for name in ("signed.new", "checkpoint.new"):
        (published / LOG / name).write_bytes(b"half a n")

    with books(published) as shelf:
        shelf.log.publish([SIGNER])

    assert read_whole(published / LOG).head.size == 530
