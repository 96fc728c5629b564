"""The day's work of a ledger that is served: sealed once a day, stamped once a day, and never in anybody's way."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from api.completeness import last_seal
from api.daily import DailyWork, keeping_daily
from api.folder import held
from api.ledger import Ledger
from domain.event import BookName
from tests.api.stamping import MONEY, ROOT, Clock, authority, ledger_at, publish, register, stored
from tests.time_stamping import pem, served

PATIENCE_SECONDS = 30.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger whose settings name an authority."""
    (tmp_path / "root.pem").write_bytes(pem(ROOT))
    with served(authority(tmp_path / "tsa").ask) as address:
        monkeypatch.setenv("MINGZHANG_TSA_URL", address)
        monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
        with ledger_at(tmp_path / "books", clock) as made:
            yield made


def test_the_index_is_sealed_before_the_head_over_it_is_stamped(ledger: Ledger) -> None:
    work = DailyWork(ledger)

    assert work.look() == ""
    seal = last_seal(ledger, MONEY)
    assert seal is not None
    assert stored(ledger) == []
    publish(ledger)
    assert work.look() == ""

    assert stored(ledger) == [f"{seal.position}.checkpoint", f"{seal.position}.tsr"]


def test_stamps_that_end_soon_are_renewed_on_the_day_on_which_there_is_a_later_certificate(
    ledger: Ledger, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, lasting = DailyWork(ledger), ledger.settings.tsa_url
    work.look()
    publish(ledger)
    with served(authority(tmp_path / "ending-tsa", lasting=timedelta(days=30)).ask) as ending:
        monkeypatch.setattr(ledger.settings, "tsa_url", ending)
        assert work.look().startswith("E-STATE: A new stamp would hold until")
        assert work.look() == ""  # it is asked again on the next day
    monkeypatch.setattr(ledger.settings, "tsa_url", lasting)
    register(ledger, 1)
    publish(ledger)
    assert work.look() == ""

    clock.ahead = timedelta(days=1)
    seals, publishes, stamps = work.look(), publish(ledger), work.look()

    assert (seals, stamps) == ("", "")
    newest = publishes.checkpoint.size
    assert stored(ledger)[-4:] == [f"{newest}.checkpoint", f"{newest}.tsr", "renewed/1.sums", "renewed/1.tsr"]


def test_an_authority_that_is_away_is_told_and_the_index_is_sealed_all_the_same(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger.settings, "tsa_url", "http://127.0.0.1:9/")
    work = DailyWork(ledger)

    assert work.look() == ""
    publish(ledger)
    assert work.look().startswith("E-STATE: The time-stamping authority at 127.0.0.1 gave no answer")
    monkeypatch.setattr(ledger.settings, "tsa_ca", None)
    assert work.look() == "E-REF: No certificate of a time-stamping authority is named."

    assert last_seal(ledger, BookName.SUPERVISION) is not None


def test_without_an_authority_or_while_another_process_works_nothing_is_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = DailyWork(ledger)
    work.look()
    publish(ledger)
    lock = ledger.folder.logs / "money" / "anchors" / "lock"
    lock.parent.mkdir()

    with held(lock, wait=False):
        assert work.look() == ""
    assert stored(ledger) == []
    monkeypatch.setattr(ledger.settings, "tsa_url", "")
    assert work.look() == ""
    assert stored(ledger) == []


def test_while_a_ledger_is_served_the_work_is_done_and_what_was_in_its_way_is_said_once(
    ledger: Ledger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.daily.AGAIN_SECONDS", 0.05)
    logs = ledger.folder.logs
    logs.write_text("a file where the folder was to be")

    with caplog.at_level(logging.WARNING, "mingzhang.daily"), keeping_daily(ledger, first_seconds=0.01, every=0.05):
        wait_until(lambda: bool(caplog.messages))
        sleep(0.3)
        logs.unlink()
        wait_until(lambda: len(caplog.messages) == 2)

    assert caplog.messages == [
        "The day's work: it could not be done: NotADirectoryError.",
        "The day's work: it is done again.",
    ]
    assert last_seal(ledger, MONEY) is not None


def wait_until(true: Callable[[], bool]) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while not true():
        assert monotonic() < until
        sleep(0.02)
