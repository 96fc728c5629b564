"""ACC-05 for organisations and cadres, and for each lawful case that resembles it (DOMAIN §4 H)."""

from datetime import date

import pytest

from tests.projections.history import account, person
from tests.projections.rules.lists import guardian, organisation, post
from tests.projections.rules.town import Town

APRIL, MAY = date(2020, 4, 22), date(2020, 5, 20)
COOPERATIVE = "93440899MA9999902H"


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("ACC-05",)


@pytest.fixture
def carded(town: Town) -> Town:
    """A town with a programme that is paid by card, and a cooperative that has an account."""
    town.programme(unit="个人", pay_mode="一卡通")
    organisation(town, "cooperative", "合作社", COOPERATIVE)
    return town


def test_a_subsidy_onto_a_cooperative_s_account_is_red_and_names_the_cooperative(carded: Town) -> None:
    paid = carded.pay("甲", "2020-04", APRIL, account_no=account("cooperative"), holder_matches=False)

    [alert] = carded.found("ACC-05")

    assert alert["anchor"] == (f"account:{account('cooperative')}",)
    assert alert["subjects"] == (
        f"account:{account('cooperative')}",
        f"person:{person('甲')}",
        "payment:REF1",
        f"org:{COOPERATIVE}",
    )
    assert alert["event_refs"] == (paid,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (181_00, APRIL, "R")
    assert alert["why_zh"] == "发给1人的补贴1笔共¥181.00打入单位账户或干部账户（其中干部账户0笔）。"


def test_grants_onto_the_account_of_a_serving_cadre_are_one_alert_that_names_the_post(carded: Town) -> None:
    post(carded, "G-15", "文书")
    for who in "甲乙":
        carded.pay(who, "2020", APRIL, account_no=account("clerk's"), holder_matches=False, holder_staff_no="G-15")

    [alert] = carded.found("ACC-05")

    assert alert["amount_at_risk_fen"] == 362_00
    assert "staff:G-15" in alert["subjects"]
    assert "of a cadre: 2" in alert["why_en"]


def test_two_posts_of_one_cadre_do_not_count_the_money_twice(carded: Town) -> None:
    post(carded, "G-15", "文书")
    post(carded, "G-15", "文书", since=date(2019, 1, 1))
    carded.pay("甲", "2020", APRIL, account_no=account("clerk's"), holder_matches=False, holder_staff_no="G-15")

    assert [alert["amount_at_risk_fen"] for alert in carded.found("ACC-05")] == [181_00]


@pytest.mark.parametrize(("until", "expected"), [(APRIL, 1), (date(2020, 4, 21), 0)])
def test_a_cadre_counts_through_the_last_day_in_office(carded: Town, until: date, expected: int) -> None:
    post(carded, "G-15", "文书", until=until)
    carded.pay("甲", "2020", APRIL, account_no=account("clerk's"), holder_matches=False, holder_staff_no="G-15")

    assert len(carded.found("ACC-05")) == expected


def test_a_cadre_who_is_the_payee_is_paid_onto_an_account_of_their_own(carded: Town) -> None:
    post(carded, "G-15", "文书")
    carded.pay("文书", "2020", APRIL, account_no=account("own"), holder_matches=False, holder_staff_no="G-15")

    assert carded.found("ACC-05") == []


def test_a_care_home_a_guardian_and_a_body_that_collects_premiums_may_receive(carded: Town) -> None:
    organisation(carded, "home", "养老机构")
    organisation(carded, "fund", "代缴机构")
    carded.programme("医保代缴", pay_mode="代缴")
    post(carded, "G-15", "文书")
    guardian(carded, "小", "文书")
    carded.pay("老", "2020-04", APRIL, account_no=account("home"))
    carded.pay("甲", "2020", APRIL, programme="医保代缴", account_no=account("fund"))
    carded.pay("小", "2020-04", APRIL, account_no=account("clerk's"), holder_matches=False, holder_staff_no="G-15")

    assert carded.found("ACC-05") == []


def test_an_account_a_post_a_guardian_and_terms_that_come_later_are_judged_at_once(carded: Town) -> None:
    carded.pay("甲", "2020-04", APRIL, account_no=account("firm"))
    carded.pay("乙", "2020-04", MAY, account_no=account("clerk's"), holder_matches=False, holder_staff_no="G-15")
    before = [alert["rule_id"] for alert in carded.live_is_whole().raised]
    organisation(carded, "firm", "企业")
    registered = [alert["rule_id"] for alert in carded.live_is_whole().raised]
    post(carded, "G-15", "文书")
    in_office = [alert["rule_id"] for alert in carded.live_is_whole().raised]
    guardian(carded, "乙", "文书")
    kept = [alert["rule_id"] for alert in carded.live_is_whole().withdrawn]
    carded.programme(pay_mode="代缴")

    ended = [alert["rule_id"] for alert in carded.live_is_whole().withdrawn]

    assert "ACC-05" not in before
    assert all("ACC-05" in rules for rules in (registered, in_office, kept, ended))
