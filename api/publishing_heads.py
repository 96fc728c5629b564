"""While a ledger is served its logs grow behind the commits, and their heads are signed (DESIGN §4).

A thread looks every few seconds and publishes what is new; where several processes serve one ledger, one of them does
at a time. Whatever is in its way is said once and tried again: an append never waits for it, nor fails with it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from api.ledger import Ledger
from api.log_keys import log_signers
from api.public_log import PublicLog, Published, Stopped
from api.witnessing import ask_before_signing, cosigner
from domain.event import BookName
from domain.refusal import Refused

FIRST_SECONDS = 2.0
"""A program that asks one thing and ends need not sign."""

HEAD_SECONDS = 10.0
"""Between two looks. DESIGN §4 asks for a head at most 60 s after a change."""

PATIENCE_SECONDS = 10.0
"""How long the end of a program waits for a write to the disk."""

_log = logging.getLogger("mingzhang.log")


def publish(ledger: Ledger, book: BookName, *, wait: bool = True) -> Published | None:
    """Let the log of a book grow to its end and sign the head; as `PublicLog.publish`."""
    return _publish(ledger, PublicLog(ledger, book), wait=wait, stop=Event())


@contextmanager
def publishing(ledger: Ledger, *, first_seconds: float = FIRST_SECONDS, every: float = HEAD_SECONDS) -> Iterator[None]:
    """Publish both logs while the block runs."""
    stop = Event()
    thread = Thread(
        target=_keep_publishing, args=(ledger, stop, first_seconds, every), name="publisher of heads", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)


def _keep_publishing(ledger: Ledger, stop: Event, first_seconds: float, every: float) -> None:
    logs = [PublicLog(ledger, name) for name in BookName]
    said: dict[BookName, str] = {}
    wait_seconds = first_seconds
    while not stop.wait(wait_seconds):
        wait_seconds = every
        for log in logs:
            told = _attempt(ledger, log, stop)
            if told != said.get(log.name, ""):
                said[log.name] = told
                _log.warning("Log of %s: %s", log.name.value, told or "heads are signed again.")


def _attempt(ledger: Ledger, log: PublicLog, stop: Event) -> str:
    """Publish, if nobody else does; gives what was in the way, in words without anybody's name."""
    try:
        return _signed_or_shown(ledger, log, stop)
    except Stopped:
        return ""
    except Exception as fault:  # noqa: BLE001  an engine that is away, a full disk: the next look finds out
        return f"no head could be signed: {type(fault).__name__}."


def _signed_or_shown(ledger: Ledger, log: PublicLog, stop: Event) -> str:
    """Sign; where this machine has not all keys of the log, show what another one has signed."""
    try:
        _publish(ledger, log, wait=False, stop=stop)
    except Refused as refused:
        told = f"{refused.code}: {refused.why}"
        if refused.code != "E-REF" or _shown(ledger, log, stop) is None:
            return told
        return f"{told} What another machine signs is shown."
    return ""


def _publish(ledger: Ledger, log: PublicLog, *, wait: bool, stop: Event) -> Published | None:
    ask_before_signing(ledger, log.name)
    signers, cosign = log_signers(ledger, log.name), cosigner(ledger, log.name)
    return log.publish(signers, cosign=cosign, wait=wait, stop=stop.is_set)


def _shown(ledger: Ledger, log: PublicLog, stop: Event) -> Published | None:
    return log.publish([], cosign=cosigner(ledger, log.name), wait=False, stop=stop.is_set)
