"""FAL-07 by each of its four signs at the threshold and below it (DOMAIN §4 C)."""

from datetime import date
from typing import Any

import pytest

from tests.projections.rules.lists import attended, receipt, training_class
from tests.projections.rules.town import Town

MARCH = date(2020, 3, 22)
HALVES = (("08:30", "11:30"), ("14:30", "17:30"))


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-07",)


def head(town: Town, number: int, *, halves: int = 2, **stated: Any) -> None:
    """One head of the class PX-1: the half-days of 2020-03-06."""
    for since, until in HALVES[:halves]:
        attended(town, "PX-1", f"p{number}", f"2020-03-06 {since}", f"2020-03-06 {until}", **stated)


def pay(town: Town, number: int, day: date = MARCH) -> int:
    """The subsidy of one head."""
    return town.pay(f"p{number}", "2020Q1", day, programme="职业培训补贴", amount_fen=600_00, class_id="PX-1")


@pytest.fixture
def teaching(town: Town) -> Town:
    """A town with one class in a room for forty, of which one head was absent for a half-day and failed."""
    training_class(town, "PX-1")
    return town


@pytest.mark.parametrize(("heads", "expected"), [(20, 1), (19, 0)])
def test_twenty_heads_who_all_missed_nothing_and_passed_are_too_good(teaching: Town, heads: int, expected: int) -> None:
    for number in range(heads):
        head(teaching, number, device=f"KQ-{number}")
    pay(teaching, 0)
    pay(teaching, 1)

    alerts = teaching.found("FAL-07")

    assert [alert["anchor"] for alert in alerts] == [("class:PX-1",)][:expected]
    assert [alert["amount_at_risk_fen"] for alert in alerts] == [1_200_00][:expected]
    assert [(alert["holds_from"], alert["severity"]) for alert in alerts] == [(date(2020, 3, 6), "O")][:expected]


@pytest.mark.parametrize("flaw", [{"halves": 1}, {"result": "不合格"}, {"result": "补考合格"}])
def test_one_absence_or_one_failure_makes_a_class_of_real_people(teaching: Town, flaw: dict[str, Any]) -> None:
    for number in range(20):
        head(teaching, number)
    head(teaching, 20, **flaw)
    pay(teaching, 0)

    assert teaching.found("FAL-07") == []


@pytest.mark.parametrize(("heads", "expected"), [(10, 1), (9, 0)])
def test_ten_heads_who_all_signed_in_on_one_device_are_one_hand(teaching: Town, heads: int, expected: int) -> None:
    for number in range(heads):
        head(teaching, number, device="KQ-1", halves=1 + number % 2)
    pay(teaching, 0)

    assert len(teaching.found("FAL-07")) == expected


@pytest.mark.parametrize("device", ["KQ-2", None])
def test_another_device_or_a_row_without_one_is_no_single_hand(teaching: Town, device: str | None) -> None:
    for number in range(10):
        head(teaching, number, device="KQ-1", halves=1 + number % 2)
    head(teaching, 10, device=device)
    pay(teaching, 0)

    assert teaching.found("FAL-07") == []


def test_heads_beyond_the_room_are_at_risk_from_the_first_of_them(teaching: Town) -> None:
    training_class(teaching, "PX-1", capacity=2)
    head(teaching, 0)
    pay(teaching, 0)
    pay(teaching, 1)
    full = teaching.found("FAL-07")
    paid = pay(teaching, 2, date(2020, 3, 25))

    [alert] = teaching.found("FAL-07")

    assert full == []
    assert paid in alert["event_refs"]
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (600_00, date(2020, 3, 25))
    assert alert["why_zh"].startswith("容量2人的培训班付了3人；签到1人，其中全勤1人、合格1人，单一设备签到：否/no；")


@pytest.mark.parametrize(("denied", "asked", "expected"), [(2, 5, 1), (1, 5, 0), (3, 4, 0)])
def test_three_in_ten_of_five_who_deny_when_asked_are_a_sign(
    teaching: Town, denied: int, asked: int, expected: int
) -> None:
    head(teaching, 0)
    for number in range(asked):
        pay(teaching, number)
        receipt(teaching, f"HF-{number}", f"p{number}", f"REF{number + 1}", 0 if number < denied else 600_00)
    receipt(teaching, "HF-9", "p9", "REF1", 0, method="签字")

    alerts = teaching.found("FAL-07")

    assert [alert["holds_from"] for alert in alerts] == [date(2020, 8, 1)][:expected]


def test_sign_ins_statements_and_rooms_that_change_later_are_judged_at_once(teaching: Town) -> None:
    for number in range(10):
        head(teaching, number, device="KQ-1", halves=1 + number % 2)
        pay(teaching, number)
    one_hand = teaching.live_is_whole().raised
    head(teaching, 10, device="KQ-2")
    another = teaching.live_is_whole().withdrawn
    training_class(teaching, "PX-1", capacity=9)
    crowded = teaching.live_is_whole().raised
    training_class(teaching, "PX-1", capacity=10)
    enough = teaching.live_is_whole().withdrawn
    for number in range(5):
        receipt(teaching, f"HF-{number}", f"p{number}", f"REF{number + 1}", 0)

    denied = teaching.live_is_whole().raised

    assert [len(alerts) for alerts in (one_hand, another, crowded, enough, denied)] == [1, 1, 1, 1, 1]
