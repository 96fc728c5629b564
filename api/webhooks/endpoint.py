"""An endpoint: an address that hears of alerts, what it hears, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from api.alert_news import Wanted
from api.webhooks.addresses import NotAllowed, Reach, target_of
from api.webhooks.cloud_events import EVENT_PREFIX, EVENTS
from domain.clock import instant
from domain.refusal import Refused

SEVERITIES: Final = ("R", "O", "Y", "B")
LONGEST_WORD: Final = 100


class Subscription(msgspec.Struct, frozen=True):
    """What an endpoint wants to hear; nothing named is everything.

    events:      `alert.raised` and so on.
    severities:  R, O, Y, B.
    rules:       rule ids.
    """

    events: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def wanted(self) -> Wanted:
        """The same in the words of the news."""
        words = frozenset(event.removeprefix(EVENT_PREFIX) for event in self.events)
        return Wanted(words, frozenset(self.severities), frozenset(self.rules))


class Endpoint(NamedTuple):
    """One endpoint as it stands.

    position:      of the supervision book, up to which everything was taken or is a dead letter.
    attempts:      how often the next message was sent in vain.
    due_at:        when it is sent (again), in seconds since 1970.
    delivered:     how many messages it has taken, the last of them at `delivered_at`.
    why:           what the last attempt failed of, or why it is disabled; empty when all is well.
    dead_letters:  how many there are of it.
    """

    id: str
    url: str
    reach: Reach
    subscription: Subscription
    enabled: bool
    why: str
    added_at: float
    position: int
    attempts: int
    due_at: float
    delivered: int
    delivered_at: float | None
    dead_letters: int = 0

    def told(self, head: int) -> dict[str, Any]:
        """What is told of it, without its secrets; `head` is the end of the supervision book."""
        return {
            "id": self.id,
            "url": self.url,
            "reach": self.reach.value,
            "events": list(self.subscription.events),
            "severities": list(self.subscription.severities),
            "rules": list(self.subscription.rules),
            "state": "disabled" if not self.enabled else "failing" if self.attempts else "enabled",
            "why": self.why,
            "added_at": moment(self.added_at),
            "position": self.position,
            "lag": max(head - self.position, 0),
            "attempts": self.attempts,
            "next_attempt_at": moment(self.due_at) if self.enabled and self.attempts else None,
            "delivered": self.delivered,
            "delivered_at": moment(self.delivered_at),
            "dead_letters": self.dead_letters,
        }


class DeadLetter(NamedTuple):
    """A message that an endpoint did not take.

    id:        its `webhook-id`.
    position:  of the entry that it tells of, in the supervision book.
    attempts:  how often it was sent.
    """

    id: str
    endpoint: str
    position: int
    attempts: int
    why: str
    died_at: float

    def told(self) -> dict[str, Any]:
        """What is told of it."""
        return {**self._asdict(), "died_at": moment(self.died_at)}


def subscription_of(events: Sequence[str], severities: Sequence[str], rules: Sequence[str]) -> Subscription:
    """What is to be heard, each once.

    Raises:
        Refused: `E-SCHEMA` for an event or a severity that there is not, or a rule id that is none.
    """
    _refuse_others("events", events, tuple(EVENTS))
    _refuse_others("severities", severities, SEVERITIES)
    for rule in rules:
        if not rule.isprintable() or not 0 < len(rule) <= LONGEST_WORD:
            raise Refused(
                "E-SCHEMA",
                field="rules",
                why="A rule's id is a word such as DUP-01.",
                remedy="See them with mingzhang rules list.",
            )
    each = (tuple(dict.fromkeys(words)) for words in (events, severities, rules))
    return Subscription(*each)


def refuse_address(url: str, reach: Reach) -> None:
    """Refuse an address to which nothing may be sent.

    Raises:
        Refused: `E-SCHEMA`, with what to do; the address itself is not repeated, for it may hold a token.
    """
    try:
        target_of(url, reach)
    except NotAllowed as fault:
        raise Refused(
            "E-SCHEMA", field="url", why=str(fault), remedy="Name the receiver's own address: docs/webhooks.md."
        ) from fault


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970 as events write an instant."""
    return None if seconds is None else instant(datetime.fromtimestamp(seconds, UTC))


def _refuse_others(field: str, words: Sequence[str], there: Sequence[str]) -> None:
    for word in words:
        if word not in there:
            raise Refused(
                "E-SCHEMA",
                field=field,
                value=word,
                why=f"There is no {word!r} among {field}.",
                remedy=f"Use some of: {', '.join(there)}.",
            )
