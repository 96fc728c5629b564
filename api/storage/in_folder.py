"""A ledger in files: two books, the vault and the views, each in one SQLite file of the folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, event

from api.folder import Folder, Identity, held
from api.storage import vault_is_lost
from api.storage.revisions import LINES, SEVERAL
from audit.book import Book
from audit.schema import VERSION_TABLE
from domain.event import BookName

REQUESTS = "requests.db"
WEBHOOKS, WEBHOOKS_LOCK = "webhooks.db", "webhooks.lock"


class InFolder:
    """The storage of a ledger whose parts lie in its folder."""

    def __init__(self, folder: Folder) -> None:
        """Keep everything in `folder`."""
        self._folder = folder
        self._live: tuple[Path, Engine] | None = None
        self._switching = Lock()

    def create_books(self, identity: Identity) -> None:
        """Make the two files."""
        for book in BookName:
            Book.create(self._file(book), name=book.value, origin=identity.origin_of(book.value)).close()

    def unmake(self) -> None:
        """Nothing beside what the folder itself takes away."""

    def book(self, name: BookName, *, read_only: bool = False) -> Book:
        """Open the book's file."""
        return Book.open(self._file(name), name=name.value, read_only=read_only)

    @contextmanager
    def as_it_lies(self, name: BookName) -> Iterator[Path]:
        """The book's file."""
        yield self._file(name)

    def refuse_lost_vault(self) -> None:
        """Look for the file."""
        if not self._folder.vault.exists():
            raise vault_is_lost(str(self._folder.vault))

    def revisions(self) -> dict[str, str | None]:
        """Look into each file; one that cannot be read says so to whoever opens it."""
        told = {}
        for part in LINES:
            with suppress(sqlite3.Error):
                told[part] = _revision_in(self._part(part))
        return told

    @contextmanager
    def changing(self, part: str) -> Iterator[Connection]:
        """A transaction that has the file's write lock from its start, and is on disk at its end."""
        from projections.dialect import sqlite_engine, writing

        engine = sqlite_engine(self._part(part))
        event.listen(engine, "connect", _durably)
        try:
            with writing(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    def views(self) -> Engine:
        """The live views: those of the file that the folder names now."""
        from projections.views import open_views

        file = self._folder.views
        with self._switching:
            if self._live is None or self._live[0] != file:
                before, self._live = self._live, (file, open_views(file))
                if before is not None:
                    before[1].dispose()
            return self._live[1]

    @contextmanager
    def beside(self) -> Iterator[Engine]:
        """Empty views in a file of their own."""
        from projections.views import open_views

        file = self._folder.next_views()
        engine = open_views(file)
        try:
            yield engine
        finally:
            engine.dispose()
            if self._folder.views != file:
                _remove(file)

    def put_in_place(self, fresh: Engine) -> None:
        """Name the file of `fresh` as the live one, and remove the one before; who still reads it finishes first."""
        before = self._folder.views
        self._folder.name_views(Path(str(fresh.url.database)))
        self.views()
        _remove(before)

    def requests(self) -> Engine:
        """A file of its own, readable by its owner only: it needs no backup."""
        from projections.dialect import sqlite_engine

        file = self._folder.path / REQUESTS
        if not file.exists():
            file.touch(mode=0o600)
        return sqlite_engine(file)

    def webhooks(self) -> Engine:
        """A file of its own, readable by its owner only, on the disk with each change."""
        from projections.dialect import sqlite_engine

        file = self._folder.path / WEBHOOKS
        if not file.exists():
            file.touch(mode=0o600)
        engine = sqlite_engine(file)
        event.listen(engine, "connect", _durably)
        return engine

    @contextmanager
    def importing(self, *, wait: bool) -> Iterator[bool]:
        """Hold a lock on a file of the folder."""
        with held(self._folder.import_lock, wait=wait) as ours:
            yield ours

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Hold a lock on another file of the folder."""
        with held(self._folder.leader_lock, wait=False) as ours:
            yield ours

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        """Hold a lock on a third file of the folder."""
        with held(self._folder.path / WEBHOOKS_LOCK, wait=False) as ours:
            yield ours

    @contextmanager
    def signing(self, name: BookName, *, wait: bool) -> Iterator[bool]:
        """Nothing beside the lock on the log's folder: whoever has these files has that folder."""
        yield True

    def signed_head(self, name: BookName) -> str | None:
        """Nothing: the log's folder remembers it."""

    def remember_signed_head(self, name: BookName, size: int, note: str) -> None:
        """Nothing: the log's folder remembers it."""

    def close(self) -> None:
        """Close the views."""
        if self._live is not None:
            self._live[1].dispose()

    def _part(self, part: str) -> Path:
        return self._folder.path / f"{part}.db"

    def _file(self, book: BookName) -> Path:
        return self._folder.money if book is BookName.MONEY else self._folder.supervision


def _revision_in(file: Path) -> str | None:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (VERSION_TABLE,)).fetchone()
        rows = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall() if made else []  # noqa: S608  a name of ours
    return SEVERAL.join(sorted(str(revision) for (revision,) in rows)) or None


def _durably(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # a table of the vault that is written anew leaves nothing behind


def _remove(database: Path) -> None:
    """Take a SQLite file away with what stands beside it; one that is held open (Windows) the next rebuild removes."""
    for file in (database, database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")):
        with suppress(OSError):
            file.unlink(missing_ok=True)
