"""Webhooks over the wire: added, shown, tested, disabled, removed; for the keeper only, secrets told once."""

from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from api.webhooks.cloud_events import EVENTS
from api.webhooks.delivering import WAITS_SECONDS, Deliverer
from tests.api.webhooks.receiving import Receiver, raise_alert, receiving

WEBHOOKS = "/api/v1/webhooks"
LETTERS = "/api/v1/webhook-dead-letters"
STOP = Event()


def added(clerk: TestClient, receiver: Receiver, **others: Any) -> dict[str, Any]:
    answer = clerk.post(WEBHOOKS, json={"url": receiver.url, "reach": "insecure", **others})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def deliver(clerk: TestClient, ledger: Ledger) -> None:
    """What the courier does while the ledger is served."""
    deliverer = Deliverer(ledger, clerk.app.state.webhooks)  # type: ignore[attr-defined]  # the application's own state
    for endpoint in deliverer.due():
        deliverer.deliver(endpoint, STOP)


def test_an_endpoint_is_added_with_a_secret_that_is_told_once(clerk: TestClient) -> None:
    with receiving() as receiver:
        told = added(clerk, receiver, events=["alert.raised"], severities=["R", "O"], rules=["DUP-01"])
        listed = clerk.get(WEBHOOKS).json()["items"]
        shown = clerk.get(f"{WEBHOOKS}/{told['id']}").json()

    secret = told.pop("secret")
    assert secret.startswith("whsec_")
    assert listed == [told]
    assert shown == told
    assert (told["state"], told["events"], told["lag"]) == ("enabled", ["alert.raised"], 0)


def test_the_same_request_with_one_key_adds_one_endpoint_and_tells_the_secret_again(clerk: TestClient) -> None:
    body = {"url": "https://receiver.example.cn/hook"}
    headers = {"Idempotency-Key": "one"}

    first, second = (clerk.post(WEBHOOKS, json=body, headers=headers) for _ in range(2))

    assert first.json() == second.json()
    assert len(clerk.get(WEBHOOKS).json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://receiver.example.cn/"},
        {"url": "https://10.0.0.1/"},
        {"url": "https://169.254.169.254/latest/meta-data", "reach": "private"},
        {"url": "https://receiver.example.cn/", "events": ["alert.invented"]},
        {"url": "https://receiver.example.cn/", "severities": ["X"]},
        {"url": "https://receiver.example.cn/", "reach": "everywhere"},
        {"url": ""},
        {},
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_and_not_kept(clerk: TestClient, body: dict[str, Any]) -> None:
    answer = clerk.post(WEBHOOKS, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-SCHEMA")
    assert clerk.get(WEBHOOKS).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{'0' * 16}"),
        ("DELETE", f"/{'0' * 16}"),
        ("POST", f"/{'0' * 16}/test"),
        ("POST", f"/{'0' * 16}/rotate"),
    ],
)
def test_nobody_but_the_keeper_sees_or_changes_who_hears_of_alerts(anybody: TestClient, method: str, path: str) -> None:
    assert anybody.request(method, WEBHOOKS + path).status_code == 401


def test_a_test_message_arrives_signed_and_tells_of_nothing(clerk: TestClient) -> None:
    with receiving() as receiver:
        told = added(clerk, receiver)
        answer = clerk.post(f"{WEBHOOKS}/{told['id']}/test")

    [message] = receiver.messages
    assert answer.json() == {"taken": True, "status": 204, "why": ""}
    assert message.is_signed_with(told["secret"])
    assert message.event["type"] == "cn.mingzhang.webhook.test.v1"


def test_a_new_secret_is_told_once_and_signs_with_the_old_one_for_a_day(clerk: TestClient) -> None:
    with receiving() as receiver:
        told = added(clerk, receiver)
        new = clerk.post(f"{WEBHOOKS}/{told['id']}/rotate", json={}).json()["secret"]
        clerk.post(f"{WEBHOOKS}/{told['id']}/test")

    [message] = receiver.messages
    assert message.is_signed_with(told["secret"])
    assert message.is_signed_with(new)


def test_a_receiver_that_is_gone_shows_as_disabled_and_on_health_until_it_is_enabled(
    clerk: TestClient, empty_ledger: Ledger
) -> None:
    with receiving(410) as receiver:
        told = added(clerk, receiver)
        raise_alert(empty_ledger, 1)
        deliver(clerk, empty_ledger)
        shown = clerk.get(f"{WEBHOOKS}/{told['id']}").json()
        health = clerk.get("/health").json()["webhooks"]
        enabled = clerk.post(f"{WEBHOOKS}/{told['id']}/enable").json()
        deliver(clerk, empty_ledger)

    assert (shown["state"], enabled["state"]) == ("disabled", "enabled")
    assert health == {"enabled": 0, "disabled": 1, "failing": 0, "dead_letters": 0, "lag": 0}
    assert clerk.get(f"{WEBHOOKS}/{told['id']}").json()["delivered"] == 1


def test_dead_letters_are_listed_counted_sent_again_and_dropped(clerk: TestClient, empty_ledger: Ledger) -> None:
    with receiving(*[500] * (len(WAITS_SECONDS) + 1)) as receiver:
        told = added(clerk, receiver)
        positions = [raise_alert(empty_ledger, number) for number in (1, 2)]
        for _ in range(len(WAITS_SECONDS) + 1):
            webhooks = clerk.app.state.webhooks  # type: ignore[attr-defined]  # the application's own state
            endpoint = webhooks.endpoint(told["id"])
            Deliverer(empty_ledger, webhooks).deliver(endpoint, STOP)
        [letter] = clerk.get(f"{LETTERS}").json()["items"]
        metrics = clerk.get("/metrics").text
        again = clerk.post(f"{LETTERS}/{letter['id']}/retry").json()

    assert (letter["position"], letter["attempts"]) == (positions[0], len(WAITS_SECONDS) + 1)
    assert "mingzhang_webhooks_dead_letters 1.0" in metrics
    assert "mingzhang_webhooks_enabled 1.0" in metrics
    assert again["taken"]
    assert clerk.get(f"{LETTERS}").json()["items"] == []
    assert clerk.delete(f"{LETTERS}/{letter['id']}").status_code == 404


def test_an_endpoint_that_was_removed_is_not_found(clerk: TestClient) -> None:
    with receiving() as receiver:
        told = added(clerk, receiver)

    assert clerk.delete(f"{WEBHOOKS}/{told['id']}").status_code == 204
    assert clerk.get(f"{WEBHOOKS}/{told['id']}").json()["code"] == "E-REF"
    assert clerk.post(f"{WEBHOOKS}/{told['id']}/test").status_code == 404


def test_whatever_can_happen_to_an_alert_can_be_asked_for(clerk: TestClient) -> None:
    answer = clerk.post(WEBHOOKS, json={"url": "https://receiver.example.cn/", "events": list(EVENTS)})

    assert answer.status_code == 201
    assert {"alert.raised", "alert.changed", "alert.withdrawn"} <= set(answer.json()["events"])
