"""MIS-07: a tenth more or less than was entered, and who approved it (DOMAIN §4 E)."""

from datetime import date
from typing import Any

import pytest

from tests.projections.rules.town import Town
from tests.projections.rules.works import A_PRICE_FEN, amend, contract, count, project

RECORDED = date(2021, 4, 1)
UNDER_WAY: dict[str, Any] = {"accepted_on": None, "status": "在建"}


def test_a_plan_that_grew_by_more_than_a_tenth_is_raised(town: Town) -> None:
    project(town, **UNDER_WAY)
    project(town, **UNDER_WAY, budget_fen=330_000_01)

    [alert] = town.found("MIS-07")

    assert (alert["anchor"], alert["subjects"]) == (("project:XM-1",), ("project:XM-1",))
    assert alert["event_refs"] == (1, 2)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (30_000_01, RECORDED, "O")
    assert alert["why_zh"] == (
        "入库时计划资金¥300,000.00、受益50户，现为¥330,000.01、50户，偏离超过10%，没有变更批准。"
    )


@pytest.mark.parametrize("now_fen", [330_000_00, 270_000_00])
def test_a_tenth_more_or_less_needs_no_approval(town: Town, now_fen: int) -> None:
    project(town, **UNDER_WAY)
    project(town, **UNDER_WAY, budget_fen=now_fen)

    assert town.found("MIS-07") == []


def test_a_plan_that_shrank_is_raised_while_the_work_goes_on_and_not_once_it_was_audited(town: Town) -> None:
    project(town, **UNDER_WAY)
    project(town, **UNDER_WAY, budget_fen=250_000_00)
    under_way = town.found("MIS-07")
    project(town, budget_fen=250_000_00)

    audited = town.found("MIS-07")

    assert [alert["amount_at_risk_fen"] for alert in under_way] == [50_000_00]
    assert audited == []


def test_fewer_households_than_were_entered_are_raised(town: Town) -> None:
    project(town)
    project(town, beneficiary_households=44)

    assert len(town.found("MIS-07")) == 1


def test_what_was_proposed_may_change_until_it_is_entered(town: Town) -> None:
    proposed: dict[str, Any] = {"entered_on": None, "approved_on": None, "accepted_on": None, "status": "申报"}
    project(town, **proposed, budget_fen=200_000_00)
    project(town)

    assert town.found("MIS-07") == []


def test_the_plan_is_measured_by_the_entry_however_small_the_steps(town: Town) -> None:
    for budget_fen in (A_PRICE_FEN, 325_000_00, 350_000_00):
        project(town, budget_fen=budget_fen)

    [alert] = town.found("MIS-07")

    assert alert["amount_at_risk_fen"] == 50_000_00


def test_a_change_that_was_approved_here_is_the_new_measure(town: Town) -> None:
    project(town, **UNDER_WAY)
    amend(town, budget_fen=400_000_00)
    project(town, **UNDER_WAY, budget_fen=400_000_00)
    approved = town.found("MIS-07")
    project(town, **UNDER_WAY, budget_fen=441_000_00)

    beyond_it = town.found("MIS-07")

    assert approved == []
    assert [alert["amount_at_risk_fen"] for alert in beyond_it] == [41_000_00]


def test_an_amended_contract_is_an_approval_and_withdraws_the_alert(town: Town) -> None:
    project(town)
    project(town, budget_fen=400_000_00)
    raised = town.live_is_whole()
    contract(town, amended_amount_fen=400_000_00, amended_on=date(2020, 7, 15))

    outcome = town.live_is_whole()

    assert count("MIS-07", raised.raised) == 1
    assert count("MIS-07", outcome.withdrawn) == 1
