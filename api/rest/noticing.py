"""`/notices/by-hand` and the steps of a notice: withdrawn for another that hangs instead, closed once it matured."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import notices
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, RefusalRequest, ReviewRequest, TimelineEntry
from api.stepping import Command
from domain.money import plain_yuan

router = staff_router("/notices", "native entry")

MOST_LINES = 1_000

NoticeNo = Annotated[Segment, Path(description="The notice's number.", examples=["GS-2020-001"])]


class NoticeLineRequest(BaseModel):
    """One line; `amount_fen` is what each period from `period_from` to `period_to` brings. Names are sealed."""

    model_config = ConfigDict(extra="forbid")

    village: Word | None = None
    household_no: Word | None = None
    name: Word
    id_no: Word
    period_from: Word
    period_to: Word | None = None
    amount_fen: Fen


class NoticeDraft(BaseModel):
    """A notice that is to hang.

    level:        县, 镇 or 村.
    kind:         公示 invites objection before the fact, 公告 informs after it.
    subject_kind: what it tells of; with it `programme` (补贴), `project_no` (项目) or `contract_no` (分红).
    from, until:  first and last day on the board.
    """

    model_config = ConfigDict(extra="forbid")

    notice_no: Segment
    level: Literal["县", "镇", "村"]
    kind: Literal["公示", "公告"]
    subject_kind: Literal["补贴", "项目", "贷款", "分红", "指标", "验收"]
    programme: Word | None = None
    project_no: Word | None = None
    contract_no: Word | None = None
    village: Word | None = None
    place: Word
    starts_on: Annotated[Day, Field(alias="from")]
    until: Day
    responsible: Word | None = None
    lines: Annotated[list[NoticeLineRequest], Field(max_length=MOST_LINES)]


class NoticeRequest(NoticeDraft):
    """A notice, and whose hand publishes it."""

    actor: Word


class NoticeWithdrawal(RefusalRequest):
    """A withdrawal, with its reason, which is sealed.

    replaced_by:  the notice that hangs instead.
    replacement:  that notice, where it is published in the same append.
    """

    replaced_by: Segment
    replacement: NoticeDraft | None = None


class NoticeState(BaseModel):
    """A notice as it stands; `allowed` says what is possible now, `version` what a command may name.

    line_count, total_fen: of one that this ledger published; null of a row of 公示台账.
    """

    model_config = ConfigDict(populate_by_name=True)

    notice_no: str
    stage: str
    version: int
    kind: str
    subject_kind: str
    programme: str | None
    project_no: str | None
    contract_no: str | None
    starts_on: str = Field(alias="from")
    until: str
    line_count: int | None
    total_fen: int | None
    responsible: str | None
    replaced_by: str | None
    open_objections: list[str]
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "/by-hand",
    status_code=201,
    response_model=NoticeState,
    responses={200: {"model": NoticeState, "description": "It was published before, the same."}, **STEP},
    summary="Publish a notice with its lines",
)
def publish_by_hand(wanted: NoticeRequest, ledger: Current, once: OnceOnly) -> Response:
    """Header and lines are sealed together; E-PRIVACY by PUB-06."""

    def publish() -> Response:
        told, new = notices.publish(ledger, wanted.actor, _draft(wanted))
        headers = {"Location": f"/api/v1/notices/{quote(wanted.notice_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), publish)


@router.get(
    "/{notice_no}/steps", response_model=NoticeState, responses=documented(404, 409), summary="How a notice stands"
)
def show_steps(notice_no: NoticeNo, ledger: Current) -> Response:
    """Its stage, version, open objections, and what is possible now; `/notices/{notice_no}` shows what hangs."""
    return answer(notices.notice(ledger, notice_no))


@router.post("/{notice_no}/withdraw", response_model=NoticeState, responses=STEP, summary="Withdraw a notice")
def withdraw_notice(notice_no: NoticeNo, wanted: NoticeWithdrawal, ledger: Current, once: OnceOnly) -> Response:
    """撤回, for another notice of the same subject that hangs instead."""
    command = Command(notice_no, wanted.actor, wanted.version, None, wanted.reason)
    replacement = _draft(wanted.replacement) if wanted.replacement is not None else None

    def withdraw() -> Response:
        return answer(notices.withdraw(ledger, command, wanted.replaced_by, replacement))

    return once(wanted.model_dump(mode="json"), withdraw)


@router.post("/{notice_no}/close", response_model=NoticeState, responses=STEP, summary="Close a notice")
def close_notice(notice_no: NoticeNo, wanted: ReviewRequest, ledger: Current, once: OnceOnly) -> Response:
    """公示结束; E-STATE before its last day has passed, or while an objection is open."""
    command = Command(notice_no, wanted.actor, wanted.version)
    return once(wanted.model_dump(mode="json"), lambda: answer(notices.close(ledger, command)))


def _draft(wanted: NoticeDraft) -> notices.Draft:
    header: dict[str, Any] = wanted.model_dump(
        mode="json", by_alias=True, exclude={"actor", "lines"}, exclude_none=True
    )
    lines = [
        {**line.model_dump(exclude={"amount_fen"}, exclude_none=True), "amount": plain_yuan(line.amount_fen)}
        for line in wanted.lines
    ]
    return notices.Draft(header, lines)
