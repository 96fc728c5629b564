"""FAL-09 on the first and the last day on the payroll, and beside it (DOMAIN §4 C)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.lists import dividend, payroll
from tests.projections.rules.town import Town

MAY, DECEMBER = date(2020, 5, 19), date(2020, 12, 20)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-09",)


def test_all_that_is_paid_to_somebody_on_the_payroll_is_one_alert(town: Town) -> None:
    listed = payroll(town, "师", date(2012, 9, 1))
    paid = town.pay("师", "2020-05", MAY)
    shared = dividend(town, "师", "card", DECEMBER)
    town.pay("甲", "2020-05", MAY)

    [alert] = town.found("FAL-09")

    assert alert["anchor"] == (f"person:{person('师')}",)
    assert alert["event_refs"] == (listed, paid, shared)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (681_00, MAY, "O")
    assert alert["why_zh"] == "受领人发放当日在财政供养名单内，2笔共¥681.00。"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (MAY, None, 1),
        (date(2020, 5, 20), None, 0),
        (date(2012, 9, 1), MAY, 1),
        (date(2012, 9, 1), date(2020, 5, 18), 0),
    ],
)
def test_both_ends_of_the_time_on_the_payroll_count(town: Town, since: date, until: date | None, expected: int) -> None:
    payroll(town, "师", since, until)
    town.pay("师", "2020-05", MAY)

    assert len(town.found("FAL-09")) == expected


def test_a_time_on_the_payroll_that_ends_earlier_withdraws_the_alert(town: Town) -> None:
    town.pay("师", "2020-05", MAY)
    payroll(town, "师", date(2012, 9, 1))
    raised = town.live_is_whole().raised
    payroll(town, "师", date(2012, 9, 1), date(2019, 12, 31))

    withdrawn = town.live_is_whole().withdrawn

    assert (len(raised), len(withdrawn)) == (1, 1)
