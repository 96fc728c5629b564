"""While a ledger is served its webhooks are delivered by themselves, whatever a receiver does, and after any crash."""

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from api.ledger import Ledger
from api.webhooks.background import delivering
from api.webhooks.register import Webhooks
from tests.api.webhooks.receiving import CLOSES, eventually, raise_alert, receiving, subscribed
from tests.journeys.commanding import start, tell

PLACE, NAME = "440899101", "测试镇"


@pytest.fixture
def webhooks(empty_ledger: Ledger) -> Iterator[Webhooks]:
    made = Webhooks.of(empty_ledger)
    yield made
    made.close()


def test_an_alert_that_is_raised_is_told_at_once_without_anybody_asking(
    empty_ledger: Ledger, webhooks: Webhooks
) -> None:
    with receiving() as receiver:
        subscribed(webhooks, receiver)
        with delivering(empty_ledger, webhooks):
            first = raise_alert(empty_ledger, 1)
            assert eventually(lambda: receiver.positions == [first])
            began = monotonic()
            second = raise_alert(empty_ledger, 2)
            assert eventually(lambda: receiver.positions == [first, second])

    assert monotonic() - began < 2


def test_a_receiver_that_is_slow_keeps_no_other_one_waiting(empty_ledger: Ledger, webhooks: Webhooks) -> None:
    with receiving() as slow, receiving() as quick:
        slow.hold = Event()
        subscribed(webhooks, slow)
        subscribed(webhooks, quick)
        with delivering(empty_ledger, webhooks):
            positions = [raise_alert(empty_ledger, number) for number in (1, 2, 3)]
            assert eventually(lambda: quick.positions == positions)
            assert eventually(lambda: slow.positions == positions[:1])
            slow.hold.set()
            assert eventually(lambda: slow.positions == positions)


def test_the_end_of_a_program_breaks_off_what_is_on_its_way_and_sends_it_again_later(
    empty_ledger: Ledger, webhooks: Webhooks
) -> None:
    position = raise_alert(empty_ledger, 1)

    with receiving() as receiver:
        receiver.hold = Event()
        endpoint, _ = subscribed(webhooks, receiver)
        with delivering(empty_ledger, webhooks):
            assert eventually(lambda: receiver.positions == [position])
            began = monotonic()
        ended_after = monotonic() - began
        receiver.hold.set()
        with delivering(empty_ledger, webhooks):
            assert eventually(lambda: webhooks.endpoint(endpoint.id).delivered == 1)

    assert ended_after < 5
    assert receiver.positions == [position, position]
    assert len({message.id for message in receiver.messages}) == 1


def test_one_that_takes_a_message_and_hangs_up_is_sent_it_again(empty_ledger: Ledger, webhooks: Webhooks) -> None:
    with receiving(CLOSES) as receiver:
        endpoint, _ = subscribed(webhooks, receiver)
        with delivering(empty_ledger, webhooks):
            position = raise_alert(empty_ledger, 1)
            assert eventually(lambda: webhooks.endpoint(endpoint.id).attempts == 1)
            webhooks.enable(endpoint.id)
            assert eventually(lambda: webhooks.endpoint(endpoint.id).delivered == 1)

    assert receiver.positions == [position, position]
    assert receiver.messages[0].id == receiver.messages[1].id


def test_a_deliverer_killed_before_it_noted_what_was_taken_sends_that_again_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "books"
    with Ledger.create(path, place_code=PLACE, place_name=NAME) as ledger:
        ledger.catch_up()
        positions = [raise_alert(ledger, number) for number in range(1, 4)]
        hooks = Webhooks.of(ledger)
        with receiving() as receiver:
            endpoint, secret = subscribed(hooks, receiver, position=positions[0] - 1)
            receiver.hold = Event()
            killed = start(path, "webhooks", "deliver")
            assert eventually(lambda: len(receiver.messages) == 1)
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            stands_at = hooks.endpoint(endpoint.id).position
            receiver.hold.set()

            done = tell(path, "webhooks", "deliver", "--json")
        hooks.close()

    assert killed.returncode == -signal.SIGKILL
    assert stands_at == positions[0] - 1
    assert done.json["failed"] == []
    assert receiver.positions[:4] == [positions[0], *positions]
    assert receiver.messages[0].id == receiver.messages[1].id
    assert all(message.is_signed_with(secret) for message in receiver.messages)
