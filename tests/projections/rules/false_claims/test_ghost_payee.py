"""FAL-04 at three signs, at two, and for those who live alone lawfully (DOMAIN §4 C)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.history import account, person, phone
from tests.projections.rules.lists import dividend, receipt, roster
from tests.projections.rules.town import Town

MARCH = date(2020, 3, 2)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-04",)


@pytest.fixture
def visiting(town: Town) -> Town:
    """A town in which somebody was visited, and a person's account has long been in use."""
    town.programme(pay_mode="一卡通")
    town.programme("高龄津贴", pay_mode="一卡通")
    roster(town, "邻", "H-9", phone=phone("邻"))
    roster(town, "友", "H-9", phone=phone("友"))
    town.pay("邻", "2020-01", date(2020, 1, 20), account_no=account("old"))
    receipt(town, "HF-1", "邻", "REF1", 181_00)
    return town


def pay(town: Town, days: int = 0, **stated: Any) -> int:
    """A payment to 幽 onto the old account."""
    day = MARCH + timedelta(days=days)
    return town.pay("幽", f"2020-{day.month:02}", day, **({"account_no": account("old")} | stated))


def test_nobody_visited_no_telephone_alone_and_one_programme_are_four_signs(visiting: Town) -> None:
    roster(visiting, "幽", "H-1")
    paid = [pay(visiting), pay(visiting, 31)]

    [alert] = visiting.found("FAL-04")

    assert alert["anchor"] == (f"person:{person('幽')}",)
    assert alert["subjects"] == (
        f"person:{person('幽')}",
        *("claim:SQ-2", "claim:SQ-3", "payment:REF2", "payment:REF3", f"account:{account('old')}"),
    )
    assert alert["event_refs"] == (*paid,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (362_00, MARCH, "O")
    assert alert["why_zh"].startswith(
        "受领人有4项迹象（1为有）：从无签收回访1、无电话1、新账户0、户内无他人1、只领一项1、"
    )


def test_two_signs_are_not_enough_and_each_further_one_is(visiting: Town) -> None:
    roster(visiting, "幽", "H-1", phone=phone("幽"))
    pay(visiting)
    pay(visiting, programme="高龄津贴")
    two = visiting.found("FAL-04")
    visiting.history.correct("payment 2", account_no=account("new"))
    visiting.history.correct("payment 3", account_no=account("new"))

    assert two == []
    assert len(visiting.found("FAL-04")) == 1


@pytest.mark.parametrize(("days", "expected"), [(30, 1), (31, 0)])
def test_an_account_is_new_through_the_thirtieth_day_of_its_use(visiting: Town, days: int, expected: int) -> None:
    roster(visiting, "幽", "H-1", phone=phone("幽"))
    for after in (0, days):
        pay(visiting, after, account_no=account("new"))
    pay(visiting, programme="高龄津贴", account_no=account("new"))

    assert len(visiting.found("FAL-04")) == expected


def test_an_old_person_who_is_provided_for_lives_alone_lawfully(visiting: Town) -> None:
    roster(visiting, "幽", "H-1", phone=phone("幽"), category="五保户")
    pay(visiting)

    assert visiting.found("FAL-04") == []


def test_a_number_of_fifteen_digits_is_a_sign_and_premiums_alone_are_no_money_in_hand(visiting: Town) -> None:
    visiting.programme("医保代缴", pay_mode="代缴")
    roster(visiting, "幽", "H-1", phone=phone("幽"))
    roster(visiting, "保", "H-2")
    visiting.pay("保", "2020", MARCH, programme="医保代缴", account_no=account("fund"))
    pay(visiting, id_quality="upgradable")

    [alert] = visiting.found("FAL-04")

    assert alert["anchor"] == (f"person:{person('幽')}",)


def test_visits_telephones_members_programmes_and_accounts_are_judged_at_once(visiting: Town) -> None:
    roster(visiting, "幽", "H-1", phone=phone("幽"))
    pay(visiting)
    raised = visiting.live_is_whole().raised
    roster(visiting, "妻", "H-1")
    with_another = visiting.live_is_whole().withdrawn
    roster(visiting, "幽", "H-1", phone=None)
    no_phone = visiting.live_is_whole().raised
    receipt(visiting, "HF-2", "幽", "REF2", 181_00)
    visited = visiting.live_is_whole().withdrawn
    visiting.history.correct("payment 1", account_no=account("another"))
    on_a_new_account = visiting.live_is_whole().raised
    visiting.programme(pay_mode="代缴")

    ended = visiting.live_is_whole().withdrawn

    counts = [len(x) for x in (raised, with_another, no_phone, visited, on_a_new_account, ended)]
    assert counts == [1, 1, 1, 1, 1, 1]


def test_a_dividend_is_a_programme_of_its_own(visiting: Town) -> None:
    roster(visiting, "幽", "H-1", phone=phone("幽"))
    pay(visiting)
    dividend(visiting, "幽", "old", MARCH)

    assert visiting.found("FAL-04") == []
