"""The sealed events over the wire: each line suffices to recompute its leaf."""

import json
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from audit.seal import entry_bytes, leaf_of


def pages(client: TestClient, path: str, cursor: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    following: Any = None
    while True:
        asked = parameters if following is None else {**parameters, cursor: following}
        answer = client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        following = answer.json()["next"]
        if following is None:
            return items


@pytest.mark.parametrize("book", ["money", "supervision"])
def test_page_by_page_every_event_comes_once_and_in_order(keeper: TestClient, ledger: Ledger, book: str) -> None:
    items = pages(keeper, "/api/v1/events", "from", book=book, limit=1_000)

    assert [item["position"] for item in items] == list(range(1, ledger.book(book).head.position + 1))


def test_a_page_that_ends_with_the_book_has_no_next(keeper: TestClient, ledger: Ledger) -> None:
    size = ledger.supervision.head.position
    last: dict[str, str | int] = {"book": "supervision", "from": size - 9}

    exact = keeper.get("/api/v1/events", params=last | {"limit": 10}).json()
    short = keeper.get("/api/v1/events", params=last | {"limit": 9}).json()

    assert (len(exact["items"]), exact["next"]) == (10, None)
    assert (len(short["items"]), short["next"]) == (9, size)


def test_behind_the_end_of_the_book_there_is_an_empty_page(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/events", params={"from": 9_000_000})

    assert answer.json() == {"items": [], "next": None}


def test_the_leaf_of_an_event_can_be_recomputed_from_its_line(keeper: TestClient) -> None:
    lines = keeper.get("/api/v1/events", params={"format": "jsonl", "from": 2, "limit": 30}).text.splitlines()

    for line in lines:
        event = json.loads(line)
        state = json.dumps(event["state"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        entry = entry_bytes(UUID(event["stream"]), event["version"], event["topic"], state)
        assert leaf_of(entry).hex() == event["leaf"]
    assert len(lines) == 30


def test_as_json_lines_without_a_limit_the_whole_book_comes(keeper: TestClient, ledger: Ledger) -> None:
    answer = keeper.get("/api/v1/events", params={"format": "jsonl"})

    assert answer.headers["content-type"] == "application/jsonl"
    assert len(answer.text.splitlines()) == ledger.money.head.position


def test_one_event_is_the_same_alone_as_in_its_list(keeper: TestClient) -> None:
    listed = keeper.get("/api/v1/events", params={"from": 100, "limit": 1}).json()["items"][0]

    alone = keeper.get("/api/v1/events/100").json()

    assert alone == listed


def test_an_event_of_a_workbook_names_file_sheet_and_row(keeper: TestClient) -> None:
    lines = keeper.get("/api/v1/events", params={"format": "jsonl"}).text.splitlines()
    paid = next(event for event in map(json.loads, lines) if event["topic"] == "payment-made/v1")

    assert paid["source"]["file"] == "subsidy_payments.xlsx"
    assert paid["source"]["sheet"] == "补贴发放表"
    assert paid["source"]["row"] >= 2


@pytest.mark.parametrize(("position", "status"), [("0", 422), ("-1", 422), ("9000000", 404), ("9" * 30, 422)])
def test_a_position_that_is_not_in_the_book_is_told_so(keeper: TestClient, position: str, status: int) -> None:
    assert keeper.get(f"/api/v1/events/{position}").status_code == status


def test_a_stream_holds_all_events_of_its_key_by_version(keeper: TestClient, ledger: Ledger) -> None:
    pages = range(1, ledger.supervision.head.position, 1_000)
    book = {"book": "supervision", "limit": "1000"}
    asked = (book | {"from": str(start)} for start in pages)
    events = chain.from_iterable(keeper.get("/api/v1/events", params=of).json()["items"] for of in asked)
    planned = next(event for event in events if event["topic"] == "spot-check-planned/v1")

    stream = keeper.get(f"/api/v1/streams/{planned['stream']}", params={"book": "supervision"}).json()

    topics = [item["topic"] for item in stream["items"]]
    assert topics == ["spot-check-planned/v1", "randomness-committed/v1", "sample-drawn/v1"]
    assert [item["version"] for item in stream["items"]] == [1, 2, 3]


def test_a_stream_that_is_nowhere_is_not_found_and_one_that_is_no_uuid_is_invalid(keeper: TestClient) -> None:
    unknown = keeper.get("/api/v1/streams/00000000-0000-8000-8000-000000000000")
    malformed = keeper.get("/api/v1/streams/payment")

    assert (unknown.status_code, malformed.status_code) == (404, 422)


def test_a_book_that_is_not_one_of_the_two_is_refused(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/events", params={"book": "vault"})

    assert answer.status_code == 422
    assert answer.json()["value"] == "vault"
