"""ACC-02 at three accounts within a year, below it, and a day beyond it (DOMAIN §4 H)."""

from datetime import date, timedelta

import pytest

from tests.projections.history import account, person
from tests.projections.rules.lists import dividend
from tests.projections.rules.town import Town

FIRST = date(2020, 1, 20)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("ACC-02",)


@pytest.fixture
def carded(town: Town) -> Town:
    """A town with a programme per person that is paid by card, and one that is paid on behalf."""
    town.programme(unit="个人", pay_mode="一卡通")
    town.programme("医保代缴", unit="个人", pay_mode="代缴")
    return town


def test_three_accounts_within_a_year_are_yellow_from_the_third_on(carded: Town) -> None:
    for month, card in enumerate(("one", "two", "two", "three"), start=1):
        carded.pay("甲", f"2020-0{month}", date(2020, month, 20), account_no=account(card))

    [alert] = carded.found("ACC-02")

    assert (alert["severity"], alert["holds_from"]) == ("Y", date(2020, 4, 20))
    assert alert["anchor"] == (f"person:{person('甲')}",)
    assert {f"account:{account(card)}" for card in ("one", "two", "three")} < set(alert["subjects"])
    assert alert["amount_at_risk_fen"] == 181_00
    assert alert["why_zh"] == "同一人365天内在3个账户收款，共¥724.00；常用账户以外¥181.00。"


def test_a_change_of_bank_makes_two_accounts_and_raises_nothing(carded: Town) -> None:
    for month, card in enumerate(("old", "old", "new", "new"), start=1):
        carded.pay("甲", f"2020-0{month}", date(2020, month, 20), account_no=account(card))

    assert carded.found("ACC-02") == []


@pytest.mark.parametrize(("days", "expected"), [(364, 1), (365, 0)])
def test_the_third_account_counts_within_twelve_months_of_the_first(carded: Town, days: int, expected: int) -> None:
    carded.pay("甲", "2020-01", FIRST, account_no=account("one"))
    carded.pay("甲", "2020-02", FIRST + timedelta(days=30), account_no=account("two"))
    carded.pay("甲", "2020-12", FIRST + timedelta(days=days), account_no=account("three"))

    assert len(carded.found("ACC-02")) == expected


def test_the_account_of_a_body_that_collects_premiums_is_not_one_of_the_payee_s(carded: Town) -> None:
    carded.pay("甲", "2020-01", FIRST, account_no=account("one"))
    carded.pay("甲", "2020-02", FIRST, account_no=account("two"))
    carded.pay("甲", "2020", FIRST, programme="医保代缴", account_no=account("fund"))

    assert carded.found("ACC-02") == []


def test_a_dividend_on_a_third_account_and_changed_terms_are_judged_at_once(carded: Town) -> None:
    carded.pay("甲", "2020-01", FIRST, account_no=account("one"))
    carded.pay("甲", "2020-02", FIRST, account_no=account("two"))
    carded.live_is_whole()
    dividend(carded, "甲", "three", date(2020, 12, 20))

    raised = carded.live_is_whole().raised
    carded.programme(unit="个人", pay_mode="代缴")
    withdrawn = carded.live_is_whole().withdrawn

    assert "ACC-02" in {alert["rule_id"] for alert in raised}
    assert "ACC-02" in {alert["rule_id"] for alert in withdrawn}
