"""A soft stop that two people overrode is flagged as soon as money moves (DOMAIN §2, SOFT STOP)."""

from typing import Any

import pytest

from api import claims
from api.instructions import Line, Order, instruct
from api.ledger import Ledger
from api.overriding import Override
from api.projecting import catch_up
from api.stepping import Command
from projections.alerts import listed
from tests.api.offices import (
    CARD,
    CLERK,
    COUNTY,
    DOCUMENT,
    FINANCE,
    LEADER,
    NAME,
    OFFICE,
    PAYEE,
    SUPERVISOR,
    born,
    contract,
    enter_row,
    furnish,
    paid,
    programme,
)
from tests.journeys.inventing import card_number, credit_code

CLAIM, GRANT = "SQ-1", "另一补贴"
BY_LEADER, BY_COUNTY = Override("经镇党委会议研究同意", LEADER), Override("经镇党委会议研究同意", COUNTY)


@pytest.fixture
def office(empty_ledger: Ledger) -> Ledger:
    """A furnished ledger."""
    furnish(empty_ledger)
    return empty_ledger


def raised(ledger: Ledger) -> set[str]:
    """The rules whose alerts stand."""
    catch_up(ledger)
    with ledger.engine.connect() as connection:
        return {line["rule_id"] for line in listed(connection) if line["state"] == "raised"}


def granted(ledger: Ledger, **terms: str) -> tuple[str, ...]:
    """A claim on a programme of these terms, overridden at each step that facts speak against; gives what did."""
    programme(ledger, GRANT, programme_code="OTHER", **terms)
    row = {"claim_no": CLAIM, "programme": GRANT, "period": "2020Q2", "name": NAME, "id_no": PAYEE, "amount": "30.00"}
    told = {"override_reason": BY_LEADER.reason, "override_approver": LEADER}
    claims.submit(ledger, CLERK, {**row, "account_no": CARD, **told})
    claims.review(ledger, Command(CLAIM, SUPERVISOR))
    approved = claims.approve(ledger, Command(CLAIM, LEADER, override=BY_COUNTY))
    return tuple(approved["soft_stops"])


def pay(ledger: Ledger, **changes: Any) -> None:
    """The bank pays the claim."""
    enter_row(ledger, "subsidy_payments", FINANCE, **paid("B1", programme=GRANT, claim_no=CLAIM, **changes))


def enrol(ledger: Ledger, of: str, household: str, **changes: Any) -> None:
    """A row of 花名册."""
    row = {"row_no": 1, "village": "测试一村", "hamlet": "一组", "household_no": household, "head_name": NAME}
    head = {"name": NAME, "relation": "户主", "id_no": of, "category": "一般贫困户", "included_on": "2016-05-01"}
    enter_row(ledger, "roster", OFFICE, **row | head | {"included_kind": "首次识别"} | changes)


def entitle(ledger: Ledger, of: str) -> None:
    """A row of 应享名单."""
    row = {"programme": GRANT, "household_no": "H-0009", "name": NAME, "id_no": of, "from": "2020-01-01"}
    enter_row(ledger, "entitlements", COUNTY, **row, amount_per_period="30.00", granted_on="2019-12-20")


def announce(ledger: Ledger, of: str) -> None:
    """A notice that names somebody, and has matured long ago."""
    notice = {"notice_no": "GS-1", "level": "村", "kind": "公示", "subject_kind": "补贴", "programme": GRANT}
    place = {"village": "测试一村", "place": "村务公开栏", "responsible": OFFICE, "text": "公示"}
    enter_row(ledger, "notices", OFFICE, **notice, **place, **{"from": "2020-05-20", "until": "2020-05-30"})
    line = {
        "notice_no": "GS-1",
        "line_no": 1,
        "village": "测试一村",
        "household_no": "H-0009",
        "name": NAME,
        "id_no": of,
    }
    period = {"period_from": "2020Q2", "period_to": "2020Q2", "amount": "30.00", "printed_text": "测试甲 30.00"}
    enter_row(ledger, "notice_lines", OFFICE, **line, **period)


def test_a_payee_who_had_died_is_flagged_once_the_bank_paid(office: Ledger) -> None:
    death = {"name": NAME, "id_no": PAYEE, "death_on": "2020-03-06", "known_on": "2020-03-20", "source": "民政"}
    enter_row(office, "deaths", OFFICE, **death)
    stops = granted(office)
    before = raised(office)

    pay(office)

    assert stops == ("payee-dead",)
    assert "FAL-01" in raised(office) - before


def test_a_payee_who_was_struck_from_the_roster_is_flagged_once_the_bank_paid(office: Ledger) -> None:
    enrol(office, PAYEE, "H-0001", exited_on="2019-12-31", exit_kind="清退")
    stops = granted(office, requires_roster="是")
    before = raised(office)

    pay(office)

    assert stops == ("payee-exited",)
    assert "FAL-02" in raised(office) - before


@pytest.mark.parametrize(
    ("terms", "stop"),
    [({"requires_roster": "是"}, "not-on-roster"), ({"requires_entitlement": "是"}, "no-entitlement")],
)
def test_a_payee_who_is_on_no_list_is_flagged_once_the_bank_paid(
    office: Ledger, terms: dict[str, str], stop: str
) -> None:
    enrol(office, born(202), "H-0009")
    stops = granted(office, **terms)
    entitle(office, born(202))
    before = raised(office)

    pay(office)

    assert stops == (stop,)
    assert "FAL-03" in raised(office) - before


def test_a_payee_whom_no_notice_named_is_flagged_once_the_bank_paid(office: Ledger) -> None:
    stops = granted(office, needs_notice="是")
    announce(office, born(202))
    before = raised(office)

    pay(office)

    assert stops == ("no-matured-notice",)
    assert "PUB-01" in raised(office) - before


def test_a_payee_whose_notice_was_objected_to_is_flagged_once_the_bank_paid(office: Ledger) -> None:
    programme(office, GRANT, programme_code="OTHER", needs_notice="是")
    announce(office, PAYEE)
    objection = {"objection_no": "YY-1", "ref_kind": "公示", "ref_no": "GS-1#1", "filed_on": "2020-05-25"}
    enter_row(office, "objections", OFFICE, **objection, content="不在村里住", denial=False)
    stops = granted(office, needs_notice="是")
    before = raised(office)

    pay(office)

    assert stops == ("open-objection",)
    assert "PUB-04" in raised(office) - before


def test_a_project_outside_the_library_is_flagged_once_the_bank_paid(office: Ledger) -> None:
    contract(office, "GC-2", "50.00", entered_on=None)
    builder, lines = ("测试建筑公司", credit_code(1), card_number(102)), [Line(DOCUMENT, 50_00, "S05")]
    told, _ = instruct(office, Order("ZL-2", "项目", "GC-2", *builder, lines, FINANCE, LEADER, override=BY_COUNTY))
    before = raised(office)

    row = {"bank_ref": "ZF-1", "project_no": "XM-GC-2", "contract_no": "GC-2", "payee_name": "测试建筑公司"}
    money = {"payee_uscc": credit_code(1), "account_no": card_number(102), "amount": "50.00", "purpose_code": "S05"}
    days = {"approved_on": "2020-06-19", "paid_on": "2020-06-20", "quota_doc_no": DOCUMENT, "summary": "首付款"}
    named = {"preparer": FINANCE, "approver": LEADER, "paid_from": card_number(1)}
    enter_row(office, "project_payments", FINANCE, **row, **money, **days, **named)

    assert told["soft_stops"] == ["off-library-project"]
    assert "MIS-02" in raised(office) - before
