"""A small history for the tests of the projections: events told one by one, read back as a book would give them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Engine, delete

from domain.catalogue import load
from domain.correction import EventCorrected
from domain.event import KEEPER, BookName, Event, Source, encode
from projections.dialect import writing
from projections.runner import Projector
from projections.tables.catalogue import METADATA
from projections.tables.internal import SCHEMA_STATE
from projections.views import open_views

RECORDED_AT = "2021-04-01T02:00:00.000000Z"
FIRST_DAY = date(2020, 1, 1)
ENVELOPE = frozenset(field.encode_name for field in msgspec.structs.fields(Event))


def person(name: str) -> str:
    """A reference that looks like the vault's."""
    return "P-" + sha256(name.encode()).hexdigest()[:16]


def account(name: str) -> str:
    """A reference that looks like the vault's."""
    return "A-" + sha256(name.encode()).hexdigest()[:16]


def phone(name: str) -> str:
    """A reference that looks like the vault's."""
    return "T-" + sha256(name.encode()).hexdigest()[:16]


class Told(NamedTuple):
    """An entry of the history, in the shape that `projections.feed.Record` asks for."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes
    leaf: bytes


class End(NamedTuple):
    """The head of a feed."""

    position: int


@dataclass
class Feed:
    """One book in memory."""

    entries: list[Told] = field(default_factory=list)

    @property
    def head(self) -> End:
        return End(len(self.entries))

    def read(self, start: int = 1, limit: int | None = None) -> Iterator[Told]:
        until = None if limit is None else start - 1 + limit
        return iter(self.entries[start - 1 : until])

    def stream(self, name: str) -> list[Told]:
        """What was told on the stream of that name."""
        uuid = _uuid(name)
        return [entry for entry in self.entries if entry.stream == uuid]

    def append(self, stream: str, event: Event) -> int:
        """Tell `event` on the stream of that name; gives its position."""
        uuid = _uuid(stream)
        version = 1 + sum(entry.stream == uuid for entry in self.entries)
        state = encode(event)
        position = len(self.entries) + 1
        self.entries.append(Told(position, uuid, version, event.TOPIC, state, sha256(b"\0" + state).digest()))
        return position


def _uuid(stream: str) -> UUID:
    return UUID(bytes=sha256(stream.encode()).digest()[:16])


class History:
    """What happened, told in order; `project` puts it into tables of its own file, or into `views`, emptied first."""

    def __init__(self, folder: Path, views: Engine | None = None) -> None:
        self.money = Feed()
        self.supervision = Feed()
        self._folder = folder
        self._views = views
        self._engines: list[Engine] = []
        if views is not None:
            empty(views)

    def tell(self, event_class: type[Event], stream: str, **fields: Any) -> int:
        """Append an event of `event_class` to its book, on the stream of that name; gives its position.

        Envelope fields that are not given are filled in; `occurred_on` is 2020-01-01.
        """
        envelope: dict[str, Any] = {
            "salt": sha256(f"{len(self.money.entries)} {stream}".encode()).hexdigest()[:32],
            "kind": event_class.KIND,
            "occurred_on": FIRST_DAY,
            "recorded_at": RECORDED_AT,
            "actor": "keeper",
            "source": Source(channel="import"),
        }
        book = self.money if event_class.BOOK is BookName.MONEY else self.supervision
        return book.append(stream, event_class(**(envelope | fields)))

    def correct(self, stream: str, *, actor: str = KEEPER, **now: Any) -> int:
        """Append a correction of the row that the stream of that name begins with: what it states is `now`."""
        first, *later = self.money.stream(stream)
        row = load(first.topic, first.state)
        stated = {name: value for name, value in msgspec.to_builtins(row).items() if name not in ENVELOPE}
        for entry in later:
            if entry.topic == EventCorrected.TOPIC:
                stated = msgspec.json.decode(entry.state)["fields"]
        return self.tell(
            EventCorrected,
            stream,
            actor=actor,
            target_position=first.position,
            target_topic=first.topic,
            row_occurred_on=row.occurred_on,
            corrected=tuple(sorted(now)),
            before=stated,
            fields=stated | now,
        )

    @property
    def feeds(self) -> dict[str, Feed]:
        return {"money": self.money, "supervision": self.supervision}

    def project(self, *, batch: int = 5_000, anew: bool = False) -> Engine:
        """Bring the views up to the history (into a new file if `anew`), and give their engine."""
        if self._views is None or anew:
            self._views = views_at(self._folder, f"views-{len(self._engines)}")
            self._engines.append(self._views)
        Projector(self._views, self.feeds, batch=batch).catch_up()
        return self._views

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()


DATABASES: list[str] = []
"""The address of the PostgreSQL database in which views are made now; none: they are files of SQLite."""


def views_at(folder: Path, name: str) -> Engine:
    """The views of that name in `folder`: a file there, or a schema that is named after both."""
    if DATABASES:
        return open_views(DATABASES[-1], schema=f"v{sha256(str(folder / name).encode()).hexdigest()[:16]}")
    return open_views(folder / f"{name}.db")


def empty(views: Engine) -> None:
    """Forget every row, so that the books are read from their first entry."""
    with writing(views) as connection:
        for table in METADATA.sorted_tables:
            if table is not SCHEMA_STATE:
                connection.execute(delete(table))
