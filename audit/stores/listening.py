"""Hears of appends from PostgreSQL, on a connection of its own."""

from contextlib import suppress
from threading import Event, Lock, Thread

import psycopg
from psycopg.sql import SQL, Identifier

from audit.stores import Arrivals

SLICE_SECONDS = 0.25
"""How soon a listener notices that it is to stop."""

AGAIN_SECONDS = 1.0
"""How long after a lost connection the next is tried; who waits looks for himself meanwhile."""

READY_SECONDS = 2.0
"""How long the first who waits gives the connection to be there."""


class Listener:
    """A thread that tells `arrivals` whenever the server tells of something on `channel`.

    It needs a session of its own: behind a pooler that lends out sessions by the transaction it hears nothing, and
    those who wait find out by looking (`Arrivals.poll_seconds`).
    """

    def __init__(self, url: str, channel: str, arrivals: Arrivals) -> None:
        self._url = url
        self._channel = channel
        self._arrivals = arrivals
        self._thread: Thread | None = None
        self._starting = Lock()
        self._stopped = Event()
        self._ready = Event()

    def start(self) -> None:
        """Listen, unless it does already."""
        with self._starting:
            if self._thread is None and not self._stopped.is_set():
                self._thread = Thread(target=self._listen, name=f"listens for {self._channel}", daemon=True)
                self._thread.start()
                self._ready.wait(READY_SECONDS)

    def stop(self) -> None:
        """Stop listening, for good."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            with suppress(psycopg.Error):
                self._hear()
            self._stopped.wait(AGAIN_SECONDS)

    def _hear(self) -> None:
        with psycopg.connect(self._url, autocommit=True, prepare_threshold=None) as connection:
            connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
            self._ready.set()
            self._arrivals.tell()  # what came before the ear was open
            while not self._stopped.is_set():
                for _ in connection.notifies(timeout=SLICE_SECONDS, stop_after=1):
                    self._arrivals.tell()
