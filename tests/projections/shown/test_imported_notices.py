"""Rows of 公示台账 and 公示明细 on the board, beside the notices that the ledger itself publishes."""

from datetime import date
from typing import Any

import pytest

from domain.notice import NoticeLinePosted, NoticePublished, NoticeWithdrawn
from domain.objection import ObjectionFiled, ObjectionResolved
from projections.notices import listed, shown
from tests.projections.history import person
from tests.projections.replay.story import TRAINING, Story

FIRST, LAST = date(2020, 5, 20), date(2020, 5, 30)
ROW: dict[str, Any] = {
    "notice_no": "GS-1",
    "level": "村",
    "notice_kind": "公示",
    "subject_kind": "补贴",
    "programme": TRAINING,
    "place": "村务公开栏",
    "starts_on": FIRST,
    "until": LAST,
}
LINE: dict[str, Any] = {"notice_no": "GS-1", "line_no": 1, "period_from": "2020Q1", "amount_fen": 60_000}


def state_on(story: Story, day: date) -> str:
    with story.history.project().connect() as connection:
        [told] = listed(connection, as_of=day)
    return str(told["state"])


def test_a_row_of_the_register_counts_its_lines_over_their_periods_and_names_itself(story: Story) -> None:
    story.history.tell(NoticePublished, "notice", **ROW)
    last = story.history.tell(
        NoticeLinePosted, "line", **LINE, period_to="2020Q3", id_no=person("测试甲"), household_no="H-0001"
    )

    with story.history.project().connect() as connection:
        told = shown(connection, "GS-1")

    assert (told["line_count"], told["total_fen"], told["last_position"]) == (1, 180_000, last)
    assert (told["title"], told["stage"]) == (f"{TRAINING}公示", "事前")
    [line] = told["lines"]
    assert (line["programme"], line["period"], line["amount_fen"]) == (TRAINING, "2020Q1–2020Q3", 180_000)


def test_a_line_without_a_last_period_tells_of_the_first_one_alone(story: Story) -> None:
    story.history.tell(NoticePublished, "notice", **ROW)
    story.history.tell(NoticeLinePosted, "line", **LINE)

    with story.history.project().connect() as connection:
        [line] = shown(connection, "GS-1")["lines"]

    assert (line["period"], line["amount_fen"]) == ("2020Q1", 60_000)


def test_a_notice_that_was_withdrawn_has_never_matured(story: Story) -> None:
    story.history.tell(NoticePublished, "notice", **ROW)
    story.history.tell(NoticeWithdrawn, "notice", **ROW, withdrawn_on=date(2020, 5, 25))

    assert state_on(story, date(2020, 5, 24)) == "published"
    assert state_on(story, date(2020, 6, 30)) == "withdrawn"


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2020, 5, 24), "published"),
        (date(2020, 5, 25), "objection_open"),
        (date(2020, 6, 1), "objection_open"),
        (date(2020, 6, 2), "matured"),
    ],
)
def test_a_notice_does_not_mature_while_an_objection_to_one_of_its_lines_is_open(
    story: Story, day: date, state: str
) -> None:
    row: dict[str, Any] = {
        "objection_no": "YY-1",
        "ref_kind": "公示",
        "ref_no": "GS-1#1",
        "filed_on": date(2020, 5, 25),
    }
    story.history.tell(NoticePublished, "notice", **ROW)
    story.history.tell(ObjectionFiled, "objection", **row)
    story.history.tell(ObjectionResolved, "objection", **row, resolved_on=date(2020, 6, 2), outcome="不成立")

    assert state_on(story, day) == state


def test_a_row_about_a_native_notice_changes_its_days_and_takes_nothing_from_its_header(story: Story) -> None:
    later = date(2020, 6, 9)
    story.publish("GS-1", [("测试甲", 60_000)], FIRST, LAST)
    story.history.tell(NoticePublished, "notice GS-1", **(ROW | {"until": later}))

    with story.history.project().connect() as connection:
        [told] = listed(connection)

    assert (told["title"], told["line_count"], told["total_fen"]) == ("发放公告", 1, 60_000)
    assert told["until"] == str(later)
