"""`/projects`: proposed, entered into the library, approved, changed, accepted, settled; each by another hand."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import projects
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, RefusalRequest, ReviewRequest, TimelineEntry
from api.stepping import Command
from domain.kinds import LARGEST
from domain.money import plain_yuan

router = staff_router("/projects", "native entry")

ProjectNo = Annotated[Segment, Path(description="项目编号.", examples=["XM-2020-01"])]
Households = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


class ProjectRequest(BaseModel):
    """A project as it is proposed; without a performance target it does not enter the library.

    actor:       工号 of who proposes it.
    budget_fen:  计划资金.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    project_no: Segment
    project_name: Word
    project_class: Literal["产业扶贫", "基础设施", "饮水安全", "住房", "教育", "就业", "资产收益", "应急救灾"]
    location: Word
    fund_source: Word
    quota_doc_no: Word
    budget_fen: Fen
    implementer: Word
    beneficiary_households: Households
    performance_target: Word | None = None


class ProjectChanges(BaseModel):
    """What is stated otherwise; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    project_name: Word | None = None
    location: Word | None = None
    budget_fen: Fen | None = None
    implementer: Word | None = None
    beneficiary_households: Households | None = None
    performance_target: Word | None = None


class ProjectChangeRequest(RefusalRequest):
    """A change, who approves it (a second person), and why; the reason is sealed."""

    approver: Word
    fields: ProjectChanges


class ProjectState(BaseModel):
    """A project as it stands; `allowed` says what is possible now, `version` what a command may name."""

    project_no: str
    stage: Literal["proposed", "entered", "approved", "accepted", "closed"]
    version: int
    project_class: str | None
    location: str | None
    budget_fen: int | None
    performance_target: str | None
    status: str | None
    entered_on: str | None
    approved_on: str | None
    accepted_on: str | None
    proposer: str
    enterer: str | None
    approver: str | None
    acceptor: str | None
    closer: str | None
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=ProjectState,
    responses={200: {"model": ProjectState, "description": "It was proposed before, the same."}, **STEP},
    summary="Propose a project",
)
def propose_project(wanted: ProjectRequest, ledger: Current, once: OnceOnly) -> Response:
    """申报; it stands in 项目台账, and in no library."""

    def propose() -> Response:
        stated: dict[str, Any] = wanted.model_dump(exclude={"actor", "budget_fen"}, exclude_none=True)
        told, new = projects.propose(ledger, wanted.actor, {**stated, "budget": plain_yuan(wanted.budget_fen)})
        headers = {"Location": f"/api/v1/projects/{quote(wanted.project_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), propose)


@router.get("/{project_no}", response_model=ProjectState, responses=documented(404, 409), summary="One project")
def show_project(project_no: ProjectNo, ledger: Current) -> Response:
    """Its stage, days, hands, and what is possible now."""
    return answer(projects.project(ledger, project_no))


@router.post("/{project_no}/enter", response_model=ProjectState, responses=STEP, summary="Enter a project")
def enter_project(project_no: ProjectNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """入库; E-SCHEMA without a performance target, E-SOD for who proposed it."""
    command = Command(project_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(projects.enter(ledger, command)))


@router.post("/{project_no}/approve", response_model=ProjectState, responses=STEP, summary="Approve a project")
def approve_project(project_no: ProjectNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """立项, by a person who neither proposed nor entered it, below whose limit the budget is."""
    command = Command(project_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(projects.approve(ledger, command)))


@router.post("/{project_no}/change", response_model=ProjectState, responses=STEP, summary="Change a project")
def change_project(project_no: ProjectNo, wanted: ProjectChangeRequest, ledger: Current, once: OnceOnly) -> Response:
    """变更 with a second person's approval, before acceptance."""
    command = Command(project_no, wanted.actor, wanted.version, None, wanted.reason)
    change = projects.Change(wanted.fields.model_dump(exclude_none=True), wanted.approver)
    return once(wanted.model_dump(mode="json"), lambda: answer(projects.change(ledger, command, change)))


@router.post("/{project_no}/accept", response_model=ProjectState, responses=STEP, summary="Accept a project")
def accept_project(project_no: ProjectNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """验收, never by who proposed it."""
    command = Command(project_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(projects.accept(ledger, command)))


@router.post("/{project_no}/close", response_model=ProjectState, responses=STEP, summary="Close a project")
def close_project(project_no: ProjectNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """决算, by neither who proposed nor who accepted it."""
    command = Command(project_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(projects.close(ledger, command)))
