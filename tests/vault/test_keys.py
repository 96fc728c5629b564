"""The vault's keys: a new master key while others read and write, and a vault from before there were inner keys."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from vault.keys import master_id
from vault.sealing import Unreadable, blind_index, commitment, seal, unseal
from vault.vault import ACCOUNT, PERSON, Vault

OLD, NEW, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))
NUMBERS = [f"44089919680305{number:04}" for number in range(30)]
AT_ONCE = 7
WORKBOOK = hashlib.sha256(b"bytes").hexdigest()


def opened(place: Path | str, master_key: bytes = OLD) -> Vault:
    return Vault(place, master_key=master_key, randomness=os.urandom)


@pytest.fixture
def vault(place: Path | str) -> Iterator[Vault]:
    with closing(opened(place)) as made:
        made.refer(PERSON, NUMBERS)
        made.keep_file(WORKBOOK, "花名册.xlsx", b"bytes")
        made.begin_import("1", {"files": [WORKBOOK]})
        yield made


def wrap_all(vault: Vault) -> int:
    """Wrap every key anew; gives in how many batches."""
    behind, batches = "", 0
    while (last := vault.keys.wrap_anew(behind, AT_ONCE)) is not None:
        behind, batches = last, batches + 1
    return batches


def rotate(vault: Vault, new_key: bytes) -> None:
    vault.keys.bring_in(new_key)
    wrap_all(vault)
    vault.keys.put_out_of_force()


def told(vault: Vault) -> tuple[dict[str, str], object, object]:
    """Whatever the vault holds, by number."""
    refs = {number: subject.ref for number, subject in vault.find(PERSON, NUMBERS).items()}
    assert vault.numbers(refs.values()) == {ref: number for number, ref in refs.items()}
    return refs, vault.file(WORKBOOK), vault.pending_imports()


def test_a_key_for_what_is_sealed_outside_is_one_for_each_purpose_and_outlives_master_keys(
    vault: Vault, place: Path | str
) -> None:
    before = vault.keys.key_for("log-keys/v1")

    rotate(vault, NEW)

    assert len(before) == len(OLD)
    assert vault.keys.key_for("log-keys/v1") == before != vault.keys.key_for("other/v1")
    with closing(opened(place, NEW)) as again:
        assert again.keys.key_for("log-keys/v1") == before


def test_after_a_rotation_the_new_key_opens_everything_and_the_old_one_nothing(vault: Vault, place: Path | str) -> None:
    before = told(vault)

    rotate(vault, NEW)

    assert told(vault) == before
    with closing(opened(place, NEW)) as again:
        assert told(again) == before
    with pytest.raises(Unreadable, match="not the vault's master key"):
        opened(place, OLD)
    assert not vault.keys.under_way


def test_no_stored_byte_string_opens_under_the_old_key_after_a_rotation(vault: Vault) -> None:
    rotate(vault, NEW)

    wrapped = [(ref, key) for ref, key in vault._store.rows("SELECT ref, wrapped_key FROM subjects")]
    wrapped += vault._store.rows("SELECT name, wrapped FROM inner_keys")
    assert vault._store.rows("SELECT * FROM master_keys") == [(master_id(NEW), 1, None)]
    for name, key in wrapped:
        unseal(NEW, key, context=name.encode())
        with pytest.raises(Unreadable):
            unseal(OLD, key, context=name.encode())


def test_while_keys_are_wrapped_anew_both_master_keys_open_the_vault(vault: Vault, place: Path | str) -> None:
    before = told(vault)
    vault.keys.bring_in(NEW)
    vault.keys.wrap_anew("", AT_ONCE)

    for master_key in (OLD, NEW):
        with closing(opened(place, master_key)) as other:
            assert told(other) == before
            assert other.keys.under_way
    with pytest.raises(Unreadable):
        opened(place, THIRD)


def test_a_serving_process_goes_on_reading_and_writing_while_keys_are_wrapped_anew(
    vault: Vault, place: Path | str
) -> None:
    with closing(opened(place)) as serving:
        vault.keys.bring_in(NEW)
        vault.keys.wrap_anew("", AT_ONCE)
        in_between = serving.refer(ACCOUNT, ["6299990000000000012"])
        seen = told(serving)
        wrap_all(vault)
        vault.keys.put_out_of_force()

        assert told(serving) == seen
        assert serving.refer(ACCOUNT, ["6299990000000000012", "6299990000000000020"]).keys() > in_between.keys()
    with closing(opened(place, NEW)) as again:
        assert again.find(ACCOUNT, in_between) == in_between


def test_a_rotation_broken_off_goes_on_with_either_key_where_it_stopped(vault: Vault, place: Path | str) -> None:
    before = told(vault)
    vault.keys.bring_in(NEW)
    vault.keys.wrap_anew("", AT_ONCE)

    with closing(opened(place)) as resumed:
        assert resumed.keys.current_key == NEW
        assert wrap_all(resumed) == 4  # 23 of 30 are left, in batches of 7
        resumed.keys.put_out_of_force()

    with closing(opened(place, NEW)) as again:
        assert told(again) == before


def test_the_old_key_stays_in_force_as_long_as_something_is_wrapped_under_it(vault: Vault) -> None:
    vault.keys.bring_in(NEW)
    vault.keys.wrap_anew("", AT_ONCE)

    with pytest.raises(ValueError, match="23 keys are still wrapped under the old master key"):
        vault.keys.put_out_of_force()


def test_the_key_in_force_a_short_one_and_a_third_one_are_no_new_keys(vault: Vault) -> None:
    for key in (OLD, NEW[:31]):
        with pytest.raises(ValueError, match="32 bytes, or is the one in force"):
            vault.keys.bring_in(key)
    vault.keys.bring_in(NEW)

    with pytest.raises(ValueError, match="Another new master key"):
        vault.keys.bring_in(THIRD)


def test_a_process_that_slept_through_a_rotation_asks_for_the_key_again(vault: Vault, place: Path | str) -> None:
    keys = iter([NEW])
    sleeping = Vault(place, master_key=OLD, randomness=os.urandom, again=lambda: next(keys))
    with closing(sleeping), closing(opened(place)) as asleep_without_a_source:
        before = told(vault)
        rotate(vault, NEW)

        assert told(sleeping) == before
        with pytest.raises(Unreadable):
            told(asleep_without_a_source)


def test_an_empty_vault_remembers_its_master_key(place: Path | str) -> None:
    opened(place).close()

    with pytest.raises(Unreadable, match="not the vault's master key"):
        opened(place, NEW)


def old_vault(path: Path) -> None:
    """A vault as the first version wrote it: everything under the master key, and the index key derived from it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE subjects (ref TEXT PRIMARY KEY, kind TEXT NOT NULL, blind BLOB NOT NULL UNIQUE,"
            " wrapped_key BLOB NOT NULL, sealed BLOB NOT NULL, commitment TEXT NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE files (sha256 TEXT PRIMARY KEY, sealed_name BLOB NOT NULL, sealed BLOB NOT NULL)"
            " WITHOUT ROWID;"
            "CREATE TABLE texts (commitment TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE pending_imports (import_id TEXT PRIMARY KEY, sealed BLOB NOT NULL,"
            " attempts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
        )
        index_key = blind_index(OLD, "index-key", "v1")
        for place, number in enumerate(NUMBERS):
            ref, key = f"P-{place:016}", os.urandom(32)
            connection.execute(
                "INSERT INTO subjects VALUES (?, 'P', ?, ?, ?, ?)",
                (
                    ref,
                    blind_index(index_key, "P", number),
                    seal(OLD, key, nonce=os.urandom(12), context=ref.encode()),
                    seal(key, number.encode(), nonce=os.urandom(12), context=ref.encode()),
                    commitment(key, number),
                ),
            )
        sha = WORKBOOK
        parts = [seal(OLD, part, nonce=os.urandom(12), context=sha.encode()) for part in (b"n.xlsx", b"bytes")]
        connection.execute("INSERT INTO files VALUES (?, ?, ?)", (sha, *parts))
        plan = seal(OLD, msgspec.json.encode({"files": [sha]}), nonce=os.urandom(12), context=b"1")
        connection.execute("INSERT INTO pending_imports VALUES ('1', ?, 2)", (plan,))


def test_a_vault_of_the_first_version_gets_keys_of_its_own_on_the_spot(tmp_path: Path) -> None:
    old_vault(tmp_path / "vault.db")

    with closing(opened(tmp_path / "vault.db")) as moved:
        refs, file, pending = told(moved)
        blinds = {blind for (blind,) in moved._store.rows("SELECT blind FROM subjects")}

    assert refs == {number: f"P-{place:016}" for place, number in enumerate(NUMBERS)}
    assert file == ("n.xlsx", b"bytes")
    assert pending == {"1": ({"files": [WORKBOOK]}, 2)}
    assert not blinds & {blind_index(blind_index(OLD, "index-key", "v1"), "P", number) for number in NUMBERS}
    with closing(opened(tmp_path / "vault.db")) as again:
        assert told(again)[0] == refs


def test_a_vault_of_the_first_version_is_not_touched_by_another_master_key(tmp_path: Path) -> None:
    old_vault(tmp_path / "vault.db")

    with pytest.raises(Unreadable, match="not the vault's master key"):
        opened(tmp_path / "vault.db", NEW)

    with closing(opened(tmp_path / "vault.db")) as moved:
        assert len(told(moved)[0]) == len(NUMBERS)
