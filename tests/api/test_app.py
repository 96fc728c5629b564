"""The application: what it serves, and what it leaves out."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger


def test_pages_and_api_are_served_by_one_application(anybody: TestClient) -> None:
    page = anybody.get("/")
    api = anybody.get("/api/v1/notices")

    assert page.headers["content-type"].startswith("text/html")
    assert api.headers["content-type"] == "application/json"
    assert "default-src 'none'" in api.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"])
def test_no_page_is_served_that_would_load_a_script_from_elsewhere(anybody: TestClient, path: str) -> None:
    assert anybody.get(path).status_code == 404


def test_an_address_with_a_stroke_too_many_leads_nowhere(anybody: TestClient) -> None:
    answer = anybody.get("/api/v1/notices/", follow_redirects=False)

    assert answer.status_code in (404, 422)


def test_an_application_can_be_started_again_on_the_same_ledger(empty_ledger: Ledger) -> None:
    for _ in range(2):
        with TestClient(create_app(empty_ledger)) as client:
            assert client.get("/health").status_code == 200
