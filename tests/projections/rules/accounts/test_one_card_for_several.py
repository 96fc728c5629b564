"""ACC-01 from the second person on one card, and for each lawful case that resembles it (DOMAIN §4 H)."""

from datetime import date

import pytest

from tests.projections.history import account, person
from tests.projections.rules.lists import dividend, guardian, sent_back
from tests.projections.rules.town import Town

APRIL, MAY, JUNE = date(2020, 4, 22), date(2020, 5, 20), date(2020, 6, 18)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("ACC-01",)


@pytest.fixture
def carded(town: Town) -> Town:
    """A town with a programme per person, one per household, and premiums paid on behalf."""
    town.programme(unit="个人", pay_mode="一卡通")
    town.programme("低保", unit="户", pay_mode="一卡通")
    town.programme("医保代缴", unit="个人", pay_mode="代缴")
    return town


def test_persons_of_three_households_on_one_card_are_red_from_the_second_household_on(carded: Town) -> None:
    card = {"account_no": account("card")}
    paid = [
        carded.pay("甲", "2020-04", APRIL, household_no="H-1", holder_matches=True, **card),
        carded.pay("乙", "2020-05", MAY, household_no="H-2", holder_matches=False, **card),
        carded.pay("丙", "2020-06", JUNE, household_no="H-3", holder_matches=False, amount_fen=300_00, **card),
    ]

    [alert] = carded.found("ACC-01")

    assert alert["severity"] == "R"
    assert alert["anchor"] == (f"account:{account('card')}",)
    assert alert["subjects"] == (
        f"account:{account('card')}",
        *sorted(f"person:{person(who)}" for who in "甲乙丙"),
        "payment:REF1",
        "payment:REF2",
        "payment:REF3",
    )
    assert alert["event_refs"] == (*paid,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (481_00, MAY)
    assert alert["why_zh"] == "3户3人的补贴、分红共¥662.00打入同一账户，其中¥481.00不属账户本人。"


def test_where_the_account_is_nobody_s_of_the_payees_all_of_it_is_at_risk(carded: Town) -> None:
    for who, household in (("甲", "H-1"), ("乙", "H-2")):
        carded.pay(
            who, "2020-04", APRIL, household_no=household, holder_matches=False, account_no=account("the clerk's")
        )

    [alert] = carded.found("ACC-01")

    assert alert["amount_at_risk_fen"] == 362_00


def test_two_of_one_household_are_yellow_where_each_is_granted_it_in_person(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, household_no="H-1", account_no=account("card"))
    carded.pay("乙", "2020-04", MAY, household_no="H-1", account_no=account("card"))

    [alert] = carded.found("ACC-01")

    assert (alert["severity"], alert["holds_from"]) == ("Y", MAY)


def test_two_of_one_household_may_share_a_card_for_what_the_household_is_granted(carded: Town) -> None:
    grant = {"programme": "低保", "household_no": "H-1", "account_no": account("card")}
    carded.pay("甲", "2020-04", APRIL, **grant)
    carded.pay("乙", "2020-05", MAY, **grant)
    dividend(carded, "乙", "card", JUNE, household_no="H-1")

    assert carded.found("ACC-01") == []


def test_a_dividend_counts_like_a_subsidy_and_whoever_has_no_household_is_one(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, household_no="H-1", account_no=account("card"))
    dividend(carded, "乙", "card", JUNE)

    [alert] = carded.found("ACC-01")

    assert (alert["severity"], alert["holds_from"]) == ("R", JUNE)


def test_a_ward_on_the_registered_guardian_s_card_is_lawful_on_the_days_of_the_registration(carded: Town) -> None:
    guardian(carded, "小", "甲", "card", since=MAY)
    card = {"account_no": account("card")}
    carded.pay("甲", "2020-04", APRIL, household_no="H-1", **card)
    carded.pay("小", "2020-05", MAY, household_no="H-2", **card)
    lawful = carded.found("ACC-01")
    carded.pay("小", "2020-03", APRIL, household_no="H-2", **card)

    [alert] = carded.found("ACC-01")

    assert lawful == []
    assert alert["severity"] == "R"


def test_premiums_on_one_body_s_account_and_cash_and_returned_money_are_not_one_card(carded: Town) -> None:
    card = {"account_no": account("card")}
    carded.pay("甲", "2020", APRIL, household_no="H-1", programme="医保代缴", **card)
    carded.pay("乙", "2020", APRIL, household_no="H-2", programme="医保代缴", channel="代缴", **card)
    carded.pay("丙", "2020-04", APRIL, household_no="H-3", channel="现金", **card)
    carded.pay("丁", "2020-04", APRIL, household_no="H-4", **card)
    sent_back(carded, "REF4")

    assert carded.found("ACC-01") == []


def test_two_persons_on_two_cards_raise_nothing(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, household_no="H-1", account_no=account("one"))
    carded.pay("乙", "2020-04", APRIL, household_no="H-2", account_no=account("two"))

    assert carded.found("ACC-01") == []


def test_a_registration_that_comes_later_withdraws_and_changed_terms_judge_anew(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, household_no="H-1", account_no=account("card"))
    carded.pay("小", "2020-05", MAY, household_no="H-2", account_no=account("card"))
    raised = {alert["rule_id"] for alert in carded.live_is_whole().raised}
    guardian(carded, "小", "甲")

    gone = {alert["rule_id"] for alert in carded.live_is_whole().withdrawn}
    guardian(carded, "小", "甲", "another card")
    again = {alert["rule_id"] for alert in carded.live_is_whole().raised}
    carded.programme(unit="个人", pay_mode="代缴")
    cleared = {alert["rule_id"] for alert in carded.live_is_whole().withdrawn}

    assert all("ACC-01" in rules for rules in (raised, gone, again, cleared))
