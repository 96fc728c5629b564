"""While a ledger is served, its webhooks are delivered: each endpoint in a thread of its own, so that none waits.

Of several processes that serve one ledger, one delivers at a time. Whatever is in its way is said once and tried again:
an append never waits for it, nor fails with it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from api.ledger import Ledger
from api.webhooks.delivering import Deliverer
from api.webhooks.endpoint import Endpoint
from api.webhooks.register import Webhooks

STANDBY_SECONDS: Final = 2.0
"""How soon another process takes over, and one that lost the engine tries again."""

LOOK_SECONDS: Final = 1.0
"""The longest wait for an append; also how late a message is sent again."""

BUSY_SECONDS: Final = 0.1
"""The same while something is on its way, behind which more may have come."""

AT_ONCE: Final = 32
"""Endpoints that are sent to at one time; more wait their turn."""

PATIENCE_SECONDS: Final = 10.0
"""How long the end of a program waits for what is on its way; it breaks off by itself."""

_log = logging.getLogger("mingzhang.webhooks")


@contextmanager
def delivering(ledger: Ledger, webhooks: Webhooks) -> Iterator[None]:
    """Deliver while the block runs."""
    courier = Courier(ledger, webhooks)
    courier.start()
    try:
        yield
    finally:
        courier.end()


class Courier:
    """The thread that looks for what is due, and those that deliver it."""

    def __init__(self, ledger: Ledger, webhooks: Webhooks) -> None:
        self._ledger = ledger
        self._deliverer = Deliverer(ledger, webhooks)
        self._stop = Event()
        self._under_way: dict[str, Thread] = {}
        self._thread = Thread(target=self._keep_on, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Break off what is under way, and wait for it."""
        self._stop.set()
        for thread in (self._thread, *self._under_way.values()):
            thread.join(PATIENCE_SECONDS)

    def _keep_on(self) -> None:
        said = ""
        while not self._stop.is_set():
            told = self._attempt()
            if told != said:
                said = told
                _log.warning("Webhooks: %s", told or "they are delivered again.")
            self._stop.wait(STANDBY_SECONDS)

    def _attempt(self) -> str:
        """Deliver for as long as this process is the one that does; gives what was in the way, without an address."""
        try:
            with self._ledger.storage.delivering() as ours:
                while ours and not self._stop.is_set():
                    self._round()
        except Exception as fault:  # noqa: BLE001  an engine that is away: the next look finds out
            return f"nothing can be delivered: {type(fault).__name__}."
        return ""

    def _round(self) -> None:
        book = self._ledger.supervision
        reached = book.head.position
        self._under_way = {name: thread for name, thread in self._under_way.items() if thread.is_alive()}
        wait_seconds = LOOK_SECONDS
        for endpoint in self._deliverer.due():
            if endpoint.id in self._under_way or len(self._under_way) >= AT_ONCE:
                wait_seconds = BUSY_SECONDS
            else:
                thread = Thread(target=self._deliver, args=(endpoint,), name=f"webhook {endpoint.id}", daemon=True)
                self._under_way[endpoint.id] = thread
                thread.start()
        book.wait(beyond=reached, timeout_seconds=wait_seconds)

    def _deliver(self, endpoint: Endpoint) -> None:
        try:
            self._deliverer.deliver(endpoint, self._stop)
        except Exception as fault:  # noqa: BLE001  the engine is away: the message is sent again under the same id
            _log.warning("Webhook %s: %s.", endpoint.id, type(fault).__name__)
