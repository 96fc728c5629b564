"""A new master key for the vault, while others go on reading and writing (DESIGN §5).

    1  the new key comes in: each of the two stands in the vault under the other, and writers use the new one
    2  the subjects' keys are wrapped anew, batch by batch
    3  where the key lies in the ledger's own folder, the new one takes its place there
    4  the old one goes out of force: it opens nothing any more

Broken off anywhere, the same command goes on where it stopped; until step 4 either key opens the vault.
"""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from api.folder import KEY_BYTES, Folder, write_secret
from api.master_key import FILE, MasterKey, master_key_of
from api.storage import storage_of
from api.storage.revisions import refuse_other_revisions
from api.testing import refuse_outside_tests
from api.vaults import open_vault
from domain.clock import Randomness, system_randomness
from domain.refusal import Refused
from vault.keys import Keyring, master_id
from vault.vault import Vault

AT_ONCE = 500

Progress = Callable[[int], None]
"""Told how many keys are wrapped anew."""


def silent(done: int) -> None:
    """Tell nobody."""


def rotate(
    folder: Folder,
    new_key_file: Path | None = None,
    *,
    randomness: Randomness = system_randomness,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Put a new master key in force; gives how many keys were wrapped anew, and where the new one is.

    new_key_file:  holds the new key; without it one is drawn, which needs the key to lie in the ledger's own folder.

    Raises:
        Refused: `E-SCHEMA` when the new key is named nowhere or is the old one, `E-REF` when it cannot be read,
            `E-STATE` when another one is being brought in already, or the vault's tables are of another revision.
    """
    refuse_outside_tests()
    refuse_other_revisions(storage_of(folder))
    source = master_key_of(folder)
    with closing(open_vault(folder, randomness=randomness)) as vault:
        resumed = vault.keys.under_way
        if not resumed:
            vault.keys.bring_in(_new_key(folder, source, new_key_file, vault.keys, randomness))
        elif new_key_file is not None:
            _refuse_a_third(_key_in(new_key_file), vault.keys)
        wrapped = _wrap_anew(vault, progress)
        if source.is_ours:
            _put_in_place(folder, vault.keys.current_key)
        vault.keys.put_out_of_force()
    return {
        "resumed": resumed,
        "keys": wrapped,
        "master_key": str(folder.master_key if source.is_ours else new_key_file or source.place),
        "setting": source.setting,
    }


def _wrap_anew(vault: Vault, progress: Progress) -> int:
    behind, wrapped = "", 0
    while (last := vault.keys.wrap_anew(behind, AT_ONCE)) is not None:
        behind, wrapped = last, wrapped + AT_ONCE
        progress(wrapped)
    return vault.size


def _new_key(
    folder: Folder, source: MasterKey, new_key_file: Path | None, keys: Keyring, randomness: Randomness
) -> bytes:
    if new_key_file is None and not source.is_ours:
        raise Refused(
            "E-SCHEMA",
            field="--new-key-file",
            why=f"The master key comes from {source.setting}, so where a new one would be kept is not known.",
            remedy="Write the new key (64 hex digits) to a file and name it: --new-key-file FILE.",
        )
    key = _drawn(folder, randomness) if new_key_file is None else _key_in(new_key_file)
    if master_id(key) == keys.current:
        raise Refused(
            "E-SCHEMA",
            field="--new-key-file",
            why="The new master key is the one in force.",
            remedy="Draw another: 32 random bytes, as 64 hex digits.",
        )
    return key


def _drawn(folder: Folder, randomness: Randomness) -> bytes:
    """A key that is on disk before the vault learns of it; one that a crash left there is taken up."""
    staged = _staged(folder)
    if not staged.exists():
        write_secret(staged, randomness(KEY_BYTES).hex())
    return _key_in(staged)


def _put_in_place(folder: Folder, key: bytes) -> None:
    """Let the folder's own master key be `key`, at once and durably."""
    staged = _staged(folder)
    staged.unlink(missing_ok=True)
    write_secret(staged, key.hex())
    staged.replace(folder.master_key)
    if os.name != "nt":
        descriptor = os.open(folder.keys, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _staged(folder: Folder) -> Path:
    return folder.master_key.with_name("master.key.new")


def _key_in(path: Path) -> bytes:
    return MasterKey(FILE, str(path)).read()


def _refuse_a_third(key: bytes, keys: Keyring) -> None:
    if master_id(key) != keys.current:
        raise Refused(
            "E-STATE",
            field="--new-key-file",
            why="Another new master key is being brought in already.",
            remedy="Finish that first: mingzhang vault rotate, without --new-key-file.",
        )
