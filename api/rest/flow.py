"""`/flow`: where the money went, from source to programme to village."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import reading
from api.rest.answers import ETAGGED, REVALIDATE, conditional
from api.rest.parameters import Current
from api.rest.problems import documented
from api.rest.routing import public_router

router = public_router("/flow", "public")


class FlowNode(BaseModel):
    """A source, a programme or a village, with the fen that went through it."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    amount_fen: int


class FlowEdge(BaseModel):
    """What went from one node to another, in fen."""

    from_: str = Field(alias="from")
    to: str
    amount_fen: int
    count: int


class Flow(BaseModel):
    """The picture of the home page, in figures."""

    nodes: list[FlowNode]
    edges: list[FlowEdge]


@router.get("", response_model=Flow, responses={**ETAGGED, **documented(409)}, summary="Where the money went")
def show_flow(request: Request, ledger: Current) -> Response:
    """Sums by source, programme and village; nobody is named."""
    return conditional(request, ledger, lambda: reading.flow(ledger), headers=REVALIDATE)
