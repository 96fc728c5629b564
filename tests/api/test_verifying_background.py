"""A served ledger verifies itself: what is new by the minute, everything by the day; what is wrong is sealed once."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.app import create_app
from api.folder import held
from api.ledger import Ledger
from api.verifying_background import LOCK, look, record, verifying
from domain.catalogue import load
from domain.supervision import VerificationFailed
from projections.dialect import writing
from projections.tables.allocations import ALLOCATIONS
from tests.api.conftest import NAME, PLACE
from tests.api.offices import furnish
from tests.api.rewriting_books import rewrite

PATIENCE_SECONDS = 60.0


class Clock:
    """A clock that the test moves on."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-03-02T22:00:00+08:00")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "books", place_code=PLACE, place_name=NAME, clock=clock) as made:
        furnish(made)
        made.catch_up()
        yield made


def looked(ledger: Ledger) -> dict[str, Any]:
    report = look(ledger)
    assert report is not None
    return report


def first_read(report: dict[str, Any]) -> int:
    return int(report["books"][0]["from"])


def whole_at(ledger: Ledger) -> str:
    return str((ledger.verification() or {})["whole_at"])


def recorded(ledger: Ledger) -> list[VerificationFailed]:
    events = [load(sealed.topic, sealed.state) for sealed in ledger.supervision.read()]
    return [event for event in events if isinstance(event, VerificationFailed)]


def spoil_a_view(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(update(ALLOCATIONS.table).values(amount_fen=ALLOCATIONS.c.amount_fen + 1))


def test_the_first_look_reads_everything_and_the_next_what_is_new(ledger: Ledger, clock: Clock) -> None:
    first, whole = looked(ledger), whole_at(ledger)
    clock.now += timedelta(minutes=10)

    second = looked(ledger)

    assert (first["ok"], first_read(first), whole[:16]) == (True, 1, "2026-03-02T14:00")
    assert (second["ok"], first_read(second), whole_at(ledger)) == (True, first["books"][0]["size"] + 1, whole)


def test_everything_is_read_again_once_a_day_from_one_in_the_morning(ledger: Ledger, clock: Clock) -> None:
    looked(ledger)
    seen = []

    for hours in (2, 2, 20):  # midnight, two in the morning, ten in the evening
        before = whole_at(ledger)
        clock.now += timedelta(hours=hours)
        report = looked(ledger)
        seen.append((whole_at(ledger) != before, first_read(report) == 1))

    assert seen == [(False, False), (True, True), (False, False)]


def test_what_is_wrong_is_sealed_once_in_the_supervision_book_and_stands_on_health(
    ledger: Ledger, clock: Clock
) -> None:
    looked(ledger)
    spoil_a_view(ledger)
    clock.now += timedelta(days=1)

    report = looked(ledger)
    sealed = recorded(ledger)
    again = looked(ledger)
    with TestClient(create_app(ledger)) as client:
        health = client.get("/health").json()

    [finding] = [finding for finding in report["findings"] if finding["table"] == "allocations"]
    assert {(event.book, event.finding) for event in sealed} == {("money", "view")}
    assert finding["position"] in {event.at_position for event in sealed}
    assert len(recorded(ledger)) == len(sealed) == len(report["findings"])
    assert again["ok"] is False  # everything is read until it is mended
    assert (health["status"], health["verification_ok"]) == ("not_verified", False)
    assert health["verification_findings"] == len(report["findings"])


def test_a_thousand_findings_need_not_all_be_sealed(ledger: Ledger) -> None:
    finding = {"book": "money", "kind": "leaf", "expected": None, "found": "x" * 900}

    new = record(ledger, [finding | {"position": position} for position in range(1, 1_001)])

    assert new == len(recorded(ledger)) == 20
    assert recorded(ledger)[5].expected == "None"
    assert len(recorded(ledger)[5].found) == 200


def test_of_several_processes_one_verifies_at_a_time(ledger: Ledger) -> None:
    with held(ledger.folder.path / LOCK, wait=False):
        assert look(ledger) is None


def test_a_thread_looks_while_the_block_runs_and_says_once_what_is_wrong(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    rewrite(ledger.folder.money, lambda rows: rows.reverse())
    with caplog.at_level(logging.WARNING, "mingzhang.verification"), verifying(ledger, first_seconds=0.0, every=0.01):
        until = monotonic() + PATIENCE_SECONDS
        while not recorded(ledger) and monotonic() < until:
            sleep(0.05)

    assert recorded(ledger)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["Verification"]


def test_whatever_keeps_it_from_looking_is_said_and_tried_again(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.folder.identity_file.rename(ledger.folder.path / "elsewhere.toml")
    with caplog.at_level(logging.WARNING, "mingzhang.verification"), verifying(ledger, first_seconds=0.0, every=0.01):
        until = monotonic() + PATIENCE_SECONDS
        while not caplog.records and monotonic() < until:
            sleep(0.05)

    assert caplog.records[0].getMessage() == "Verification: it could not be done: Refused."
