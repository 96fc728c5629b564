"""What happens to alerts, as it is told outside: on the stream of the API and by webhooks, in the same words.

Each entry of the supervision book that names an alert is one piece of news: what happened, and the alert as it stood
then (OUTPUTS §9), with references for people. It is folded from the alert's own stream, so that it is the same however
often it is told. What is said of a step beside that (comments, reasons) stays inside.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from msgspec import to_builtins

from audit.book import Book, Sealed
from domain.alert import AlertRow
from domain.alert_case import Alert
from domain.catalogue import EVENTS, load
from domain.event import BookName
from projections.alerts import COLUMNS, printed

OF_ALERTS: Final = "alert-"
READ_AT_ONCE: Final = 500

WORDS: Final[Mapping[str, str]] = {
    topic: topic.removeprefix(OF_ALERTS).partition("/")[0]
    for topic, event in EVENTS.items()
    if event.BOOK is BookName.SUPERVISION and "alert_id" in event.__struct_fields__
}
"""What happened, by topic: `raised`, `changed`, `withdrawn`, and each step of an alert's life in the catalogue."""


class News(NamedTuple):
    """One thing that happened to one alert.

    position, leaf:  its entry in the supervision book.
    word:            what happened: a value of `WORDS`.
    shape:           the version of its topic: `v1`.
    recorded_at:     when.
    alert:           the alert as it stood then (OUTPUTS §9).
    """

    position: int
    leaf: bytes
    word: str
    shape: str
    recorded_at: str
    alert: dict[str, Any]


class Wanted(NamedTuple):
    """What somebody wants to hear; nothing named is everything.

    words:       what happened.
    severities:  R, O, Y, B.
    rules:       rule ids.
    """

    words: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def takes(self, news: News) -> bool:
        """Whether `news` is among it."""
        return (
            (not self.words or news.word in self.words)
            and (not self.severities or news.alert["severity"] in self.severities)
            and (not self.rules or news.alert["rule_id"] in self.rules)
        )


EVERYTHING: Final = Wanted()


def news_of(book: Book, sealed: Sealed) -> News | None:
    """What an entry of the supervision book tells of an alert; None when it is about something else."""
    word = WORDS.get(sealed.topic)
    if word is None:
        return None
    entries = [sealed] if sealed.version == 1 else book.stream(sealed.stream)
    events = [load(entry.topic, entry.state) for entry in entries if entry.version <= sealed.version]
    whole = to_builtins([event for event in events if isinstance(event, AlertRow)][-1])
    told = {**whole, "state": Alert.told_by(events).state.value, "raised_at": events[0].recorded_at}
    return News(
        sealed.position,
        sealed.leaf,
        word,
        sealed.topic.rpartition("/")[2],
        events[-1].recorded_at,
        {printed(name): told[name] for name in COLUMNS if name in told},
    )


def news_behind(book: Book, position: int, wanted: Wanted = EVERYTHING) -> Iterator[tuple[int, News | None]]:
    """Each next position of the supervision book, at most `READ_AT_ONCE` of them, with what was wanted there."""
    for sealed in book.read(position + 1, READ_AT_ONCE):
        news = news_of(book, sealed)
        yield sealed.position, news if news is not None and wanted.takes(news) else None
