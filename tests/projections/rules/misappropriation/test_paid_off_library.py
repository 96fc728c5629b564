"""MIS-02: approved in the library on the day of payment, or not (DOMAIN §4 E)."""

from datetime import date

from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import count, pay, project

FIRST, SECOND = date(2020, 3, 6), date(2020, 4, 20)


def test_a_project_that_is_in_no_library_is_raised_with_all_its_payments(town: Town) -> None:
    listed = project(town, entered_on=None, approved_on=None, status="申报", accepted_on=None)
    payments = [pay(town, "ZF-1", FIRST, 90_000_00), pay(town, "ZF-2", SECOND, 135_000_00)]

    [alert] = town.found("MIS-02")

    assert alert["anchor"] == ("project:XM-1",)
    assert alert["subjects"] == ("project:XM-1", "payment:ZF-1", "payment:ZF-2", "contract:GC-1")
    assert alert["event_refs"] == (listed, *payments)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (225_000_00, FIRST)
    assert alert["why_zh"] == ("支付时未在项目库立项（入库—，立项—）：2020-03-06起支付2笔共¥225,000.00。")


def test_an_approval_on_the_day_of_payment_is_enough(town: Town) -> None:
    project(town, approved_on=FIRST)
    pay(town, "ZF-1", FIRST, 90_000_00)

    assert town.found("MIS-02") == []


def test_a_payment_on_the_day_before_the_approval_is_raised_and_a_later_one_is_not(town: Town) -> None:
    project(town, approved_on=date(2020, 3, 7))
    pay(town, "ZF-1", FIRST, 90_000_00)
    pay(town, "ZF-2", SECOND, 135_000_00)

    [alert] = town.found("MIS-02")

    assert alert["amount_at_risk_fen"] == 90_000_00


def test_the_day_of_entry_stands_for_the_approval_of_a_project_under_way(town: Town) -> None:
    project(town, approved_on=None, entered_on=FIRST, status="在建", accepted_on=None)
    pay(town, "ZF-1", FIRST, 90_000_00)

    assert town.found("MIS-02") == []


def test_a_project_that_is_entered_and_not_approved_is_raised(town: Town) -> None:
    project(town, approved_on=None, status="入库", accepted_on=None)
    pay(town, "ZF-1", FIRST, 90_000_00)

    assert len(town.found("MIS-02")) == 1


def test_an_approval_outside_the_library_is_none(town: Town) -> None:
    project(town, entered_on=None)
    pay(town, "ZF-1", FIRST, 90_000_00)

    assert len(town.found("MIS-02")) == 1


def test_an_emergency_does_not_wait_for_the_library(town: Town) -> None:
    project(town, entered_on=None, approved_on=None, project_class="应急救灾")
    pay(town, "ZF-1", FIRST, 90_000_00)

    assert town.found("MIS-02") == []


def test_a_project_that_no_list_knows_is_raised(town: Town) -> None:
    project(town, "XM-9")
    pay(town, "ZF-1", FIRST, 90_000_00)

    [alert] = town.found("MIS-02")

    assert alert["anchor"] == ("project:XM-1",)


def test_what_came_back_was_not_paid_off_the_library(town: Town) -> None:
    project(town, entered_on=None, approved_on=None)
    pay(town, "ZF-1", FIRST, 90_000_00)
    returned(town, "ZF-1", SECOND, 90_000_00)

    assert town.found("MIS-02") == []


def test_a_list_that_comes_later_withdraws_the_alert(town: Town) -> None:
    project(town, "XM-9")
    pay(town, "ZF-1", FIRST, 90_000_00)
    town.run()
    project(town)

    outcome = town.live_is_whole()

    assert count("MIS-02", outcome.withdrawn) == 1
