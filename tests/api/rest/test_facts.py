"""Fact tables over the wire: the same rows in pages, as JSON lines and as CSV."""

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger
from api.rest.facts import whole_entries


def test_the_tables_are_listed_with_their_sizes_and_columns(keeper: TestClient, ledger: Ledger) -> None:
    items = keeper.get("/api/v1/facts").json()["items"]

    assert items == reading.fact_tables(ledger)
    assert next(table for table in items if table["name"] == "payments")["rows"] > 0


@pytest.mark.parametrize("name", ["payments", "roster_spans", "loans"])
def test_page_by_page_every_row_comes_once_and_in_order(keeper: TestClient, ledger: Ledger, name: str) -> None:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        asked = {"limit": 700} if after is None else {"limit": 700, "after": after}
        page = keeper.get(f"/api/v1/facts/{name}", params=asked).json()
        rows += page["items"]
        after = page["next"]
        if after is None:
            break

    assert rows == list(reading.fact_rows(ledger, name))


def test_json_lines_and_csv_tell_the_same_rows(keeper: TestClient) -> None:
    lines = keeper.get("/api/v1/facts/loans", params={"format": "jsonl"})
    table = keeper.get("/api/v1/facts/loans", params={"format": "csv"})

    told = [json.loads(line) for line in lines.text.splitlines()]
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert lines.headers["content-type"] == "application/jsonl"
    assert table.headers["content-type"].startswith("text/csv")
    assert [row["loan_no"] for row in rows] == [line["loan_no"] for line in told]
    assert [int(row["principal_fen"]) for row in rows] == [line["principal_fen"] for line in told]
    assert len(rows) == 67


def test_people_are_references_in_every_shape(keeper: TestClient) -> None:
    for shape in ("json", "jsonl", "csv"):
        text = keeper.get("/api/v1/facts/payments", params={"format": shape}).text

        assert "P-" in text
        assert "440899" not in text


def test_a_page_never_ends_between_the_rows_of_one_entry() -> None:
    rows = [
        {"position": position, "line_no": line_no} for position, line_no in ((4, 1), (7, 1), (7, 2), (7, 3), (9, 1))
    ]

    page, more = whole_entries(rows, 2)
    last, none = whole_entries(rows, 5)

    assert [row["position"] for row in page] == [4, 7, 7, 7]
    assert more
    assert (len(last), none) == (5, False)


@pytest.mark.parametrize("shape", ["json", "jsonl", "csv"])
def test_a_table_that_there_is_not_is_told_before_anything_is_sent(keeper: TestClient, shape: str) -> None:
    answer = keeper.get("/api/v1/facts/persons", params={"format": shape})

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1_001}, {"after": -1}, {"after": "x"}, {"format": "xml"}])
def test_a_limit_cursor_or_format_out_of_range_is_refused(keeper: TestClient, asked: dict[str, Any]) -> None:
    answer = keeper.get("/api/v1/facts/payments", params=asked)

    assert answer.status_code == 422
    assert answer.json()["field"].startswith("query.")
