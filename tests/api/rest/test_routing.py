"""Who may use which route, and which parameters are known."""

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.access import COOKIE
from api.ledger import Ledger

PUBLIC = {
    "GET /api/v1/notices",
    "GET /api/v1/notices/{notice_no}",
    "GET /api/v1/notices/{notice_no}/proof",
    "GET /api/v1/spot-checks",
    "GET /api/v1/spot-checks/{plan}",
    "GET /api/v1/spot-checks/{plan}/ids.txt",
    "GET /api/v1/spot-checks/{plan}/verification",
    "GET /api/v1/verification",
    "GET /api/v1/flow",
    "GET /api/v1/overview",
    "GET /health",
    "GET /metrics",
    "GET /log/{book}/checkpoint",
    "GET /log/{book}/tile/{place}",
}
FILLED = {
    "{position}": "1",
    "{stream}": "00000000-0000-8000-8000-000000000000",
    "{name}": "payments",
    "{import_id}": "00",
    "{alert_id}": "00",
    "{subject}": "household:H-0001",
    "{plan}": "SC-2021-001",
    "{book}": "money",
    "{place}": "000",
}


def operations(client: TestClient) -> list[str]:
    """Every operation of the document, as `METHOD /path`."""
    described = client.get("/api/v1/openapi.json").json()
    return [f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods]


def test_whatever_is_not_on_the_public_list_is_refused_without_a_token(anybody: TestClient) -> None:
    guarded = [operation for operation in operations(anybody) if operation not in PUBLIC]

    for operation in guarded:
        method, path = operation.split(" ")
        for placeholder, value in FILLED.items():
            path = path.replace(placeholder, value)
        answer = anybody.request(method, path)

        assert answer.status_code == 401, operation
        assert answer.json()["code"] == "E-AUTH"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert len(guarded) > 15


def test_everything_on_the_public_list_is_there_and_open(anybody: TestClient) -> None:
    there = set(operations(anybody))

    assert there >= PUBLIC
    for path in ("/notices", "/spot-checks", "/verification", "/flow", "/overview"):
        assert anybody.get(f"/api/v1{path}").status_code == 200


def test_a_wrong_token_opens_nothing(anybody: TestClient) -> None:
    answer = anybody.get("/api/v1/balances", headers={"Authorization": "Bearer 00000000000000000000000000000000"})

    assert answer.status_code == 401
    assert "0000000000" not in answer.text


def test_a_body_is_not_even_read_before_the_token_was_shown(anybody: TestClient) -> None:
    answer = anybody.post("/api/v1/notices", content=b"{not json", headers={"Content-Type": "application/json"})

    assert answer.status_code == 401


def test_the_session_of_the_pages_may_read_the_api(anybody: TestClient) -> None:
    session = anybody.app.state.door.open_session()  # type: ignore[attr-defined]

    answer = anybody.get("/api/v1/balances", headers={"Cookie": f"{COOKIE}={session}"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "http://elsewhere.example"}, 403), ({}, 403)],
)
def test_a_session_changes_nothing_for_a_page_of_another_site(
    anybody: TestClient, sent: dict[str, str], status: int
) -> None:
    session = anybody.app.state.door.open_session()  # type: ignore[attr-defined]

    answer = anybody.post(
        "/api/v1/spot-checks", json={"plan": "SC-X", "n": 1}, headers={"Cookie": f"{COOKIE}={session}", **sent}
    )

    assert answer.status_code == status
    assert answer.json()["code"] == "E-AUTH"


def test_a_session_changes_what_a_page_of_this_site_asks_for(anybody: TestClient) -> None:
    session = anybody.app.state.door.open_session()  # type: ignore[attr-defined]

    answer = anybody.post(
        "/api/v1/verification",
        json={},
        headers={"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 200


def test_a_mistyped_parameter_is_refused_and_not_passed_over(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/alerts", params={"severty": "R"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "query.severty"
    assert "actor, after, format, limit, rule, severity, since, state" in answer.json()["detail"]


def test_a_parameter_that_comes_twice_is_refused(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/events?limit=1&limit=2")

    assert answer.status_code == 422
    assert answer.json()["field"] == "query.limit"


def test_every_route_of_the_api_is_of_a_kind_that_checks_parameters(anybody: TestClient, ledger: Ledger) -> None:
    from api.rest import router
    from api.rest.routing import PublicRoute

    kinds = {type(route) for included in router.routes for route in getattr(included, "routes", [included])}

    assert all(issubclass(kind, PublicRoute) for kind in kinds if issubclass(kind, APIRoute))
