"""Alerts over the wire: pages, filters, one, the stream of new ones, and the rules that raise them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import reading
from api.ledger import Ledger
from tests.api.rest.hearing import heard


def test_page_by_page_every_alert_comes_once_and_in_order(keeper: TestClient, ledger: Ledger) -> None:
    items: list[dict[str, Any]] = []
    after = None
    while True:
        page = keeper.get("/api/v1/alerts", params={"limit": 1, **({"after": after} if after else {})}).json()
        items += page["items"]
        after = page["next"]
        if after is None:
            break

    assert items == reading.alerts(ledger)
    assert len(items) > 1


def test_filters_by_rule_and_severity_leave_only_what_they_name(keeper: TestClient, ledger: Ledger) -> None:
    everything = reading.alerts(ledger)
    rule, severity = everything[0]["rule_id"], everything[0]["severity"]

    by_rule = keeper.get("/api/v1/alerts", params={"rule": rule, "limit": 1_000}).json()["items"]
    by_severity = keeper.get("/api/v1/alerts", params={"severity": severity, "limit": 1_000}).json()["items"]
    of_none = keeper.get("/api/v1/alerts", params={"rule": "NO-01"}).json()["items"]

    assert by_rule == [alert for alert in everything if alert["rule_id"] == rule]
    assert by_severity == [alert for alert in everything if alert["severity"] == severity]
    assert of_none == []


@pytest.mark.parametrize("asked", [{"severity": "X"}, {"after": "yesterday"}, {"limit": 0}])
def test_a_filter_that_cannot_be_is_refused(keeper: TestClient, asked: dict[str, Any]) -> None:
    assert keeper.get("/api/v1/alerts", params=asked).status_code == 422


def test_one_alert_is_the_same_alone_as_in_its_list(keeper: TestClient) -> None:
    listed = keeper.get("/api/v1/alerts").json()["items"][0]

    alone = keeper.get(f"/api/v1/alerts/{listed['alert_id']}").json()

    assert alone == listed


def test_an_alert_that_nobody_raised_is_not_found(keeper: TestClient) -> None:
    answer = keeper.get(f"/api/v1/alerts/{'0' * 32}")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


def test_the_stream_tells_every_alert_that_was_raised_from_a_position_on(keeper: TestClient, ledger: Ledger) -> None:
    listed = reading.alerts(ledger)

    answer = keeper.get("/api/v1/alerts/stream", params={"after": 0, "seconds": 0})

    news = heard(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert {told["event"] for told in news} <= {"raised", "changed", "withdrawn"}
    raised = {told["data"]["alert_id"]: told["data"] for told in news if told["event"] == "raised"}
    assert raised.keys() == {alert["alert_id"] for alert in listed}
    for alert in listed:
        assert raised[alert["alert_id"]]["why_zh"] == alert["why_zh"]
        assert raised[alert["alert_id"]]["occurred_on"] == alert["occurred_on"]


def test_a_stream_taken_up_again_begins_behind_the_last_event_that_was_heard(keeper: TestClient) -> None:
    news = heard(keeper.get("/api/v1/alerts/stream", params={"after": 0, "seconds": 0}).text)

    again = keeper.get("/api/v1/alerts/stream", params={"seconds": 0}, headers={"Last-Event-ID": news[-2]["id"]})

    assert heard(again.text) == news[-1:]


def test_a_stream_from_now_on_tells_nothing_that_was_before(keeper: TestClient) -> None:
    answer = keeper.get("/api/v1/alerts/stream", params={"seconds": 1})

    assert heard(answer.text) == []


def test_the_rules_say_whether_they_can_be_evaluated(keeper: TestClient, clerk: TestClient) -> None:
    with_facts = {rule["rule_id"]: rule for rule in keeper.get("/api/v1/rules").json()["items"]}
    without = {rule["rule_id"]: rule for rule in clerk.get("/api/v1/rules").json()["items"]}

    assert with_facts["DUP-01"]["status"] == "ready"
    assert without["DUP-01"]["status"] == "not_evaluable"
    assert without["DUP-01"]["missing"]
