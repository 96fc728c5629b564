"""LED-02: what is paid is entered in time, and slips under no published list and no sample (DOMAIN §4 F)."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest

from domain.control import PackageReceived
from domain.notice import NoticePublished, NoticeWithdrawn
from domain.person import PersonRegistered
from domain.spot_check import SampleDrawn
from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import AN_AMOUNT_FEN, DISABILITY, Town
from tests.projections.rules.works import pay as pay_for_works

MAY, PAID, POSTED = "2020-05", date(2020, 5, 12), date(2020, 5, 20)
DRAWN = "2020-06-01T02:00:00.000000Z"
A_DAY = timedelta(days=1)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("LED-02",)


def enter(town: Town, keyed_on: date | None, paid_on: date = PAID, **stated: Any) -> int:
    """A payment that a clerk keyed on a day; where none is stated, `recorded_at` says when it was taken in."""
    return town.pay("甲", MAY, paid_on, keyed_on=keyed_on, **stated)


def package(town: Town, mode: Literal["首次导入", "增量"]) -> str:
    """A package that came in; gives what tags its rows."""
    told = {"package_id": "K-1", "division_code": "440899101", "as_of": date(2020, 6, 30), "import_mode": mode}
    town.history.tell(PackageReceived, "package K-1", **told)
    return "K-1"


def publish(town: Town, **stated: Any) -> int:
    """A list of what was paid for May, published on the 20th, new or as newly stated."""
    row = {"notice_no": "GG-1", "level": "村", "notice_kind": "公告", "subject_kind": "补贴", "place": "村务公开栏"}
    what = {"programme": DISABILITY, "period": MAY, "starts_on": POSTED, "until": POSTED + 10 * A_DAY}
    told = row | what | stated
    event_class = NoticeWithdrawn if told.get("withdrawn_on") else NoticePublished
    return town.history.tell(event_class, "notice GG-1", **told)


def draw(town: Town, *items: str) -> None:
    """A sample of payments, drawn on the first of June at ten."""
    drawn = {"plan_id": "SC-1", "seed": "a" * 64, "n": len(items), "items": items}
    town.history.tell(SampleDrawn, "plan SC-1", recorded_at=DRAWN, **drawn)


def sibling(town: Town, recorded_at: str, **stated: Any) -> int:
    """Another payment of the claim SQ-1, said to be of 12 May, taken in at that instant."""
    told = {"claim_no": "SQ-1", "bank_ref": "LATE-1"} | stated
    return town.pay("甲", MAY, PAID, recorded_at=recorded_at, **told)


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 1)])
def test_more_than_thirty_days_from_payment_to_entry_are_late(town: Town, days: int, expected: int) -> None:
    enter(town, PAID + days * A_DAY)

    assert len(town.found("LED-02")) == expected


def test_the_alert_names_payment_claim_and_payee(town: Town) -> None:
    entered = enter(town, PAID + 40 * A_DAY)

    [alert] = town.found("LED-02")

    assert alert["anchor"] == ("payment:REF1",)
    assert alert["subjects"] == ("payment:REF1", "claim:SQ-1", f"person:{person('甲')}")
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((entered,), AN_AMOUNT_FEN)
    assert (alert["severity"], alert["holds_from"]) == ("Y", date(2020, 6, 21))
    assert alert["why_zh"] == "2020-05-12发放、2020-06-21录入，相隔40天，涉及¥181.00。"


@pytest.mark.parametrize(("mode", "expected"), [("首次导入", 0), ("增量", 1)])
def test_without_a_day_of_entry_the_ledger_s_own_counts_except_in_a_first_import(
    town: Town, mode: Literal["首次导入", "增量"], expected: int
) -> None:
    enter(town, None, correlation_id=package(town, mode))

    assert len(town.found("LED-02")) == expected


def test_a_day_of_entry_counts_in_a_first_import_too(town: Town) -> None:
    tag = package(town, "首次导入")
    enter(town, PAID + 31 * A_DAY, correlation_id=tag)
    enter(town, PAID + 30 * A_DAY, correlation_id=tag)

    assert [alert["anchor"] for alert in town.found("LED-02")] == [("payment:REF1",)]


def test_what_came_back_and_a_late_row_of_the_roster_are_no_late_payments(town: Town) -> None:
    enter(town, PAID + 40 * A_DAY)
    returned(town, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    row = {"village": "一村", "household_no": "H-1", "relation": "户主", "id_no": person("甲"), "category": "脱贫户"}
    days = {"included_on": date(2019, 12, 1), "registered_on": date(2020, 3, 1)}
    town.history.tell(PersonRegistered, "member 甲", **row, **days)

    assert town.found("LED-02") == []


def test_a_payment_for_works_is_entered_in_time_too(town: Town) -> None:
    pay_for_works(town, "ZF-1", PAID, 100_00, keyed_on=PAID + 31 * A_DAY)

    assert len(town.found("LED-02")) == 1


def test_lines_of_one_payment_that_came_on_two_days_are_one_alert(town: Town) -> None:
    for number, days in ((1, 40), (2, 50)):
        enter(town, PAID + days * A_DAY, bank_ref="REF-1", line_no=number)

    [alert] = town.found("LED-02")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (2 * AN_AMOUNT_FEN, PAID + 50 * A_DAY)


@pytest.mark.parametrize(("keyed_on", "expected"), [(POSTED, []), (POSTED + A_DAY, ["R"])])
def test_what_is_entered_under_a_published_list_is_grave(town: Town, keyed_on: date, expected: list[str]) -> None:
    publish(town)
    enter(town, keyed_on)

    assert [alert["severity"] for alert in town.found("LED-02")] == expected


@pytest.mark.parametrize(
    ("notice", "payment"),
    [
        ({"withdrawn_on": POSTED + A_DAY}, {}),
        ({"notice_kind": "公示"}, {}),
        ({"village": "二村"}, {}),
        ({"period": "2020-04"}, {}),
        ({}, {"paid_on": POSTED + A_DAY}),
    ],
    ids=["withdrawn", "before the fact", "of another village", "of another period", "paid afterwards"],
)
def test_a_list_that_does_not_close_the_period_of_the_payment_closes_nothing(
    town: Town, notice: dict[str, Any], payment: dict[str, Any]
) -> None:
    publish(town, **notice)
    enter(town, POSTED + 2 * A_DAY, village="一村", **payment)

    assert town.found("LED-02") == []


@pytest.mark.parametrize(
    ("recorded_at", "expected"),
    [
        ("2020-06-01T01:59:59.000000Z", []),
        ("2020-06-01T02:00:01.000000Z", ["R"]),
        ("2020-06-04T15:59:59.000000Z", ["R"]),
        ("2020-06-04T16:00:00.000000Z", []),
    ],
    ids=["before the draw", "right after it", "on the third day", "on the fourth day"],
)
def test_what_comes_to_a_drawn_claim_within_three_days_of_the_draw_is_grave(
    town: Town, recorded_at: str, expected: list[str]
) -> None:
    enter(town, PAID)
    draw(town, "REF1")
    sibling(town, recorded_at)

    assert [alert["severity"] for alert in town.found("LED-02")] == expected


def test_a_claim_that_was_not_drawn_and_what_is_paid_after_the_draw_may_come(town: Town) -> None:
    enter(town, PAID)
    enter(town, PAID)
    draw(town, "REF2")
    sibling(town, "2020-06-02T02:00:00.000000Z")
    paid_later = {"claim_no": "SQ-2", "recorded_at": "2020-06-02T02:00:00.000000Z"}
    town.pay("甲", MAY, date(2020, 6, 2), **paid_later)

    assert town.found("LED-02") == []


def test_a_reference_that_only_looks_like_a_pattern_of_a_drawn_one_was_not_drawn(town: Town) -> None:
    enter(town, PAID, bank_ref="REF_1")
    draw(town, "REFX1")
    sibling(town, "2020-06-02T02:00:00.000000Z")

    assert town.found("LED-02") == []


def test_payments_draws_and_lists_that_come_turn_it_live(town: Town) -> None:
    enter(town, PAID)
    sibling(town, "2020-06-01T01:00:00.000000Z", bank_ref="EARLY-1")
    assert town.live_is_whole().raised == []

    draw(town, "REF1")
    assert town.live_is_whole().raised == []
    sibling(town, "2020-06-02T02:00:00.000000Z")
    assert len(town.live_is_whole().raised) == 1
    enter(town, POSTED + A_DAY)
    assert town.live_is_whole().raised == []
    publish(town)
    assert len(town.live_is_whole().raised) == 2
    publish(town, withdrawn_on=POSTED + A_DAY)
    assert len(town.live_is_whole().withdrawn) == 2
    returned(town, "LATE-1", PAID + A_DAY, AN_AMOUNT_FEN)
    assert len(town.live_is_whole().withdrawn) == 1
