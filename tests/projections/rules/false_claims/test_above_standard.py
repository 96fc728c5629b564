"""FAL-12 at the standard and its tolerance, a fen beyond, and by quantity and entitlement (DOMAIN §4 C)."""

from datetime import date
from typing import Any

import pytest

from projections.rules.pack import Pack
from tests.projections.history import person
from tests.projections.rules.lists import entitlement, rate, sent_back
from tests.projections.rules.town import DISABILITY, Town

MAY, JULY = date(2020, 5, 19), date(2020, 7, 23)
RELIEF, CISTERN = "最低生活保障金", "家庭水柜补助"


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-12",)


@pytest.fixture
def granting(town: Town) -> Town:
    """A town with a fixed rate of 181 yuan, 385 yuan a head, and a ceiling of 12 000."""
    town.programme(amount_rule="定额", unit="个人")
    town.programme(RELIEF, amount_rule="数量×标准", unit="户")
    town.programme(CISTERN, amount_rule="上限", unit="户")
    for programme, fen in ((DISABILITY, 181_00), (RELIEF, 385_00), (CISTERN, 12_000_00)):
        rate(town, programme, fen)
    return town


@pytest.mark.parametrize(("paid_fen", "expected"), [(182_00, 0), (182_01, 1)])
def test_a_fixed_amount_may_exceed_its_standard_by_one_yuan(granting: Town, paid_fen: int, expected: int) -> None:
    granting.pay("甲", "2020-05", MAY, amount_fen=paid_fen)

    assert len(granting.found("FAL-12")) == expected


def test_what_is_beyond_the_standard_is_at_risk_from_the_day_of_payment_on(granting: Town) -> None:
    paid = granting.pay("甲", "2020-05", MAY, amount_fen=281_00)

    [alert] = granting.found("FAL-12")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}", "2020-05")
    assert alert["subjects"] == (f"person:{person('甲')}", "claim:SQ-1", "payment:REF1")
    assert alert["event_refs"] == (paid,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (100_00, MAY, "O")
    assert alert["why_zh"] == "“困难残疾人生活补贴”2020-05期发放¥281.00，按当期标准最多¥181.00，超出¥100.00。"


def test_the_standard_is_that_in_force_on_the_first_day_of_the_period(granting: Town) -> None:
    granting.programme("护理补贴", amount_rule="定额")
    rate(granting, "护理补贴", 237_00, until=date(2020, 6, 30))
    rate(granting, "护理补贴", 252_00, since=date(2020, 7, 1))
    granting.pay("甲", "2020-07", JULY, programme="护理补贴", amount_fen=252_00)
    lawful = granting.found("FAL-12")
    granting.pay("甲", "2020-06", JULY, programme="护理补贴", amount_fen=252_00)

    [alert] = granting.found("FAL-12")

    assert lawful == []
    assert (alert["anchor"][2], alert["amount_at_risk_fen"]) == ("2020-06", 15_00)


def test_instalments_of_one_claim_are_summed_and_a_supplement_is_a_claim_of_its_own(granting: Town) -> None:
    granting.pay("甲", "2020-05", MAY)
    granting.pay("甲", "2020-05", JULY, amount_fen=61_00, pay_kind="补差")
    half: dict[str, Any] = {"programme": CISTERN, "claim_no": "SQ-X", "pay_kind": "分期"}
    granting.pay("乙", "2020", MAY, amount_fen=8_000_00, **half)
    granting.pay("乙", "2020", JULY, amount_fen=4_000_00, **half)
    lawful = granting.found("FAL-12")
    granting.pay("乙", "2020", JULY, amount_fen=500_00, **half)

    [alert] = granting.found("FAL-12")

    assert lawful == []
    assert alert["amount_at_risk_fen"] == 500_00


@pytest.mark.parametrize(("quantity", "expected"), [("5", 0), ("4.5", 192_50), ("4", 385_00)])
def test_what_is_paid_by_quantity_comes_to_quantity_times_rate(granting: Town, quantity: str, expected: int) -> None:
    granting.pay("甲", "2020-05", MAY, programme=RELIEF, quantity=quantity, amount_fen=1_925_00)

    assert sum(alert["amount_at_risk_fen"] for alert in granting.found("FAL-12")) == expected


@pytest.mark.parametrize(("paid_fen", "expected"), [(1_541_00, 0), (1_541_01, 1)])
def test_without_a_quantity_the_amount_of_the_entitlement_is_the_limit(
    granting: Town, paid_fen: int, expected: int
) -> None:
    entitlement(granting, "甲", RELIEF, amount_per_period_fen=1_540_00)
    granting.pay("乙", "2020-05", MAY, programme=RELIEF, amount_fen=paid_fen, household_no="H-1")

    assert len(granting.found("FAL-12")) == expected


def test_discretion_an_unknown_standard_and_money_that_came_back_are_not_judged(granting: Town) -> None:
    granting.programme("临时救助", amount_rule="据实")
    granting.programme("新项目", amount_rule="定额")
    granting.pay("甲", "2020", MAY, programme="临时救助", amount_fen=9_000_00)
    granting.pay("甲", "2020", MAY, programme="新项目", amount_fen=9_000_00)
    granting.pay("甲", "2020-05", MAY, variant="一级", amount_fen=9_000_00)
    granting.pay("甲", "2020-05", MAY, amount_fen=281_00)
    sent_back(granting, "REF4", 281_00)

    assert granting.found("FAL-12") == []


def test_each_variant_has_a_standard_of_its_own(granting: Town) -> None:
    rate(granting, DISABILITY, 300_00, variant="一级")
    granting.pay("甲", "2020-05", MAY, variant="一级", amount_fen=300_00)
    granting.pay("乙", "2020-05", MAY, amount_fen=300_00)

    assert [alert["amount_at_risk_fen"] for alert in granting.found("FAL-12")] == [119_00]


def test_a_pack_may_tolerate_more(granting: Town) -> None:
    granting.pack = Pack.read('version = "2"\n[FAL-12]\ntolerance_fen = 10000')
    granting.pay("甲", "2020-05", MAY, amount_fen=281_00)

    assert granting.found("FAL-12") == []


def test_standards_entitlements_and_terms_that_come_later_are_judged_at_once(granting: Town) -> None:
    granting.programme("护理补贴", amount_rule="定额")
    granting.pay("甲", "2020-07", JULY, programme="护理补贴", amount_fen=252_00)
    granting.pay("乙", "2020-05", MAY, programme=RELIEF, amount_fen=400_00, household_no="H-1")
    before = granting.live_is_whole().raised
    rate(granting, "护理补贴", 237_00)
    rated = granting.live_is_whole().raised
    entitlement(granting, "甲", RELIEF, amount_per_period_fen=385_00)
    entitled = granting.live_is_whole().raised
    granting.programme("护理补贴", amount_rule="据实")

    ended = granting.live_is_whole().withdrawn

    assert [len(alerts) for alerts in (before, rated, entitled, ended)] == [0, 1, 1, 1]
