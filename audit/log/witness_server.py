"""A witness that listens: plain HTTP by the standard library; TLS is for a proxy before it.

A request is answered when the witness has it on its disk, so this process may be killed at any instant. What strangers
send is bounded: the length of a body, the time that it may take, and how many connections are open at once.
"""

import logging
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Thread
from typing import Any

from audit.log.cosignature import Seconds
from audit.log.witness import LONGEST_REQUEST_BYTES, PLAIN, Answer, Witness

MOST_CONNECTIONS = 64
IDLE_SECONDS = 30.0
"""How long a connection may say nothing, and how long one request may take to arrive."""

GRACE_SECONDS = 5.0
"""How long the end waits for answers that are being given."""

READ_AT_ONCE = 65_536

_log = logging.getLogger("mingzhang.witness")


class WitnessServer(ThreadingHTTPServer):
    """The witness at an address; port 0 takes one that is free."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, witness: Witness, clock: Seconds) -> None:
        """Listen from now on; `serve_forever` answers.

        clock:  seconds since 1970.

        Raises:
            OSError: when nobody can listen there.
        """
        self.witness = witness
        self.clock = clock
        self._free = BoundedSemaphore(MOST_CONNECTIONS)
        self.answering = BoundedSemaphore(MOST_CONNECTIONS)
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Connection)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        named = host.decode() if isinstance(host, bytes) else str(host)
        return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own; one too many is closed."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        Thread(target=self._serve, args=(request, client_address), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is nobody's fault; another fault is told."""
        _log.debug("A connection was broken off.", exc_info=True)

    def server_close(self) -> None:
        """Listen no more; answers that are being given are finished."""
        super().server_close()
        deadline = time.monotonic() + GRACE_SECONDS
        for _ in range(MOST_CONNECTIONS):
            self.answering.acquire(timeout=max(deadline - time.monotonic(), 0))

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._free.release()


class _Connection(BaseHTTPRequestHandler):
    """One connection, which may ask several times."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def version_string(self) -> str:
        """What stands in the header Server: nothing that helps an attacker choose."""
        return "mingzhang-witness"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name for it
        """Requests are told to whoever wants to hear them, without addresses."""
        _log.info(format, *args)

    def _answer(self) -> None:
        body = self._body()
        if isinstance(body, Answer):
            self.close_connection = True  # what follows on the line may be the rest of a body
            self._send(body)
            return
        with self.server.answering:
            path = self.path.partition("?")[0]
            try:
                answer = self.server.witness.answer(self.command, path, body, self.server.clock())
            except Exception:  # noqa: BLE001  whatever it is: the connection is told, and the log says it
                _log.exception("A request could not be answered.")
                answer = Answer(500, (("Content-Type", PLAIN),), b"The witness has a fault; its log says which.\n")
            self._send(answer)

    def _body(self) -> bytes | Answer:
        """The body that was sent, or why it is not read."""
        told, *more = self.headers.get_all("Content-Length") or ["" if self.command == "POST" else "0"]
        if more or self.headers.get("Transfer-Encoding") or not (told.isascii() and told.isdigit()):
            return Answer(411, (("Content-Type", PLAIN),), b"Say how long the body is: Content-Length.\n")
        if len(told) > len(str(LONGEST_REQUEST_BYTES)) or int(told) > LONGEST_REQUEST_BYTES:
            return Answer(413, (("Content-Type", PLAIN),), f"No more than {LONGEST_REQUEST_BYTES} bytes.\n".encode())
        return self._read(int(told))

    def _read(self, length_bytes: int) -> bytes:
        """So many bytes.

        Raises:
            TimeoutError: when they take too long.
            ConnectionError: when they do not come.
        """
        deadline = time.monotonic() + IDLE_SECONDS
        body = b""
        while len(body) < length_bytes:
            part = self.rfile.read1(min(length_bytes - len(body), READ_AT_ONCE))
            if not part:
                raise ConnectionResetError("The body broke off.")
            if time.monotonic() > deadline:
                raise TimeoutError("The body took too long.")
            body += part
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
