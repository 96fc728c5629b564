"""`/balances`: 总台账 (OUTPUTS §5)."""

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from api import reading
from api.rest.answers import ETAGGED, conditional
from api.rest.parameters import Current
from api.rest.problems import documented
from api.rest.routing import staff_router

router = staff_router("/balances", "balances")


class DocumentBalance(BaseModel):
    """One quota document at one organisation, in fen."""

    quota_doc_no: str
    org: str
    arrived_fen: int
    sub_allocated_fen: int
    received_fen: int
    transferred_in_fen: int
    handed_down_fen: int
    passed_on_fen: int
    paid_fen: int
    returned_fen: int
    reversed_fen: int
    unspent_fen: int


class DividendBalance(BaseModel):
    """One asset contract in one period, in fen."""

    contract_no: str
    period: str
    village: str | None
    received_fen: int
    reserve_fen: int
    paid_fen: int
    returned_fen: int
    reversed_fen: int
    undistributed_fen: int


class Balances(BaseModel):
    """Quota money by document and organisation, dividends by contract and period."""

    documents: list[DocumentBalance]
    dividends: list[DividendBalance]


@router.get("", response_model=Balances, responses={**ETAGGED, **documented(409)}, summary="What arrived, and is left")
def show_balances(request: Request, ledger: Current) -> Response:
    """Σ unspent = Σ arrived - Σ handed down - Σ paid + Σ returned + Σ reversed, for every document."""
    return conditional(request, ledger, lambda: reading.balances(ledger))
