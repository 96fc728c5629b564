"""`/rules`: the rules, each with what it lacks (OUTPUTS §9)."""

from typing import Any, Literal

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from api import reading
from api.rest.answers import ETAGGED, conditional
from api.rest.parameters import Current
from api.rest.problems import documented
from api.rest.routing import staff_router

router = staff_router("/rules", "alerts")


class RuleState(BaseModel):
    """One rule: what it asks, whether it can be evaluated, and what it raised so far."""

    rule_id: str
    rule_version: int
    family: str
    name_zh: str
    name_en: str
    severity: Literal["R", "O", "Y", "B"]
    status: Literal["ready", "not_evaluable"]
    missing: list[str]
    parameters: dict[str, Any]
    open: int
    confirmed: int
    dismissed: int
    precision: float | None


class RuleList(BaseModel):
    """All rules by `rule_id`."""

    items: list[RuleState]


@router.get("", response_model=RuleList, responses={**ETAGGED, **documented(409)}, summary="The rules")
def list_rules(request: Request, ledger: Current) -> Response:
    """A rule without its inputs is `not_evaluable`: silence must not look like cleanliness."""
    return conditional(request, ledger, lambda: {"items": reading.rules(ledger)})
