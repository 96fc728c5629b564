"""Delivering to real receivers: in order, at least once, again and again, and at last to the dead letters."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from api.ledger import Ledger
from api.reading import alert
from api.webhooks.cloud_events import MEDIA_TYPE
from api.webhooks.delivering import WAITS_SECONDS, Deliverer, deliver_once
from api.webhooks.endpoint import Subscription
from api.webhooks.register import Webhooks
from api.webhooks.sending import Patience
from domain.clock import wall_clock
from domain.refusal import Refused
from tests.api.webhooks.receiving import (
    CLOSES,
    change_alert,
    raise_alert,
    receiving,
    subscribed,
    withdraw_alert,
)

HASTE = Patience(connect_seconds=0.5, answer_seconds=0.5)
DAY = timedelta(days=1)


class Clock:
    """The machine's clock, moved on by the test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return wall_clock() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇", clock=clock) as made:
        yield made


@pytest.fixture
def webhooks(ledger: Ledger) -> Iterator[Webhooks]:
    made = Webhooks.of(ledger)
    yield made
    made.close()


@pytest.fixture
def stop() -> Event:
    return Event()


def test_what_happens_to_an_alert_is_told_in_order_signed_and_as_cloud_events(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    positions = [raise_alert(ledger, 1), change_alert(ledger, 1, 2, amount_at_risk_fen=900_00), raise_alert(ledger, 2)]
    positions.append(withdraw_alert(ledger, 1, 3))

    with receiving() as receiver:
        endpoint, secret = subscribed(webhooks, receiver)
        told = deliver_once(ledger, webhooks, stop)

    assert told == {"taken": 4, "dead_letters": 0, "failed": []}
    assert receiver.positions == positions
    assert [message.event["type"] for message in receiver.messages] == [
        f"cn.mingzhang.alert.{word}.v1" for word in ("raised", "changed", "raised", "withdrawn")
    ]
    assert [message.event["data"]["state"] for message in receiver.messages] == [
        *("raised", "raised", "raised", "withdrawn")
    ]
    assert [message.event["data"]["amount_at_risk_fen"] for message in receiver.messages] == [
        *(600_00, 900_00, 600_00, 900_00)
    ]
    for message in receiver.messages:
        assert message.is_signed_with(secret)
        assert message.path == "/alerts?from=mingzhang"
        assert message.headers["content-type"] == MEDIA_TYPE
        assert message.id.startswith(f"msg_{endpoint.id}_{message.event['id']}")
        assert message.event["source"] == ledger.supervision.origin
        assert message.event["subject"] == f"alert:{message.event['data']['alert_id']}"


def test_the_data_is_the_alert_as_outputs_has_it_with_references_for_people(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1)
    ledger.project()

    with receiving() as receiver:
        subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)

    [message] = receiver.messages
    whole = alert(ledger, f"{1:032x}")
    assert message.event["data"] == {name: whole[name] for name in message.event["data"]}
    assert list(message.event["data"]) == [
        *("alert_id", "rule_id", "rule_version", "pack_hash", "severity", "state", "anchor", "subjects", "event_refs"),
        *("amount_at_risk_fen", "occurred_on", "raised_at", "why_zh", "why_en"),
    ]
    assert message.event.keys() == {
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"),
    }
    assert datetime.fromisoformat(message.event["time"]).tzinfo == UTC


def test_an_endpoint_hears_only_the_events_severities_and_rules_that_it_asked_for(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1, severity="Y")
    wanted = raise_alert(ledger, 2)
    change_alert(ledger, 2, 2)
    raise_alert(ledger, 3, rule_id="LON-01")
    withdraw_alert(ledger, 1, 2)
    gone = withdraw_alert(ledger, 2, 3)

    with receiving() as receiver:
        only = Subscription(("alert.raised", "alert.withdrawn"), ("R", "O"), ("DUP-01",))
        endpoint, _ = subscribed(webhooks, receiver, only)
        deliver_once(ledger, webhooks, stop)

    assert receiver.positions == [wanted, gone]
    assert webhooks.endpoint(endpoint.id).position == ledger.supervision.head.position


