"""One HTTP request to somebody who may be slow, silent, endless or hostile: it ends in time, and its answer is short.

The standard library's time limits count from one byte to the next, so that a byte every few seconds keeps a reader for
ever; here the connection is cut at a moment. Redirects are not followed and no proxy is asked: who is to be asked was
written down.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from threading import Event, Timer
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

PORTS = {"http": 80, "https": 443}


class Unanswered(Exception):
    """There is no answer that can be used. The text says why, without what was sent."""


class Unreachable(Unanswered):
    """Nobody is there: no address, no name, no connection, no certificate that is believed."""


class TooSlow(Unanswered):
    """The answer was not there in time."""


class Unreadable(Unanswered):
    """What came is no HTTP answer, or longer than it may be."""


class Reply(NamedTuple):
    """An answer; `kind` is its content type."""

    status: int
    kind: str
    body: bytes


def exchange(method: str, url: str, body: bytes | None, *, deadline: float, longest_bytes: int) -> Reply:
    """Ask once.

    deadline:  by `time.monotonic()`; looking up a name may take longer by what the system allows.

    Raises:
        Unanswered: when there is no answer in time, or none of at most `longest_bytes`.
    """
    parts = _parts(url)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    with _connection(parts, deadline) as (connection, is_cut):
        try:
            connection.request(method, path, body, headers={"Host": parts.netloc, "Connection": "close"})
            response = connection.getresponse()
            answer = response.read(longest_bytes + 1)
        except (OSError, ValueError, HTTPException) as fault:
            if is_cut.is_set() or isinstance(fault, TimeoutError):
                raise TooSlow("It did not answer in time.") from fault
            raise Unreadable(f"It broke off, or what it says is not HTTP: {type(fault).__name__}.") from fault
        if is_cut.is_set():
            raise TooSlow("Its answer had no end in time.")
        if len(answer) > longest_bytes:
            raise Unreadable(f"Its answer is longer than {longest_bytes} bytes.")
        return Reply(response.status, response.headers.get("Content-Type", ""), answer)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        is_address = False
    if not is_address or "@" in parts.netloc or not parts.netloc.isascii():
        raise Unreachable("Its address is not http://host/path or https://host/path.")
    return parts


@contextmanager
def _connection(parts: SplitResult, deadline: float) -> Iterator[tuple[HTTPConnection, Event]]:
    """A connection that is cut at the deadline, and whether it was."""
    is_cut = Event()
    with _tube(parts, deadline) as tube:

        def cut() -> None:
            is_cut.set()
            with suppress(OSError):
                socket.socket.shutdown(tube, socket.SHUT_RDWR)  # TLS's own would first wait for the other side

        watchdog = Timer(_left(deadline), cut)
        watchdog.daemon = True
        watchdog.start()
        connection = HTTPConnection(str(parts.hostname))
        try:
            if isinstance(tube, ssl.SSLSocket):
                _shake_hands(tube, is_cut)
            connection.sock = tube
            yield connection, is_cut
        finally:
            watchdog.cancel()
            connection.close()


def _tube(parts: SplitResult, deadline: float) -> socket.socket:
    host, seconds = str(parts.hostname), _left(deadline)
    try:
        tube = socket.create_connection((host, parts.port or PORTS[parts.scheme]), timeout=seconds)
        if parts.scheme == "http":
            return tube
        return ssl.create_default_context().wrap_socket(tube, server_hostname=host, do_handshake_on_connect=False)
    except TimeoutError as fault:
        raise TooSlow("It could not be reached in time.") from fault
    except (OSError, ValueError) as fault:
        raise Unreachable(f"It cannot be reached: {_said(fault)}.") from fault


def _shake_hands(tube: ssl.SSLSocket, is_cut: Event) -> None:
    try:
        tube.do_handshake()
    except (OSError, ValueError) as fault:
        if is_cut.is_set() or isinstance(fault, TimeoutError):
            raise TooSlow("It did not agree on TLS in time.") from fault
        raise Unreachable(f"It cannot be reached by TLS: {_said(fault)}.") from fault


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooSlow("There was no time left to ask.")
    return left


def _said(fault: Exception) -> str:
    return getattr(fault, "verify_message", "") or getattr(fault, "strerror", "") or type(fault).__name__
