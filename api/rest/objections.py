"""`/objections`: filed by staff, resolved by others than those whom they are about, opened again."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, StrictBool
from starlette.responses import Response

from api import objections
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Reason, RefusalRequest, TimelineEntry
from api.stepping import Command

router = staff_router("/objections", "native entry")

ObjectionNo = Annotated[Segment, Path(description="异议编号.", examples=["YY-2020-01"])]


class ObjectionRequest(BaseModel):
    """An objection that somebody brought.

    ref_kind, ref_no: 公示 and `notice_no#line_no`, 贷款 and a 借据号, 支付 and a 流水号; 其他 and free words.
    filed_on:         when it was brought; absent, today.
    content:          what it says; it is sealed.
    denial:           whether the borrower or payee himself denies.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    objection_no: Segment
    ref_kind: Literal["公示", "贷款", "支付", "其他"]
    ref_no: Word
    filed_on: Day | None = None
    content: Reason
    denial: StrictBool | None = None


class ResolutionRequest(RefusalRequest):
    """What came of an objection; the answer to it (`reason`) is sealed."""

    outcome: Literal["成立", "不成立", "部分成立", "撤回"]


class ObjectionState(BaseModel):
    """An objection as it stands; `allowed` says what is possible now, `version` what a command may name."""

    objection_no: str
    stage: Literal["open", "resolved"]
    version: int
    ref_kind: str
    ref_no: str
    filed_on: str
    denial: bool | None
    resolved_on: str | None
    outcome: str | None
    resolver: str | None
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=ObjectionState,
    responses={200: {"model": ObjectionState, "description": "It was filed before, the same."}, **STEP},
    summary="File an objection",
)
def file_objection(wanted: ObjectionRequest, ledger: Current, once: OnceOnly) -> Response:
    """While it is open, the notice that it is about does not mature."""

    def file() -> Response:
        stated: dict[str, Any] = wanted.model_dump(mode="json", exclude={"actor"}, exclude_none=True)
        told, new = objections.file(ledger, wanted.actor, {"filed_on": str(ledger.today), **stated})
        headers = {"Location": f"/api/v1/objections/{quote(wanted.objection_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), file)


@router.get("/{objection_no}", response_model=ObjectionState, responses=documented(404, 409), summary="One objection")
def show_objection(objection_no: ObjectionNo, ledger: Current) -> Response:
    """Its stage, what it is about, and what is possible now."""
    return answer(objections.objection(ledger, objection_no))


@router.post("/{objection_no}/resolve", response_model=ObjectionState, responses=STEP, summary="Resolve an objection")
def resolve_objection(
    objection_no: ObjectionNo, wanted: ResolutionRequest, ledger: Current, once: OnceOnly
) -> Response:
    """结案; never by who published the notice, or is objected to (E-SOD)."""
    command = Command(objection_no, wanted.actor, wanted.version, None, wanted.reason)
    outcome = objections.Answer(wanted.outcome)
    return once(wanted.model_dump(mode="json"), lambda: answer(objections.resolve(ledger, command, outcome)))


@router.post("/{objection_no}/reopen", response_model=ObjectionState, responses=STEP, summary="Reopen an objection")
def reopen_objection(objection_no: ObjectionNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """Something new was said; its notice has not matured, nor is it closed, until it is resolved again."""
    command = Command(objection_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(objections.reopen(ledger, command)))