@pytest.mark.parametrize("answer", [500, 404, 429, CLOSES])
def test_what_was_not_taken_is_sent_again_under_the_same_id_and_nothing_overtakes_it(
    answer: int, ledger: Ledger, webhooks: Webhooks, stop: Event, clock: Clock
) -> None:
    positions = [raise_alert(ledger, 1), raise_alert(ledger, 2)]

    with receiving(answer, answer) as receiver:
        endpoint, secret = subscribed(webhooks, receiver)
        first = deliver_once(ledger, webhooks, stop)
        at_once = deliver_once(ledger, webhooks, stop)
        clock.ahead += timedelta(seconds=6)
        second = deliver_once(ledger, webhooks, stop)
        clock.ahead += timedelta(seconds=331)
        third = deliver_once(ledger, webhooks, stop)

    assert [len(told["failed"]) for told in (first, at_once, second, third)] == [1, 0, 1, 0]
    assert receiver.positions == [positions[0]] * 3 + [positions[1]]
    assert len({message.id for message in receiver.messages[:3]}) == 1
    assert len({message.body for message in receiver.messages[:3]}) == 1
    assert len({message.headers["webhook-timestamp"] for message in receiver.messages[:3]}) == 3
    assert all(message.is_signed_with(secret) for message in receiver.messages)
    assert webhooks.endpoint(endpoint.id).delivered == 2


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone_for_so_long(
    ledger: Ledger, webhooks: Webhooks, stop: Event, clock: Clock
) -> None:
    raise_alert(ledger, 1)

    with receiving(503) as receiver:
        receiver.headers = {"Retry-After": "120"}
        endpoint, _ = subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)
        clock.ahead += timedelta(seconds=60)
        deliver_once(ledger, webhooks, stop)
        asked = len(receiver.messages)
        clock.ahead += timedelta(seconds=61)
        deliver_once(ledger, webhooks, stop)

    assert asked == 1
    assert len(receiver.messages) == 2
    assert webhooks.endpoint(endpoint.id).attempts == 0


def test_after_ten_attempts_over_three_days_a_message_is_a_dead_letter_and_the_next_one_goes(
    ledger: Ledger, webhooks: Webhooks, stop: Event, clock: Clock
) -> None:
    first, second = raise_alert(ledger, 1), raise_alert(ledger, 2)

    with receiving(*[500] * 10) as receiver:
        endpoint, _ = subscribed(webhooks, receiver)
        for wait in (0, *WAITS_SECONDS):
            clock.ahead += timedelta(seconds=wait * 1.1 + 1)
            deliver_once(ledger, webhooks, stop)
        [letter] = webhooks.dead_letters()
        deliver_once(ledger, webhooks, stop)
        again = Deliverer(ledger, webhooks).again(letter, stop)

    assert sum(WAITS_SECONDS) > 3 * DAY.total_seconds()
    assert receiver.positions == [first] * 10 + [second, first]
    assert len({message.id for message in receiver.messages}) == 2
    assert (letter.position, letter.attempts, letter.endpoint) == (first, 10, endpoint.id)
    assert letter.id == receiver.messages[0].id
    assert again.is_taken
    assert webhooks.dead_letters() == []


def test_a_dead_letter_that_is_refused_again_stays_one_until_it_is_dropped(
    ledger: Ledger, webhooks: Webhooks, stop: Event, clock: Clock
) -> None:
    raise_alert(ledger, 1)

    with receiving(*[500] * 11) as receiver:
        subscribed(webhooks, receiver)
        for wait in (0, *WAITS_SECONDS):
            clock.ahead += timedelta(seconds=wait * 1.1 + 1)
            deliver_once(ledger, webhooks, stop)
        again = Deliverer(ledger, webhooks).again(webhooks.dead_letters()[0], stop)

    [letter] = webhooks.dead_letters()
    assert not again.is_taken
    assert letter.attempts == 11
    webhooks.drop(letter.id)
    assert webhooks.dead_letters() == []


def test_a_receiver_that_is_gone_is_disabled_and_hears_everything_once_it_is_enabled_again(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    positions = [raise_alert(ledger, 1)]

    with receiving(410) as receiver:
        endpoint, _ = subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)
        disabled = webhooks.endpoint(endpoint.id)
        positions.append(raise_alert(ledger, 2))
        deliver_once(ledger, webhooks, stop)
        while_disabled = len(receiver.messages)
        webhooks.enable(endpoint.id)
        deliver_once(ledger, webhooks, stop)

    assert not disabled.enabled
    assert disabled.why.startswith("HTTP 410")
    assert while_disabled == 1
    assert receiver.positions == [positions[0], *positions]


def test_a_redirect_is_not_followed_and_counts_as_not_taken(ledger: Ledger, webhooks: Webhooks, stop: Event) -> None:
    raise_alert(ledger, 1)

    with receiving() as elsewhere, receiving(302) as receiver:
        receiver.headers = {"Location": elsewhere.url}
        endpoint, _ = subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)

    assert elsewhere.messages == []
    assert "redirect is not followed" in webhooks.endpoint(endpoint.id).why


