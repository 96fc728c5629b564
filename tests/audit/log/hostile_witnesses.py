"""Servers that are no witnesses: they answer what they are told to, at the pace that they are told."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Event, Thread

HTTP = b"HTTP/1.1 %d Whatever\r\nContent-Type: %b\r\n%b\r\n"
PLAIN, SIZE = b"text/plain; charset=utf-8", b"text/x.tlog.size"


def reply(status: int, body: bytes, kind: bytes = PLAIN) -> bytes:
    return HTTP % (status, kind, b"Content-Length: %d\r\n" % len(body)) + body


ENDLESS = HTTP % (200, PLAIN, b"")
"""A body that ends when the connection does."""


@contextmanager
def answering(*answers: bytes, then: bytes = b"", every_seconds: float = 0.0) -> Iterator[str]:
    """A server that gives the `answers` one connection after another (the last for ever), and gives its address.

    then:  is said again and again behind the answer, one time in `every_seconds`, until the other side has enough.
    """
    stop = Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.02)
        thread = Thread(target=_serve, args=(server, list(answers), then, every_seconds, stop))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def _serve(server: socket.socket, answers: list[bytes], then: bytes, every_seconds: float, stop: Event) -> None:
    threads = []
    while not stop.is_set():
        with suppress(TimeoutError):
            connection, _ = server.accept()
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            thread = Thread(target=_answer, args=(connection, answer, then, every_seconds, stop))
            thread.start()
            threads.append(thread)
    for thread in threads:
        thread.join()


def _answer(connection: socket.socket, answer: bytes, then: bytes, every_seconds: float, stop: Event) -> None:
    with closing(connection), suppress(OSError):
        connection.settimeout(5)
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(65536)
        head, _, body = asked.partition(b"\r\n\r\n")
        length = next(
            (int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        connection.sendall(answer)
        while then and not stop.wait(every_seconds):
            connection.sendall(then)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing, not even in TLS."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=8)) as server:
        yield server.getsockname()[1]


@contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue is full: whoever comes waits."""
    with ExitStack() as waiting:
        server = waiting.enter_context(closing(socket.create_server(("127.0.0.1", 0), backlog=0)))
        for _ in range(4):
            connection = waiting.enter_context(closing(socket.socket()))
            connection.settimeout(0)
            connection.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@contextmanager
def behind_tls(certificate: str) -> Iterator[int]:
    """A port that shakes hands by TLS with a certificate that nobody issued."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stop = Event()

    def shake() -> None:
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = server.accept()
                with closing(connection):
                    connection.settimeout(5)
                    context.wrap_socket(connection, server_side=True).close()

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.02)
        thread = Thread(target=shake)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def nobodys_port() -> int:
    """A port that nobody listens at."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
    return port
