"""MIS-03: the nine barred uses, and the fee of managing a project (DOMAIN §4 E)."""

from datetime import date

import pytest

from tests.projections.rules.facts_told import programme, returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import DOCUMENT, SUPPLIER, count, pay

PAID = date(2020, 4, 20)


@pytest.mark.parametrize("purpose", [f"N0{number}" for number in range(1, 10)])
def test_each_of_the_nine_barred_uses_is_raised(town: Town, purpose: str) -> None:
    payment = pay(town, "ZF-1", PAID, 135_000_00, purpose_code=purpose)

    [alert] = town.found("MIS-03")

    assert alert["anchor"] == ("payment:ZF-1",)
    named = (f"fund:{DOCUMENT}", "project:XM-1", "contract:GC-1", f"org:{SUPPLIER}")
    assert alert["subjects"] == ("payment:ZF-1", *named)
    assert (alert["event_refs"], alert["amount_at_risk_fen"], alert["holds_from"]) == ((payment,), 135_000_00, PAID)
    assert alert["why_zh"] == f"2020-04-20支付¥135,000.00，用途{purpose}在负面清单之内。"


@pytest.mark.parametrize("purpose", ["M01", "I01", "E01"])
def test_the_management_of_a_project_and_permitted_uses_are_not_barred(town: Town, purpose: str) -> None:
    pay(town, "ZF-1", PAID, 135_000_00, purpose_code=purpose)

    assert town.found("MIS-03") == []


def test_two_barred_payments_are_two_cases(town: Town) -> None:
    pay(town, "ZF-1", PAID, 135_000_00, purpose_code="N02")
    pay(town, "ZF-2", PAID, 5_000_00, purpose_code="N03")

    assert len(town.found("MIS-03")) == 2


def test_only_the_barred_lines_of_a_payment_are_at_risk(town: Town) -> None:
    pay(town, "ZF-1", PAID, 1_000_00, purpose_code="N02", line_no=1)
    pay(town, "ZF-1", PAID, 2_000_00, line_no=2)

    [alert] = town.found("MIS-03")

    assert alert["amount_at_risk_fen"] == 1_000_00


def test_a_subsidy_of_a_programme_with_a_barred_purpose_is_raised(town: Town) -> None:
    programme(town, "干部奖金", purpose_code="N03")
    town.pay("甲", "2020-04", PAID, programme="干部奖金")

    [alert] = town.found("MIS-03")

    assert alert["anchor"] == ("payment:REF1",)


def test_a_return_and_a_new_purpose_of_a_programme_withdraw(town: Town) -> None:
    programme(town, "干部奖金", purpose_code="N03")
    town.pay("甲", "2020-04", PAID, programme="干部奖金")
    pay(town, "ZF-1", PAID, 135_000_00, purpose_code="N02")
    town.run()
    returned(town, "ZF-1", PAID, 135_000_00)
    programme(town, "干部奖金", purpose_code="S01")

    outcome = town.live_is_whole()

    assert count("MIS-03", outcome.withdrawn) == 2
