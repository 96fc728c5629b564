"""DUP-07 where an invoice or a scan recurs, and where projects share one lawfully (DOMAIN §4 A)."""

from datetime import date
from typing import Any

import pytest

from domain.disbursement import PaymentMade
from tests.projections.rules.lists import sent_back
from tests.projections.rules.town import Town

SUPPLIER, OTHER = "91440899MA9999910J", "93440899MA9999902H"
MARCH, APRIL, MAY = date(2020, 3, 6), date(2020, 4, 25), date(2020, 5, 9)
SCAN, OTHER_SCAN = "a" * 64, "b" * 64


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("DUP-07",)


def build(town: Town, day: date, amount_fen: int, **stated: Any) -> int:
    """A row of 支付台账 on the invoice FP-1 of the supplier, unless stated otherwise."""
    row: dict[str, Any] = {"paid_for": "project", "project_no": "XM-1", "contract_no": "GC-1", "payee_uscc": SUPPLIER}
    row |= {"invoice_no": "FP-1", "amount_fen": amount_fen}
    name = f"works {day} {amount_fen} {stated.get('line_no')} {stated.get('project_no')}"
    row["bank_ref"] = f"ZF-{day}"
    return town.history.tell(PaymentMade, name, paid_on=day, **(row | stated))


def test_one_invoice_paid_twice_is_one_alert_with_the_second_payment_at_risk(town: Town) -> None:
    same = {"invoice_total_fen": 90_000_00, "evidence_sha256": SCAN}
    first = build(town, MARCH, 90_000_00, **same)
    second = build(town, APRIL, 90_000_00, contract_no="GC-2", **same)

    [alert] = town.found("DUP-07")

    assert alert["anchor"] == (f"voucher:FP-1@{SUPPLIER}",)
    assert alert["subjects"] == (
        "invoice:FP-1",
        f"org:{SUPPLIER}",
        "project:XM-1",
        "contract:GC-1",
        "contract:GC-2",
        "payment:ZF-2020-03-06",
        "payment:ZF-2020-04-25",
    )
    assert alert["event_refs"] == (first, second)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (90_000_00, APRIL, "R")


@pytest.mark.parametrize(("second_fen", "expected"), [(40_000_00, 0), (40_000_01, 1)])
def test_lines_that_share_an_invoice_and_its_scan_may_come_to_its_total(
    town: Town, second_fen: int, expected: int
) -> None:
    same = {"invoice_total_fen": 100_000_00, "evidence_sha256": SCAN}
    build(town, MARCH, 60_000_00, **same)
    build(town, APRIL, second_fen, project_no="XM-2", **same)

    assert [alert["amount_at_risk_fen"] for alert in town.found("DUP-07")] == [1][:expected]


def test_the_same_amount_on_an_invoice_without_total_is_a_second_payment_and_another_amount_is_not(town: Town) -> None:
    build(town, MARCH, 50_000_00)
    build(town, APRIL, 30_000_00)
    different = town.found("DUP-07")
    build(town, MAY, 30_000_00)

    [alert] = town.found("DUP-07")

    assert different == []
    assert alert["amount_at_risk_fen"] == 60_000_00


def test_two_payees_with_one_invoice_number_and_lines_of_one_bank_payment_are_lawful(town: Town) -> None:
    build(town, MARCH, 50_000_00)
    build(town, APRIL, 50_000_00, payee_uscc=OTHER)
    build(town, MAY, 20_000_00, invoice_no="FP-2", line_no=1)
    build(town, MAY, 20_000_00, invoice_no="FP-2", line_no=2)

    assert town.found("DUP-07") == []


def test_one_scan_behind_different_invoices_is_an_alert_of_its_own(town: Town) -> None:
    build(town, MARCH, 50_000_00, evidence_sha256=SCAN)
    build(town, APRIL, 30_000_00, invoice_no="FP-2", evidence_sha256=SCAN)
    build(town, MAY, 20_000_00, invoice_no="FP-3", evidence_sha256=OTHER_SCAN)

    [alert] = town.found("DUP-07")

    assert alert["anchor"] == (f"voucher:{SCAN}",)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (30_000_00, APRIL)


def test_instalments_of_one_claim_rest_on_one_paper_and_two_claims_do_not(town: Town) -> None:
    paper = {"evidence_sha256": SCAN}
    town.pay("甲", "2020", MARCH, claim_no="SQ-X", pay_kind="分期", **paper)
    town.pay("甲", "2020", APRIL, claim_no="SQ-X", pay_kind="分期", **paper)
    lawful = town.found("DUP-07")
    town.pay("乙", "2020", MAY, **paper)

    [alert] = town.found("DUP-07")

    assert lawful == []
    assert alert["amount_at_risk_fen"] == 181_00


def test_a_payment_that_comes_back_clears_the_alert_at_once(town: Town) -> None:
    build(town, MARCH, 90_000_00)
    build(town, APRIL, 90_000_00, evidence_sha256=SCAN)
    town.pay("乙", "2020", MAY, evidence_sha256=SCAN)
    raised = town.live_is_whole().raised
    sent_back(town, "ZF-2020-04-25", 90_000_00)

    withdrawn = town.live_is_whole().withdrawn

    assert (len(raised), len(withdrawn)) == (2, 2)
