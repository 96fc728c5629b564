"""`/instructions`: what the bank is told to pay, out of documents that still cover it."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import instructions
from api.overriding import Override
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, Reason, RefusalRequest, TimelineEntry

router = staff_router("/instructions", "native entry")

MOST_LINES = 100

InstructionNo = Annotated[Segment, Path(description="The instruction's number.", examples=["ZL-2020-00001"])]


class FundingLineRequest(BaseModel):
    """What one document pays."""

    model_config = ConfigDict(extra="forbid")

    quota_doc_no: Word
    amount_fen: Fen
    purpose_code: Word


class InstructionRequest(BaseModel):
    """An instruction; the lines come to what was approved, or are agreed instalments of it.

    actor, approver:  工号 of who prepares and who approves: two persons.
    ref_kind, ref_no: 补贴 and a claim's number, or 项目 and a contract's.
    org:              the organisation that pays; absent, the first 镇财政 of 单位账户登记.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    approver: Word
    instruction_no: Segment
    ref_kind: Literal["补贴", "项目"]
    ref_no: Segment
    payee_name: Word
    payee_id: Word
    account_no: Word
    lines: Annotated[list[FundingLineRequest], Field(min_length=1, max_length=MOST_LINES)]
    approved_on: Day | None = None
    org: Word | None = None
    instalment_plan: Word | None = None
    override_reason: Reason | None = None
    override_approver: Word | None = None


class InstructionLine(BaseModel):
    """One funding line."""

    line_no: int
    quota_doc_no: str
    amount_fen: int


class InstructionState(BaseModel):
    """An instruction as it stands; `allowed` says what is possible now."""

    instruction_no: str
    state: Literal["instructed", "withdrawn"]
    version: int
    ref_kind: str
    ref_no: str
    payee_id: str | None
    amount_fen: int
    preparer: str | None
    approver: str | None
    soft_stops: list[str]
    lines: list[InstructionLine]
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=InstructionState,
    responses={200: {"model": InstructionState, "description": "It was given before, the same."}, **STEP},
    summary="Instruct one payment",
)
def give_instruction(wanted: InstructionRequest, ledger: Current, once: OnceOnly) -> Response:
    """Refused while a document cannot cover its line (E-FUNDS), or the claim is not approved (E-STATE)."""

    def give() -> Response:
        told, new = instructions.instruct(ledger, _order(wanted))
        headers = {"Location": f"/api/v1/instructions/{quote(wanted.instruction_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), give)


@router.get(
    "/{instruction_no}", response_model=InstructionState, responses=documented(404, 409), summary="One instruction"
)
def show_instruction(instruction_no: InstructionNo, ledger: Current) -> Response:
    """Its lines, hands, and what is possible now."""
    return answer(instructions.instruction(ledger, instruction_no))


@router.post(
    "/{instruction_no}/withdraw", response_model=InstructionState, responses=STEP, summary="Withdraw an instruction"
)
def withdraw_instruction(
    instruction_no: InstructionNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly
) -> Response:
    """Only while the bank has not paid it; what it took of its documents is free again."""

    def withdraw() -> Response:
        told = instructions.withdraw(
            ledger, instruction_no, actor=wanted.actor, reason=wanted.reason, version=wanted.version
        )
        return answer(told)

    return once(wanted.model_dump(mode="json"), withdraw)


def _order(wanted: InstructionRequest) -> instructions.Order:
    approved_on: date | None = wanted.approved_on
    return instructions.Order(
        instruction_no=wanted.instruction_no,
        ref_kind=wanted.ref_kind,
        ref_no=wanted.ref_no,
        payee_name=wanted.payee_name,
        payee_id=wanted.payee_id,
        account_no=wanted.account_no,
        lines=[instructions.Line(line.quota_doc_no, line.amount_fen, line.purpose_code) for line in wanted.lines],
        actor=wanted.actor,
        approver=wanted.approver,
        approved_on=approved_on,
        org=wanted.org,
        instalment_plan=wanted.instalment_plan,
        override=Override(wanted.override_reason, wanted.override_approver),
    )
