"""DUP-08 on the thirtieth day, a day later, and for each schedule that resembles it (DOMAIN §4 A)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.disbursement import PaymentMade
from tests.projections.history import person
from tests.projections.rules.lists import dividend, sent_back
from tests.projections.rules.town import Town

SUPPLIER = "91440899MA9999910J"
MARCH = date(2020, 3, 7)
RELIEF = {"programme": "临时救助", "amount_fen": 2_360_00}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("DUP-08",)


def build(town: Town, day: date, project_no: str, **stated: Any) -> int:
    """A row of 支付台账 over 30 000 yuan to the supplier."""
    row: dict[str, Any] = {"paid_for": "project", "project_no": project_no, "payee_uscc": SUPPLIER}
    row |= {"amount_fen": 30_000_00, "bank_ref": f"ZF-{project_no}-{day}", "paid_on": day}
    return town.history.tell(PaymentMade, f"works {project_no} {day}", **(row | stated))


@pytest.mark.parametrize(("days", "expected"), [(0, 1), (30, 1), (31, 0)])
def test_equal_relief_on_two_claims_is_yellow_through_the_thirtieth_day(town: Town, days: int, expected: int) -> None:
    first = town.pay("甲", "2020", MARCH, **RELIEF)
    second = town.pay("甲", "2020", MARCH + timedelta(days=days), **RELIEF)

    alerts = town.found("DUP-08")

    assert [alert["anchor"] for alert in alerts] == [(f"payee:{person('甲')}", "amount:236000")][:expected]
    assert [alert["event_refs"] for alert in alerts] == [(first, second)][:expected]
    assert [alert["amount_at_risk_fen"] for alert in alerts] == [2_360_00][:expected]
    assert [alert["holds_from"] for alert in alerts] == [MARCH + timedelta(days=days)][:expected]
    assert [alert["severity"] for alert in alerts] == ["Y"][:expected]


def test_subjects_name_the_payee_the_claims_and_the_payments(town: Town) -> None:
    town.pay("甲", "2020", MARCH, **RELIEF)
    town.pay("甲", "2020", MARCH + timedelta(days=12), **RELIEF)

    [alert] = town.found("DUP-08")

    assert alert["subjects"] == (f"person:{person('甲')}", "claim:SQ-1", "claim:SQ-2", "payment:REF1", "payment:REF2")
    assert alert["why_zh"].startswith("同一收款人在30天内以不同事由收到同额款项，共2笔，每笔¥")


def test_monthly_pay_of_one_programme_is_a_schedule_and_its_arrears_too(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-02", MARCH)
    town.pay("甲", "2020-03", MARCH + timedelta(days=20))
    town.pay("甲", "2020-01", MARCH, pay_kind="补发")

    assert town.found("DUP-08") == []


def test_two_programmes_of_one_amount_and_two_claims_of_one_month_are_no_schedule(town: Town) -> None:
    town.pay("甲", "2020-02", MARCH)
    town.pay("甲", "2020-03", MARCH, programme="高龄津贴")
    town.pay("乙", "2020-02", MARCH)
    town.pay("乙", "2020-02", MARCH)

    assert len(town.found("DUP-08")) == 2


def test_instalments_of_one_claim_other_amounts_and_other_payees_raise_nothing(town: Town) -> None:
    town.pay("甲", "2020", MARCH, claim_no="SQ-X", **RELIEF)
    town.pay("甲", "2020", MARCH, claim_no="SQ-X", **RELIEF)
    town.pay("甲", "2020", MARCH, programme="临时救助", amount_fen=2_360_01)
    town.pay("乙", "2020", MARCH, **RELIEF)

    assert town.found("DUP-08") == []


def test_a_contract_paid_monthly_is_a_schedule_and_two_projects_of_a_supplier_are_not(town: Town) -> None:
    for days in (0, 30):
        build(town, MARCH + timedelta(days=days), "XM-1", contract_no="GC-1")
    recurring = town.found("DUP-08")
    build(town, MARCH + timedelta(days=10), "XM-2", contract_no="GC-2")

    [alert] = town.found("DUP-08")

    assert recurring == []
    assert f"org:{SUPPLIER}" in alert["subjects"]
    assert alert["amount_at_risk_fen"] == 60_000_00


def test_a_dividend_may_resemble_a_subsidy_and_later_ones_of_its_contract_do_not(town: Town) -> None:
    dividend(town, "甲", "card", MARCH)
    dividend(town, "甲", "card", MARCH + timedelta(days=9), period="2021")
    lawful = town.found("DUP-08")
    town.pay("甲", "2020", MARCH, amount_fen=500_00)

    assert lawful == []
    assert len(town.found("DUP-08")) == 1


def test_payments_and_returns_are_judged_at_once_for_persons_and_for_suppliers(town: Town) -> None:
    town.pay("甲", "2020", MARCH, **RELIEF)
    build(town, MARCH, "XM-1")
    town.live_is_whole()
    town.pay("甲", "2020", MARCH, **RELIEF)
    build(town, MARCH, "XM-2")
    raised = town.live_is_whole().raised
    sent_back(town, "REF1", 2_360_00)
    sent_back(town, f"ZF-XM-2-{MARCH}", 30_000_00)

    withdrawn = town.live_is_whole().withdrawn

    assert (len(raised), len(withdrawn)) == (2, 2)
