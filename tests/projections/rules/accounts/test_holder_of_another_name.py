"""ACC-03 where the names differ, and for each lawful case that resembles it (DOMAIN §4 H)."""

from datetime import date

import pytest

from tests.projections.history import account, person
from tests.projections.rules.lists import dividend, guardian
from tests.projections.rules.town import Town

APRIL, MAY = date(2020, 4, 22), date(2020, 5, 20)
OTHERS = {"holder_matches": False, "account_no": account("another's")}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("ACC-03",)


@pytest.fixture
def carded(town: Town) -> Town:
    """A town with a programme that is paid by card, and a list of guardians."""
    town.programme(unit="个人", pay_mode="一卡通")
    guardian(town, "a ward", "a guardian")
    return town


def test_payments_onto_an_account_of_another_name_are_one_alert_a_person_and_account(carded: Town) -> None:
    first = carded.pay("甲", "2020-04", APRIL, **OTHERS)
    second = carded.pay("甲", "2020-05", MAY, **OTHERS)
    carded.pay("乙", "2020-05", MAY, **OTHERS)

    alerts = carded.found("ACC-03")

    [alert] = [alert for alert in alerts if f"person:{person('甲')}" in alert["subjects"]]
    assert len(alerts) == 2
    assert alert["anchor"] == (f"person:{person('甲')}", f"account:{OTHERS['account_no']}")
    assert alert["event_refs"] == (first, second)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (362_00, APRIL, "R")
    assert alert["why_zh"] == "2笔共¥362.00打入户名不是受领人的账户，也没有监护代管登记。"


def test_a_row_whose_holder_matches_or_is_not_told_raises_nothing(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, holder_matches=True, account_no=account("own"))
    carded.pay("甲", "2020-05", MAY, account_no=account("own"))

    assert carded.found("ACC-03") == []


def test_premiums_paid_on_behalf_bear_the_name_of_the_body_that_collects_them(carded: Town) -> None:
    carded.programme("医保代缴", pay_mode="代缴")
    carded.pay("甲", "2020", APRIL, programme="医保代缴", **OTHERS)

    assert carded.found("ACC-03") == []


def test_a_guardian_s_account_is_lawful_while_registered_and_another_one_is_not(carded: Town) -> None:
    guardian(carded, "小", "甲", "another's", since=MAY)
    carded.pay("小", "2020-05", MAY, **OTHERS)
    lawful = carded.found("ACC-03")
    carded.pay("小", "2020-06", MAY, holder_matches=False, account_no=account("a third"))
    carded.pay("小", "2020-04", APRIL, **OTHERS)

    assert lawful == []
    assert {alert["amount_at_risk_fen"] for alert in carded.found("ACC-03")} == {181_00}
    assert len(carded.found("ACC-03")) == 2


def test_a_dividend_and_a_late_registration_and_changed_terms_are_judged_at_once(carded: Town) -> None:
    dividend(carded, "小", "another's", MAY, holder_matches=False)
    carded.pay("乙", "2020-04", APRIL, **OTHERS)
    raised = [alert["rule_id"] for alert in carded.live_is_whole().raised]
    guardian(carded, "小", "甲")
    registered = [alert["rule_id"] for alert in carded.live_is_whole().withdrawn]
    carded.programme(unit="个人", pay_mode="代缴")

    ended = [alert["rule_id"] for alert in carded.live_is_whole().withdrawn]

    assert raised.count("ACC-03") == 2
    assert registered.count("ACC-03") == 1
    assert ended.count("ACC-03") == 1


def test_without_a_list_of_guardians_it_says_so_in_yellow_and_in_red_once_there_is_one(town: Town) -> None:
    town.programme(unit="个人", pay_mode="一卡通")
    town.pay("甲", "2020-04", APRIL, **OTHERS)
    [before] = town.run().raised

    guardian(town, "a ward", "a guardian")
    [after] = town.live_is_whole().changed

    assert (before["severity"], after["severity"]) == ("Y", "R")
    assert after["alert_id"] == before["alert_id"]
