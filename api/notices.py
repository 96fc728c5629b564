"""Notices by hand: published with their lines, withdrawn for another that hangs instead, closed once they have matured.

A change of a line is a withdrawal and another notice, whose days begin anew (DOMAIN §3). The header seals how many
lines there are and the root over them, so none is added afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from api.acting import acting
from api.board import is_minor, refuse_personal_numbers
from api.board_lines import Notice as Board
from api.board_lines import board_root, sealed_lines
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.stepping import Command, Papers, papers, papers_there, row_after, take, timeline
from domain.notice import (
    Notice,
    NoticeClosed,
    NoticeLinePosted,
    NoticeRow,
    NoticeStage,
    NoticeStep,
    NoticeWithdrawn,
    items_root,
)
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.checking import Fate
from intake.entry import Stated
from intake.problem import Severity
from intake.sheet import Row, Sheet
from intake.sheets.notice_lines import NOTICE_LINES as LINES_SHEET
from intake.sheets.notice_lines import periods_in_order
from intake.sheets.notices import NOTICES as HEADERS_SHEET
from projections.period import count_of_periods
from projections.tables.objections import OBJECTIONS
from vault.masking import find_personal, mask_id, mask_name

NOTICE = HEADERS_SHEET.stream_kind
HEADER_FORM = replace(
    HEADERS_SHEET,
    references=tuple(replace(reference, severity=Severity.ERROR) for reference in HEADERS_SHEET.references),
)
"""What a notice by hand tells of must be there; a workbook's is only warned."""

PRINTED_HEADER = ("village", "place")
SUBJECT = ("subject_kind", "programme", "project_no", "contract_no")
"""What a notice tells of: one that replaces another tells of the same."""


class Draft(NamedTuple):
    """A notice that is to hang: what its header and its lines state, by the columns of 公示台账 and 公示明细."""

    header: Mapping[str, Stated]
    lines: Sequence[Mapping[str, Stated]]

    @property
    def notice_no(self) -> str:
        """公示编号."""
        return str(self.header["notice_no"])


def publish(ledger: Ledger, actor: str, draft: Draft) -> tuple[dict[str, Any], bool]:
    """Publish a notice with its lines; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-REF` for what it tells of and is not there,
            `E-DUP` for a number in use, `E-PRIVACY` by PUB-06.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may(Deed.PUBLISH_NOTICE)
        placed = _publication(ledger, who, draft)
        if placed:
            seal(ledger, placed)
        return notice(ledger, draft.notice_no), bool(placed)

    return decided(ledger, decide)


def withdraw(ledger: Ledger, command: Command, replaced_by: str, replacement: Draft | None = None) -> dict[str, Any]:
    """撤回: another notice hangs instead, which is there or is published in the same append.

    Raises:
        Refused: `E-REF` where one of the two is not there or the other tells of something else, `E-AUTH`, `E-STATE`,
            `E-CONFLICT` for a stale version, and what `publish` refuses.
    """

    def place(told: Notice, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.PUBLISH_NOTICE)
        published = _replacement(ledger, told, replaced_by, replacement, actor)
        changes = {"withdrawn_on": ledger.today, "replaced_by": replaced_by, "reason": command.reason}
        event = row_after(ledger, HEADERS_SHEET, told.row, NoticeWithdrawn, actor, **changes)
        return [*published, Placed(ledger.stream(NOTICE, command.number), told.version + 1, event)]

    take(ledger, command, NoticeStep.WITHDRAW, lambda: _told_of(ledger, command.number), place)
    return notice(ledger, command.number)


def close(ledger: Ledger, command: Command) -> dict[str, Any]:
    """公示结束: its last day has passed and no objection is open.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def place(told: Notice, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.CLOSE_NOTICE)
        event = row_after(ledger, HEADERS_SHEET, told.row, NoticeClosed, actor)
        return [Placed(ledger.stream(NOTICE, command.number), told.version + 1, event)]

    take(ledger, command, NoticeStep.CLOSE, lambda: _told_of(ledger, command.number), place)
    return notice(ledger, command.number)


