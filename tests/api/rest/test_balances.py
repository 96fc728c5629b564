"""Balances over the wire, and the entity tags that spare reading them again."""

from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger

ADDRESS = "/api/v1/balances"


def test_the_balances_are_those_of_the_command_line(keeper: TestClient, ledger: Ledger) -> None:
    answer = keeper.get(ADDRESS)

    assert answer.json() == reading.balances(ledger)
    assert sum(row["paid_fen"] for row in answer.json()["documents"]) > 0


def test_what_needs_a_token_is_never_stored_by_a_cache(keeper: TestClient) -> None:
    answer = keeper.get(ADDRESS)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_client_that_has_the_answer_already_gets_304_without_a_body(keeper: TestClient) -> None:
    tag = keeper.get(ADDRESS).headers["etag"]

    again = keeper.get(ADDRESS, headers={"If-None-Match": f'"other", {tag}'})

    assert tag.startswith('W/"')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_the_tag_changes_when_a_book_grows_and_differs_between_addresses(clerk: TestClient) -> None:
    before = clerk.get("/api/v1/facts").headers["etag"]
    other = clerk.get(ADDRESS).headers["etag"]

    files = {"files": ("places.csv", "区划代码,名称,上级代码\n".encode(), "text/csv")}
    imported = clerk.post("/api/v1/imports", files=files).json()
    while clerk.get(imported["address"]).json()["progress"] is not None:
        continue
    same = clerk.get("/api/v1/facts", headers={"If-None-Match": before})
    from_other = clerk.get(ADDRESS, headers={"If-None-Match": before})

    assert before != other
    assert same.status_code == 304  # nothing was taken: an empty list changes no book
    assert from_other.status_code == 200


def test_a_tag_without_a_token_opens_nothing(keeper: TestClient, anybody: TestClient) -> None:
    tag = keeper.get(ADDRESS).headers["etag"]

    answer = anybody.get(ADDRESS, headers={"If-None-Match": tag})

    assert answer.status_code == 401
