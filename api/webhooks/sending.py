"""One POST of a webhook: to the address that was looked at, within limits of time, and without believing the answer.

No redirect is followed: it could lead where the address was not allowed to. Of the answer the status, `Retry-After` and
a short beginning are looked at. Whoever answers slowly, byte by byte, is cut off all the same. Standard library only.
"""

import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Thread
from time import monotonic
from typing import Final, NamedTuple

from api.webhooks.addresses import NotAllowed, Reach, Target, located, target_of
from api.webhooks.cloud_events import MEDIA_TYPE

USER_AGENT: Final = "mingzhang-webhooks"
PREFIX_BYTES: Final = 200
LOOK_SECONDS: Final = 0.1
GONE: Final = 410
TAKEN: Final = range(200, 300)
REDIRECTS: Final = range(300, 400)
LONGEST_WAIT_SECONDS: Final = 3_600.0


class Patience(NamedTuple):
    """How long a receiver is waited for.

    connect_seconds:  until it is connected.
    answer_seconds:   for its answer; Standard Webhooks asks for 15 to 30.
    """

    connect_seconds: float = 10.0
    answer_seconds: float = 20.0


class Answer(NamedTuple):
    """What became of one POST.

    status:        what the receiver answered; None when nothing came.
    why:           in words, where it did not take the message.
    wait_seconds:  how long it asks to be left alone.
    """

    status: int | None
    why: str = ""
    wait_seconds: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the message."""
        return self.status in TAKEN

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants to hear no more."""
        return self.status == GONE


def post(url: str, reach: Reach, headers: dict[str, str], body: bytes, *, patience: Patience, stop: Event) -> Answer:
    """Send `body` once; whatever goes wrong is an answer without status. Broken off when `stop` is set."""
    try:
        target = target_of(url, reach)
        connection = _connection(target, located(target, reach), patience)
    except NotAllowed as refused:
        return Answer(None, str(refused))
    except (OSError, UnicodeError) as fault:
        return Answer(None, f"no connection: {_said(fault)}")
    own = {"Content-Type": MEDIA_TYPE, "User-Agent": USER_AGENT, "Connection": "close"}
    watch = _Watch(connection, stop, patience)
    try:
        with watch:
            connection.connect()
            connection.sock.settimeout(patience.answer_seconds)
            connection.request("POST", target.path, body, {**own, **headers})
            with connection.getresponse() as response:
                answer = _answer(response)
    except (OSError, HTTPException, ValueError) as fault:  # ValueError: TLS that was cut off
        return Answer(None, _broken(_said(fault), stop, patience))
    finally:
        connection.close()
    return Answer(None, _broken("cut off", stop, patience)) if watch.has_cut else answer


class _Watch:
    """Closes a connection under whoever reads from it, when that takes too long or the process ends.

    A header that breaks off looks like one that ends: so it is asked afterwards whether it `has_cut`.
    """

    def __init__(self, connection: HTTPConnection, stop: Event, patience: Patience) -> None:
        self._connection = connection
        self._stop = stop
        self._seconds = patience.connect_seconds + patience.answer_seconds
        self._done = Event()
        self._thread = Thread(target=self._look, name="webhook's patience", daemon=True)
        self.has_cut = False

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        until = monotonic() + self._seconds
        while not self._done.wait(LOOK_SECONDS):
            if self._stop.is_set() or monotonic() > until:
                self.has_cut = True
                with suppress(OSError, AttributeError):  # it is not open yet, or not any more
                    self._connection.sock.shutdown(socket.SHUT_RDWR)


class _To(HTTPConnection):
    """To an address in digits, under the host's own name."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._address = address

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _SecurelyTo(HTTPSConnection):
    """The same, and the certificate must be the host's."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        self._trusting = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=seconds, context=self._trusting)
        self._address = address

    def connect(self) -> None:
        """Connect to the address that was looked at, and see whose it is."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._trusting.wrap_socket(self.sock, server_hostname=self.host)


def _connection(target: Target, address: str, patience: Patience) -> HTTPConnection:
    kind = _SecurelyTo if target.secure else _To
    return kind(target, address, patience.connect_seconds)


def _answer(response: HTTPResponse) -> Answer:
    status = response.status
    if status in TAKEN:
        return Answer(status)
    if status in REDIRECTS:
        return Answer(status, f"HTTP {status}: a redirect is not followed; name the address that it leads to.")
    told = b""
    with suppress(OSError, HTTPException, ValueError):  # the status is what counts
        told = response.read(PREFIX_BYTES)
    words = "".join(sign if sign.isprintable() else " " for sign in told.decode("utf-8", "replace")).strip()
    asked = response.headers.get("Retry-After", "")
    wait = min(float(asked), LONGEST_WAIT_SECONDS) if asked.isascii() and asked.isdigit() else 0.0
    return Answer(status, f"HTTP {status}: {words}" if words else f"HTTP {status}", wait)


def _broken(words: str, stop: Event, patience: Patience) -> str:
    if stop.is_set():
        return "broken off: this process ends"
    return f"no answer within {patience.answer_seconds:g} s, or none at all: {words}"


def _said(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate does not hold ({fault.verify_message})"
    return (fault.strerror if isinstance(fault, OSError) else None) or type(fault).__name__
