"""A notice's history: OUTPUTS §7, the row of notices."""

from datetime import date

from tests.projections.replay.story import Story

NOTICE = "notice:GG-2020Q2"
FIRST, LAST = date(2020, 6, 21), date(2020, 7, 1)


def test_the_state_of_a_notice_has_its_days_its_lines_and_their_total(story: Story) -> None:
    story.publish("GG-2020Q2", [("测试甲", 60_000), ("测试乙", 1_000)], FIRST, LAST)

    assert story.state(NOTICE) == {
        "state": "matured",
        "from": "2020-06-21",
        "until": "2020-07-01",
        "lines": 2,
        "total_fen": 61_000,
        "open_objections": [],
    }


def test_a_notice_is_published_through_its_last_day_and_matured_on_the_next(story: Story) -> None:
    story.publish("GG-2020Q2", [("测试甲", 60_000)], FIRST, LAST)

    states = [story.state(NOTICE, day)["state"] for day in (date(2020, 6, 20), FIRST, LAST, date(2020, 7, 2))]

    assert states == [None, "published", "published", "matured"]


def test_a_notice_has_as_many_lines_as_the_ledger_held_at_the_position_that_is_asked_for(story: Story) -> None:
    header = story.publish("GG-2020Q2", [("测试甲", 60_000), ("测试乙", 1_000)], FIRST, LAST)

    totals = [story.state(NOTICE, known_at=header + lines)["total_fen"] for lines in range(3)]

    assert totals == [0, 60_000, 61_000]
    assert story.state(NOTICE, known_on=date(2020, 6, 20))["state"] is None


def test_the_timeline_of_a_notice_moves_no_money_and_has_no_balance(story: Story) -> None:
    story.publish("GG-2020Q2", [("测试甲", 60_000)], FIRST, LAST)

    timeline = story.ask(NOTICE)["timeline"]

    assert [(line["ref"], line["amount_fen"], line["balance_fen"]) for line in timeline] == [
        ("GG-2020Q2", None, None),
        ("GG-2020Q2/1", None, None),
    ]
