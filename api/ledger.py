"""One ledger, opened: two books, the vault, the views, and how they meet."""

import hmac
import json
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import Engine

from api.folder import Folder, Identity
from api.master_key import master_key_of
from api.settings import Settings
from api.storage import POSTGRESQL, SQLITE, database_url, of_kind, storage_of
from api.storage.revisions import refuse_other_revisions
from api.testing import clock_of, randomness_of, refuse_outside_tests
from api.vaults import open_vault
from audit.book import Book, Conflict, NewEntry
from audit.committer import Committer
from audit.seal import stream_id
from domain.clock import Clock, Randomness, business_day, instant, system_randomness
from domain.control import LedgerOpened
from domain.event import SYSTEM, BookName, Event, Kind, Source, encode
from domain.refusal import Refused

BEHIND = timedelta(seconds=60)
"""An append may not claim to be recorded more than this before the newest entry (DESIGN §3)."""

SALT_BYTES = 16
CONTENT_BYTES = 16


class Placed(NamedTuple):
    """An event and where it goes: its stream and its version there, from 1."""

    stream: UUID
    version: int
    event: Event


class Ledger:
    """A ledger's parts, opened together; every door works through this."""

    def __init__(
        self, folder: Folder, settings: Settings, *, clock: Clock | None, randomness: Randomness | None
    ) -> None:
        """Open the parts; use `create` or `open`.

        `salts` gives what is sealed, `randomness` what is not: sessions, incidents, names of uploads.
        """
        self.folder = folder
        self.settings = settings
        self.clock = clock or clock_of(settings)
        self.randomness = randomness or system_randomness
        identity = folder.identity()
        self.place_code, self.place_name = identity.place_code, identity.place_name
        self.keeper_token = folder.keeper_token()
        self._book_key = folder.key("book")
        self.storage = storage_of(folder)
        self.money = self.storage.book(BookName.MONEY)
        self.supervision = self.storage.book(BookName.SUPERVISION)
        self._committers = {
            BookName.MONEY: Committer(self.money),
            BookName.SUPERVISION: Committer(self.supervision),
        }
        stands_at = [f"{book.head.position}/{book.head.link.hex()}" for book in (self.money, self.supervision)]
        self.salts = randomness or randomness_of(settings, "books", *stands_at)
        self.vault = open_vault(folder, randomness=randomness or randomness_of(settings, "vault", *stands_at))
        self._newest: dict[BookName, datetime] = {}
        self._projecting = threading.RLock()

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        place_code: str,
        place_name: str,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
    ) -> Self:
        """Make a ledger for one place in a new folder, and open it (建账).

        Raises:
            Refused: when there is one already, the place code is none, or the master key named is not there.
        """
        from api.storage.migrating import bring_up

        refuse_outside_tests()
        folder = Folder(path)
        settings = Settings()
        master_key = master_key_of(folder)
        drawn = randomness or randomness_of(settings, "opening")
        origin = f"mingzhang.local/{place_code}-{drawn(4).hex()}"
        url = database_url()
        identity = Identity(place_code, place_name, origin, POSTGRESQL if url else SQLITE)
        folder.refuse(identity)
        if not master_key.is_ours:
            master_key.read()
        folder.create(identity, randomness=drawn, own_master_key=master_key.is_ours)
        storage = of_kind(folder, url)
        try:
            storage.create_books(identity)
            ledger = cls(folder, settings, clock=clock, randomness=randomness)
            bring_up(storage)
            ledger._record_opening()
        except Exception:
            storage.unmake()
            folder.unmake()  # a half-made ledger would stand in the way of the next attempt
            raise
        return ledger

    @classmethod
    def open(cls, path: Path, *, clock: Clock | None = None, randomness: Randomness | None = None) -> Self:
        """Open the ledger at `path`; an import that was interrupted is finished by `api.importing`.

        Raises:
            Refused: when there is none, a key or the vault is missing, or its tables are of another revision.
            Unreadable: when the master key is not the vault's.
        """
        refuse_outside_tests()
        folder = Folder(path)
        refuse_other_revisions(storage_of(folder))
        return cls(folder, Settings(), clock=clock, randomness=randomness)

    @property
    def today(self) -> date:
        """The day in China."""
        return business_day(self.clock())

    @property
    def engine(self) -> Engine:
        """The engine of the views; disposable, always rebuilt from the books."""
        return self.storage.views()

    def book(self, name: BookName | str) -> Book:
        """The book of that name."""
        return self.money if BookName(name) is BookName.MONEY else self.supervision

    def stream(self, kind: str, *key: str) -> UUID:
        """The stream of a thing: not guessable from its key, and the same wherever it is computed with the book key."""
        return stream_id(self._book_key, kind, "\x1f".join(key))

    def digest(self, content: bytes) -> str:
        """The keyed digest of a row's content, 16 bytes in hex."""
        return hmac.digest(self._book_key, content, sha256)[:CONTENT_BYTES].hex()

    def envelope(self, event_class: type[Event], *, actor: str, occurred_on: date | None = None) -> dict[str, Any]:
        """The envelope of an event that did not come from a file."""
        now = self.clock()
        return {
            "salt": self.salts(SALT_BYTES).hex(),
            "kind": Kind.CONTROL if actor == SYSTEM else event_class.KIND,
            "occurred_on": occurred_on or business_day(now),
            "recorded_at": instant(now),
            "actor": actor,
            "source": Source(channel="api"),
        }

    def append(self, book: BookName, events: Sequence[Placed]) -> range:
        """Seal `events` together in one transaction, which other threads' appends may share; gives their positions.

        Raises:
            Refused: `E-CONFLICT` when a version is taken, `E-DATE` when the clock stands behind the newest entry.
        """
        if not events:
            return range(0)
        self.refuse_clock_behind(book, events[0].event.recorded_at)
        entries = [
            NewEntry(placed.stream, placed.version, placed.event.TOPIC, encode(placed.event)) for placed in events
        ]
        try:
            positions = self._committers[BookName(book)].append(entries)
        except Conflict as conflict:
            raise Refused(
                "E-CONFLICT",
                why=f"Somebody else was first at version {conflict.version} of stream {conflict.stream}.",
                remedy="Read again what is there, and repeat.",
            ) from conflict
        self._newest[book] = datetime.fromisoformat(events[-1].event.recorded_at)
        return positions

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Bring the views and the alerts up to the books."""
        from api.projecting import catch_up

        with self._projecting:
            catch_up(self, progress)

    def project(self) -> None:
        """Bring the views up to the books, and leave the alerts to whoever asks for them or follows."""
        from api.projecting import projector

        with self._projecting:
            projector(self).catch_up()

    def verification(self) -> dict[str, Any] | None:
        """The last verification's report (OUTPUTS §4, with `checked_at`), or None."""
        try:
            told: dict[str, Any] = json.loads(self.folder.verification.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told

    def close(self) -> None:
        """Close everything; what was acknowledged is on disk."""
        for committer in self._committers.values():
            committer.close()
        for part in (self.storage, self.money, self.supervision, self.vault):
            with suppress(Exception):
                part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def refuse_clock_behind(self, book: BookName, recorded_at: str) -> None:
        """Refuse to record at an instant more than a minute before the book's newest entry.

        Raises:
            Refused: `E-DATE`, with both instants.
        """
        newest = self._newest.get(book)
        if newest is None:
            head = self.book(book).head.position
            entry = self.book(book).entry(head) if head else None
            if entry is None:
                return
            newest = datetime.fromisoformat(json.loads(entry.state)["recorded_at"])
        if datetime.fromisoformat(recorded_at) < newest - BEHIND:
            raise Refused(
                "E-DATE",
                field="recorded_at",
                value=recorded_at,
                why=f"This machine's clock says {recorded_at}, the newest entry was recorded at {instant(newest)}.",
                remedy="Set the clock right; entries may not be recorded before those that stand already.",
            )

    def _record_opening(self) -> None:
        from projections.rules.pack import DEFAULT_PACK

        for book in (BookName.MONEY, BookName.SUPERVISION):
            opened = LedgerOpened(
                **self.envelope(LedgerOpened, actor=SYSTEM),
                division_code=self.place_code,
                division_name=self.place_name,
                rule_pack_version=DEFAULT_PACK.version,
            )
            self.append(book, [Placed(self.stream("ledger", book.value), 1, opened)])