def notice(ledger: Ledger, notice_no: str) -> dict[str, Any]:
    """A notice as it stands: stage, version, days, objections, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    ledger.project()
    told, found = _told_of(ledger, notice_no), _papers(ledger, notice_no)
    row = told.row
    replaced_by = [event.replaced_by for event in found.told if isinstance(event, NoticeWithdrawn)]
    return {
        "notice_no": notice_no,
        "stage": told.stage.value,
        "version": told.version,
        "kind": row.notice_kind,
        **{name: getattr(row, name) for name in SUBJECT},
        "from": str(row.starts_on),
        "until": str(row.until),
        "line_count": row.line_count,
        "total_fen": row.total_fen,
        "responsible": row.responsible,
        "replaced_by": replaced_by[-1] if replaced_by else None,
        "open_objections": open_objections(ledger, notice_no),
        "allowed": [step.value for step in told.allowed],
        "timeline": timeline(found.events),
    }


def open_objections(ledger: Ledger, notice_no: str) -> list[str]:
    """The objections to a notice, or to a line of it, that are not resolved."""
    rows = OBJECTIONS.c
    still_open = or_(rows.resolved_on.is_(None), rows.resolved_on > ledger.today.toordinal())
    asked = select(rows.objection_no).where(rows.notice_no == notice_no, still_open).order_by(rows.objection_no)
    with ledger.engine.connect() as connection:
        return [str(number) for number in connection.execute(asked).scalars()]


def _papers(ledger: Ledger, notice_no: str) -> Papers:
    remedy = "Publish it first, or check the number: mingzhang facts notices."
    return papers_there(ledger, NOTICE, notice_no, field="notice_no", remedy=remedy)


def _told_of(ledger: Ledger, notice_no: str) -> Notice:
    found = _papers(ledger, notice_no)
    ledger.project()  # behind the reading: whoever steps in takes the next version
    objected = bool(open_objections(ledger, notice_no))
    return Notice.told_by(found.told, version=found.version, today=ledger.today, objected=objected)


def _publication(ledger: Ledger, actor: Actor, draft: Draft) -> list[Placed]:
    """The header and its lines; nothing where this very notice was published before."""
    starts_on = date.fromisoformat(str(draft.header["from"]))
    lines_form = _lines_form(starts_on)
    header_hand, lines_hand = Hand(ledger, HEADER_FORM, actor), Hand(ledger, lines_form, actor)
    header = header_hand.fate_of(draft.header)
    lines = lines_hand.fate_of(
        *({**line, "notice_no": draft.notice_no, "line_no": line_no} for line_no, line in enumerate(draft.lines, 1))
    )
    there = papers(ledger, NOTICE, draft.notice_no)
    if there.events:
        _refuse_other(there, draft, header, lines)
        return []
    refuse_set_aside(HEADER_FORM, header.problems)
    refuse_set_aside(lines_form, lines.problems)
    _refuse_personal(draft, [row for row, _ in lines.to_record], starts_on)
    posted = lines_hand.placed(lines_hand.written(lines))
    events = [placed.event for placed in posted if isinstance(placed.event, NoticeLinePosted)]
    programme = draft.header.get("programme")
    events = sealed_lines(ledger, Board(None if programme is None else str(programme), starts_on), events)
    posted = [placed._replace(event=event) for placed, event in zip(posted, events, strict=True)]
    sealed = {
        "line_count": len(events),
        "items_root": items_root([(line.line_no, line.id_no, line.amount_fen) for line in events]),
        "board_root": board_root(events),
        "total_fen": sum(
            line.amount_fen * count_of_periods(line.period_from, line.period_to or line.period_from) for line in events
        ),
    }
    pen = Hand(ledger, replace(HEADER_FORM, states=sealed), actor)
    return [*pen.placed(pen.written(header)), *posted]


def _lines_form(starts_on: date) -> Sheet:
    """公示明细 of a notice that is published with it: it refers to nothing that is there already."""
    return replace(
        LINES_SHEET, references=(), row_checks=(periods_in_order,), dated_by=None, occurred_on=lambda _: starts_on
    )


def _refuse_other(there: Papers, draft: Draft, header: Fate, lines: Fate) -> None:
    """Refuse another notice of a number that is in use.

    Raises:
        Refused: `E-DUP`.
    """
    first = next(event for event in there.told if isinstance(event, NoticeRow))
    same_lines = not lines.to_record and first.line_count == len(draft.lines)
    if same_lines and not header.to_record:
        return
    raise Refused(
        "E-DUP",
        field="notice_no",
        value=draft.notice_no,
        why=f"Notice {draft.notice_no} hangs already, and states otherwise.",
        remedy="Give the new notice another number; what hangs is withdrawn for it.",
    )


def _replacement(
    ledger: Ledger, told: Notice, replaced_by: str, replacement: Draft | None, actor: Actor
) -> list[Placed]:
    """What is published with a withdrawal, once what hangs instead is right."""
    if replaced_by == told.row.notice_no:
        raise _no_replacement(replaced_by, "It is the notice that is withdrawn.")
    if replacement is not None and replacement.notice_no != replaced_by:
        raise _no_replacement(replaced_by, f"{replacement.notice_no} would be published.")
    placed: list[Placed] = []
    if replacement is not None:
        placed = _publication(ledger, actor, replacement)
    if placed:
        row = placed[0].event
    else:
        other = _told_of(ledger, replaced_by)
        row = other.row
        if other.stage is NoticeStage.WITHDRAWN:
            raise _no_replacement(replaced_by, "It was withdrawn itself.")
    if any(getattr(row, name) != getattr(told.row, name) for name in SUBJECT):
        raise _no_replacement(replaced_by, f"It tells of something else than {told.row.notice_no}.")
    return placed


def _no_replacement(replaced_by: str, why: str) -> Refused:
    return Refused(
        "E-REF",
        field="replaced_by",
        value=replaced_by,
        why=f"{replaced_by} cannot hang instead. {why}",
        remedy="Name a notice that hangs and tells of the same, or publish one with the withdrawal.",
    )


def _refuse_personal(draft: Draft, rows: Sequence[Row], starts_on: date) -> None:
    """PUB-06 before anything hangs.

    Raises:
        Refused: `E-PRIVACY`, naming the line or the column and the kind of number, never the number.
    """
    for name in PRINTED_HEADER:
        kinds = find_personal(str(draft.header.get(name) or ""))
        if kinds:
            raise Refused(
                "E-PRIVACY",
                field=name,
                why=f"{name} of {draft.notice_no} would print a whole number: {', '.join(kinds)}.",
                remedy="State it without numbers of people.",
            )
    lines = [
        {
            "line_no": row.get("line_no"),
            "village": row.get("village"),
            "name": mask_name(row.get("name")) if is_minor(row.get("id_no"), starts_on) else row.get("name"),
            "id_no": mask_id(row.get("id_no") or ""),
        }
        for row in rows
    ]
    refuse_personal_numbers({"notice_no": draft.notice_no, "lines": lines})
