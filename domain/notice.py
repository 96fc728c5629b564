"""Public notices (公示, 公告): a header and one event a line.

A row of 公示台账 becomes the same header, a row of 公示明细 the same line. A native header carries the number of its
lines and the root over them, so that no line can be taken away or added afterwards, and the root over them as they
stand on the board, so that anybody can check that (docs/decisions/0014). No event can hold a tree root that covers
itself: a printed notice names the first tree that covers its last line (DESIGN §4).
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Self

from msgspec import Struct, field

from domain.event import Event, Kind
from domain.kinds import Count, Fen, PersonRef, PositiveFen, Quantity, Sha256, Text
from domain.refusal import Refused
from domain.steps import refuse_step


class NoticeRow(Event, frozen=True, kw_only=True):
    """What every header of a notice states; a native one (`line_count` is there) says more than a row of 公示台账.

    notice_no:     its number, the key.
    level:         县, 镇 or 村.
    notice_kind:   公示 (before the fact) or 公告 (after it).
    stage:         事前 or 事后.
    subject_kind:  补贴, 项目, 贷款, 分红, 指标 or 验收.
    title:         its title.
    programme:     the programme that it tells of.
    project_no:    the project that it tells of.
    contract_no:   the asset-income contract that it tells of.
    period:        the period that it tells of.
    village:       the village concerned.
    basis_doc:     依据文件.
    fund_source:   where the money comes from.
    fund_fen:      how much there is of it.
    implementer:   实施单位.
    place:         where it hangs.
    starts_on:     first day on the board (sealed as `from`).
    until:         last day.
    withdrawn_on:  撤回日期; a notice that was withdrawn has never matured.
    responsible:   工号 of who answers for it.
    line_count:    number of its lines.
    items_root:    `items_root` over its lines.
    board_root:    the root of RFC 6962 over the `board_leaf` of its lines, in order.
    total_fen:     sum of its lines.
    unmasked:      kinds of personal data that the text as printed shows whole, found at intake (PUB-06).

    The text as printed is sealed.
    """

    notice_no: Text
    level: Text
    notice_kind: Text
    stage: Text | None = None
    subject_kind: Text
    title: Text | None = None
    programme: Text | None = None
    project_no: Text | None = None
    contract_no: Text | None = None
    period: Text | None = None
    village: Text | None = None
    basis_doc: Text | None = None
    fund_source: Text | None = None
    fund_fen: Fen | None = None
    implementer: Text | None = None
    place: Text
    starts_on: date = field(name="from")
    until: date
    withdrawn_on: date | None = None
    responsible: Text | None = None
    line_count: Count | None = None
    items_root: Sha256 | None = None
    board_root: Sha256 | None = None
    total_fen: Fen | None = None
    unmasked: tuple[Text, ...] = ()


class NoticePublished(NoticeRow, frozen=True, kw_only=True):
    """公示发布: the header of one notice, or what is newly stated of it."""

    TOPIC: ClassVar[str] = "notice-published/v1"
    KIND: ClassVar[Kind] = Kind.INTENT


class NoticeWithdrawn(NoticeRow, frozen=True, kw_only=True):
    """公示撤回: the header as newly stated, withdrawn; `occurred_on` is 撤回日期.

    replaced_by:  number of the notice that hangs instead; a row of 公示台账 does not state it.
    """

    TOPIC: ClassVar[str] = "notice-withdrawn/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    replaced_by: Text | None = None


class NoticeClosed(NoticeRow, frozen=True, kw_only=True):
    """公示结束: the header as it stands, mature and without an open objection; `occurred_on` is the day."""

    TOPIC: ClassVar[str] = "notice-closed/v1"
    KIND: ClassVar[Kind] = Kind.INTENT


class NoticeLinePosted(Event, frozen=True, kw_only=True):
    """公示明细: one line of one notice.

    A native line tells of one period, and `amount_fen` is what it comes to over the whole of it. A row of 公示明细
    tells of the periods from `period_from` to `period_to`, and `amount_fen` is what each of them brings.

    notice_no:     the notice that it belongs to.
    line_no:       from 1.
    village:       行政村 of the beneficiary.
    hamlet:        自然村 or 村民小组.
    household_no:  户编号; never printed.
    id_no:         reference of the beneficiary, never printed; the board masks what the vault knows.
    programme:     the programme.
    period:        the period of a native line.
    period_from:   所属期起 of a row.
    period_to:     所属期止 of a row; the same period without it.
    standard_fen:  fen per unit.
    quantity:      units, decimal text.
    amount_fen:    what the line comes to, or each period of it.
    payment_refs:  the payments that it tells of.
    unmasked:      kinds of personal data that the line as printed shows whole, found at intake (PUB-06).
    board_leaf:    SHA-256 over the line as it stands on the board, with a salt that is erased with its beneficiary.

    The name and the line as printed are sealed.
    """

    TOPIC: ClassVar[str] = "notice-line-posted/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    notice_no: Text
    line_no: Count
    village: Text | None = None
    hamlet: Text | None = None
    household_no: Text | None = None
    id_no: PersonRef | None = None
    programme: Text | None = None
    period: Text | None = None
    period_from: Text | None = None
    period_to: Text | None = None
    standard_fen: Fen | None = None
    quantity: Quantity | None = None
    amount_fen: PositiveFen
    payment_refs: tuple[Text, ...] = ()
    unmasked: tuple[Text, ...] = ()
    board_leaf: Sha256 | None = None


def items_root(lines: list[tuple[int, str | None, int]]) -> str:
    """SHA-256 in hex over `line_no|id_no|amount_fen` of each line, joined by line feeds, in order of line."""
    text = "\n".join(f"{line_no}|{person or ''}|{amount_fen}" for line_no, person, amount_fen in sorted(lines))
    return sha256(text.encode()).hexdigest()


def withdrawn(headers: Sequence[NoticeRow]) -> date | None:
    """撤回日期 as the headers, in order, state it last; one that was withdrawn here for another stays so."""
    here = (told.withdrawn_on for told in reversed(headers) if isinstance(told, NoticeWithdrawn) and told.replaced_by)
    return headers[-1].withdrawn_on or next(here, None)


class NoticeStage(StrEnum):
    """How a notice stands."""

    PUBLISHED = "published"
    OBJECTION_OPEN = "objection_open"
    MATURED = "matured"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class NoticeStep(StrEnum):
    """What can be done with a notice."""

    WITHDRAW = "withdraw"
    CLOSE = "close"


STEPS: dict[NoticeStage, tuple[NoticeStep, ...]] = {
    NoticeStage.PUBLISHED: (NoticeStep.WITHDRAW,),
    NoticeStage.OBJECTION_OPEN: (NoticeStep.WITHDRAW,),
    NoticeStage.MATURED: (NoticeStep.CLOSE, NoticeStep.WITHDRAW),
}
"""What is possible in each stage; nothing in the others."""


class Notice(Struct, frozen=True):
    """One notice as its headers tell it.

    row:      the header as it is stated last.
    version:  of its stream.
    """

    row: NoticeRow
    stage: NoticeStage
    version: int

    @classmethod
    def told_by(cls, rows: Sequence[Event], *, version: int, today: date, objected: bool) -> Self:
        """The notice that its headers, in order, tell; `objected`: an objection to it is open.

        An objection that is open, or opened again, goes before a closing, as a withdrawal goes before both.

        Raises:
            Refused: `E-STATE` when there is no header.
        """
        headers = [row for row in rows if isinstance(row, NoticeRow)]
        if not headers:
            raise Refused("E-STATE", why="A notice begins with its header.", remedy="Publish it first.")
        row, withdrawn_on = headers[-1], withdrawn(headers)
        if withdrawn_on is not None and withdrawn_on <= today:
            stage = NoticeStage.WITHDRAWN
        elif objected:
            stage = NoticeStage.OBJECTION_OPEN
        elif any(isinstance(header, NoticeClosed) for header in headers):
            stage = NoticeStage.CLOSED
        else:
            stage = NoticeStage.MATURED if row.until < today else NoticeStage.PUBLISHED
        return cls(row, stage, version)

    @property
    def allowed(self) -> tuple[NoticeStep, ...]:
        """What is possible now."""
        return STEPS.get(self.stage, ())

    def refuse_unless(self, step: NoticeStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Notice {self.row.notice_no}", self.stage, step, self.allowed, field="notice_no")
