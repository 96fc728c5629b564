"""A process that keeps the views and alerts up to the books: one leads, others stand by (DESIGN §6, §8).

    stand by ──► hold the leader's lock ──► catch up ──► wait for an append ──► catch up …
       ▲                                                        │
       └────────────── the engine was lost: let go ─────────────┘

A served ledger follows in a thread of its own (`following`); `mingzhang project` does in a process.

The lock only spares work: should two ever lead, the runner's positions fence one of them. An append is told of by the
engine (`Book.wait`); where its word is lost, the next look finds it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from api.ledger import Ledger
from audit.faults import BookFault
from domain.refusal import Refused

STANDBY_SECONDS = 1.0
"""How soon a standby takes over, and a leader that lost the engine tries again."""

LOOK_SECONDS = 0.5
"""The longest wait for an append; also how soon it is noticed that the process is to stop."""

AGAIN_SECONDS = 10.0
"""After something that waiting does not mend by itself."""

PATIENCE_SECONDS = 30.0
"""How long the end of a program waits for a batch that is under way; one that is broken off is done again."""

Told = Callable[[str], None]

_log = logging.getLogger("mingzhang.following")


@contextmanager
def following(ledger: Ledger) -> Iterator[None]:
    """Follow while the block runs: what is entered raises its alerts without anybody's asking for them."""
    stop = Event()
    thread = Thread(target=_keep_following, args=(ledger, stop), name="follower", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)


def _keep_following(ledger: Ledger, stop: Event) -> None:
    """Follow, and again after whatever went wrong: a served ledger that raises no alerts would look clean."""
    said = ""
    while not stop.is_set():
        try:
            follow(ledger, stop, _log.info)
        except Exception as fault:  # noqa: BLE001  a rule that fails, a full disk: the next round finds out
            told = type(fault).__name__
            if told != said:
                said = told
                _log.warning("Alerts do not follow the books: %s; trying again every %g s.", told, AGAIN_SECONDS)
            stop.wait(AGAIN_SECONDS)


def follow(ledger: Ledger, stop: Event, told: Told, alive: Callable[[], None] = lambda: None) -> None:
    """Lead, or stand by to lead, until `stop` is set.

    told:   hears of each change in words for a log.
    alive:  called in every round, at least once a second, for whoever watches that the process goes on.
    """
    standing_by = False
    while not stop.is_set():
        try:
            with ledger.storage.leading() as leads:
                if leads:
                    told("归集进程已启用 / This process keeps the views up to date.")
                    _lead(ledger, stop, alive)
                elif not standing_by:
                    told("另一进程在归集，本进程待命 / Another process keeps the views; this one stands by.")
            standing_by = not leads
        except (BookFault, SQLAlchemyError, OSError) as fault:
            standing_by = False
            told(f"归集中断，稍后再试 / The engine was lost; trying again soon: {type(fault).__name__}")
        alive()
        stop.wait(STANDBY_SECONDS)


def _lead(ledger: Ledger, stop: Event, alive: Callable[[], None]) -> None:
    while not stop.is_set():
        alive()
        reached = ledger.money.head.position
        try:
            ledger.catch_up()
        except Refused as refused:
            if refused.code != "E-CONFLICT":
                raise
            continue  # others raised the same alerts first; what they raised is read in the next round
        ledger.money.wait(beyond=reached, timeout_seconds=LOOK_SECONDS)
