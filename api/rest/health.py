"""`/health`: whether the process answers, how far the views lag, and what the last verification found."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from api.ledger import Ledger
from api.rest.answers import answer, version
from api.rest.parameters import AnyLedger, Hooks
from api.rest.routing import public_router
from api.webhooks.register import Webhooks, counts_of
from domain.event import BookName

router = public_router("/health", "public")


class BookHealth(BaseModel):
    """One book: entries that it has, entries that the views lack, and what the last verification covered."""

    book: str
    size: int
    lag: int
    verified_size: int | None


class WebhookHealth(BaseModel):
    """Endpoints of webhooks, those among them that fail now, what none of them took, and how far the last is behind."""

    enabled: int
    disabled: int
    failing: int
    dead_letters: int
    lag: int


class Health(BaseModel):
    """`ok` unless the last verification found something.

    verified_at:        when anything was verified last: what is new, every few minutes while serving.
    whole_verified_at:  when everything was, with views, vault and time stamps.
    """

    status: str
    version: str
    books: list[BookHealth]
    verified_at: str | None
    verification_ok: bool | None
    verification_findings: int
    whole_verified_at: str | None
    interrupted_imports: int
    webhooks: WebhookHealth


@router.get("", response_model=Health, summary="Whether it works")
def show_health(ledger: AnyLedger, webhooks: Hooks) -> Response:
    """Reads nothing but heads and positions, and brings nothing up to date."""
    return answer(health(ledger, webhooks), headers={"Cache-Control": "no-store"})


def health(ledger: Ledger, webhooks: Webhooks) -> dict[str, Any]:
    """The state of the process and its ledger, without secrets or figures."""
    from api.projecting import projector

    report = ledger.verification() or {}
    verified = {book["book"]: book["size"] for book in report.get("books", ())}
    projected = projector(ledger).positions()
    books = []
    for name in BookName:
        size = ledger.book(name).head.position
        books.append(
            {
                "book": name.value,
                "size": size,
                "lag": max(size - projected[name.value], 0),
                "verified_size": verified.get(name.value),
            }
        )
    return {
        "status": "ok" if report.get("ok", True) else "not_verified",
        "version": version(),
        "books": books,
        "verified_at": report.get("checked_at"),
        "verification_ok": report.get("ok"),
        "verification_findings": len(report.get("findings", ())) + report.get("findings_left_out", 0),
        "whole_verified_at": report.get("whole_at"),
        "interrupted_imports": len(ledger.vault.pending_imports()),
        "webhooks": counts_of(webhooks.endpoints(), ledger.supervision.head.position),
    }
