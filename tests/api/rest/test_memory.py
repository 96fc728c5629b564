"""The file in which the API remembers: its owner's only, and worthless without the master key."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from time import sleep
from typing import Any

import pytest
from sqlalchemy import insert, select

from api.ledger import Ledger
from api.rest.memory import Memory
from api.rest.memory_tables import ANSWERS
from vault.sealing import Unreadable

Memories = Callable[..., Memory]


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def memories(request: pytest.FixtureRequest) -> Iterator[Memories]:
    """Makes memories that share one store, as processes do."""
    kept = request.getfixturevalue("empty_ledger" if request.param == "files" else "ledger_in_a_database")

    opened: list[Memory] = []

    def open_one(**options: Any) -> Memory:
        opened.append(Memory.of(kept, **options))
        return opened[-1]

    yield open_one
    for memory in opened:
        memory.close()


def test_only_the_owner_may_read_the_file(empty_ledger: Ledger) -> None:
    Memory.of(empty_ledger).close()

    mode = stat.S_IMODE((empty_ledger.folder.path / "requests.db").stat().st_mode)

    assert os.name == "nt" or mode == 0o600


def test_what_is_sealed_opens_in_its_own_place_only(empty_ledger: Ledger) -> None:
    memory = Memory.of(empty_ledger)
    sealed = memory.seal("王小明".encode(), "import-1")

    assert memory.unseal(sealed, "import-1").decode() == "王小明"
    assert "王小明".encode() not in sealed
    with pytest.raises(Unreadable):
        memory.unseal(sealed, "import-2")


def test_under_another_master_key_nothing_opens(empty_ledger: Ledger) -> None:
    engine = empty_ledger.storage.requests()
    ours = Memory(engine, key=bytes(32), randomness=os.urandom)
    theirs = Memory(engine, key=b"\x01" * 32, randomness=os.urandom)

    sealed = ours.seal(b"answer", "key")

    with pytest.raises(Unreadable):
        theirs.unseal(sealed, "key")


def test_a_transaction_that_fails_leaves_nothing(empty_ledger: Ledger) -> None:
    memory = Memory.of(empty_ledger)

    def fail_between() -> None:
        with memory.transaction() as connection:
            begun = {"begun_by": memory.process, "begun_at": 0.0}
            connection.execute(insert(ANSWERS).values(key="key", fingerprint="request", **begun))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_between()

    assert memory.rows(select(ANSWERS)) == []


def test_a_process_lives_as_long_as_it_renews_its_lease(memories: Memories) -> None:
    ours, dead = memories(), memories(lease_seconds=0)

    with memories(lease_seconds=0.6).serving():
        sleep(1.2)
        living = len(ours.living())

    assert living == 2  # we, and the one that renews; its lease would have run out
    assert dead.process not in ours.living()


def test_a_process_that_ends_gives_its_lease_back_at_once(memories: Memories) -> None:
    ours, other = memories(), memories()

    other.close()

    assert ours.living() == {ours.process}


def test_what_another_version_remembered_is_forgotten(empty_ledger: Ledger) -> None:
    file = empty_ledger.folder.path / "requests.db"
    with closing(sqlite3.connect(file)) as older:
        older.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, fingerprint TEXT, begun_at REAL, sealed BLOB)")
        older.execute("INSERT INTO answers VALUES ('key', 'request', 0, NULL)")
        older.commit()

    memory = Memory.of(empty_ledger)

    assert memory.rows(select(ANSWERS)) == []
