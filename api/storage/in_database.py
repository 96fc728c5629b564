"""A ledger in PostgreSQL: two books, the vault and the views, each in one schema of a database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

import psycopg
from sqlalchemy import Engine

from api.folder import Identity
from audit.book import Book
from audit.faults import BookExists
from domain.event import BookName
from domain.refusal import Refused
from projections.views import NEXT_VIEWS, open_views, put_in_place

PARTS = ("money", "supervision", "vault", "requests", "views")
"""The schemas of a ledger, each with its own rights, backup and retention."""


class InDatabase:
    """The storage of a ledger whose parts stand in the database at `url`."""

    def __init__(self, url: str) -> None:
        """Keep everything in the database at `url` (`postgresql://…`)."""
        self._url = url
        self._views: Engine | None = None

    def create_books(self, identity: Identity) -> None:
        """Make the two schemas."""
        for book in BookName:
            origin = identity.origin_of(book.value)
            try:
                Book.create(self._url, schema=book.value, name=book.value, origin=origin).close()
            except BookExists as fault:
                raise Refused(
                    "E-DUP",
                    field="MINGZHANG_DATABASE_URL",
                    why=f"The database holds a ledger already, or a part of one: schema {book.value}.",
                    remedy="Name an empty database.",
                ) from fault

    def unmake(self) -> None:
        """Nothing: a schema may hold another ledger's book; whoever made it drops it."""

    def book(self, name: BookName, *, read_only: bool = False) -> Book:
        """Open the book's schema."""
        return Book.open(self._url, schema=name.value, name=name.value, read_only=read_only)

    @contextmanager
    def as_it_lies(self, name: BookName) -> Iterator[Book]:
        """The book, opened for reading."""
        with self.book(name, read_only=True) as book:
            yield book

    def views(self) -> Engine:
        """The live views: a schema's name stays, whatever tables are put into it."""
        if self._views is None:
            self._views = open_views(self._url)
        return self._views

    @contextmanager
    def beside(self) -> Iterator[Engine]:
        """Empty views in a schema of their own."""
        engine = open_views(self._url, schema=NEXT_VIEWS, anew=True)
        try:
            yield engine
        finally:
            engine.dispose()

    def put_in_place(self, fresh: Engine) -> None:
        """Rename the schemas in one transaction."""
        fresh.dispose()
        put_in_place(self.views())

    @contextmanager
    def importing(self, *, wait: bool) -> Iterator[bool]:
        """Hold an advisory lock on a connection of its own; a lost connection lets go of it."""
        with self._holding("import", wait=wait) as ours:
            yield ours

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Hold another advisory lock."""
        with self._holding("lead", wait=False) as ours:
            yield ours

    def close(self) -> None:
        """Close the views."""
        if self._views is not None:
            self._views.dispose()

    @contextmanager
    def _holding(self, purpose: str, *, wait: bool) -> Iterator[bool]:
        key = int.from_bytes(sha256(f"mingzhang/{purpose}".encode()).digest()[:8], "big", signed=True)
        with psycopg.connect(self._url, autocommit=True, prepare_threshold=None) as connection:
            if wait:
                connection.execute("SELECT pg_advisory_lock(%s)", (key,))
                ours = True
            else:
                told = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
                ours = bool(told and told[0])
            try:
                yield ours
            finally:
                if ours:
                    with suppress(psycopg.Error):  # the connection was lost, and the lock with it
                        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
