"""What can be verified only with the ledger open: time stamps, the vault's commitments, the views (OUTPUTS §4).

The books and logs come first (`api.verifying`): what is made from them is held against them only when they are sound.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from api.anchor_files import AnchorFiles
from api.checking_anchors import CheckedAnchor, check_anchors, missed_anchors
from api.ledger import Ledger
from api.time_stamping import trusted_of
from api.verifying import joined, remember
from api.verifying_vault import verify_commitments
from api.verifying_views import verify_views
from domain.clock import instant
from domain.event import BookName
from domain.refusal import Refused

Shape = dict[str, Any]


def verify_opened(ledger: Ledger, report: Shape, progress: Callable[[int, int], None]) -> Shape:
    """The report on books and logs with what else was found; kept as the last verification.

    `not_checked` names in words what could not be looked at, and why, if there was anything.

    Raises:
        Unreadable: when the vault does not open.
    """
    if not report["ok"]:
        why = "账本或日志已有问题，先处理 / The books or logs are not sound; what is made from them says nothing."
        return {**report, "not_checked": [f"timestamp, commitment, view: {why}"]}
    stamps, unread = _stamps(ledger)
    views = verify_views(ledger, progress)
    unread += views.pop("not_checked", [])
    whole = joined(report, {"findings": stamps} | ({"not_checked": unread} if unread else {}))
    whole = joined(joined(whole, verify_commitments(ledger)), views)
    now = ledger.clock()
    remember(ledger.folder, whole, now, whole_at=instant(now))
    return whole


def _stamps(ledger: Ledger) -> tuple[list[Shape], list[str]]:
    """The stamps that do not hold or are gone, and why the others could not be looked at."""
    kept = [name for name in BookName if AnchorFiles(ledger, name).sizes()]
    check, unread = missed_anchors, []
    if kept:
        try:
            check = partial(check_anchors, trusted=trusted_of(ledger.settings))
        except Refused as refused:
            unread = [f"timestamp: {refused.why} {refused.remedy}"]
    return [
        finding for name in BookName for checked in check(ledger, name) for finding in _findings(name, checked)
    ], unread


def _findings(name: BookName, checked: CheckedAnchor) -> Iterator[Shape]:
    position = checked.head.size if checked.head else 1
    for fault in checked.faults:
        yield {
            "book": name.value,
            "position": max(position, 1),
            "stream": None,
            "kind": "timestamp",
            "expected": f"anchors/{checked.judged.name}",
            "found": fault,
            "unproven_from": max(position, 1),
        }
