"""Verification, flow, overview and health: what everybody may know."""

import sqlite3
from contextlib import closing

from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger


def test_a_ledger_that_was_never_verified_says_so(clerk: TestClient) -> None:
    answer = clerk.get("/api/v1/verification")

    assert answer.status_code == 404
    assert "POST" in answer.json()["detail"]


def test_the_keeper_verifies_and_everybody_reads_the_report(clerk: TestClient) -> None:
    run = clerk.post("/api/v1/verification", json={"incremental": False})
    read = clerk.get("/api/v1/verification", headers={"Authorization": ""})

    assert run.json()["ok"] is True
    assert [book["book"] for book in run.json()["books"]] == ["money", "supervision"]
    assert read.json()["ok"] is True
    assert read.json()["checked_at"]


def test_tampering_is_an_answer_that_names_the_position(clerk: TestClient, empty_ledger: Ledger) -> None:
    with closing(sqlite3.connect(empty_ledger.folder.money)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(
            "UPDATE events SET entry = CAST(replace(entry, '测试镇', '测试村') AS BLOB) WHERE position = 1"
        )
        connection.commit()

    answer = clerk.post("/api/v1/verification", json={})

    told = answer.json()
    assert (answer.status_code, told["ok"]) == (200, False)
    assert {(finding["book"], finding["position"]) for finding in told["findings"]} >= {("money", 1)}
    assert clerk.get("/health").json()["status"] == "not_verified"


def test_a_second_verification_waits_for_the_first_to_end(clerk: TestClient) -> None:
    running = clerk.app.state.verifier._running  # type: ignore[attr-defined]

    with running:
        answer = clerk.post("/api/v1/verification", json={})

    assert (answer.status_code, answer.json()["code"]) == (409, "E-STATE")


def test_flow_and_overview_are_public_and_name_nobody(anybody: TestClient, ledger: Ledger) -> None:
    flow = anybody.get("/api/v1/flow")
    overview = anybody.get("/api/v1/overview")

    assert flow.json() == reading.flow(ledger)
    assert overview.json() == {name: figure for name, figure in reading.overview(ledger).items() if name != "alerts"}
    for answer in (flow, overview):
        assert answer.headers["cache-control"] == "no-cache"
        assert "P-" not in answer.text


def test_health_tells_sizes_lag_and_verification_and_no_secret(anybody: TestClient, ledger: Ledger) -> None:
    answer = anybody.get("/health")

    books = {book["book"]: book for book in answer.json()["books"]}
    assert answer.headers["cache-control"] == "no-store"
    assert books["money"]["size"] == ledger.money.head.position
    assert books["money"]["verified_size"] > 0
    assert answer.json()["verified_at"]
    assert ledger.keeper_token not in answer.text
    assert str(ledger.folder.path) not in answer.text


def test_health_brings_nothing_up_to_date_but_says_how_far_the_views_lag(clerk: TestClient) -> None:
    before = clerk.get("/health").json()["books"][0]

    clerk.get("/api/v1/balances")
    after = clerk.get("/health").json()["books"][0]

    assert before["lag"] == before["size"] == 1
    assert after["lag"] == 0


def test_metrics_tell_whoever_watches_what_health_tells_and_nothing_of_money(anybody: TestClient) -> None:
    answer = anybody.get("/metrics")
    told = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    health = anybody.get("/health").json()

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert float(told['mingzhang_book_entries{book="money"}']) == health["books"][0]["size"]
    assert float(told["mingzhang_verification_findings"]) == health["verification_findings"]
    assert float(told['mingzhang_log_entries{book="money"}']) == 0
    assert not [name for name in told if "fen" in name]
