"""Books for the tests of verification."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from audit.book import Book, NewEntry

ORIGIN = "ledger.test/440899101/money"

Entries = Callable[..., list[NewEntry]]


@pytest.fixture
def entries() -> Entries:
    """Makes `count` entries from the `first`-th on; three follow one another in a stream."""

    def made(count: int, first: int = 0) -> list[NewEntry]:
        return [
            NewEntry(UUID(int=(0x8 << 76) + (0b10 << 62) + i // 3), i % 3 + 1, "payment-made/v1", b'{"n":%d}' % i)
            for i in range(first, first + count)
        ]

    return made


@pytest.fixture
def book(tmp_path: Path, entries: Entries) -> Iterator[Book]:
    """A book of twelve entries."""
    with Book.create(tmp_path / "money.db", name="money", origin=ORIGIN) as made:
        made.append(entries(12))
        yield made
