"""`/overview`: the figures behind the five questions of supervision."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api import reading
from api.rest.answers import ETAGGED, REVALIDATE, conditional
from api.rest.parameters import Current
from api.rest.problems import documented
from api.rest.routing import public_router

router = public_router("/overview", "public")


class Overview(BaseModel):
    """Figures of the whole ledger; `size` and `head` are the money book's last position and its link."""

    model_config = ConfigDict(extra="allow")

    size: int
    head: str


@router.get("", response_model=Overview, responses={**ETAGGED, **documented(409)}, summary="The ledger in figures")
def show_overview(request: Request, ledger: Current) -> Response:
    """Where the money comes from, where it went, what was done, what came of it; alerts are for staff."""
    return conditional(request, ledger, lambda: public_figures(reading.overview(ledger)), headers=REVALIDATE)


def public_figures(overview: dict[str, Any]) -> dict[str, Any]:
    """The figures without the counts of alerts: who is supervised does not see leads (DOMAIN §0.11)."""
    return {name: figure for name, figure in overview.items() if name != "alerts"}
