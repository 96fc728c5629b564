"""Delivering: the next message of an endpoint, until it is up with the supervision book or one is not taken.

    taken (2xx)      the endpoint's position moves to the message's
    gone (410)       the endpoint is disabled, and stays where it is
    anything else    sent again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, each up to a tenth longer
                     (the schedule of Standard Webhooks); after that it is a dead letter, and the next one's turn

Whoever is killed between the answer and the note of it sends the message again, under the same `webhook-id`: at least
once, and in order. What is sent is made from the book alone, so that it is the same each time but for its timestamp.
"""

from threading import Event
from typing import Any, Final, NamedTuple

from api.alert_news import News, news_behind, news_of
from api.ledger import Ledger
from api.webhooks.cloud_events import cloud_event, message_id, test_event
from api.webhooks.endpoint import DeadLetter, Endpoint
from api.webhooks.register import Webhooks
from api.webhooks.sending import Answer, Patience, post
from api.webhooks.signing import signed_headers
from domain.refusal import Refused

WAITS_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before the second and each further attempt; the first is at once."""

JITTER_PARTS: Final = 10
RANDOM_BYTES: Final = 2
NUMBER_BYTES: Final = 8


class Delivered(NamedTuple):
    """What one round of an endpoint came to.

    taken, dead:  messages.
    why:          what the last one failed of; empty when the endpoint is up with the book.
    """

    taken: int = 0
    dead: int = 0
    why: str = ""


class Deliverer:
    """Sends to the endpoints of one ledger; one for all threads."""

    def __init__(self, ledger: Ledger, webhooks: Webhooks, *, patience: Patience = Patience()) -> None:  # noqa: B008  it is frozen
        """Send what the supervision book of `ledger` tells."""
        self._ledger = ledger
        self._webhooks = webhooks
        self._book = ledger.supervision
        self._patience = patience

    def due(self) -> list[Endpoint]:
        """The endpoints that have something to hear, and need not be left alone any longer."""
        head, now = self._book.head.position, self._webhooks.now()
        return [
            endpoint
            for endpoint in self._webhooks.endpoints()
            if endpoint.enabled and endpoint.position < head and endpoint.due_at <= now
        ]

    def deliver(self, endpoint: Endpoint, stop: Event) -> Delivered:
        """Send what the endpoint has not heard, one by one, until one is not taken or `stop` is set."""
        taken = 0
        while not stop.is_set():
            news, passed = self._next(endpoint)
            if passed > endpoint.position and not self._webhooks.passed(endpoint, passed):
                break
            endpoint = endpoint._replace(position=max(passed, endpoint.position))
            if news is None:
                if passed == self._book.head.position:
                    break
                continue
            answer = self._send(endpoint, news, stop)
            if not answer.is_taken and stop.is_set():
                return Delivered(taken, why=answer.why)  # nothing is noted: it is sent again as if for the first time
            if not answer.is_taken:
                return self._not_taken(endpoint, news, answer, Delivered(taken))
            if not self._webhooks.taken(endpoint, news.position):
                break
            endpoint = endpoint._replace(position=news.position, attempts=0)
            taken += 1
        return Delivered(taken)

    def again(self, letter: DeadLetter, stop: Event) -> Answer:
        """Send a dead letter once more, now; when it is taken, it is one no longer."""
        endpoint = self._webhooks.endpoint(letter.endpoint)
        sealed = self._book.entry(letter.position)
        news = news_of(self._book, sealed) if sealed is not None else None
        if news is None:
            raise Refused(
                "E-REF",
                field="dead_letter",
                value=letter.id,
                why=f"Position {letter.position} of the supervision book tells of no alert.",
                remedy="The book was restored to an earlier state; drop the dead letter.",
            )
        answer = self._send(endpoint, news, stop)
        if answer.is_taken:
            self._webhooks.drop(letter.id)
        else:
            self._webhooks.failed_again(letter, answer.why)
        return answer

    def test(self, endpoint: Endpoint, stop: Event) -> Answer:
        """Send a message that tells of nothing, once."""
        number = self._ledger.randomness(NUMBER_BYTES).hex()
        body = test_event(self._book.origin, endpoint.id, number, self._ledger.clock)
        return self._post(endpoint, f"test_{endpoint.id}_{number}", body, stop)

    def _next(self, endpoint: Endpoint) -> tuple[News | None, int]:
        """What the endpoint hears next, if it is not far, and the position before it up to which there is nothing."""
        passed = endpoint.position
        for position, news in news_behind(self._book, endpoint.position, endpoint.subscription.wanted):
            if news is not None:
                return news, passed
            passed = position
        return None, passed

    def _send(self, endpoint: Endpoint, news: News, stop: Event) -> Answer:
        return self._post(endpoint, message_id(endpoint.id, news), cloud_event(self._book.origin, news), stop)

    def _post(self, endpoint: Endpoint, own_id: str, body: bytes, stop: Event) -> Answer:
        try:
            secrets = [secret.secret for secret in self._webhooks.secrets(endpoint.id)]
        except LookupError:
            return Answer(None, "it was removed")
        headers = signed_headers(secrets, own_id, int(self._webhooks.now()), body)
        return post(endpoint.url, endpoint.reach, headers, body, patience=self._patience, stop=stop)

    def _not_taken(self, endpoint: Endpoint, news: News, answer: Answer, so_far: Delivered) -> Delivered:
        if answer.is_gone:
            self._webhooks.disable(endpoint.id, answer.why)
            return so_far._replace(why=answer.why)
        if endpoint.attempts < len(WAITS_SECONDS):
            wait = max(self._jittered(WAITS_SECONDS[endpoint.attempts]), answer.wait_seconds)
            self._webhooks.failed(endpoint, answer.why, due_at=self._webhooks.now() + wait)
            return so_far._replace(why=answer.why)
        own_id, attempts = message_id(endpoint.id, news), endpoint.attempts + 1
        letter = DeadLetter(own_id, endpoint.id, news.position, attempts, answer.why, self._webhooks.now())
        self._webhooks.died(endpoint, letter)
        return so_far._replace(dead=1, why=answer.why)

    def _jittered(self, seconds: int) -> float:
        """Up to a tenth longer: those who failed together do not come again together."""
        drawn = int.from_bytes(self._ledger.randomness(RANDOM_BYTES), "big")
        return seconds * (1 + drawn / (JITTER_PARTS << 8 * RANDOM_BYTES))


def deliver_once(ledger: Ledger, webhooks: Webhooks, stop: Event) -> dict[str, Any]:
    """Deliver everything that is due, endpoint by endpoint; gives what it came to.

    Raises:
        Refused: `E-STATE` when another process is delivering.
    """
    with ledger.storage.delivering() as ours:
        if not ours:
            raise Refused(
                "E-STATE",
                why="Another process is delivering the webhooks of this ledger.",
                remedy="One is enough: mingzhang serve delivers by itself.",
            )
        deliverer = Deliverer(ledger, webhooks)
        rounds = {endpoint.id: deliverer.deliver(endpoint, stop) for endpoint in deliverer.due()}
    return {
        "taken": sum(one.taken for one in rounds.values()),
        "dead_letters": sum(one.dead for one in rounds.values()),
        "failed": [{"id": endpoint_id, "why": one.why} for endpoint_id, one in rounds.items() if one.why],
    }
