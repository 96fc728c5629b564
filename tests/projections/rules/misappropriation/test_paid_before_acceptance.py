"""MIS-06: four fifths before acceptance, and what is paid as it comes (DOMAIN §4 E)."""

from datetime import date

from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import SUPPLIER, contract, count, pay, project

MARCH, APRIL, ACCEPTED = date(2020, 3, 6), date(2020, 4, 20), date(2020, 6, 4)
FOUR_FIFTHS_FEN = 240_000_00


def test_more_than_four_fifths_before_acceptance_is_raised(town: Town) -> None:
    accepted, signed = project(town), contract(town)
    payments = [pay(town, "ZF-1", MARCH, 90_000_00), pay(town, "ZF-2", APRIL, 180_000_00)]

    [alert] = town.found("MIS-06")

    assert alert["anchor"] == ("contract:GC-1",)
    named = ("contract:GC-1", "project:XM-1", "payment:ZF-1", "payment:ZF-2", f"org:{SUPPLIER}")
    assert alert["subjects"] == named
    assert alert["event_refs"] == (accepted, signed, *payments)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (30_000_00, APRIL, "O")
    assert alert["why_zh"] == (
        "验收（2020-06-04）前已付¥270,000.00，合同金额¥300,000.00，其80%以外的¥30,000.00付早了。"
    )


def test_four_fifths_to_the_fen_may_be_paid_before_acceptance(town: Town) -> None:
    project(town)
    contract(town)
    pay(town, "ZF-1", MARCH, FOUR_FIFTHS_FEN)
    at_most = town.found("MIS-06")
    pay(town, "ZF-2", APRIL, 1_00)

    above = town.found("MIS-06")

    assert at_most == []
    assert [alert["amount_at_risk_fen"] for alert in above] == [1_00]


def test_what_is_paid_on_the_day_of_acceptance_is_not_before_it(town: Town) -> None:
    project(town)
    contract(town)
    pay(town, "ZF-1", MARCH, FOUR_FIFTHS_FEN)
    pay(town, "ZF-2", ACCEPTED, 60_000_00)

    assert town.found("MIS-06") == []


def test_a_project_under_way_that_is_paid_in_full_is_raised(town: Town) -> None:
    project(town, accepted_on=None, status="在建")
    contract(town)
    pay(town, "ZF-1", MARCH, 300_000_00)

    assert len(town.found("MIS-06")) == 1


def test_a_project_accepted_on_a_day_that_is_not_stated_cannot_be_judged(town: Town) -> None:
    project(town, accepted_on=None, status="验收")
    contract(town)
    pay(town, "ZF-1", MARCH, 300_000_00)

    assert town.found("MIS-06") == []


def test_wages_of_work_for_relief_are_paid_as_they_are_earned(town: Town) -> None:
    project(town)
    contract(town)
    pay(town, "ZF-1", MARCH, 300_000_00, purpose_code="S06")
    project(town, "XM-2", project_class="就业")
    contract(town, "GC-2", "XM-2")
    pay(town, "ZF-2", MARCH, 300_000_00, project_no="XM-2", contract_no="GC-2")

    assert town.found("MIS-06") == []


def test_a_monthly_supply_is_paid_as_it_comes(town: Town) -> None:
    project(town)
    contract(town, recurring=True)
    pay(town, "ZF-1", MARCH, 300_000_00)

    assert town.found("MIS-06") == []


def test_an_amendment_is_the_measure_from_its_date_on(town: Town) -> None:
    project(town)
    contract(town, amended_amount_fen=400_000_00, amended_on=APRIL)
    pay(town, "ZF-1", MARCH, 200_000_00)
    pay(town, "ZF-2", APRIL, 100_000_00)

    assert town.found("MIS-06") == []


def test_an_earlier_acceptance_and_a_return_withdraw_the_alert(town: Town) -> None:
    for number in ("1", "2"):
        project(town, f"XM-{number}")
        contract(town, f"GC-{number}", f"XM-{number}")
        pay(town, f"ZF-{number}", APRIL, 300_000_00, project_no=f"XM-{number}", contract_no=f"GC-{number}")
    raised = town.live_is_whole()
    project(town, "XM-1", accepted_on=date(2020, 4, 1))
    accepted = town.live_is_whole()
    returned(town, "ZF-2", APRIL, 300_000_00)

    came_back = town.live_is_whole()

    assert count("MIS-06", raised.raised) == 2
    assert count("MIS-06", accepted.withdrawn) == count("MIS-06", came_back.withdrawn) == 1
