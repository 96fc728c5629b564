"""`python -m bench.streaming`: how long after a payment was acknowledged its alert is on the stream.

    python -m bench.streaming [--payments 1000] [--rate 50] [--size 0]

A ledger in files is served by `mingzhang serve` in a process of its own, with everything that it does beside. People of
a list of the dead are paid by hand over REST, so many payments a second whatever the answers take, and each raises an
alert. One listener hears the stream; the time is that from the answer 201 to the first alert that names the payment, as
one clock of one machine tells both. `--size` puts so many events of other people into the ledger before.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread, local
from typing import Any

from api.ledger import Ledger
from bench.figure import Figure, machine, options_of, save, tell
from bench.growth import fill
from bench.payments import stream_of_events
from domain.clock import instant
from tests.api.offices import FINANCE, OFFICE, enter_row, furnish, paid
from tests.journeys.inventing import card_number, identity_number

PAYMENTS = 1_000
RATE = 50
HANDS = 16
"""Connections over which payments are entered."""

TARGET_MS = 1_000.0
PATIENCE_SECONDS = 60.0
PROGRAM = "from api.cli import main; main()"
HOST = "127.0.0.1"
DIED_ON = "2020-01-06"
WITHIN = "/api/v1"


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.streaming")
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--size", type=int, default=0)
    options = parser.parse_args()
    print(f"streaming, {options.payments:,} payments at {options.rate}/s, one run on {machine()}")
    with tempfile.TemporaryDirectory() as scratch:
        figures = measured(Path(scratch) / "ledger", options.payments, options.rate, options.size)
    tell(figures)
    save(figures, options.json)


def measured(path: Path, payments: int, rate: int, size: int) -> list[Figure]:
    """The figures of one ledger."""
    token, stands = prepared(path, payments, size)
    with served(path) as port:
        heard: dict[str, float] = {}
        stop = Event()
        listening = Event()
        ear = Thread(target=listen, args=(port, token, heard, listening, stop), daemon=True)
        ear.start()
        if not listening.wait(PATIENCE_SECONDS):
            raise RuntimeError("The stream was not opened.")
        began = time.perf_counter()
        acknowledged = enter_all(port, token, payments, rate)
        entered_in = time.perf_counter() - began
        wait_for(lambda: heard.keys() >= acknowledged.keys())
        stop.set()
    late = sorted(max(heard[ref] - at, 0.0) * 1_000 for ref, at in acknowledged.items() if ref in heard)
    missing = len(acknowledged) - len(late)
    if missing:
        raise RuntimeError(f"{missing} of {len(acknowledged)} payments raised no alert on the stream.")
    return figures_of(late, stands, len(acknowledged) / entered_in)


def figures_of(late_ms: Sequence[float], stands: int, rate: float) -> list[Figure]:
    """Median and 99th of 100, and how fast the payments really went in."""
    part, what = "stream", f"payment acknowledged → alert on the stream, {rate:.0f}/s on {stands:,} events"
    return [
        Figure(part, f"{what}, median", median(late_ms), "ms"),
        Figure(part, f"{what}, p99", quantiles(late_ms, n=100)[-1], "ms", target=TARGET_MS, at_most=True),
    ]


def prepared(path: Path, payments: int, size: int) -> tuple[str, int]:
    """A ledger with an office, as many dead people as will be paid, and `size` events of others; gives its token."""
    with Ledger.create(path, place_code="440899101", place_name="测试镇") as ledger:
        furnish(ledger, arrived="10000000.00")
        for number in range(payments):
            row = {"name": f"测试逝者{number}", "id_no": person(number), "death_on": DIED_ON, "known_on": DIED_ON}
            enter_row(ledger, "deaths", OFFICE, **row, source="民政")
        if size:
            fill(ledger, islice(stream_of_events(instant(ledger.clock())), 2, None), size)
        ledger.catch_up()
        return ledger.keeper_token, ledger.money.head.position


def person(number: int) -> str:
    """The ID number of one of them."""
    return identity_number(born=date(1940, 1, 1) + timedelta(days=number // 900), serial=100 + number % 900)


@contextmanager
def served(path: Path) -> Iterator[int]:
    """`mingzhang serve` on a free port, until the block ends."""
    with socket.create_server((HOST, 0)) as found:
        port = int(found.getsockname()[1])
    words = [sys.executable, "-c", PROGRAM, "--ledger", str(path), "serve", "--host", HOST, "--port", str(port)]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    try:
        wait_for(lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def answers(port: int) -> bool:
    """Whether the server does yet."""
    try:
        with socket.create_connection((HOST, port), 1):
            return True
    except OSError:
        return False


def listen(port: int, token: str, heard: dict[str, float], listening: Event, stop: Event) -> None:
    """Note when each payment is first named by an alert on the stream."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    connection.request("GET", f"{WITHIN}/alerts/stream?seconds=3600", headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    while not stop.is_set():
        line = response.readline()
        now = time.perf_counter()
        if line.startswith(b":"):
            listening.set()
        elif line.startswith(b"data:"):
            for subject in json.loads(line[5:])["subjects"]:
                kind, _, number = subject.partition(":")
                if kind == "payment":
                    heard.setdefault(number, now)
        elif not line:
            return


def enter_all(port: int, token: str, payments: int, rate: int) -> dict[str, float]:
    """Enter the payments, each at its moment; gives when each was acknowledged."""
    mine = local()
    began = time.perf_counter() + 0.1

    def enter(number: int) -> tuple[str, float]:
        time.sleep(max(began + number / rate - time.perf_counter(), 0))
        if not hasattr(mine, "connection"):
            mine.connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        ref = f"TEST{number:012}"
        body = json.dumps({"actor": FINANCE, "row": payment(ref, number)})
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        mine.connection.request("POST", f"{WITHIN}/entries/subsidy_payments", body, headers)
        answer = mine.connection.getresponse()
        told = answer.read()
        if answer.status != http.client.CREATED:
            raise RuntimeError(f"Payment {number} was answered {answer.status}: {told[:300]!r}")
        return ref, time.perf_counter()

    with ThreadPoolExecutor(HANDS) as hands:
        return dict(hands.map(enter, range(payments)))


def payment(ref: str, number: int) -> dict[str, Any]:
    """A payment to somebody who is dead."""
    name = f"测试逝者{number}"
    return paid(ref, name=name, holder_name=name, id_no=person(number), account_no=card_number(10_000 + number))


def wait_for(condition: Any) -> None:
    """Wait until `condition` holds, but not for ever."""
    until = time.perf_counter() + PATIENCE_SECONDS
    while not condition() and time.perf_counter() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main()
