"""Notices over the wire: for everybody, masked, and published once."""

from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger
from vault.masking import find_personal


def test_anybody_reads_the_notices_without_a_token(anybody: TestClient, ledger: Ledger) -> None:
    answer = anybody.get("/api/v1/notices")

    assert answer.json()["items"] == reading.notices(ledger)
    assert answer.headers["cache-control"] == "no-cache"
    assert len(answer.json()["items"]) >= 1


def test_a_notice_shows_its_lines_with_every_number_masked(anybody: TestClient) -> None:
    notice_no = anybody.get("/api/v1/notices").json()["items"][0]["notice_no"]

    notice = anybody.get(f"/api/v1/notices/{quote(notice_no)}").json()

    assert len(notice["lines"]) == notice["line_count"] > 0
    assert sum(line["amount_fen"] for line in notice["lines"]) == notice["total_fen"]
    assert all(line["id_no"].endswith("**") for line in notice["lines"])
    assert [find_personal(str(line["id_no"])) for line in notice["lines"]] == [[]] * len(notice["lines"])
    assert "P-" not in str(notice["lines"])


def test_a_notice_that_hangs_nowhere_is_not_found(anybody: TestClient) -> None:
    answer = anybody.get("/api/v1/notices/GG-1999-没有")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


def test_a_list_is_published_once_and_then_hangs_where_the_answer_says(keeper: TestClient) -> None:
    paid = next(
        row for row in keeper.get("/api/v1/facts/payments").json()["items"] if row["period"] and row["programme"]
    )
    wanted = {"programme": paid["programme"], "period": paid["period"], "village": paid["village"], "days": 7}

    published = keeper.post("/api/v1/notices", json=wanted)
    again = keeper.post("/api/v1/notices", json=wanted)

    assert published.status_code == 201
    shown = keeper.get(published.headers["location"])
    assert shown.json()["notice_no"] == published.json()["notice_no"]
    assert shown.json()["village"] == paid["village"]
    assert (again.status_code, again.json()["code"]) == (409, "E-DUP")


def test_a_list_that_nobody_was_paid_by_is_not_published(keeper: TestClient) -> None:
    answer = keeper.post("/api/v1/notices", json={"programme": "没有这个项目", "period": "2020"})

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"programme": "x"},
        {"programme": "x", "period": "2020", "days": 0},
        {"programme": "x", "period": "2020", "days": "7"},
        {"programme": "x", "period": "2020", "from": "1600000000"},
        {"programme": "x", "period": "2020", "from": 1600000000},
        {"programme": "x\n", "period": "2020"},
        {"programme": "x" * 201, "period": "2020"},
        {"programme": "x", "period": "2020", "unknown": 1},
    ],
)
def test_an_announcement_of_another_form_is_refused(keeper: TestClient, wanted: dict[str, Any]) -> None:
    answer = keeper.post("/api/v1/notices", json=wanted)

    assert answer.status_code == 422
    assert answer.json()["errors"]
