"""ACC-06 in a programme that is paid by card, and where cash is allowed (DOMAIN §4 H)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.town import DISABILITY, Town

APRIL, MAY = date(2020, 4, 22), date(2020, 5, 20)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("ACC-06",)


def test_cash_under_a_programme_that_is_paid_by_card_is_one_alert_a_person(town: Town) -> None:
    town.programme(pay_mode="一卡通")
    first = town.pay("甲", "2020-04", APRIL, channel="现金")
    second = town.pay("甲", "2020-05", MAY, channel="现金")
    town.pay("甲", "2020-06", MAY)

    [alert] = town.found("ACC-06")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}")
    assert alert["event_refs"] == (first, second)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (362_00, APRIL, "O")
    assert alert["why_zh"] == "“困难残疾人生活补贴”规定打卡发放，却有2笔共¥362.00以现金发放。"


def test_relief_that_may_be_paid_in_cash_raises_nothing(town: Town) -> None:
    town.programme("临时救助", pay_mode="现金许可")
    town.pay("甲", "2020", APRIL, programme="临时救助", channel="现金")

    assert town.found("ACC-06") == []


def test_terms_that_come_to_allow_cash_withdraw_the_alert(town: Town) -> None:
    town.programme(pay_mode="一卡通")
    town.pay("甲", "2020-04", APRIL, channel="现金")
    raised = [alert["rule_id"] for alert in town.live_is_whole().raised]
    town.programme(pay_mode="现金许可")

    withdrawn = [alert["rule_id"] for alert in town.live_is_whole().withdrawn]

    assert "ACC-06" in raised
    assert "ACC-06" in withdrawn
