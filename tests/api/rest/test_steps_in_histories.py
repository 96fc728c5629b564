"""What was done by hand with a loan, a notice, a project or a contract stands in its history, each step on its line."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from tests.api import hanging as notices
from tests.api import investing as contracts
from tests.api import proposing as projects
from tests.api.borrowers import application, days_from, furnish_a_bank, lend, looked_after
from tests.api.borrowers import step as with_loan
from tests.api.offices import CLERK, LEADER, OFFICE


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a township with a bank and a borrower."""
    furnish_a_bank(empty_ledger)
    return clerk


def history(office: TestClient, ledger: Ledger, subject: str) -> dict[str, Any]:
    """All that there is of a subject, as of today."""
    told = office.get(f"/api/v1/replay/{subject}", params={"as_of": str(ledger.today)})
    assert told.status_code == 200, told.json()
    return dict(told.json())


def topics(told: dict[str, Any]) -> list[str]:
    """What each line of a history is."""
    return [line["topic"] for line in told["timeline"]]


def test_the_papers_of_a_loan_stand_in_its_history_beside_what_the_bank_did(
    office: TestClient, empty_ledger: Ledger
) -> None:
    office.post("/api/v1/loans", json=application(empty_ledger))
    with_loan(office, "credit", LEADER)
    lend(empty_ledger)
    looked_after(office, days_from(empty_ledger, 0))
    with_loan(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 500))

    told = history(office, empty_ledger, "loan:JJ-1")

    assert sorted(topics(told)) == [
        "loan-applied/v1",
        "loan-credited/v1",
        "loan-extended/v1",
        "loan-issued/v1",
        "post-loan-check/v1",
    ]
    assert (told["state"]["due_on"], told["state"]["outstanding_fen"]) == (days_from(empty_ledger, 500), 3_000_000)


def test_a_closed_notice_is_closed_in_its_history_as_well(office: TestClient, empty_ledger: Ledger) -> None:
    notices.publish(office, empty_ledger)
    notices.step(office, "close", OFFICE)

    told = history(office, empty_ledger, f"notice:{notices.NUMBER}")

    assert told["state"]["state"] == "closed"
    assert topics(told)[-1] == "notice-closed/v1"


def test_a_withdrawn_notice_is_withdrawn_in_its_history_as_well(office: TestClient, empty_ledger: Ledger) -> None:
    notices.publish(office, empty_ledger)
    notices.publish(office, empty_ledger, notices.OTHER)
    notices.step(office, "withdraw", CLERK, replaced_by=notices.OTHER, reason=notices.REASON)

    told = history(office, empty_ledger, f"notice:{notices.NUMBER}")

    assert told["state"]["state"] == "withdrawn"
    assert topics(told).count("notice-withdrawn/v1") == 1


def test_each_step_of_a_project_is_one_line_of_its_history(office: TestClient, empty_ledger: Ledger) -> None:
    projects.propose(office)
    projects.step(office, "enter", OFFICE)
    projects.step(office, "approve", LEADER)
    projects.change(office, {"budget_fen": 120_00})

    told = history(office, empty_ledger, f"project:{projects.NUMBER}")

    assert (told["state"]["state"], told["state"]["budget_fen"]) == ("approved", 120_00)
    assert topics(told) == [
        "project-proposed/v1",
        "project-entered/v1",
        "project-approved/v1",
        "project-amended/v1",
    ]


def test_principal_that_came_back_is_a_line_of_its_contracts_history(office: TestClient, empty_ledger: Ledger) -> None:
    contracts.sign(office)
    contracts.pay_out(office, contracts.line(1, 30_00))
    contracts.step(office, "return-principal", OFFICE, amount_fen=100_00, returned_on="2021-01-05")

    told = history(office, empty_ledger, f"contract:{contracts.NUMBER}")

    assert sorted(topics(told)) == [
        "asset-contract-signed/v1",
        "dividend-paid/v1",
        "dividends-distributed/v1",
        "principal-returned/v1",
    ]
    assert told["state"]["principal_fen"] == 1_000_00
