"""Objections (异议): what somebody holds against a notice, a loan or a payment, and what came of it."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import Text


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