def test_of_what_a_receiver_says_only_a_short_beginning_is_kept(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1)

    with receiving(500) as receiver:
        receiver.body = "错误\x00\n".encode() + b"x" * 1_000_000
        endpoint, _ = subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)

    why = webhooks.endpoint(endpoint.id).why
    assert why.startswith("HTTP 500: 错误  xxx")
    assert len(why) <= 301


def test_a_receiver_that_does_not_answer_is_given_up_after_a_while(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1)

    with receiving() as receiver:
        receiver.hold = Event()
        endpoint, _ = subscribed(webhooks, receiver)
        told = Deliverer(ledger, webhooks, patience=HASTE).deliver(endpoint, stop)

    assert told.taken == 0
    assert "no answer within" in told.why
    assert webhooks.endpoint(endpoint.id).attempts == 1


def test_a_new_secret_signs_beside_the_one_before_it_until_the_overlap_ends(
    ledger: Ledger, webhooks: Webhooks, stop: Event, clock: Clock
) -> None:
    with receiving() as receiver:
        endpoint, old = subscribed(webhooks, receiver)
        new = webhooks.rotate(endpoint.id, overlap_seconds=3_600)
        raise_alert(ledger, 1)
        deliver_once(ledger, webhooks, stop)
        clock.ahead += timedelta(hours=2)
        raise_alert(ledger, 2)
        deliver_once(ledger, webhooks, stop)
        at_once = webhooks.rotate(endpoint.id, overlap_seconds=0)
        raise_alert(ledger, 3)
        deliver_once(ledger, webhooks, stop)

    valid = [[message.is_signed_with(secret) for secret in (old, new, at_once)] for message in receiver.messages]
    assert valid == [[True, True, False], [False, True, False], [False, False, True]]


def test_secrets_stand_nowhere_in_the_folder_in_clear(ledger: Ledger, webhooks: Webhooks) -> None:
    with receiving() as receiver:
        _, secret = subscribed(webhooks, receiver)

    files = [file.read_bytes() for file in ledger.folder.path.rglob("*") if file.is_file()]
    assert not any(secret.removeprefix("whsec_").encode() in content for content in files)
    told = json.dumps([endpoint.told(1) for endpoint in webhooks.endpoints()])
    assert "whsec_" not in told


def test_an_endpoint_that_is_removed_takes_its_secret_and_dead_letters_with_it(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1)

    with receiving() as receiver:
        endpoint, _ = subscribed(webhooks, receiver)
        webhooks.remove(endpoint.id)
        deliver_once(ledger, webhooks, stop)
        left = Deliverer(ledger, webhooks).deliver(endpoint, stop)

    assert receiver.messages == []
    assert left.taken == 0
    assert webhooks.endpoints() == []
    with pytest.raises(LookupError, match=endpoint.id):
        webhooks.secrets(endpoint.id)


def test_what_another_process_delivers_is_not_delivered_a_second_time(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    with ledger.storage.delivering() as ours:
        assert ours
        with pytest.raises(Refused, match="Another process is delivering"):
            deliver_once(ledger, webhooks, stop)


def test_what_a_slower_deliverer_notes_changes_nothing_that_a_faster_one_has_noted(
    ledger: Ledger, webhooks: Webhooks, stop: Event
) -> None:
    raise_alert(ledger, 1)

    with receiving() as receiver:
        before, _ = subscribed(webhooks, receiver)
        deliver_once(ledger, webhooks, stop)

    assert not webhooks.passed(before, 1)
    assert not webhooks.failed(before, "too late", due_at=0)
    assert webhooks.endpoint(before.id).why == ""


@pytest.mark.postgresql
def test_in_a_database_endpoints_are_kept_and_told_as_in_files(ledger_in_a_database: Ledger, stop: Event) -> None:
    webhooks = Webhooks.of(ledger_in_a_database)
    positions = [raise_alert(ledger_in_a_database, 1), raise_alert(ledger_in_a_database, 2)]

    with receiving(500) as receiver:
        endpoint, secret = subscribed(webhooks, receiver)
        failed = deliver_once(ledger_in_a_database, webhooks, stop)
        webhooks.enable(endpoint.id)
        taken = deliver_once(ledger_in_a_database, webhooks, stop)
    webhooks.close()

    assert (len(failed["failed"]), taken["taken"]) == (1, 2)
    assert receiver.positions == [positions[0], *positions]
    assert all(message.is_signed_with(secret) for message in receiver.messages)
