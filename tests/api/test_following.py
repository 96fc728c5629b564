"""One process keeps the views up to date, another stands by and takes over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from api import following as background
from api.following import follow
from api.ledger import Ledger, Placed
from api.projecting import projector
from audit.faults import BookFault
from domain.event import BookName, Source
from domain.place import PlaceRegistered
from tests.postgresql import Cluster

PATIENCE_SECONDS = 20


class Following:
    """A thread that follows a ledger opened for itself, and what it said."""

    def __init__(self, path: Path) -> None:
        self.said: list[str] = []
        self.rounds = 0
        self._stop = Event()
        self._path = path
        self._thread = Thread(target=self._follow)
        self._thread.start()

    @property
    def leads(self) -> bool:
        return any("keeps the views up to date" in line for line in self.said)

    @property
    def stands_by(self) -> bool:
        return any("stands by" in line for line in self.said)

    @property
    def lost(self) -> bool:
        return any("The engine was lost" in line for line in self.said)

    def end(self) -> None:
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        with Ledger.open(self._path) as ledger:
            follow(ledger, self._stop, self.said.append, self._count)

    def _count(self) -> None:
        self.rounds += 1


@contextmanager
def following(path: Path) -> Iterator[Following]:
    """A follower that ends with the block."""
    made = Following(path)
    try:
        yield made
    finally:
        made.end()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes to hold."""
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        if condition():
            return True
        sleep(0.02)
    return condition()


def register(ledger: Ledger, code: str) -> int:
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor="keeper") | {"source": Source(channel="api")},
        place_code=code,
        place_name=f"村{code}",
        level="村",
    )
    return ledger.append(BookName.MONEY, [Placed(ledger.stream("place", code), 1, event)])[0]


def test_what_another_process_appends_is_projected_without_anybody_asking(empty_ledger: Ledger) -> None:
    with following(empty_ledger.folder.path) as follower:
        assert eventually(lambda: follower.leads)

        position = register(empty_ledger, "440899101201")

        assert eventually(lambda: projector(empty_ledger).positions()["money"] == position)
    assert follower.rounds > 0


def test_a_standby_takes_over_when_the_leader_ends(empty_ledger: Ledger) -> None:
    path = empty_ledger.folder.path
    with following(path) as first:
        assert eventually(lambda: first.leads)
        with following(path) as second:
            assert eventually(lambda: second.stands_by)
            assert not second.leads

            first.end()

            assert eventually(lambda: second.leads)
            position = register(empty_ledger, "440899101202")
            assert eventually(lambda: projector(empty_ledger).positions()["money"] == position)


def test_a_served_ledger_follows_again_after_a_fault_that_nobody_foresaw(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole, faults = empty_ledger.catch_up, [ZeroDivisionError("名字不可入日志"), ZeroDivisionError()]

    def failing_at_first() -> None:
        if faults:
            raise faults.pop()
        whole()

    monkeypatch.setattr(background, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(empty_ledger, "catch_up", failing_at_first)

    with background.following(empty_ledger):
        position = register(empty_ledger, "440899101204")
        assert eventually(lambda: projector(empty_ledger).positions()["money"] == position)

    told = [record.getMessage() for record in caplog.records if record.name == "mingzhang.following"]
    assert len([line for line in told if "ZeroDivisionError" in line]) == 1
    assert "名字" not in "".join(told)


@pytest.mark.postgresql
def test_a_leader_that_lost_the_database_leads_on_when_it_is_there_again(
    ledger_in_a_database: Ledger, cluster: Cluster
) -> None:
    with following(ledger_in_a_database.folder.path) as follower:
        assert eventually(lambda: follower.leads)

        cluster.stop("immediate")
        assert eventually(lambda: follower.lost)
        cluster.resume()
        position = eventually_registered(ledger_in_a_database)

        assert eventually(lambda: projector(ledger_in_a_database).positions()["money"] == position)


def eventually_registered(ledger: Ledger) -> int:
    """Registers a place once the database is there again."""
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        try:
            return register(ledger, "440899101203")
        except BookFault:
            sleep(0.2)
    return register(ledger, "440899101203")
