"""`/metrics`: what `/health` says and how far the public logs are, in Prometheus' text format 0.0.4."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from starlette.responses import Response

from api.ledger import Ledger
from api.public_log import PublicLog
from api.rest.health import health
from api.rest.parameters import AnyLedger, Hooks
from api.rest.routing import public_router
from api.webhooks.register import Webhooks
from api.witnessing import told
from domain.event import BookName

router = public_router("/metrics", "public")

TEXT = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, float]
"""The book that a value is of, or nothing, and the value."""

HELP = {
    "mingzhang_book_entries": "Entries that a book has.",
    "mingzhang_views_lag_entries": "Entries of a book that the views lack.",
    "mingzhang_verified_entries": "Entries of a book that the last verification covered.",
    "mingzhang_verification_ok": "Whether the last verification found nothing (1) or something (0).",
    "mingzhang_verification_findings": "What the last verification found.",
    "mingzhang_verified_timestamp_seconds": "When anything was verified last.",
    "mingzhang_whole_verified_timestamp_seconds": "When everything was verified last.",
    "mingzhang_log_entries": "Entries under the newest head of a public log that everybody may see.",
    "mingzhang_witness_quorum_reached": "Whether the newest head has the cosignatures that its policy asks for.",
    "mingzhang_interrupted_imports": "Imports that were begun and not ended.",
    "mingzhang_webhooks_enabled": "Endpoints of webhooks that are sent to.",
    "mingzhang_webhooks_disabled": "Endpoints of webhooks that said 410 Gone, and are sent to no more.",
    "mingzhang_webhooks_failing": "Endpoints of webhooks that did not take their next message yet.",
    "mingzhang_webhooks_dead_letters": "Messages that no endpoint took, however often they were sent.",
    "mingzhang_webhooks_lag_entries": "Entries of the supervision book that the last endpoint has not been told of.",
}
"""Each metric, in the order in which they are told; all of them are gauges."""


@router.get(
    "",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "One gauge a line."}},
    summary="What to watch",
)
def show_metrics(ledger: AnyLedger, webhooks: Hooks) -> Response:
    """No figure of money, nobody's name: what `/health` tells everybody."""
    return Response("".join(_lines(_gauges(ledger, webhooks))), headers={"Cache-Control": "no-store"}, media_type=TEXT)


def _gauges(ledger: Ledger, webhooks: Webhooks) -> dict[str, list[Sample]]:
    """What is known, by metric; what is not is left out."""
    state = health(ledger, webhooks)
    gauges: dict[str, list[Sample]] = {name: [] for name in HELP}
    for book in state["books"]:
        gauges["mingzhang_book_entries"].append((book["book"], book["size"]))
        gauges["mingzhang_views_lag_entries"].append((book["book"], book["lag"]))
        if book["verified_size"] is not None:
            gauges["mingzhang_verified_entries"].append((book["book"], book["verified_size"]))
    if state["verification_ok"] is not None:
        gauges["mingzhang_verification_ok"].append(("", state["verification_ok"]))
    gauges["mingzhang_verification_findings"].append(("", state["verification_findings"]))
    gauges["mingzhang_verified_timestamp_seconds"] += _instant(state["verified_at"])
    gauges["mingzhang_whole_verified_timestamp_seconds"] += _instant(state["whole_verified_at"])
    gauges["mingzhang_interrupted_imports"].append(("", state["interrupted_imports"]))
    for name, count in state["webhooks"].items():
        gauges[f"mingzhang_webhooks_{'lag_entries' if name == 'lag' else name}"].append(("", count))
    for name in BookName:
        published, witnesses = PublicLog(ledger, name).published(), told(ledger, name)
        gauges["mingzhang_log_entries"].append((name.value, published.head.size if published else 0))
        if witnesses is not None:
            gauges["mingzhang_witness_quorum_reached"].append((name.value, not witnesses["missing"]))
    return gauges


def _instant(at: Any) -> list[Sample]:
    return [] if at is None else [("", datetime.fromisoformat(at).timestamp())]


def _lines(gauges: dict[str, list[Sample]]) -> Iterator[str]:
    for name, samples in gauges.items():
        if samples:
            yield f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n"
            yield from _told(name, samples)


def _told(name: str, samples: Iterable[Sample]) -> Iterator[str]:
    for book, value in samples:
        yield f'{name}{{book="{book}"}} {float(value)}\n' if book else f"{name} {float(value)}\n"
