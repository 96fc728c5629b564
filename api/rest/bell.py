"""A bell that rings in the event loop when a book grows, so that whoever streams its news need not keep looking.

One thread for all streams of a process waits for the book (`Book.wait`: an append of this process is heard of at once,
one of another within a tenth of a second). Where nobody rings, such as in a program that only asks, streams look by
themselves, now and then.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Final

import anyio

from audit.book import Book
from audit.faults import BookFault

LOOK_SECONDS: Final = 0.5
"""Between two looks of a stream where nobody rings."""

SLICE_SECONDS: Final = 0.2
"""How soon the bell notices that it is to stop."""

RELY_SECONDS: Final = 5.0
"""Between two looks of a stream where somebody does."""


class Bell:
    """The bell of one book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._reached = 0
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._changing = Lock()
        self._stop = Event()
        self._rings = False

    @contextmanager
    def ringing(self) -> Iterator[None]:
        """Ring while the block runs."""
        self._rings = True
        thread = Thread(target=self._keep_on, name=f"bell of {self._book.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._rings = False
            self._stop.set()
            self._ring()
            thread.join()

    async def beyond(self, position: int, seconds: float) -> None:
        """Wait until the book goes beyond `position`, for at most `seconds` or as long as one need not look again."""
        event, loop = asyncio.Event(), asyncio.get_running_loop()
        with self._changing:
            self._waiting[event] = loop
        try:
            if self._reached <= position:
                with anyio.move_on_after(min(seconds, RELY_SECONDS if self._rings else LOOK_SECONDS)):
                    await event.wait()
        finally:
            with self._changing:
                self._waiting.pop(event, None)

    def _keep_on(self) -> None:
        while not self._stop.is_set():
            try:
                reached = self._book.wait(beyond=self._reached, timeout_seconds=SLICE_SECONDS)
            except BookFault:
                self._stop.wait(LOOK_SECONDS)  # the engine is away; streams look by themselves
                continue
            if reached > self._reached:
                self._reached = reached
                self._ring()

    def _ring(self) -> None:
        with self._changing:
            waiting, self._waiting = self._waiting, {}
        for event, loop in waiting.items():
            with suppress(RuntimeError):  # its loop has ended, and whoever waited there
                loop.call_soon_threadsafe(event.set)
