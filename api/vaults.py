"""Opening the vault of a ledger: where it is kept, and with which key."""

from pathlib import Path

from api.folder import Folder
from api.master_key import master_key_of
from domain.clock import Randomness
from vault.store import open_store
from vault.vault import Vault


def vault_place(folder: Folder) -> Path | str:
    """The vault's file, or the database that holds its schema: the vault is where the books are.

    Raises:
        Refused: `E-REF` when the books are in a database and none is named, or the other way round.
    """
    if folder.identity().engine == "sqlite":
        return folder.vault
    from api.storage import database_url, storage_of

    storage_of(folder)  # says what is wrong when no database is named
    return str(database_url())


def open_vault(folder: Folder, *, randomness: Randomness) -> Vault:
    """The vault of the ledger in `folder`.

    Raises:
        Refused: when the ledger or its master key is not there.
        Unreadable: when the master key is not the vault's.
    """
    source = master_key_of(folder)
    master_key = source.read()
    return Vault(open_store(vault_place(folder)), master_key=master_key, randomness=randomness, again=source.read)
