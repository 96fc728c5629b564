"""What the tests of sealing share: entries of an invented ledger, and books that hold them."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import eventsourcing.cryptography
import pytest

from audit.book import Book, NewEntry
from audit.seal import stream_id

# The library's own test cases import its cipher on pycryptodome, which nothing of ours needs. It has the same cipher on
# `cryptography`, which we have; under the other's name they use that.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)

ORIGIN = "ledger.test/440899101/money"

Entries = Callable[..., list[NewEntry]]


@pytest.fixture
def entries() -> Entries:
    """Makes `count` entries in streams of three versions each, from the `first`-th stream on."""

    def made(count: int, first: int = 0) -> list[NewEntry]:
        return [_entry(3 * first + i) for i in range(count)]

    return made


def _entry(number: int) -> NewEntry:
    stream = stream_id(b"the key of a book in a test", "payment", f"TEST{number // 3:08}")
    says = {"amount_fen": number * 100, "period": "2020Q2", "village": "测试一村"}
    state = json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return NewEntry(stream, number % 3 + 1, "payment-made/v1", state)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book of money."""
    with Book.create(tmp_path / "money.db", name="money", origin=ORIGIN) as made:
        yield made
