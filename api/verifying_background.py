"""A served ledger verifies itself: what is new every few minutes, and once a day everything (OUTPUTS §4).

A thread looks. What it found last stands in `verification.json`, from which `/health` and the pages read, and what is
wrong is sealed once as `VerificationFailed` in the supervision book, with its log's next head: who would hide it later
has another thing to hide. An append never waits for it. Of several processes that serve one ledger, one verifies at a
time.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from api.folder import held
from api.ledger import Ledger, Placed
from api.verifying import verify_ledger
from api.verifying_opened import verify_opened
from domain.clock import SHANGHAI
from domain.event import SYSTEM, BookName
from domain.supervision import VerificationFailed

LOCK = "verify.lock"

FIRST_SECONDS = 60.0
"""A server that starts has other things to do."""

LOOK_SECONDS = 600.0
"""Between two looks at what is new."""

AGAIN_SECONDS = 3_600.0
"""After something was found everything is read anew, and that takes longer."""

PATIENCE_SECONDS = 5.0
"""How long the end of a program waits; what is under way changes nothing, and ends with the process."""

FROM_HOUR = 1
"""From this hour the day's whole verification is due; where nobody serves at night, at the day's first look."""

RECORDED = 20
"""Findings of one verification that are sealed: where everything is wrong, one need not say so a thousand times."""

STREAM = "verification"
LONGEST = 200

_log = logging.getLogger("mingzhang.verification")


@contextmanager
def verifying(ledger: Ledger, *, first_seconds: float = FIRST_SECONDS, every: float = LOOK_SECONDS) -> Iterator[None]:
    """Verify while the block runs."""
    stop = Event()
    thread = Thread(target=_keep_on, args=(ledger, stop, first_seconds, every), name="verifier", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)


def look(ledger: Ledger) -> dict[str, Any] | None:
    """Verify what is due; gives the report, or None when another process is at it."""
    with held(ledger.folder.path / LOCK, wait=False) as ours:
        if not ours:
            return None
        before = ledger.verification() or {}
        whole = not before.get("ok") or _is_due(before.get("whole_at"), ledger.clock())
        report = verify_ledger(ledger.folder.path, incremental=not whole, processes=1, clock=ledger.clock)
        if whole:
            report = verify_opened(ledger, report, lambda done, of: None)
        if not report["ok"]:
            record(ledger, report["findings"])
        return report


def record(ledger: Ledger, findings: list[dict[str, Any]]) -> int:
    """Seal the first of these findings, each once; gives how many are new."""
    events = [
        VerificationFailed(
            **ledger.envelope(VerificationFailed, actor=SYSTEM),
            book=finding["book"],
            finding=finding["kind"],
            at_position=max(finding["position"], 1),
            expected=str(finding["expected"])[:LONGEST],
            found=str(finding["found"])[:LONGEST],
        )
        for finding in findings[:RECORDED]
    ]
    placed = {ledger.stream(STREAM, _digest(event)): event for event in events}
    known = ledger.supervision.latest(list(placed))
    new = [Placed(stream, 1, event) for stream, event in placed.items() if stream not in known]
    ledger.append(BookName.SUPERVISION, new)
    return len(new)


def _keep_on(ledger: Ledger, stop: Event, first_seconds: float, every: float) -> None:
    said, wait_seconds = "", first_seconds
    while not stop.wait(wait_seconds):
        told = _attempt(ledger)
        wait_seconds = max(AGAIN_SECONDS, every) if told else every
        if told != said:
            said = told
            _log.warning("Verification: %s", told or "nothing is wrong any more.")


def _attempt(ledger: Ledger) -> str:
    """Look; gives what is wrong, in words without anybody's name."""
    try:
        report = look(ledger)
    except Exception as fault:  # noqa: BLE001  an engine that is away, a book that takes no event: the next look tells
        return f"it could not be done: {type(fault).__name__}."
    if report is None or report["ok"]:
        return ""
    places = ", ".join(f"{one['book']} {one['position']} {one['kind']}" for one in report["findings"][:RECORDED])
    return f"{len(report['findings'])} findings: {places}."


def _is_due(whole_at: str | None, now: datetime) -> bool:
    """Whether the day's whole verification has still to be done."""
    if whole_at is None:
        return True
    local = now.astimezone(SHANGHAI) - timedelta(hours=FROM_HOUR)
    last = datetime.fromisoformat(whole_at).astimezone(SHANGHAI) - timedelta(hours=FROM_HOUR)
    return last.date() < local.date()


def _digest(event: VerificationFailed) -> str:
    told = f"{event.book}\n{event.finding}\n{event.at_position}\n{event.expected}\n{event.found}"
    return hashlib.sha256(told.encode()).hexdigest()
