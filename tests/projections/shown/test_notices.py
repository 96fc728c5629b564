"""The public notices as projections know them (OUTPUTS §9)."""

from datetime import date

import pytest

from domain.notice import NoticeLinePosted, NoticePublished
from projections.notices import listed, shown
from tests.projections.history import person
from tests.projections.replay.story import TRAINING, VILLAGE, Story

FIRST, LAST = date(2020, 6, 21), date(2020, 7, 1)

HEADER = [
    "notice_no",
    "kind",
    "stage",
    "level",
    "subject_kind",
    "title",
    "basis_doc",
    "fund_source",
    "fund_fen",
    "programme",
    "project_no",
    "contract_no",
    "village",
    "location",
    "content",
    "period",
    "implementer",
    "responsible",
    "supplier",
    "procurement",
    "benefit",
    "target",
    "place",
    "from",
    "until",
    "state",
    "line_count",
    "total_fen",
    "total_words",
]
"""What OUTPUTS §9 prints of a header, without what the board adds: whom to object to, publisher, size and root."""


def test_a_header_has_the_keys_of_outputs_and_the_position_of_its_last_line(story: Story) -> None:
    header = story.publish("GG-1", [("测试甲", 60_000), ("测试乙", 1_000)], FIRST, LAST)

    with story.history.project().connect() as connection:
        [told] = listed(connection)

    assert set(told) == {*HEADER, "last_position"}
    assert (told["kind"], told["stage"], told["from"], told["until"]) == ("公告", "事后", "2020-06-21", "2020-07-01")
    assert (told["line_count"], told["total_fen"], told["total_words"]) == (2, 61_000, "陆佰壹拾元整")
    assert told["last_position"] == header + 2


def test_a_notice_whose_lines_are_not_all_there_names_no_tree_that_covers_it(story: Story) -> None:
    story.publish("GG-1", [("测试甲", 60_000), ("测试乙", 1_000)], FIRST, LAST)
    story.history.money.entries.pop()

    with story.history.project().connect() as connection:
        [told] = listed(connection)

    assert told["last_position"] is None


@pytest.mark.parametrize(("day", "state"), [(FIRST, "published"), (LAST, "published"), (date(2020, 7, 2), "matured")])
def test_a_notice_matures_on_the_day_after_its_last(story: Story, day: date, state: str) -> None:
    story.publish("GG-1", [("测试甲", 60_000)], FIRST, LAST)

    with story.history.project().connect() as connection:
        assert shown(connection, "GG-1", as_of=day)["state"] == state


def test_without_a_day_the_state_is_that_of_the_evaluation_date(story: Story) -> None:
    story.publish("GG-1", [("测试甲", 60_000)], FIRST, LAST)

    def state() -> object:
        with story.history.project().connect() as connection:
            return listed(connection)[0]["state"]

    before_any_package = state()
    story.package("PKG-1", LAST)
    on_its_last_day = state()
    story.package("PKG-2", date(2020, 7, 2))

    assert (before_any_package, on_its_last_day, state()) == ("published", "published", "matured")


def test_the_lines_of_a_notice_name_people_by_reference_and_never_by_name(story: Story) -> None:
    header = story.publish("GG-1", [("测试甲", 60_000)], FIRST, LAST)

    with story.history.project().connect() as connection:
        told = shown(connection, "GG-1")

    assert told["lines"] == [
        {
            "line_no": 1,
            "village": VILLAGE,
            "hamlet": None,
            "name": None,
            "id_no": person("测试甲"),
            "programme": TRAINING,
            "standard_fen": None,
            "quantity": None,
            "period": "2020Q2",
            "amount_fen": 60_000,
            "household_no": "H-0001",
            "payment_refs": [],
            "position": header + 1,
        }
    ]


def test_quantity_and_payments_of_a_line_are_a_number_and_a_list(story: Story) -> None:
    story.publish("GG-1", [], FIRST, LAST)
    story.history.tell(
        NoticeLinePosted,
        "line",
        notice_no="GG-1",
        line_no=1,
        amount_fen=90_000,
        standard_fen=60_000,
        quantity="1.5",
        payment_refs=("TEST1", "TEST2"),
    )

    with story.history.project().connect() as connection:
        [line] = shown(connection, "GG-1")["lines"]

    assert (line["quantity"], line["payment_refs"]) == (1.5, ["TEST1", "TEST2"])


def test_notices_are_listed_by_number_and_an_unknown_one_is_refused(story: Story) -> None:
    for number in ("GG-2", "GG-10", "GG-1"):
        story.publish(number, [("测试甲", 1)], FIRST, LAST)

    with story.history.project().connect() as connection:
        assert [told["notice_no"] for told in listed(connection)] == ["GG-1", "GG-10", "GG-2"]
        with pytest.raises(LookupError, match=r"没有编号 GG-9 的公告 / There is no notice GG-9"):
            shown(connection, "GG-9")


def test_the_event_that_publishes_a_notice_fills_every_field_that_the_ledger_holds(story: Story) -> None:
    story.history.tell(
        NoticePublished,
        "notice",
        notice_no="GG-1",
        level="镇",
        notice_kind="公告",
        stage="事后",
        subject_kind="补贴",
        title="发放公告",
        basis_doc="测试财农〔2020〕1号",
        fund_source="省级",
        fund_fen=10_000_000,
        implementer="测试镇财政所",
        place="村务公开栏",
        starts_on=FIRST,
        until=LAST,
        line_count=0,
        items_root="0" * 64,
        total_fen=0,
    )

    with story.history.project().connect() as connection:
        [told] = listed(connection)

    assert {name: told[name] for name in ("level", "basis_doc", "fund_source", "fund_fen", "implementer")} == {
        "level": "镇",
        "basis_doc": "测试财农〔2020〕1号",
        "fund_source": "省级",
        "fund_fen": 10_000_000,
        "implementer": "测试镇财政所",
    }
