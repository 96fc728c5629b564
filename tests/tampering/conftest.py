"""A book of thirty entries in ten streams, and what somebody who owns the file can do to it.

The attacker drops the guards, does what he came for, and puts the guards back as they were. The drills with several
holders have a whole office as it stood yesterday (`tests.tampering.opening`), and whoever kept something of its log.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit import schema
from audit.book import Book, NewEntry
from audit.seal import genesis, leaf_of, link_of, stream_id
from audit.verify import Finding, verify_book
from tests.tampering.holding import Holders, Office, Paper
from tests.tampering.opening import moved_in, open_office

ORIGIN = "ledger.test/440899101/money"
SIZE = 30

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def _state(number: int) -> bytes:
    says = {"amount_fen": 60_000 + number, "payee": f"P-{number:016}", "village": "测试一村"}
    return json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.fixture
def book_file(tmp_path: Path) -> Path:
    """A closed book: entry n is version (n−1) % 3 + 1 of a stream of its own three."""
    path = tmp_path / "money.db"
    streams = [stream_id(b"key of a tampered book", "payment", f"TEST{i}") for i in range(SIZE // 3)]
    with Book.create(path, name="money", origin=ORIGIN) as book:
        book.append(
            [NewEntry(streams[i // 3], i % 3 + 1, "payment-made/v1", _state(i)) for i in range(SIZE)],
        )
    return path


@pytest.fixture
def attack(book_file: Path) -> Attack:
    """Executes statements on the file, the guards out of the way and put back afterwards."""

    def done(*statements: str, values: tuple[object, ...] = ()) -> None:
        with closing(sqlite3.connect(book_file, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                connection.execute(statement, values if "?" in statement else ())
            for trigger in schema.TRIGGERS:
                connection.execute(trigger)
            connection.execute("COMMIT")

    return done


@pytest.fixture
def findings(book_file: Path) -> Callable[[], tuple[Finding, ...]]:
    """What verification finds now."""
    return lambda: verify_book(book_file).findings


@pytest.fixture
def verified(book_file: Path) -> Verified:
    """Position and kind of each finding, in order."""
    return lambda: [(finding.position, finding.kind) for finding in verify_book(book_file).findings]


@pytest.fixture
def reseal(book_file: Path, attack: Attack) -> Callable[[], None]:
    """Recomputes every leaf, link and the head from the entries as they are now: the consistent rewrite."""

    def done() -> None:
        with closing(sqlite3.connect(book_file)) as connection:
            entries = connection.execute("SELECT position, entry FROM events ORDER BY position").fetchall()
            (origin,) = connection.execute("SELECT origin FROM head").fetchone()
        link = genesis(origin)
        resealing: list[str] = []
        for position, entry in entries:
            leaf = leaf_of(entry)
            link = link_of(link, position, leaf)
            put = f"UPDATE events SET leaf = x'{leaf.hex()}', link = x'{link.hex()}' WHERE position = {position}"
            resealing.append(put)
        attack(*resealing, f"UPDATE head SET position = {len(entries)}, link = x'{link.hex()}'")

    return done


@pytest.fixture
def forge(book_file: Path, attack: Attack, reseal: Callable[[], None]) -> Callable[[int, bytes, bytes], None]:
    """Puts `new` for `old` in the entry at a position, and reseals the whole book over it."""

    def done(position: int, old: bytes, new: bytes) -> None:
        with closing(sqlite3.connect(book_file)) as connection:
            (entry,) = connection.execute("SELECT entry FROM events WHERE position = ?", (position,)).fetchone()
        attack("UPDATE events SET entry = ? WHERE position = ?", values=(entry.replace(old, new), position))
        reseal()

    return done


@pytest.fixture(scope="session")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Paper]:
    """The office and its holders as they stood yesterday, and the printed notice; copy before changing."""
    folder = tmp_path_factory.mktemp("yesterday")
    return folder, open_office(folder)


@pytest.fixture
def office(yesterday: tuple[Path, Paper], tmp_path: Path) -> Office:
    """The office on the morning of a crime."""
    return moved_in(yesterday[0], tmp_path / "town")


@pytest.fixture
def holders(yesterday: tuple[Path, Paper], office: Office) -> Holders:
    """Whoever holds something of its log from yesterday."""
    return Holders(office.path.parent, office.vkeys[0], yesterday[1])
