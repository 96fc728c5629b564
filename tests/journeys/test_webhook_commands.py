"""`mingzhang webhooks` from the first address to the last dead letter, as whoever keeps a ledger types it."""

from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from api.webhooks.delivering import WAITS_SECONDS
from api.webhooks.register import Webhooks
from tests.api.webhooks.receiving import Receiver, raise_alert, receiving
from tests.journeys.commanding import NAME, PLACE, tell


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The folder of a ledger whose rules have run."""
    with Ledger.create(tmp_path / "books", place_code=PLACE, place_name=NAME) as ledger:
        ledger.catch_up()
    return tmp_path / "books"


def hook(path: Path, *words: str) -> Any:
    """What `mingzhang webhooks …` answers."""
    return tell(path, "webhooks", *words)


def added(path: Path, receiver: Receiver, *words: str) -> dict[str, Any]:
    """An endpoint at the receiver, with its secret."""
    told = hook(path, "add", receiver.url, "--insecure-http", "--json", *words)
    assert told.status == 0, told.err
    endpoint: dict[str, Any] = told.json
    return endpoint


def raised(path: Path, number: int) -> int:
    with Ledger.open(path) as ledger:
        return raise_alert(ledger, number)


def test_the_secret_is_printed_when_it_is_made_and_later_only_when_it_is_asked_for(path: Path) -> None:
    with receiving() as receiver:
        made = hook(path, "add", receiver.url, "--insecure-http", "--events", "alert.raised", "--severity", "R,O")
    secret = made.out.strip()
    [listed] = hook(path, "list", "--json").json

    shown = hook(path, "show", listed["id"])
    with_secret = hook(path, "show", listed["id"], "--secret").json

    assert secret.startswith("whsec_")
    assert made.err.count(secret) == 0
    assert secret not in hook(path, "list").out + shown.out
    assert with_secret["secrets"] == [{"secret": secret, "until": None}]
    assert (listed["events"], listed["severities"], listed["reach"]) == (["alert.raised"], ["R", "O"], "insecure")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("http://receiver.example.cn/",), "--insecure-http"),
        (("https://192.168.1.1/",), "--private"),
        (("https://169.254.169.254/", "--private"), "none that a webhook may be sent to"),
        (("https://receiver.example.cn/", "--events", "alert.invented"), "alert.raised"),
        (("https://receiver.example.cn/", "--severity", "X"), "R, O, Y, B"),
    ],
)
def test_an_address_or_a_filter_that_cannot_be_is_refused_with_what_to_do(
    path: Path, words: tuple[str, ...], says: str
) -> None:
    refused = hook(path, "add", *words)

    assert (refused.status, refused.out) == (2, "")
    assert says in refused.err


def test_what_is_due_is_delivered_once_and_the_status_says_whether_all_was_taken(path: Path) -> None:
    with receiving(500) as receiver:
        endpoint = added(path, receiver)
        raised(path, 1)
        failed = hook(path, "deliver")
        listed = hook(path, "list")
        hook(path, "enable", endpoint["id"])
        done = hook(path, "deliver", "--json")
        healthy = hook(path, "list")

    assert (failed.status, listed.status, done.status, healthy.status) == (1, 1, 0, 0)
    assert "HTTP 500" in failed.err
    assert "failing" in listed.out
    assert done.json["failed"] == []
    assert all(message.is_signed_with(endpoint["secret"]) for message in receiver.messages)


def test_a_test_message_says_whether_it_was_taken(path: Path) -> None:
    with receiving(204, 401) as receiver:
        endpoint = added(path, receiver)
        taken, not_taken = hook(path, "test", endpoint["id"]), hook(path, "test", endpoint["id"], "--json")

    assert (taken.status, not_taken.status) == (0, 1)
    assert not_taken.json == {"taken": False, "status": 401, "why": "HTTP 401"}


def test_a_new_secret_is_printed_and_both_sign_meanwhile(path: Path) -> None:
    with receiving() as receiver:
        endpoint = added(path, receiver)
        new = hook(path, "rotate", endpoint["id"]).out.strip()
        hook(path, "test", endpoint["id"])

    [message] = receiver.messages
    assert message.is_signed_with(endpoint["secret"])
    assert message.is_signed_with(new)


def test_dead_letters_are_listed_sent_again_and_dropped(path: Path) -> None:
    refusals = [500] * (len(WAITS_SECONDS) + 1)
    with receiving(*refusals, 500) as receiver:
        endpoint = added(path, receiver)
        raised(path, 1)
        with Ledger.open(path) as ledger:
            webhooks = Webhooks.of(ledger)
            for _ in WAITS_SECONDS:
                webhooks.failed(webhooks.endpoint(endpoint["id"]), "HTTP 500", due_at=0)
            webhooks.close()
        hook(path, "deliver")
        [letter] = hook(path, "dead-letters", "list", "--json").json
        printed = hook(path, "dead-letters", "list").out
        receiver.answers.clear()
        receiver.answers.append(500)
        refused = hook(path, "dead-letters", "retry", letter["id"])
        again = hook(path, "dead-letters", "retry", letter["id"], "--json")

    assert letter["id"] in printed
    assert letter["attempts"] == len(refusals)
    assert (refused.status, again.status) == (1, 0)
    assert len({message.id for message in receiver.messages if message.event["id"] == letter["id"].split("_")[2]}) == 1
    assert hook(path, "dead-letters", "list", "--json").json == []
    assert hook(path, "dead-letters", "drop", letter["id"]).status == 2


def test_an_address_that_was_removed_is_there_no_longer(path: Path) -> None:
    with receiving() as receiver:
        endpoint = added(path, receiver)

    assert hook(path, "remove", endpoint["id"]).status == 0
    assert hook(path, "list", "--json").json == []
    missing = hook(path, "show", endpoint["id"])
    assert (missing.status, endpoint["id"] in missing.err) == (2, True)
