"""Problem details: one shape for whatever goes wrong, and nobody's number in it."""

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from api.rest.problems import MEDIA_TYPE, STATUS_OF_CODE, WIRE_CODES, described_refusal, shown
from domain.refusal import CODES, Refused

ID_NUMBER = "440899196803051173"


def test_a_refusal_gives_code_place_both_numbers_and_remedy() -> None:
    refused = Refused("E-FUNDS", why="¥100.01 exceeds ¥100.00.", remedy="Lower it.", field="amount", value="x", row=7)

    told = described_refusal(refused)

    assert told == {
        "type": "urn:mingzhang:problem:E-FUNDS",
        "title": CODES["E-FUNDS"],
        "status": 422,
        "detail": "¥100.01 exceeds ¥100.00.",
        "code": "E-FUNDS",
        "field": "amount",
        "value": "x",
        "row": 7,
        "remedy": "Lower it.",
    }


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_a_refusal_has_a_status_of_the_four_hundreds(code: str) -> None:
    told = described_refusal(Refused(code, why="Why.", remedy="Remedy."))

    assert told["status"] == STATUS_OF_CODE.get(code, 422)
    assert 400 <= told["status"] < 500


def test_the_codes_of_the_wire_are_none_of_the_refusals() -> None:
    assert WIRE_CODES.keys() & CODES.keys() == set()


def test_an_id_number_in_a_refusal_is_masked_wherever_it_stands() -> None:
    refused = Refused("E-ID", why=f"{ID_NUMBER} fails.", remedy=f"Check {ID_NUMBER}.", value=ID_NUMBER)

    told = described_refusal(refused)

    assert ID_NUMBER not in str(told)
    assert told["value"] == "440899********11**"


def test_a_value_is_masked_before_it_is_cut() -> None:
    told = shown("x" * 70 + " " + ID_NUMBER)

    assert told is not None
    assert "4408991968" not in told


def test_every_fault_of_a_request_is_listed_with_its_masked_value(keeper: TestClient) -> None:
    answer = keeper.post("/api/v1/spot-checks", json={"plan": "", "n": ID_NUMBER, "metod": "srs"})

    told = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert {fault["field"] for fault in told["errors"]} == {"body.plan", "body.n", "body.metod"}
    assert ID_NUMBER not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"plan": "\xff"}', b"[" * 100_000])
def test_what_is_not_json_is_told_so_and_not_shown_again(keeper: TestClient, body: bytes) -> None:
    answer = keeper.post("/api/v1/spot-checks", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == "E-SCHEMA"


def test_half_a_surrogate_pair_is_refused_and_can_be_answered(keeper: TestClient) -> None:
    body = b'{"plan": "\\ud800", "n": 1}'

    answer = keeper.post("/api/v1/spot-checks", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "body.plan"


def test_an_unknown_address_is_a_problem_too(anybody: TestClient) -> None:
    answer = anybody.get("/api/v1/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")
    assert answer.headers["content-type"] == MEDIA_TYPE


def test_a_page_that_is_not_there_stays_a_page(anybody: TestClient) -> None:
    answer = anybody.get("/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/notices", "GET, POST"),
        ("PUT", "/api/v1/imports", "GET, POST"),
        ("POST", "/api/v1/balances", "GET"),
        ("TRACE", "/health", "GET"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(anybody: TestClient, method: str, path: str, allowed: str) -> None:
    answer = anybody.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json()["code"] == "E-METHOD"


@pytest.fixture
def breaking(empty_ledger: Ledger) -> FastAPI:
    """An application with routes that fail as no route should."""
    app = create_app(empty_ledger)

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise KeyError(f"王小明 {ID_NUMBER}")

    @app.get("/api/v1/broken-later")
    def broken_later() -> None:
        raise RuntimeError(f"王小明 {ID_NUMBER}")

    return app


@pytest.mark.parametrize("path", ["/api/v1/broken", "/api/v1/broken-later"])
def test_a_fault_of_ours_tells_neither_answer_nor_log_what_it_held(
    breaking: FastAPI, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with TestClient(breaking) as client, caplog.at_level(logging.DEBUG):
        answer = client.get(path)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "E-INTERNAL")
    for text in (answer.text, caplog.text):
        assert ID_NUMBER not in text
        assert "王小明" not in text
    incident = told["detail"].removesuffix(".").rpartition(" ")[2]
    assert incident in caplog.text
    assert "test_problems.py" in caplog.text
