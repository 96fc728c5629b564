"""What the header of a notice says of its lines, and how the notice stands by its headers and its objections."""

from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from domain.event import Event, Kind, Source
from domain.notice import (
    STEPS,
    Notice,
    NoticeClosed,
    NoticePublished,
    NoticeStage,
    NoticeStep,
    NoticeWithdrawn,
    items_root,
)
from domain.refusal import Refused

LINES: list[tuple[int, str | None, int]] = [
    (1, "P-abcdefghijklmnop", 60_000),
    (2, None, 120_000),
    (10, "P-qrstuvwxyz234567", 1),
]


def test_the_root_over_the_lines_can_be_recomputed_with_any_sha256_tool() -> None:
    text = "1|P-abcdefghijklmnop|60000\n2||120000\n10|P-qrstuvwxyz234567|1"

    assert items_root(LINES) == sha256(text.encode()).hexdigest()


def test_the_root_does_not_depend_on_the_order_in_which_lines_are_told() -> None:
    assert items_root(LINES[::-1]) == items_root(LINES)


def test_taking_a_line_away_or_changing_one_fen_changes_the_root() -> None:
    dearer = [(line_no, person, amount_fen + (line_no == 1)) for line_no, person, amount_fen in LINES]

    assert len({items_root(LINES), items_root(LINES[:-1]), items_root(dearer)}) == 3


UNTIL, MATURE = date(2020, 5, 30), date(2020, 5, 31)
HEADER: dict[str, Any] = {
    "salt": "3d771f144987ef1fc943130fb48d70b7",
    "kind": Kind.INTENT,
    "occurred_on": date(2020, 5, 20),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "G-0002",
    "source": Source(channel="api"),
    "notice_no": "GS-1",
    "level": "村",
    "notice_kind": "公示",
    "subject_kind": "补贴",
    "place": "村务公开栏",
    "starts_on": date(2020, 5, 20),
    "until": UNTIL,
}
PUBLISHED = NoticePublished(**HEADER)
WITHDRAWN = NoticeWithdrawn(**HEADER, withdrawn_on=date(2020, 5, 25), replaced_by="GS-2")
CLOSED = NoticeClosed(**HEADER)


def told(*rows: Event, today: date = MATURE, objected: bool = False) -> Notice:
    """The notice on the day behind its last one."""
    return Notice.told_by(rows, version=len(rows), today=today, objected=objected)


@pytest.mark.parametrize(
    ("rows", "today", "objected", "stage"),
    [
        ([PUBLISHED], UNTIL, False, NoticeStage.PUBLISHED),
        ([PUBLISHED], MATURE, False, NoticeStage.MATURED),
        ([PUBLISHED], UNTIL, True, NoticeStage.OBJECTION_OPEN),
        ([PUBLISHED], MATURE, True, NoticeStage.OBJECTION_OPEN),
        ([PUBLISHED, CLOSED], MATURE, False, NoticeStage.CLOSED),
        ([PUBLISHED, CLOSED], MATURE, True, NoticeStage.OBJECTION_OPEN),
        ([PUBLISHED, CLOSED, PUBLISHED], MATURE, False, NoticeStage.CLOSED),
        ([PUBLISHED, WITHDRAWN], MATURE, True, NoticeStage.WITHDRAWN),
        ([PUBLISHED, WITHDRAWN, PUBLISHED], MATURE, False, NoticeStage.WITHDRAWN),
        ([PUBLISHED, NoticeWithdrawn(**HEADER, withdrawn_on=MATURE)], UNTIL, False, NoticeStage.PUBLISHED),
    ],
)
def test_a_notice_stands_by_its_headers_its_days_and_its_objections(
    rows: list[Event], today: date, stage: NoticeStage, *, objected: bool
) -> None:
    notice = told(*rows, today=today, objected=objected)

    assert (notice.stage, notice.version) == (stage, len(rows))


@pytest.mark.parametrize("step", NoticeStep)
@pytest.mark.parametrize("stage", NoticeStage)
def test_each_step_with_a_notice_is_taken_only_in_the_stages_that_allow_it(
    stage: NoticeStage, step: NoticeStep
) -> None:
    notice, allowed = Notice(PUBLISHED, stage, 1), STEPS.get(stage, ())
    if step in allowed:
        notice.refuse_unless(step)
        return

    with pytest.raises(Refused, match=f"Notice GS-1 is {stage.value}; it cannot {step.value}") as refusal:
        notice.refuse_unless(step)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.remedy == f"Possible now: {', '.join(allowed) or 'nothing'}."


def test_a_notice_without_a_header_is_refused() -> None:
    with pytest.raises(Refused, match="A notice begins with its header"):
        told()
