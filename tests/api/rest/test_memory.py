"""The file in which the API remembers: its owner's only, and worthless without the master key."""

import os
import stat

import pytest

from api.ledger import Ledger
from api.rest.memory import FILE, Memory
from vault.sealing import Unreadable


def test_only_the_owner_may_read_the_file(empty_ledger: Ledger) -> None:
    Memory.of(empty_ledger).close()

    mode = stat.S_IMODE((empty_ledger.folder.path / FILE).stat().st_mode)

    assert os.name == "nt" or mode == 0o600


def test_what_is_sealed_opens_in_its_own_place_only(empty_ledger: Ledger) -> None:
    memory = Memory.of(empty_ledger)
    sealed = memory.seal("王小明".encode(), "import-1")

    assert memory.unseal(sealed, "import-1").decode() == "王小明"
    assert "王小明".encode() not in sealed
    with pytest.raises(Unreadable):
        memory.unseal(sealed, "import-2")


def test_under_another_master_key_nothing_opens(empty_ledger: Ledger) -> None:
    path = empty_ledger.folder.path / FILE
    ours = Memory(path, key=bytes(32), randomness=os.urandom)
    theirs = Memory(path, key=b"\x01" * 32, randomness=os.urandom)

    sealed = ours.seal(b"answer", "key")

    with pytest.raises(Unreadable):
        theirs.unseal(sealed, "key")


def test_a_transaction_that_fails_leaves_nothing(empty_ledger: Ledger) -> None:
    memory = Memory.of(empty_ledger)

    def fail_between() -> None:
        with memory.transaction() as connection:
            connection.execute("INSERT INTO answers VALUES ('key', 'request', 0, NULL)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_between()

    assert memory.rows("SELECT * FROM answers") == []
