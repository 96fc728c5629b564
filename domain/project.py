"""Projects (项目): proposed, entered into the library, approved, changed, accepted, closed."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Self

from msgspec import Struct, structs

from domain.event import Event, Kind
from domain.kinds import Count, Fen, Text, Uscc
from domain.refusal import Refused
from domain.steps import refuse_step


class ProjectRow(Event, frozen=True, kw_only=True):
    """What every row of 项目台账 states.

    project_no:             项目编号, the key.
    project_name:           项目名称.
    project_class:          产业扶贫, 基础设施, 饮水安全, 住房, 教育, 就业, 资产收益 or 应急救灾.
    location:               建设地点.
    fund_source:            资金来源.
    quota_doc_no:           the document that funds it.
    budget_fen:             计划资金.
    received_fen:           到位资金, as stated.
    paid_fen:               拨付资金, as stated; what was paid is in 支付台账.
    implementer:            实施单位.
    supplier_name:          施工单位.
    supplier_uscc:          its credit code.
    contract_amount_fen:    合同金额.
    entered_on:             入库日期; absent: not in the library.
    approved_on:            立项日期.
    status:                 申报, 入库, 立项, 在建, 验收 or 决算.
    started_on:             开工日期.
    accepted_on:            验收日期.
    beneficiary_households: 受益户数.
    performance_target:     绩效目标.
    notice_from, notice_until: 公示起, 公示止.
    """

    project_no: Text
    project_name: Text | None = None
    project_class: Text | None = None
    location: Text | None = None
    fund_source: Text | None = None
    quota_doc_no: Text | None = None
    budget_fen: Fen | None = None
    received_fen: Fen | None = None
    paid_fen: Fen | None = None
    implementer: Text | None = None
    supplier_name: Text | None = None
    supplier_uscc: Uscc | None = None
    contract_amount_fen: Fen | None = None
    entered_on: date | None = None
    approved_on: date | None = None
    status: Text | None = None
    started_on: date | None = None
    accepted_on: date | None = None
    beneficiary_households: Count | None = None
    performance_target: Text | None = None
    notice_from: date | None = None
    notice_until: date | None = None


class ProjectProposed(ProjectRow, frozen=True, kw_only=True):
    """申报: the first row of a project, or a later one that changes none of its steps."""

    TOPIC: ClassVar[str] = "project-proposed/v1"


class ProjectEntered(ProjectRow, frozen=True, kw_only=True):
    """入库: the row as newly stated, entered into the library."""

    TOPIC: ClassVar[str] = "project-entered/v1"


class ProjectApproved(ProjectRow, frozen=True, kw_only=True):
    """立项: the row as newly stated, approved."""

    TOPIC: ClassVar[str] = "project-approved/v1"


class ProjectAccepted(ProjectRow, frozen=True, kw_only=True):
    """验收: the row as newly stated, accepted."""

    TOPIC: ClassVar[str] = "project-accepted/v1"


class ProjectClosed(ProjectRow, frozen=True, kw_only=True):
    """决算: the row as newly stated, settled; `occurred_on` is the day. A workbook states it by 状态 alone."""

    TOPIC: ClassVar[str] = "project-closed/v1"


class ProjectAmended(ProjectRow, frozen=True, kw_only=True):
    """变更: the row as newly stated, changed with a second person's approval; the reason is sealed.

    approver:  工号 of who approved the change. A workbook states changes without one, as `project-proposed/v1`.
    """

    TOPIC: ClassVar[str] = "project-amended/v1"

    approver: Text


class ProjectStage(StrEnum):
    """How far a project has come."""

    PROPOSED = "proposed"
    ENTERED = "entered"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class ProjectStep(StrEnum):
    """What can be done with a project."""

    ENTER = "enter"
    APPROVE = "approve"
    CHANGE = "change"
    ACCEPT = "accept"
    CLOSE = "close"


STEPS: dict[ProjectStage, tuple[ProjectStep, ...]] = {
    ProjectStage.PROPOSED: (ProjectStep.ENTER, ProjectStep.CHANGE),
    ProjectStage.ENTERED: (ProjectStep.APPROVE, ProjectStep.CHANGE),
    ProjectStage.APPROVED: (ProjectStep.ACCEPT, ProjectStep.CHANGE),
    ProjectStage.ACCEPTED: (ProjectStep.CLOSE,),
}
"""What is possible in each stage; nothing in the others."""

STANDS_AT = {
    ProjectStage.ENTERED: "入库",
    ProjectStage.APPROVED: "立项",
    ProjectStage.ACCEPTED: "验收",
    ProjectStage.CLOSED: "决算",
}
"""状态 of a project at each step."""

IN_ORDER = ("申报", "入库", "立项", "在建", "验收", "决算")
"""状态 in the order in which a project comes to them."""

DECIDED_ON = ("entered_on", "approved_on", "accepted_on")
"""Days of the steps that are taken here."""

PROPOSED_STATUS, UNDER_WAY = "申报", frozenset({"立项", "在建"})


class Project(Struct, frozen=True):
    """One project as its rows tell it.

    row:       as it is stated last (see `standing`).
    proposer:  工号 of who stated it first.
    hands:     工号 of who took each step.
    version:   of its stream.
    """

    row: ProjectRow
    stage: ProjectStage
    proposer: str
    hands: dict[str, str]
    version: int

    @classmethod
    def told_by(cls, rows: Sequence[Event], *, version: int) -> Self:
        """The project that its rows, in order, tell.

        Raises:
            Refused: `E-STATE` when there is no row.
        """
        told = [row for row in rows if isinstance(row, ProjectRow)]
        if not told:
            raise Refused("E-STATE", why="A project begins with its proposal.", remedy="Propose it first.")
        row = standing(told)
        hands = {HAND_OF[type(row)]: row.actor for row in told if type(row) in HAND_OF}
        return cls(row, reached(row), told[0].actor, hands, version)

    @property
    def allowed(self) -> tuple[ProjectStep, ...]:
        """What is possible now."""
        return STEPS.get(self.stage, ())

    def refuse_unless(self, step: ProjectStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Project {self.row.project_no}", self.stage, step, self.allowed, field="project_no")


HAND_OF: dict[type[Event], str] = {
    ProjectEntered: "enterer",
    ProjectApproved: "approver",
    ProjectAccepted: "acceptor",
    ProjectClosed: "closer",
}
"""What the one who took each step is called."""


def decided(row: Event) -> str | None:
    """状态 to which a step brought the project that was taken here; None of what a workbook states."""
    return row.status if isinstance(row, ProjectRow) and type(row) in HAND_OF and row.kind is Kind.INTENT else None


def standing(rows: Sequence[ProjectRow]) -> ProjectRow:
    """The project as its rows, in order, tell it: the last row, with what was decided here and it does not state.

    An office sends its list month after month, with what was paid since; that the list does not know of a step that was
    taken here takes no step back.
    """
    stands, by_hand = rows[0], decided(rows[0])
    for row in rows[1:]:
        kept = kept_of(stands.__getattribute__, row.__getattribute__) if by_hand else {}
        stands, by_hand = structs.replace(row, **kept), decided(row) or by_hand
    return stands


def kept_of(before: Callable[[str], Any], now: Callable[[str], Any]) -> dict[str, Any]:
    """What a project that was taken a step further here keeps when it is stated again: by column."""
    kept = {day: before(day) for day in DECIDED_ON if now(day) is None and before(day) is not None}
    if _place(now("status")) < _place(before("status")):
        kept["status"] = before("status")
    return kept


def _place(status: str | None) -> int:
    return IN_ORDER.index(status) if status in IN_ORDER else 0


def reached(row: ProjectRow) -> ProjectStage:
    """The last step that a row states, by its day or by 状态 (FORMATS §15)."""
    if isinstance(row, ProjectClosed) or row.status == STANDS_AT[ProjectStage.CLOSED]:
        return ProjectStage.CLOSED
    if row.accepted_on is not None or row.status == STANDS_AT[ProjectStage.ACCEPTED]:
        return ProjectStage.ACCEPTED
    if row.approved_on is not None or (row.status in UNDER_WAY and row.entered_on is not None):
        return ProjectStage.APPROVED
    return ProjectStage.PROPOSED if row.entered_on is None else ProjectStage.ENTERED
