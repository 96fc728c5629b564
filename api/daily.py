"""What a served ledger does once a day by itself: its index of subjects is sealed, its heads are stamped (DESIGN §4).

A thread looks every minute whether the day's work is done. Whatever is in its way is said once and tried again later:
an append never waits for it, nor fails with it. Several processes that serve one ledger leave it to whoever is first.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from threading import Event, Thread

from api.anchoring import anchor_due, renew
from api.completeness import seal_due
from api.ledger import Ledger
from api.time_stamping import authority_of
from domain.event import BookName
from domain.refusal import Refused

FIRST_SECONDS = 5.0
"""A program that asks one thing and ends need not do the day's work."""

LOOK_SECONDS = 60.0
"""Between two looks. Midnight in China begins a day; a minute later its work begins."""

AGAIN_SECONDS = 600.0
"""After something was in the way, such as an authority that is away."""

PATIENCE_SECONDS = 25.0
"""How long the end of a program waits for an answer that is under way."""

_log = logging.getLogger("mingzhang.daily")


@contextmanager
def keeping_daily(
    ledger: Ledger, *, first_seconds: float = FIRST_SECONDS, every: float = LOOK_SECONDS
) -> Iterator[None]:
    """Do the day's work while the block runs."""
    stop = Event()
    thread = Thread(target=_keep_on, args=(ledger, stop, first_seconds, every), name="daily work", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)


class DailyWork:
    """The day's work of one ledger; `look` does what is due."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._renewed_on: date | None = None

    def look(self) -> str:
        """Do what is due; gives what was in the way, in words without anybody's name."""
        sealed: list[BookName] = []
        told = _attempt(lambda: sealed.extend(seal_due(self._ledger)))
        if told or sealed:
            return told  # what was sealed is to be under the head that is stamped: that one is not signed yet
        return self._stamp() if self._ledger.settings.tsa_url else ""

    def _stamp(self) -> str:
        """Have each book's newest head stamped, and look once a day which stamps end soon."""
        ledger, today = self._ledger, self._ledger.today
        try:
            authority = authority_of(ledger.settings)
        except Refused as refused:
            return _words(refused)
        told = [_attempt(partial(anchor_due, ledger, book, authority)) for book in BookName]
        if self._renewed_on != today:
            self._renewed_on = today
            within = timedelta(days=ledger.settings.tsa_renew_days)
            told += [_attempt(partial(renew, ledger, book, authority, within=within)) for book in BookName]
        return " ".join(dict.fromkeys(filter(None, told)))


def _keep_on(ledger: Ledger, stop: Event, first_seconds: float, every: float) -> None:
    work = DailyWork(ledger)
    said, wait_seconds = "", first_seconds
    while not stop.wait(wait_seconds):
        told = work.look()
        wait_seconds = max(AGAIN_SECONDS, every) if told else every
        if told != said:
            said = told
            _log.warning("The day's work: %s", told or "it is done again.")


def _attempt(work: Callable[[], object]) -> str:
    try:
        work()
    except Refused as refused:
        return "" if refused.code == "E-CONFLICT" else _words(refused)
    except Exception as fault:  # noqa: BLE001  an engine that is away, a full disk: the next look finds out
        return f"it could not be done: {type(fault).__name__}."
    return ""


def _words(refused: Refused) -> str:
    return f"{refused.code}: {refused.why}"
