"""Rows are tried before they are recorded: the same findings, and nothing left behind."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.importing import Request, import_path
from api.ledger import Ledger
from api.preflight import Trial
from api.reading import alerts
from domain.event import KEEPER
from tests.api.offices import CLERK, FINANCE, INSPECTOR, furnish, paid
from tests.journeys.making_packages import InventedTownship
from tests.journeys.writing_packages import write_package

ADDRESS = "/api/v1/preflight"


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a township's ledger that has staff and a programme."""
    furnish(empty_ledger)
    return clerk


def twice() -> list[dict[str, Any]]:
    """Two claims of one person for one period."""
    return [paid(bank_ref="T-1", claim_no="SQ-1"), paid(bank_ref="T-2", claim_no="SQ-2")]


def heads(ledger: Ledger) -> tuple[int, int, int]:
    """How far both books are, and how many subjects the vault knows."""
    return ledger.money.head.position, ledger.supervision.head.position, ledger.vault.size


def test_rows_that_would_raise_an_alert_are_named_and_nothing_is_recorded(
    office: TestClient, empty_ledger: Ledger
) -> None:
    empty_ledger.catch_up()
    before = heads(empty_ledger)

    told = office.post(ADDRESS, json={"rows": twice()}).json()

    [found] = [alert for alert in told["alerts"] if alert["rule_id"] == "DUP-01"]
    assert [place["row"] for place in found["rows"]] == [1, 2]
    assert (found["state"], found["severity"], told["rows"]) == ("raised", "R", 2)
    assert heads(empty_ledger) == before
    assert office.get("/api/v1/facts/payments").json()["items"] == []


def test_what_preflight_finds_is_what_recording_the_rows_then_raises(office: TestClient, empty_ledger: Ledger) -> None:
    told = office.post(ADDRESS, json={"rows": twice()}).json()
    for row in twice():
        office.post("/api/v1/entries/subsidy_payments", json={"actor": FINANCE, "row": row})
    empty_ledger.catch_up()

    raised = {(line["rule_id"], line["why_zh"]) for line in alerts(empty_ledger)}

    assert {(found["rule_id"], found["why_zh"]) for found in told["alerts"]} <= raised
    assert "DUP-01" in {rule_id for rule_id, _ in raised}


def test_a_row_is_tried_against_what_stands_in_the_ledger_already(office: TestClient) -> None:
    first, second = twice()
    office.post("/api/v1/entries/subsidy_payments", json={"actor": FINANCE, "row": first})

    told = office.post(ADDRESS, json={"rows": [second]}).json()

    [found] = [alert for alert in told["alerts"] if alert["rule_id"] == "DUP-01"]
    assert [place["row"] for place in found["rows"]] == [1]


def test_a_clerk_is_shown_what_is_wrong_with_the_row_and_no_lead_about_the_office(office: TestClient) -> None:
    one_hand = paid(bank_ref="T-1", claim_no="SQ-1", preparer=FINANCE, approver=FINANCE, cashier=FINANCE)

    shown = {
        actor: {
            found["rule_id"]
            for found in office.post(ADDRESS, json={"rows": [one_hand], "actor": actor}).json()["alerts"]
        }
        for actor in (CLERK, INSPECTOR, KEEPER)
    }

    assert "SOD-01" not in shown[CLERK]
    assert "SOD-01" in shown[INSPECTOR]
    assert shown[INSPECTOR] == shown[KEEPER]


def test_rows_that_could_not_be_recorded_are_told_and_nothing_is_tried(office: TestClient) -> None:
    told = office.post(ADDRESS, json={"rows": [paid("T-1", amount="1.234")]}).json()

    assert [problem["code"] for problem in told["problems"]] == ["E-SCHEMA"]
    assert told["alerts"] == []


def test_an_unknown_hand_and_an_unknown_sheet_are_refused_by_name(office: TestClient) -> None:
    nobody = office.post(ADDRESS, json={"rows": twice(), "actor": "G-9999"})
    no_such = office.post(ADDRESS, json={"rows": twice(), "sheet": "roster"})

    assert (nobody.status_code, nobody.json()["code"]) == (403, "E-AUTH")
    assert no_such.status_code == 422


def test_on_postgresql_the_same_rows_find_the_same(ledger_in_a_database: Ledger) -> None:
    furnish(ledger_in_a_database)
    ledger_in_a_database.catch_up()
    before = heads(ledger_in_a_database)

    told = Trial(ledger_in_a_database).of_rows("subsidy_payments", twice())

    assert "DUP-01" in {found["rule_id"] for found in told["alerts"]}
    assert heads(ledger_in_a_database) == before


def test_a_dry_run_of_an_import_shows_the_findings_with_file_and_row(empty_ledger: Ledger, tmp_path: Path) -> None:
    package = write_package(InventedTownship(seed=7, households=12).first_month(), tmp_path / "first.zip", seed=7)

    tried = import_path(empty_ledger, package, Request(dry_run=True)).answer
    recorded = import_path(empty_ledger, package).answer

    raised = {(line["rule_id"], line["why_zh"]) for line in alerts(empty_ledger)}
    found = {(alert["rule_id"], alert["why_zh"]) for alert in tried["would_raise"]}
    assert "would_raise" not in recorded
    assert found <= raised
    assert all(place["file"].endswith((".xlsx", ".csv")) for alert in tried["would_raise"] for place in alert["rows"])
