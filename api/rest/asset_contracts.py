"""`/asset-contracts`: signed, renewed, dividends paid out, the principal back, or a default."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from api import asset_contracts
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, RefusalRequest, ReviewRequest, TimelineEntry
from api.stepping import Command
from domain.money import plain_yuan

router = staff_router("/asset-contracts", "native entry")

MOST_LINES = 1_000

ContractNo = Annotated[Segment, Path(description="合同编号.", examples=["HT-01"])]
Percent = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")]


class AssetContractRequest(BaseModel):
    """A contract as it is signed; rates are in percent, as `5` or `4.75`, shares decimal text.

    actor:       工号 of who signs it for the village.
    from, until: first and last day.
    pay_day:     `MM-DD`.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    contract_no: Segment
    operator_name: Word
    operator_uscc: Word
    village: Word
    principal_fen: Fen
    guaranteed_pct: Percent
    share_pct: Percent | None = None
    reserve_pct: Percent | None = None
    day_count: Literal["整年", "ACT365", "ACT360"]
    pay_day: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")]
    starts_on: Annotated[Day, Field(alias="from")]
    until: Day
    total_shares: Word


class AssetContractRenewal(ReviewRequest):
    """A later last day."""

    until: Day


class PrincipalReturnRequest(ReviewRequest):
    """Principal that came back, all of it or a part."""

    amount_fen: Fen
    returned_on: Day
    bank_ref: Segment | None = None


class DividendLineRequest(BaseModel):
    """What one household is paid; names and numbers are sealed. Without `bank_ref`: `DIV/contract/period/household`."""

    model_config = ConfigDict(extra="forbid")

    household_no: Word
    head_name: Word
    id_no: Word
    shares: Word
    paid_fen: Fen
    account_no: Word
    bank_ref: Segment | None = None


class DistributionRequest(ReviewRequest):
    """Dividends of one period; the lines, with what was paid of it before, come to `pool_due_fen`."""

    period: Word
    pool_due_fen: Fen
    paid_on: Day
    lines: Annotated[list[DividendLineRequest], Field(min_length=1, max_length=MOST_LINES)]


class Distributed(BaseModel):
    """What was paid out together of a period."""

    period: str
    pool_due_fen: int
    amount_fen: int


class AssetContractState(BaseModel):
    """A contract as it stands; `allowed` says what is possible now, `version` what a command may name."""

    contract_no: str
    stage: Literal["signed", "active", "renewed", "expired", "defaulted", "principal_returned"]
    version: int
    operator_uscc: str
    village: str
    principal_fen: int
    returned_fen: int
    starts_on: str = Field(alias="from")
    until: str
    distributed: list[Distributed]
    signer: str
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=AssetContractState,
    responses={200: {"model": AssetContractState, "description": "It was signed before, the same."}, **STEP},
    summary="Sign an asset contract",
)
def sign_asset_contract(wanted: AssetContractRequest, ledger: Current, once: OnceOnly) -> Response:
    """A credit code that fails its check is E-ID."""

    def sign() -> Response:
        stated: dict[str, Any] = wanted.model_dump(
            mode="json", by_alias=True, exclude={"actor", "principal_fen"}, exclude_none=True
        )
        principal = {"principal": plain_yuan(wanted.principal_fen)}
        told, new = asset_contracts.sign(ledger, wanted.actor, stated | principal)
        headers = {"Location": f"/api/v1/asset-contracts/{quote(wanted.contract_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), sign)


@router.get(
    "/{contract_no}", response_model=AssetContractState, responses=documented(404, 409), summary="One asset contract"
)
def show_asset_contract(contract_no: ContractNo, ledger: Current) -> Response:
    """Its stage, principal, distributions, and what is possible now."""
    return answer(asset_contracts.asset_contract(ledger, contract_no))


@router.post(
    "/{contract_no}/renew", response_model=AssetContractState, responses=STEP, summary="Renew an asset contract"
)
def renew_asset_contract(
    contract_no: ContractNo, wanted: AssetContractRenewal, ledger: Current, once: OnceOnly
) -> Response:
    """续约, never by who signed it."""
    command = Command(contract_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(asset_contracts.renew(ledger, command, wanted.until)))


@router.post(
    "/{contract_no}/return-principal", response_model=AssetContractState, responses=STEP, summary="Return principal"
)
def return_principal(
    contract_no: ContractNo, wanted: PrincipalReturnRequest, ledger: Current, once: OnceOnly
) -> Response:
    """本金收回; E-BALANCE for more than is out."""
    command = Command(contract_no, wanted.actor, wanted.version)
    repayment = asset_contracts.Repayment(wanted.amount_fen, wanted.returned_on, wanted.bank_ref)
    return once(
        wanted.model_dump(mode="json"), lambda: answer(asset_contracts.return_principal(ledger, command, repayment))
    )


@router.post("/{contract_no}/default", response_model=AssetContractState, responses=STEP, summary="Record a default")
def record_default(contract_no: ContractNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """违约; principal may still come back."""
    command = Command(contract_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(asset_contracts.default(ledger, command)))


@router.post("/{contract_no}/dividends", response_model=AssetContractState, responses=STEP, summary="Pay out dividends")
def pay_out_dividends(
    contract_no: ContractNo, wanted: DistributionRequest, ledger: Current, once: OnceOnly
) -> Response:
    """E-BALANCE where the lines are not what is due; the same lines sent again are not paid again."""
    command = Command(contract_no, wanted.actor, wanted.version)
    lines = [
        {**line.model_dump(exclude={"paid_fen"}, exclude_none=True), "paid": plain_yuan(line.paid_fen)}
        for line in wanted.lines
    ]
    distribution = asset_contracts.Distribution(wanted.period, wanted.pool_due_fen, wanted.paid_on, lines)
    return once(
        wanted.model_dump(mode="json"), lambda: answer(asset_contracts.distribute(ledger, command, distribution))
    )
