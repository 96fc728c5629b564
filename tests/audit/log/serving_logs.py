"""A log behind HTTP, that does what a test tells it: the server that a mirror has to live with."""

import gzip
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from audit.log.checkpoint import Checkpoint
from audit.log.folder import LogFolder
from audit.log.growing import TreeHead, grow
from audit.log.note import Ed25519Signer, signed
from tests.audit.log.writing_logs import NOTHING, Numbers

LOG = Ed25519Signer("log.test/money", b"\x01" * 32)


class Answer(NamedTuple):
    """One answer of the server: `told_bytes` is the length it claims, where that is another."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    told_bytes: int | None = None


Behaviour = Callable[[str, int, dict[str, str]], Answer | None]
"""Takes the path, how often it was asked for before, and the headers; None answers with the file, if there is one."""


class Served(NamedTuple):
    """Where a log is served, and how often each path was asked for."""

    address: str
    asked: Counter[str]


@contextmanager
def served(folder: Path, behave: Behaviour = lambda path, times, headers: None) -> Iterator[Served]:
    """Serve the files of `folder` below /log/."""
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix("/log/")
            told = behave(path, asked[path], {name.lower(): value for name, value in self.headers.items()})
            asked[path] += 1
            if told is None:
                file = folder / path
                told = Answer(200, file.read_bytes()) if file.is_file() else Answer(404)
            self.send_response(told.status)
            for name, value in told.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body) if told.told_bytes is None else told.told_bytes))
            self.end_headers()
            self.wfile.write(told.body)
            if told.told_bytes is not None:
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the name that it has
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A reader that has heard enough may hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_address[1]}/log", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(body: bytes) -> Answer:
    """The body as gzip, which a log may send without being asked."""
    return Answer(200, gzip.compress(body), (("Content-Encoding", "gzip"),))


def sign(folder: LogFolder, head: TreeHead, signer: Ed25519Signer = LOG) -> bytes:
    """Publish `head` as the log's checkpoint; gives the note."""
    note = signed(Checkpoint(signer.name, *head).text, [signer]).encode()
    folder.write("checkpoint", note)
    return note


def published(path: Path, *sizes: int, turned: int | None = None, signer: Ed25519Signer = LOG) -> LogFolder:
    """A log in a folder that has grown to each of `sizes`, the last of which is signed and published."""
    folder, head = LogFolder(path), NOTHING
    for size in sizes:
        head = grow(folder, Numbers(turned=turned), size, head)
    sign(folder, head, signer)
    return folder
