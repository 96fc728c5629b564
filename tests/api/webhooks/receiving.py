"""A receiver of webhooks: a real server in a thread, which answers as the test says and remembers what came."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any

from api.ledger import Ledger, Placed
from api.webhooks.addresses import Reach
from api.webhooks.endpoint import Endpoint, Subscription
from api.webhooks.register import Webhooks
from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.event import SYSTEM, BookName

PATIENCE_SECONDS = 20
EVERYTHING = Subscription()
CLOSES = -1
"""The receiver takes the message and closes the connection without a word."""


@dataclass
class Message:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver checks it: by hand, from the words of the specification."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, content, sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """What came, and what is answered: `answers` one after the other, then 204."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hold: Event | None = None
    lock: Lock = field(default_factory=Lock)

    def take(self, message: Message) -> int:
        with self.lock:
            self.messages.append(message)
            return self.answers.pop(0) if self.answers else 204

    @property
    def positions(self) -> list[int]:
        """The positions that were told, in the order in which they came."""
        return [int(message.event["id"].partition("-")[0]) for message in self.messages]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.receiver = receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked is gone: that is what is tested."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = receiver.take(Message(self.path, headers, body))
        if receiver.hold is not None:
            receiver.hold.wait(PATIENCE_SECONDS)
        if status == CLOSES:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(receiver.body)))
        self.end_headers()
        self.wfile.write(receiver.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Nothing."""


@contextmanager
def receiving(*answers: int, wrap: Callable[[Any], Any] | None = None) -> Iterator[Receiver]:
    """A receiver on a port of this machine."""
    receiver = Receiver(answers=list(answers))

    with Server(receiver) as server:
        if wrap is not None:
            server.socket = wrap(server.socket)
        receiver.url = f"{'https' if wrap else 'http'}://localhost:{server.server_port}/alerts?from=mingzhang"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            if receiver.hold is not None:
                receiver.hold.set()
            server.shutdown()
            thread.join()


def alert_fields(number: int, **others: Any) -> dict[str, Any]:
    """What an invented alert says of itself."""
    return {
        "alert_id": f"{number:032x}",
        "rule_id": "DUP-01",
        "rule_version": 1,
        "pack_hash": "ab" * 32,
        "severity": "R",
        "anchor": (f"person:P-{number}", "programme:职业培训补贴", "2020Q2"),
        "subjects": (f"person:P-{number}", f"claim:SQ-{number}"),
        "event_refs": (1, 2),
        "amount_at_risk_fen": 600_00,
        "holds_from": date(2020, 6, 25),
        "why_zh": "同期领取两次，共1200.00元",
        "why_en": "Paid twice for one period, ¥1,200.00 in all.",
        **others,
    }


def raise_alert(ledger: Ledger, number: int, **others: Any) -> int:
    """Raise an alert; gives the position."""
    event = AlertRaised(**ledger.envelope(AlertRaised, actor=SYSTEM), **alert_fields(number, **others))
    return _append(ledger, number, 1, event)


def change_alert(ledger: Ledger, number: int, version: int, **others: Any) -> int:
    """Let the evidence of an alert grow; gives the position."""
    event = AlertChanged(**ledger.envelope(AlertChanged, actor=SYSTEM), **alert_fields(number, **others))
    return _append(ledger, number, version, event)


def withdraw_alert(ledger: Ledger, number: int, version: int) -> int:
    """Withdraw an alert; gives the position."""
    event = AlertWithdrawn(
        **ledger.envelope(AlertWithdrawn, actor=SYSTEM),
        alert_id=f"{number:032x}",
        rule_id="DUP-01",
        clearing_position=1,
    )
    return _append(ledger, number, version, event)


def subscribed(
    webhooks: Webhooks, receiver: Receiver, subscription: Subscription = EVERYTHING, *, position: int = 0
) -> tuple[Endpoint, str]:
    """An endpoint at the receiver, and its secret."""
    return webhooks.add(receiver.url, Reach.INSECURE, subscription, position=position)


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes to hold."""
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        if condition():
            return True
        sleep(0.02)
    return condition()


def _append(ledger: Ledger, number: int, version: int, event: Any) -> int:
    stream = ledger.stream("alert", f"{number:032x}")
    return ledger.append(BookName.SUPERVISION, [Placed(stream, version, event)])[0]
