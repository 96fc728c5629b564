"""Reading a log that somebody else keeps, from its web address or a folder, within limits of time and size.

What comes back is believed by nobody yet: `audit.log.proving` checks it. A file that is not there is None; a place that
does not answer, or answers what no log may, is `SourceUnreachable`. Passing faults are tried again, a little later each
time. A connection is kept, since a log is thousands of small files; an answer that names another place is not followed,
so that a token goes nowhere but where it was meant for. Standard library only.
"""

import time
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from audit.log.note import LONGEST_NOTE_BYTES
from audit.log.tiles import (
    ENTRIES,
    HASH_BYTES,
    LENGTH_BYTES,
    LONGEST_ENTRY_BYTES,
    WIDTH,
    TilesDamaged,
    tile_at,
)

LONGEST_BUNDLE_BYTES = WIDTH * (LENGTH_BYTES + LONGEST_ENTRY_BYTES)
CHUNK_BYTES = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS

OK = 200
GONE = frozenset({404, 410})
CLOSED = frozenset({401, 403})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_WAIT_SECONDS = 60.0


class SourceUnreachable(Exception):
    """A log could not be read, for a reason that says nothing about what it holds; the text says what to do."""


class Patience(NamedTuple):
    """How long a reader waits.

    silence_seconds:  for the next byte.
    answer_seconds:   for the end of one file.
    waits_seconds:    before each further attempt; the first is at once, for a connection that was closed meanwhile.
    """

    silence_seconds: float = 20.0
    answer_seconds: float = 120.0
    waits_seconds: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0, 8.0)


class _Passing(Exception):
    """A fault that may be over at the next attempt, after `wait_seconds` if the server said so."""

    def __init__(self, why: str, wait_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.wait_seconds = wait_seconds


class FolderLog:
    """The files of a log in a folder that somebody else filled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, path: str) -> bytes | None:
        """The file at `path`.

        Raises:
            TilesDamaged: when it is longer than one of its kind can be.
            SourceUnreachable: when it may not be read.
        """
        try:
            with (self._path / path).open("rb") as file:
                held = file.read(longest_at(path) + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            raise SourceUnreachable(f"{self._path / path} cannot be read: {fault.strerror or fault}.") from fault
        _refuse_longer(held, path)
        return held

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is kept open."""


class WebLog:
    """The files of a log below a web address; for one thread, which closes it at the end."""

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read below `address`, with `token` for what is not public.

        Raises:
            ValueError: when the address is not of http or https.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{address[:200]!r} is not the address of a log: https://host/path was expected.")
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._token = token
        self._patience = patience or Patience()
        self._sleep, self._monotonic = sleep, monotonic
        self._connection: HTTPConnection | None = None

    def read(self, path: str) -> bytes | None:
        """The file at `path`.

        Raises:
            TilesDamaged: when it is longer than one of its kind can be.
            SourceUnreachable: when it cannot be had, however often it is asked for.
        """
        waits: Iterator[float] = iter(self._patience.waits_seconds)
        while True:
            try:
                return self._ask(path)
            except (_Passing, OSError, HTTPException) as fault:
                self.close()
                wait = next(waits, None)
                if wait is None:
                    raise SourceUnreachable(f"{self._place(path)} cannot be read: {_said(fault)}.") from fault
                self._sleep(max(wait, fault.wait_seconds if isinstance(fault, _Passing) else 0.0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go; the next question makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, path: str) -> bytes | None:
        until = self._monotonic() + self._patience.answer_seconds
        if self._connection is None:
            kind = HTTPSConnection if self._is_secure else HTTPConnection
            self._connection = kind(self._host, self._port, timeout=self._patience.silence_seconds)
        headers = {"Accept-Encoding": "gzip, identity", "Cache-Control": "no-cache", "User-Agent": "mingzhang-mirror"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        self._connection.request("GET", f"{self._prefix}/{path}", headers=headers)
        response = self._connection.getresponse()
        if response.status == OK:
            return self._body(response, path, until)
        self.close()  # whatever else it says is not worth reading to its end
        if response.status in GONE:
            return None
        raise self._refusal(response, path)

    def _body(self, response: HTTPResponse, path: str, until: float) -> bytes:
        most = longest_at(path)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise SourceUnreachable(f"{self._place(path)} comes encoded as {encoding[:40]!r}; gzip was offered.")
        unpacking = zlib.decompressobj(GZIP) if encoding == "gzip" else None
        told = response.length
        arrived, held = 0, bytearray()
        while chunk := response.read1(CHUNK_BYTES):
            arrived += len(chunk)
            try:
                held += chunk if unpacking is None else unpacking.decompress(chunk, most + 1 - len(held))
            except zlib.error as fault:
                raise _Passing(f"its gzip is broken ({fault})") from fault
            _refuse_longer(held, path)
            if self._monotonic() > until:
                raise _Passing(f"it did not end within {self._patience.answer_seconds:g} seconds")
        if (told is not None and arrived != told) or (unpacking is not None and not unpacking.eof):
            raise _Passing(f"it broke off after {arrived} bytes")
        response.close()  # read to its end, so that the connection can be asked again
        return bytes(held)

    def _refusal(self, response: HTTPResponse, path: str) -> Exception:
        place, status = self._place(path), response.status
        if status in CLOSED:
            return SourceUnreachable(
                f"{place} is not for everybody (HTTP {status}): give a token that may read entries, or copy the log "
                "without its entries."
            )
        if status in PASSING:
            told = response.headers.get("Retry-After", "")
            wait = float(told) if told.isdecimal() else 0.0
            return _Passing(f"HTTP {status}", min(wait, LONGEST_WAIT_SECONDS))
        return SourceUnreachable(f"{place} answers HTTP {status}; is this the address of a log?")

    def _place(self, path: str) -> str:
        port = "" if self._port is None else f":{self._port}"
        return f"{self._host}{port}{self._prefix}/{path}"


def source_at(place: str, *, token: str | None = None) -> FolderLog | WebLog:
    """The log at `place`: a web address, or else a folder.

    Raises:
        ValueError: when it begins like an address and is none.
    """
    if "://" in place:
        return WebLog(place, token=token)
    return FolderLog(Path(place))


def longest_at(path: str) -> int:
    """How many bytes the file of a log at `path` can have."""
    tile = tile_at(path)
    if tile is None:
        return LONGEST_NOTE_BYTES
    return LONGEST_BUNDLE_BYTES if tile.level == ENTRIES else WIDTH * HASH_BYTES


def _refuse_longer(held: bytes | bytearray, path: str) -> None:
    if len(held) > longest_at(path):
        raise TilesDamaged(path, f"it has more than {longest_at(path)} bytes; none of its kind has.")


def _said(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
