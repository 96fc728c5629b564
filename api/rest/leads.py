"""`/leads`: what stands against one subject, the highest score first (DOMAIN §4 "Scoring")."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.acting import reader_of
from api.alert_lives import lead_page
from api.ledger import Ledger
from api.rest.alert_steps import Reading
from api.rest.answers import ETAGGED, conditional
from api.rest.parameters import USUAL, Current, Limit, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from projections.leads import LeadAsked

router = staff_router("/leads", "alerts")

CURSOR = r"^[0-9]{1,7}~[a-z]+:[^\x00-\x1f\x7f]{1,200}$"

LeadKind = Literal["person", "household", "staff", "org", "project", "contract", "account", "phone", "class"]


class Lead(BaseModel):
    """What stands against one subject. The score orders work; it says nothing about anybody.

    subject:              `kind:value`; people by reference.
    score_ppm:            1 − ∏(1 − w) over the families of rules, in parts per million.
    severity:             of the gravest alert.
    families:             of the rules that hold.
    alerts, open:         how many make it, and how many of them are not closed.
    largest_at_risk_fen:  of one alert; alerts may be about the same money.
    alert_ids:            the gravest of them, at most 20.
    """

    subject: str
    kind: LeadKind
    score_ppm: int
    severity: Literal["R", "O", "Y", "B"]
    families: list[str]
    alerts: int
    open: int
    largest_at_risk_fen: int
    alert_ids: list[str]


class LeadPage(BaseModel):
    """Leads by score and subject; `next` is the `after` of the next page, null at the end."""

    items: list[Lead]
    next: str | None


@router.get("", response_model=LeadPage, responses={**ETAGGED, **documented(403, 409)}, summary="The leads")
def list_leads(  # noqa: PLR0913  each parameter is one of the query
    request: Request,
    ledger: Current,
    *,
    kind: Annotated[LeadKind | None, Query(description="Only about this kind of subject.")] = None,
    subject: Annotated[Word | None, Query(description="Only about this subject, as kind:value.")] = None,
    actor: Reading = None,
    after: Annotated[
        str | None, Query(pattern=CURSOR, description="The `next` of the answer before: score_ppm~subject.")
    ] = None,
    limit: Limit = USUAL,
) -> Response:
    """A lead is gone when its alerts are: dismissed, withdrawn, found to be unfounded, or all closed."""

    def page() -> dict[str, Any]:
        return _page(ledger, LeadAsked(subject, kind, reader_of(ledger, actor)), after, limit)

    return conditional(request, ledger, page)


def _page(ledger: Ledger, asked: LeadAsked, after: str | None, limit: int) -> dict[str, Any]:
    score_ppm, _, subject = (after or "").partition("~")
    place = (int(score_ppm), subject) if after else None
    items = lead_page(ledger, asked=asked, after=place, limit=limit + 1)
    last = items[limit - 1] if len(items) > limit else None
    return {"items": items[:limit], "next": last and f"{last['score_ppm']}~{last['subject']}"}
