"""Where the parts of a ledger are kept (DESIGN §8): in its folder, or in a PostgreSQL database.

    in_folder.py      SQLite files beside the keys: one township, one laptop
    in_database.py    schemas `money`, `supervision`, `vault`, `requests`, `webhooks`, `views` of one database
    revisions.py      at which revision the tables of each part are
    migrating.py      bringing them to the newest, by the scripts of migrations/

The folder holds the identity, the keys and the last verification in both shapes. `MINGZHANG_DATABASE_URL` chooses; a
ledger that was made in one shape refuses to be opened as the other.
"""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from api.folder import Folder, Identity
from audit.book import Book
from domain.event import BookName
from domain.refusal import Refused

SQLITE, POSTGRESQL = "sqlite", "postgresql"

DATABASE_URL, DATABASE_URL_FILE = "MINGZHANG_DATABASE_URL", "MINGZHANG_DATABASE_URL_FILE"
"""As `api.settings` has it; read here without loading what settings need."""

ADDRESSES = ("postgresql://", "postgres://")


class Storage(Protocol):
    """The parts of one ledger, and the locks that its processes share."""

    def create_books(self, identity: Identity) -> None:
        """Make the two books, empty.

        Raises:
            Refused: `E-DUP` when there is one already.
        """

    def unmake(self) -> None:
        """Take away what `create_books` left of a ledger that could not be finished."""

    def book(self, name: BookName, *, read_only: bool = False) -> Book:
        """Open a book."""

    def as_it_lies(self, name: BookName) -> AbstractContextManager[Book | Path]:
        """What the verifier reads: the file without asking whether it opens as a book, or the book."""

    def refuse_lost_vault(self) -> None:
        """Refuse to go on without the vault: an empty one would give everybody a second reference.

        Raises:
            Refused: `E-REF` when it is not there.
        """

    def revisions(self) -> dict[str, str | None]:
        """What each part that is there tells of its revision (`api.storage.revisions`); None where it tells nothing."""

    def changing(self, part: str) -> AbstractContextManager[Connection]:
        """One transaction that may change the tables of `part`, behind whoever else writes there.

        Raises:
            Refused: `E-AUTH` when the role may not.
        """

    def views(self) -> Engine:
        """The live views; another engine once a rebuild has put others in their place."""

    def beside(self) -> AbstractContextManager[Engine]:
        """Empty views beside the live ones; whatever is not put in their place is thrown away."""

    def put_in_place(self, fresh: Engine) -> None:
        """Make the views of `beside` the live ones, for every process."""

    def requests(self) -> Engine:
        """What the API remembers (`api.rest.memory`): an engine of the caller's own."""

    def webhooks(self) -> Engine:
        """Who hears of alerts, and how far (`api.webhooks`): an engine of the caller's own, made when missing."""

    def importing(self, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the import lock; gives False at once, without it, when another process imports and `wait` is false."""

    def leading(self) -> AbstractContextManager[bool]:
        """Hold the lock of the process that keeps the views up to date; gives False when another one holds it."""

    def delivering(self) -> AbstractContextManager[bool]:
        """Hold the lock of the process that delivers webhooks; gives False when another one holds it."""

    def signing(self, name: BookName, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the lock of the process that grows and signs the log of a book, beside the lock on the log's folder.

        Gives False at once when a process on another machine holds it and `wait` is false.
        """

    def signed_head(self, name: BookName) -> str | None:
        """The note of the newest head of a book's log that any machine has signed, where machines share a storage."""

    def remember_signed_head(self, name: BookName, size: int, note: str) -> None:
        """Remember the note of a head of `size` entries, durably, before anybody sees it.

        Raises:
            Refused: `E-CONFLICT` when one of that size or a larger one is remembered already.
        """

    def close(self) -> None:
        """Let go of the views."""


def vault_is_lost(where: str) -> Refused:
    """What is said when the vault is missing."""
    return Refused(
        "E-REF",
        field="vault",
        why=f"The vault at {where} is missing; an empty one would give everybody a second reference.",
        remedy="Restore it from its backup.",
    )


def database_url() -> str | None:
    """The database that holds the parts of the ledger, if one is named, in the environment or in a secret's file.

    Raises:
        Refused: `E-REF` when the file cannot be read, `E-SCHEMA` when the address is none; it is not told, for a
            password may stand in it.
    """
    url = _named()
    if url is None:
        return None
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
        is_address = url.startswith(ADDRESSES)
    except ProgrammingError:
        is_address = False
    if not is_address:
        raise Refused(
            "E-SCHEMA",
            field=DATABASE_URL,
            why="The database's address cannot be read.",
            remedy="Write it as postgresql://user:password@host/database, other signs of the password as %XX.",
        )
    return url


def _named() -> str | None:
    file = os.environ.get(DATABASE_URL_FILE)
    if not file:
        return os.environ.get(DATABASE_URL) or None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except (OSError, ValueError) as error:
        raise Refused(
            "E-REF",
            field=DATABASE_URL_FILE,
            why=f"The database's address at {file} cannot be read.",
            remedy="Put postgresql://user:password@host/database on one line of the file, readable by this user.",
        ) from error


def storage_of(folder: Folder) -> Storage:
    """Where the parts of the ledger in `folder` are.

    Raises:
        Refused: `E-REF` when there is no ledger, or it is kept otherwise than the settings say.
    """
    kept_in_database = folder.identity().engine == POSTGRESQL
    url = database_url()
    if kept_in_database and url is None:
        raise Refused(
            "E-REF",
            field=DATABASE_URL,
            why=f"The books of {folder.path} are in a PostgreSQL database, and none is named.",
            remedy=f"Set {DATABASE_URL}=postgresql://user@host/database.",
        )
    if url is not None and not kept_in_database:
        raise Refused(
            "E-REF",
            field=DATABASE_URL,
            why=f"The books of {folder.path} are files in it, and a database is named.",
            remedy=f"Unset {DATABASE_URL}, or name the folder of the ledger that is in the database.",
        )
    return of_kind(folder, url)


def of_kind(folder: Folder, url: str | None) -> Storage:
    """The storage of a ledger in `folder`, in the database at `url` or in files."""
    if url is None:
        from api.storage.in_folder import InFolder

        return InFolder(folder)
    from api.storage.in_database import InDatabase

    return InDatabase(url)
