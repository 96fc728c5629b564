"""Objections (异议): what somebody holds against a notice, a loan or a payment, and what came of it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct

from domain.event import Event
from domain.kinds import Text
from domain.refusal import Refused
from domain.steps import refuse_step


class ObjectionRow(Event, frozen=True, kw_only=True):
    """What every row of 异议台账 states.

    objection_no:  异议编号, the key.
    ref_kind:      公示, 贷款, 支付 or 其他: what it is about.
    ref_no:        对象编号: `notice_no#line_no`, a 借据号, a 流水号, or free words.
    filed_on:      提出日期.
    denial:        whether the borrower or payee himself denies.
    resolved_on:   结案日期; open without it.
    outcome:       成立, 不成立, 部分成立 or 撤回.
    resolver:      工号 of who answered.

    What it says (内容) is sealed.
    """

    objection_no: Text
    ref_kind: Text
    ref_no: Text
    filed_on: date
    denial: bool | None = None
    resolved_on: date | None = None
    outcome: Text | None = None
    resolver: Text | None = None


class ObjectionFiled(ObjectionRow, frozen=True, kw_only=True):
    """提出异议: the first row of an objection, or a later one that does not close it."""

    TOPIC: ClassVar[str] = "objection-filed/v1"


class ObjectionResolved(ObjectionRow, frozen=True, kw_only=True):
    """异议结案: the row as newly stated, closed; `occurred_on` is 结案日期."""

    TOPIC: ClassVar[str] = "objection-resolved/v1"


class ObjectionStage(StrEnum):
    """How an objection stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class ObjectionStep(StrEnum):
    """What can be done with an objection."""

    RESOLVE = "resolve"
    REOPEN = "reopen"


STEPS: dict[ObjectionStage, tuple[ObjectionStep, ...]] = {
    ObjectionStage.OPEN: (ObjectionStep.RESOLVE,),
    ObjectionStage.RESOLVED: (ObjectionStep.REOPEN,),
}
"""What is possible in each stage."""


class Objection(Struct, frozen=True):
    """One objection as its rows tell it.

    row:      as it is stated last.
    version:  of its stream.
    """

    row: ObjectionRow
    stage: ObjectionStage
    version: int

    @classmethod
    def told_by(cls, rows: Sequence[Event], *, version: int) -> Self:
        """The objection that its rows, in order, tell.

        Raises:
            Refused: `E-STATE` when there is no row.
        """
        told = [row for row in rows if isinstance(row, ObjectionRow)]
        if not told:
            raise Refused("E-STATE", why="An objection begins with its filing.", remedy="File it first.")
        resolved = told[-1].resolved_on is not None
        return cls(told[-1], ObjectionStage.RESOLVED if resolved else ObjectionStage.OPEN, version)

    @property
    def allowed(self) -> tuple[ObjectionStep, ...]:
        """What is possible now."""
        return STEPS[self.stage]

    def refuse_unless(self, step: ObjectionStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Objection {self.row.objection_no}", self.stage, step, self.allowed, field="objection_no")
