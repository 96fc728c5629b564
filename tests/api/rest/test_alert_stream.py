"""The stream of alerts as a listener hears it, over a real connection: at once, filtered, and taken up again."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn

from api.app import create_app
from api.ledger import Ledger
from tests.api.webhooks.receiving import change_alert, eventually, raise_alert, withdraw_alert
from tests.journeys.commanding import environment

PATIENCE_SECONDS = 20
AT_ONCE_SECONDS = 0.3


@dataclass
class Ear:
    """A connection to the stream."""

    connection: HTTPConnection
    lines: Any

    def line(self) -> str:
        """The next line that is not empty."""
        while not (line := self.lines.readline().decode()).strip():
            assert line, "the stream has ended"
        return str(line).strip()

    def next(self) -> dict[str, Any]:
        """The next event, whatever comments come before it."""
        told: dict[str, Any] = {}
        while "id" not in told:
            name, _, value = self.line().partition(": ")
            if name in ("event", "id"):
                told[name] = value
            elif name == "data":
                told["data"] = json.loads(value)
        return told


@contextmanager
def serving_here(ledger: Ledger, *, signs: bool = False) -> Iterator[int]:
    """The application in a thread of this process, on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(ledger, signs=signs), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            assert eventually(lambda: server.started)
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def listening_to(port: int, ledger: Ledger, asked: str = "", last: str | None = None) -> Iterator[Ear]:
    """An ear at the stream, once it is open."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {ledger.keeper_token}"} | ({"Last-Event-ID": last} if last else {})
    connection.request("GET", f"/api/v1/alerts/stream?seconds=60{asked}", headers=headers)
    response = connection.getresponse()
    assert response.status == 200
    ear = Ear(connection, response)
    assert ear.line() == ": listening"
    try:
        yield ear
    finally:
        response.close()
        connection.close()


def test_what_this_process_appends_is_on_the_stream_at_once(empty_ledger: Ledger) -> None:
    took = []
    with serving_here(empty_ledger) as port, listening_to(port, empty_ledger) as ear:
        for number in range(1, 8):
            sleep(0.05)
            began = monotonic()
            position = raise_alert(empty_ledger, number)
            assert ear.next()["id"] == str(position)
            took.append(monotonic() - began)

    assert median(took) < AT_ONCE_SECONDS


def test_what_another_process_appends_is_on_the_stream_as_well(empty_ledger: Ledger) -> None:
    other = (
        "import sys; from pathlib import Path; from api.ledger import Ledger; "
        "from tests.api.webhooks.receiving import raise_alert\n"
        "with Ledger.open(Path(sys.argv[1])) as ledger: raise_alert(ledger, 7)"
    )

    with serving_here(empty_ledger) as port, listening_to(port, empty_ledger) as ear:
        words = [sys.executable, "-c", other, str(empty_ledger.folder.path)]
        subprocess.run(words, check=True, env=environment())
        told = ear.next()

    assert told["event"] == "raised"
    assert told["data"]["alert_id"] == f"{7:032x}"


def test_a_listener_that_lost_the_connection_hears_everything_behind_the_last_event_once(empty_ledger: Ledger) -> None:
    with serving_here(empty_ledger) as port:
        with listening_to(port, empty_ledger) as ear:
            raise_alert(empty_ledger, 1)
            heard = [ear.next()["id"]]
        missed = [str(raise_alert(empty_ledger, 2)), str(change_alert(empty_ledger, 1, 2))]
        with listening_to(port, empty_ledger, last=heard[-1]) as ear:
            heard += [ear.next()["id"], ear.next()["id"]]
            later = str(raise_alert(empty_ledger, 3))
            heard.append(ear.next()["id"])

    assert heard[1:] == [*missed, later]


def test_a_listener_hears_only_the_severity_and_the_rule_that_it_asked_for(empty_ledger: Ledger) -> None:
    with serving_here(empty_ledger) as port:
        red = "&severity=R&rule=DUP-01"
        with listening_to(port, empty_ledger, red) as ear:
            raise_alert(empty_ledger, 1, severity="Y")
            raise_alert(empty_ledger, 2, rule_id="LON-01")
            raised = raise_alert(empty_ledger, 3)
            withdraw_alert(empty_ledger, 1, 2)
            gone = withdraw_alert(empty_ledger, 3, 2)
            heard = [ear.next(), ear.next()]

    assert [(told["event"], told["id"]) for told in heard] == [("raised", str(raised)), ("withdrawn", str(gone))]
    assert heard[1]["data"]["severity"] == "R"
    assert heard[1]["data"]["state"] == "withdrawn"


def test_while_nothing_happens_a_comment_keeps_the_connection_open(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.2)

    with serving_here(empty_ledger) as port, listening_to(port, empty_ledger) as ear:
        beat = ear.line()

    assert beat == ": ping"


def test_many_listeners_all_hear_the_same(empty_ledger: Ledger) -> None:
    with serving_here(empty_ledger) as port:
        ears = [listening_to(port, empty_ledger) for _ in range(12)]
        opened = [ear.__enter__() for ear in ears]
        positions = [str(raise_alert(empty_ledger, number)) for number in (1, 2)]
        heard = [[ear.next()["id"], ear.next()["id"]] for ear in opened]
        for ear in ears:
            ear.__exit__(None, None, None)

    assert heard == [positions] * 12


def test_a_served_ledger_raises_alerts_of_what_is_entered_without_anybody_asking_for_them(empty_ledger: Ledger) -> None:
    from tests.api.offices import FINANCE, OFFICE, PAYEE, enter_row, furnish, paid

    furnish(empty_ledger)
    enter_row(
        empty_ledger,
        "deaths",
        OFFICE,
        name="测试甲",
        id_no=PAYEE,
        death_on="2020-01-06",
        known_on="2020-01-07",
        source="民政",
    )
    empty_ledger.catch_up()

    with serving_here(empty_ledger, signs=True) as port, listening_to(port, empty_ledger) as ear:
        enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1"))
        told = ear.next()

    assert told["event"] == "raised"
    assert "payment:B1" in told["data"]["subjects"]
