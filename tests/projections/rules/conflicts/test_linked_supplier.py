"""COI-03: by ID number, by account, by credit code; never by name (DOMAIN §4 G)."""

from datetime import date
from typing import Any

import pytest

from tests.projections.history import account, person
from tests.projections.rules.facts_told import org, returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import SUPPLIER, contract, count, declare, pay, staff

PAID = date(2020, 4, 20)


def firm(town: Town, led_by: str, kind: str = "施工单位", **stated: Any) -> int:
    """The supplier's account in 单位账户登记, and who is in charge."""
    return org(town, "建筑公司", kind, uscc=SUPPLIER, legal_person_id=person(led_by), **stated)


def test_a_supplier_that_a_cadre_is_in_charge_of_is_raised(town: Town) -> None:
    facts = [staff(town, "G-6", "领导"), firm(town, "领导"), contract(town), pay(town, "ZF-1", PAID, 90_000_00)]

    [alert] = town.found("COI-03")

    assert alert["anchor"] == (f"org:{SUPPLIER}", f"person:{person('领导')}")
    named = ("staff:G-6", "contract:GC-1", "project:XM-1", "payment:ZF-1")
    assert alert["subjects"] == (f"org:{SUPPLIER}", f"person:{person('领导')}", *named)
    assert alert["event_refs"] == tuple(facts)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (
        90_000_00,
        date(2020, 2, 25),
        "R",
    )
    assert alert["why_zh"] == "供应商的负责人或收款账户属于在职人员或其备案亲属：合同1份，已付¥90,000.00。"


def test_a_contract_that_was_not_paid_yet_is_at_risk_with_its_amount(town: Town) -> None:
    staff(town, "G-6", "领导")
    firm(town, "领导")
    contract(town)

    assert [alert["amount_at_risk_fen"] for alert in town.found("COI-03")] == [300_000_00]


def test_a_declared_relative_in_charge_is_as_near(town: Town) -> None:
    staff(town, "G-6", "领导")
    declare(town, "G-6", "弟")
    firm(town, "弟")
    contract(town)

    [alert] = town.found("COI-03")

    assert alert["anchor"][1] == f"person:{person('弟')}"
    assert "staff:G-6" in alert["subjects"]


def test_a_supplier_paid_into_the_account_of_a_cadre_is_raised(town: Town) -> None:
    staff(town, "G-6", "领导")
    town.pay("领导", "2020", PAID, account_no=account("own card"))
    pay(town, "ZF-1", PAID, 90_000_00, account_no=account("own card"))
    subsidised = town.found("COI-03")
    staff(town, "G-7", "副职")
    town.lend("JJ-1", "副职", "H-1", "loan card", PAID)
    pay(town, "ZF-2", PAID, 10_000_00, account_no=account("loan card"), payee_uscc="91440899MA9999911H")

    lent = town.found("COI-03")

    assert [alert["amount_at_risk_fen"] for alert in subsidised] == [90_000_00]
    assert len(lent) == 2


@pytest.mark.parametrize("kind", ["村集体", "镇财政", "承办银行", "养老机构"])
def test_a_public_body_is_led_by_a_cadre_by_his_post(town: Town, kind: str) -> None:
    staff(town, "G-6", "领导")
    firm(town, "领导", kind)
    contract(town)

    assert town.found("COI-03") == []


def test_a_supplier_of_anybody_else_raises_nothing(town: Town) -> None:
    staff(town, "G-6", "领导")
    staff(town, "G-7", "老板", role="operator")
    firm(town, "老板")
    contract(town)
    pay(town, "ZF-1", PAID, 90_000_00)

    assert town.found("COI-03") == []


def test_only_what_was_signed_or_paid_while_the_cadre_served_counts(town: Town) -> None:
    staff(town, "G-6", "领导", serving_until=date(2020, 3, 31))
    firm(town, "领导")
    pay(town, "ZF-1", date(2020, 3, 31), 10_000_00)
    pay(town, "ZF-2", date(2020, 4, 1), 90_000_00)

    assert [alert["amount_at_risk_fen"] for alert in town.found("COI-03")] == [10_000_00]


def test_what_becomes_known_of_either_side_is_the_same_live_and_whole(town: Town) -> None:
    contract(town)
    pay(town, "ZF-1", PAID, 90_000_00)
    firm(town, "弟")
    declare(town, "G-6", "弟")
    staff(town, "G-9", "别人")
    town.run()
    staff(town, "G-6", "领导")
    served = town.live_is_whole()
    firm(town, "别人")
    handed_over = town.live_is_whole()
    firm(town, "外人")
    town.live_is_whole()
    returned(town, "ZF-1", PAID, 90_000_00)
    town.lend("JJ-1", "弟", "H-1", "supplier", PAID)
    town.live_is_whole()
    pay(town, "ZF-2", PAID, 5_000_00)

    by_account = town.live_is_whole()

    assert count("COI-03", served.raised) == count("COI-03", handed_over.raised) == 1
    assert count("COI-03", by_account.raised) == 1
