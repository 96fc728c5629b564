"""Histories over the wire, at the three times."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger

HOUSEHOLD = "household:H-0001"


def test_a_history_is_the_one_that_the_command_line_tells(keeper: TestClient, ledger: Ledger) -> None:
    answer = keeper.get(f"/api/v1/replay/{HOUSEHOLD}")

    assert answer.status_code == 200
    assert answer.json() == reading.replay(ledger, HOUSEHOLD)
    assert answer.json()["timeline"]


def test_as_of_a_day_before_everything_nothing_has_happened(keeper: TestClient) -> None:
    answer = keeper.get(f"/api/v1/replay/{HOUSEHOLD}", params={"as_of": "1990-01-01"})

    assert answer.json()["timeline"] == []
    assert answer.json()["as_of"] == "1990-01-01"


def test_known_at_the_opening_of_the_ledger_the_household_is_nowhere(keeper: TestClient) -> None:
    answer = keeper.get(f"/api/v1/replay/{HOUSEHOLD}", params={"known_at": "1"})

    assert answer.status_code == 404 or answer.json()["timeline"] == []


def test_a_person_is_found_by_number_in_a_body_and_answered_by_reference(keeper: TestClient, ledger: Ledger) -> None:
    reference = keeper.get("/api/v1/facts/loans", params={"limit": 1}).json()["items"][0]["id_no"]
    number = ledger.vault.numbers([reference])[reference]

    by_number = keeper.post("/api/v1/replay", json={"subject": f"person:{number}"})
    by_reference = keeper.get(f"/api/v1/replay/person:{reference}")

    assert by_number.status_code == 200
    assert by_number.json() == by_reference.json()
    assert number not in by_number.text


def test_a_subject_that_is_nowhere_is_not_found_and_its_number_not_told(keeper: TestClient) -> None:
    number = "440899196803051173"

    answer = keeper.post("/api/v1/replay", json={"subject": f"person:{number}"})

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")
    assert number not in answer.text


def test_a_number_with_a_stroke_in_it_is_one_subject(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/replay/payment:DIV/HT-99/2020/H-0001")

    assert answer.status_code == 404
    assert answer.json()["code"] == "E-REF"
    assert "nothing at" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": "20200101"},
        {"as_of": "2020-02-30"},
        {"as_of": "1600000000"},
        {"known_on": "x"},
        {"known_at": "²"},
        {"known_at": "9" * 16},
        {"known_at": "yesterday"},
    ],
)
def test_a_time_of_another_form_is_refused(keeper: TestClient, asked: dict[str, Any]) -> None:
    answer = keeper.get(f"/api/v1/replay/{HOUSEHOLD}", params=asked)

    assert answer.status_code == 422
    assert answer.json()["field"] == f"query.{next(iter(asked))}"


@pytest.mark.parametrize("as_of", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_are_days(keeper: TestClient, as_of: str) -> None:
    assert keeper.get(f"/api/v1/replay/{HOUSEHOLD}", params={"as_of": as_of, "known_on": as_of}).status_code == 200
