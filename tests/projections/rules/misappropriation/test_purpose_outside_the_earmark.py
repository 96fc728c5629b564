"""MIS-01: what a document did not arrive for, and what a permission to pool lifts (DOMAIN §4 E)."""

from datetime import date
from typing import Any

from domain.loan import InterestSubsidyPaid
from tests.projections.history import account, person
from tests.projections.rules.facts_told import allocation, programme, returned
from tests.projections.rules.town import DISABILITY, Town
from tests.projections.rules.works import DOCUMENT, count, pay

ARRIVED, PAID = date(2020, 2, 10), date(2020, 6, 19)


def arrive(town: Town, *purposes: str, entry_no: str = "ZB-1", **stated: Any) -> int:
    """The document arrives, for these purposes."""
    return allocation(town, "到达", entry_no, ARRIVED, 500_000_00, purpose_codes=purposes, **stated)


def test_a_payment_for_a_purpose_that_the_document_does_not_name_is_raised(town: Town) -> None:
    arrival = arrive(town, "P01", "I02")
    payment = pay(town, "ZF-1", PAID, 75_000_00)

    [alert] = town.found("MIS-01")

    assert alert["anchor"] == (f"fund:{DOCUMENT}", "purpose:I01")
    assert alert["subjects"] == (f"fund:{DOCUMENT}", "payment:ZF-1", "project:XM-1")
    assert alert["event_refs"] == (arrival, payment)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (75_000_00, PAID, "R")
    assert alert["why_zh"] == f"“{DOCUMENT}”到达时的用途不含I01，却为I01支付1笔共¥75,000.00，无整合批复。"


def test_a_purpose_that_any_arrival_of_the_document_names_is_right(town: Town) -> None:
    arrive(town, "P01")
    arrive(town, "I02", "I01", entry_no="ZB-2")
    pay(town, "ZF-1", PAID, 75_000_00)

    assert town.found("MIS-01") == []


def test_a_permission_to_pool_on_an_arrival_lifts_the_rule(town: Town) -> None:
    arrive(town, "P01", integration_doc="测府函〔2020〕8号")
    pay(town, "ZF-1", PAID, 75_000_00)

    assert town.found("MIS-01") == []


def test_what_a_breakdown_or_a_transfer_names_is_no_earmark(town: Town) -> None:
    arrive(town, "P01")
    allocation(town, "分解", "FJ-1", ARRIVED, 75_000_00, purpose_codes=("I01",))
    allocation(town, "拨付", "BF-1", ARRIVED, 75_000_00, purpose_codes=("I01",))
    pay(town, "ZF-1", PAID, 75_000_00)

    assert len(town.found("MIS-01")) == 1


def test_a_document_that_never_arrived_cannot_be_judged_by_its_purposes(town: Town) -> None:
    arrive(town, "P01")
    pay(town, "ZF-1", PAID, 75_000_00, quota_doc_no="测财农〔2020〕9号")

    assert town.found("MIS-01") == []


def test_a_payment_that_came_back_was_not_paid_for_anything(town: Town) -> None:
    arrive(town, "P01")
    pay(town, "ZF-1", PAID, 75_000_00)
    returned(town, "ZF-1", date(2020, 6, 25), 75_000_00)

    assert town.found("MIS-01") == []


def test_a_subsidy_is_for_what_its_programme_is_for(town: Town) -> None:
    arrive(town, "S05")
    programme(town, purpose_code="S01")
    programme(town, "培训", purpose_code="S05")
    town.pay("甲", "2020-05", PAID, quota_doc_no=DOCUMENT)
    town.pay("乙", "2020-05", PAID, quota_doc_no=DOCUMENT, programme="培训")

    [alert] = town.found("MIS-01")

    assert alert["anchor"] == (f"fund:{DOCUMENT}", "purpose:S01")
    assert f"person:{person('甲')}" in alert["subjects"]
    assert f"person:{person('乙')}" not in alert["subjects"]


def test_an_interest_subsidy_is_for_loans_of_the_poor(town: Town) -> None:
    arrive(town, "I01")
    row = {"bank_ref": "TX-1", "loan_no": "JJ-1", "starts_on": ARRIVED, "ends_before": PAID, "paid_on": PAID}
    money = {"principal_fen": 50_000_00, "amount_fen": 600_00, "account_no": account("甲"), "quota_doc_no": DOCUMENT}
    town.history.tell(InterestSubsidyPaid, "interest TX-1", **row, **money)

    [alert] = town.found("MIS-01")

    assert alert["anchor"] == (f"fund:{DOCUMENT}", "purpose:L01")


def test_a_document_of_which_nothing_says_what_it_is_for_raises_nothing(town: Town) -> None:
    arrive(town)
    pay(town, "ZF-1", PAID, 75_000_00)

    assert town.found("MIS-01") == []


def test_an_arrival_told_later_withdraws_and_a_new_programme_purpose_raises(town: Town) -> None:
    arrive(town, "P01")
    programme(town, purpose_code="P01")
    town.pay("甲", "2020-05", PAID, quota_doc_no=DOCUMENT)
    pay(town, "ZF-1", PAID, 75_000_00)
    first = town.run()
    arrive(town, "I01", entry_no="ZB-2")

    second = town.live_is_whole()
    programme(town, DISABILITY, purpose_code="S01")
    third = town.live_is_whole()

    assert count("MIS-01", first.raised) == 1
    assert count("MIS-01", second.withdrawn) == 1
    assert [alert["anchor"][1] for alert in third.raised if alert["rule_id"] == "MIS-01"] == ["purpose:S01"]
