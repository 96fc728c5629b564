"""`/claims`: submitted, reviewed, approved or rejected, withdrawn; each step by the hand that it is for."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api import claims
from api.overriding import Override
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Attachments, Fen, Reason, RefusalRequest, ReviewRequest, TimelineEntry
from api.stepping import Command
from domain.money import plain_yuan

router = staff_router("/claims", "native entry")

ClaimNo = Annotated[Segment, Path(description="The claim's number.", examples=["SQ-2020-00001"])]


class ClaimRequest(BaseModel):
    """A claim; numbers are checked, names and the reason are sealed.

    actor:              工号 of who submits it.
    evidence:           SHA-256 of each attachment.
    override_reason, override_approver: where known facts speak against it (E-OVERRIDE lists them).
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    claim_no: Segment
    programme: Word
    period: Word
    name: Word
    id_no: Word
    household_no: Word | None = None
    village: Word | None = None
    quantity: Word | None = None
    amount_fen: Fen
    account_no: Word | None = None
    agent: Word | None = None
    agent_id: Word | None = None
    evidence: Attachments = []
    override_reason: Reason | None = None
    override_approver: Word | None = None


class ApprovalRequest(ReviewRequest):
    """An approval; without `amount_fen` of all that was claimed."""

    amount_fen: Fen | None = None
    override_reason: Reason | None = None
    override_approver: Word | None = None


class ClaimState(BaseModel):
    """A claim as it stands; `allowed` says what is possible now, `version` what a command may name."""

    claim_no: str
    stage: str
    version: int
    programme: str
    period: str
    id_no: str
    amount_fen: int
    approved_fen: int | None
    instructed_fen: int
    preparer: str
    reviewer: str | None
    approver: str | None
    soft_stops: list[str]
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=ClaimState,
    responses={200: {"model": ClaimState, "description": "It was submitted before, the same."}, **STEP},
    summary="Submit a claim",
)
def submit_claim(wanted: ClaimRequest, ledger: Current, once: OnceOnly) -> Response:
    """Refused with E-OVERRIDE where known facts speak against it: the payee is dead, left, or is not entitled."""

    def submit() -> Response:
        stated: dict[str, Any] = wanted.model_dump(exclude={"actor", "amount_fen"}, exclude_none=True)
        told, new = claims.submit(ledger, wanted.actor, {**stated, "amount": plain_yuan(wanted.amount_fen)})
        headers = {"Location": f"/api/v1/claims/{quote(wanted.claim_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), submit)


@router.get("/{claim_no}", response_model=ClaimState, responses=documented(404, 409), summary="One claim")
def show_claim(claim_no: ClaimNo, ledger: Current) -> Response:
    """Its stage, amounts, hands, and what is possible now."""
    return answer(claims.claim(ledger, claim_no))


@router.post("/{claim_no}/review", response_model=ClaimState, responses=STEP, summary="Review a claim")
def review_claim(claim_no: ClaimNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """初审, never by who submitted it (E-SOD)."""
    command = Command(claim_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(claims.review(ledger, command)))


@router.post("/{claim_no}/approve", response_model=ClaimState, responses=STEP, summary="Approve a claim")
def approve_claim(claim_no: ClaimNo, wanted: ApprovalRequest, ledger: Current, once: OnceOnly) -> Response:
    """批准, by a third person below whose limit it is; E-OVERRIDE without a matured notice where one is needed."""
    override = Override(wanted.override_reason, wanted.override_approver)
    command = Command(claim_no, wanted.actor, wanted.version, wanted.amount_fen, None, override)
    return once(wanted.model_dump(mode="json"), lambda: answer(claims.approve(ledger, command)))


@router.post("/{claim_no}/reject", response_model=ClaimState, responses=STEP, summary="Reject a claim")
def reject_claim(claim_no: ClaimNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """不予批准; the claim ends here."""
    command = Command(claim_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(claims.reject(ledger, command)))


@router.post("/{claim_no}/withdraw", response_model=ClaimState, responses=STEP, summary="Withdraw a claim")
def withdraw_claim(claim_no: ClaimNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """撤回, before it was instructed."""
    command = Command(claim_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(claims.withdraw(ledger, command)))
