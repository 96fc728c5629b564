"""Books without a ledger around them, and the keys that sign their logs: what `PublicLog` needs and no more."""

from pathlib import Path

from api.folder import Folder, Identity
from api.public_log import PublicLog
from api.storage import Storage, of_kind
from audit.book import Book, NewEntry
from audit.log.note import Ed25519Signer
from audit.seal import stream_id
from domain.event import BookName
from tests.audit.log.naive_reader import Log, read_head, read_log

IDENTITY = Identity("440899101", "测试镇", "ledger.test/1")
SIGNER = Ed25519Signer("ledger.test/1/money", bytes(range(32)))


class Shelf:
    """The two books of one place, in files or in a database, as far as their logs need a ledger."""

    def __init__(self, path: Path, *, url: str | None = None) -> None:
        """Open the books at `path`, or those in the database at `url`; `path` is where their logs are."""
        self.folder = Folder(path)
        self.storage: Storage = of_kind(self.folder, url)
        self._books = {name: self.storage.book(name) for name in BookName}

    @classmethod
    def made(cls, path: Path, *, url: str | None = None) -> "Shelf":
        """Make the books first."""
        path.mkdir(exist_ok=True)
        of_kind(Folder(path), url).create_books(IDENTITY)
        return cls(path, url=url)

    def book(self, name: BookName) -> Book:
        """The book of that name."""
        return self._books[name]

    @property
    def money(self) -> Book:
        """The one that is written to."""
        return self._books[BookName.MONEY]

    @property
    def log(self) -> PublicLog:
        """Its log, read anew."""
        return PublicLog(self, BookName.MONEY)

    def fill(self, size: int, *, says: str = "entry") -> "Shelf":
        """Append to the money book until it has `size` entries, each of which `says` its number."""
        first = self.money.head.position + 1
        entries = [
            NewEntry(stream_id(b"test", "entry", str(number)), 1, "test-entry/v1", f'{{"{says}":{number}}}'.encode())
            for number in range(first, size + 1)
        ]
        for at in range(0, len(entries), 500):
            self.money.append(entries[at : at + 500])
        return self

    def close(self) -> None:
        """Let go of books and storage."""
        self.storage.close()
        for book in self._books.values():
            book.close()


def read_whole(folder: Path, *, with_entries: bool = True) -> Log:
    """The log in a folder, as a reader that is not ours reads it, from its checkpoint to its last byte."""
    head = read_head((folder / "checkpoint").read_bytes(), SIGNER.vkey)
    return read_log(lambda path: (folder / path).read_bytes(), head, with_entries=with_entries)
