"""While a ledger is served its heads are signed by themselves: soon, by one at a time, whatever is in the way."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import enumerate as enumerate_threads

import pytest
from fastapi.testclient import TestClient

from api import publishing_heads
from api.app import create_app
from api.folder import held
from api.ledger import Ledger, Placed
from api.log_keys import log_vkeys
from api.public_log import PublicLog
from api.publishing_heads import publish, publishing
from domain.event import KEEPER, BookName
from domain.place import PlaceRegistered
from tests.audit.log.naive_reader import read_head
from tests.postgresql import Database

PATIENCE_SECONDS = 30.0
SOON = 0.05


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger on either engine."""
    if request.param == "database":
        database: Database = request.getfixturevalue("database")
        monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as made:
        yield made


def register(ledger: Ledger, number: int) -> int:
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor=KEEPER),
        place_code=f"44089910120{number}",
        place_name=f"测试{number}村",
        level="村",
    )
    return ledger.append(BookName.MONEY, [Placed(ledger.stream("place", str(number)), 1, event)])[0]


def in_time(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so before one's patience ends."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def signed_size(ledger: Ledger, book: BookName = BookName.MONEY) -> int:
    published = PublicLog(ledger, book).published()
    return published.checkpoint.size if published else 0


def test_every_change_is_under_a_signed_head_soon_after(ledger: Ledger) -> None:
    with publishing(ledger, first_seconds=SOON, every=SOON):
        assert in_time(lambda: signed_size(ledger) == ledger.money.head.position > 0)
        position = register(ledger, 1)
        assert in_time(lambda: signed_size(ledger) >= position)

    assert in_time(lambda: signed_size(ledger, BookName.SUPERVISION) > 0)
    for book in BookName:
        [key] = log_vkeys(ledger, book)
        note = (ledger.folder.logs / book.value / "checkpoint").read_bytes()
        assert read_head(note, key.vkey).origin == ledger.book(book).origin


def test_a_head_comes_within_the_minute_that_is_promised() -> None:
    assert publishing_heads.FIRST_SECONDS + publishing_heads.HEAD_SECONDS < 60


def test_the_thread_ends_with_the_block_also_while_there_is_much_to_write(tmp_path: Path) -> None:
    before = set(enumerate_threads())
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as ledger:
        with publishing(ledger, first_seconds=0, every=0):
            register(ledger, 1)
        left = [thread.name for thread in enumerate_threads() if thread not in before]

    assert "publisher of heads" not in left


def test_what_is_in_the_way_is_said_once_and_what_follows_it_is_signed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as ledger:
        publish(ledger, BookName.MONEY)
        signed = ledger.folder.logs / "money" / "signed"
        kept = signed.read_bytes()
        signed.write_bytes(b"nothing")
        with caplog.at_level(logging.WARNING, "mingzhang.log"), publishing(ledger, first_seconds=0, every=SOON):
            assert in_time(lambda: bool(caplog.messages))
            time.sleep(5 * SOON)
            assert len(caplog.messages) == 1
            signed.write_bytes(kept)
            position = register(ledger, 1)
            assert in_time(lambda: signed_size(ledger) == position)

    assert "Log of money: E-SCHEMA:" in caplog.messages[0]
    assert caplog.messages[1:] == ["Log of money: heads are signed again."]


def test_an_append_does_not_fail_with_the_log_nor_wait_for_it(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as ledger:
        publish(ledger, BookName.MONEY)
        lock = ledger.folder.logs / "money" / "lock"
        with held(lock, wait=True), publishing(ledger, first_seconds=0, every=0):
            assert register(ledger, 1) == ledger.money.head.position
        shutil.rmtree(ledger.folder.logs)
        ledger.folder.logs.write_text("no folder can be made here", encoding="utf-8")
        with publishing(ledger, first_seconds=0, every=0):
            assert register(ledger, 2) == ledger.money.head.position


def test_an_application_signs_only_where_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.app.publishing", partial(publishing, first_seconds=0, every=SOON))
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as ledger:
        with TestClient(create_app(ledger)) as client:
            time.sleep(5 * SOON)
            assert client.get("/log/money/checkpoint").status_code == 404
        with TestClient(create_app(ledger, signs=True)) as client:
            assert in_time(lambda: client.get("/log/money/checkpoint").status_code == 200)


@pytest.mark.postgresql
def test_a_machine_without_the_key_shows_what_another_one_signs(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as first:
        published = publish(first, BookName.MONEY)
        shutil.copytree(tmp_path / "books", tmp_path / "other", ignore=shutil.ignore_patterns("log", "log-*"))
        with (
            Ledger.open(tmp_path / "other") as second,
            caplog.at_level(logging.WARNING, "mingzhang.log"),
            publishing(second, first_seconds=0, every=SOON),
        ):
            assert in_time(lambda: signed_size(second) > 0)
            shown = PublicLog(second, BookName.MONEY).published()

    assert shown == published
    assert any("E-REF" in message and "another machine signs is shown" in message for message in caplog.messages)
