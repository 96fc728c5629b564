"""The private keys of the logs: files that only the owner reads, and that open only with the vault (DESIGN §4).

    keys/log-<book>-<key ID>.json    {"format": …, "vkey": …, "sealed": base64 of the sealed 32 bytes}

A private key is sealed (AES-256-GCM) under a key that comes from the vault's file key. Whoever has the file alone has
nothing; whoever puts a new master key in force changes nothing here; and any backup of these files opens with any
backup of the same vault. Which key is in force is not told here but by the book (`api.log_keys`).
"""

import base64
import os
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from api.folder import KEY_BYTES, Folder, held, write_secret
from audit.log.folder import BESIDE, IS_WINDOWS
from audit.log.note import Ed25519Signer, NoteInvalid, parse_vkey
from domain.clock import Randomness
from domain.event import BookName
from domain.refusal import Refused
from vault.keys import Keyring
from vault.sealing import NONCE_BYTES, Unreadable, seal, unseal

FORMAT = "mingzhang/log-key/v1"
PURPOSE = "log-keys/v1"
LOCK = "log-keys.lock"
PATTERN = "log-*.json"
OTHERS_MAY_READ = 0o077


class _KeyFile(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    vkey: str
    sealed: str


class KeyFiles:
    """The private keys of one book's log, as they lie in the ledger's folder."""

    def __init__(self, folder: Folder, book: BookName, keyring: Keyring) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._book = book
        self._keyring = keyring

    def alone(self) -> AbstractContextManager[bool]:
        """Hold the lock under which files come and go, against other processes and threads."""
        return held(self._folder.path / LOCK, wait=True)

    def vkeys(self) -> list[str]:
        """Whose private keys lie here.

        Raises:
            Refused: `E-SCHEMA` when a file is no key's.
        """
        return [self._told(file).vkey for file in sorted(self._folder.keys.glob(f"log-{self._book.value}-*.json"))]

    def has(self, vkey: str) -> bool:
        """Whether the private key of `vkey` lies here."""
        return self._file(vkey).exists()

    def draw(self, origin: str, randomness: Randomness) -> str:
        """Draw a key of that name and keep it; gives its vkey, once the file is whole and on the disk.

        Raises:
            NoteInvalid: when the origin is no key's name.
        """
        seed = randomness(KEY_BYTES)
        vkey = Ed25519Signer(origin, seed).vkey
        sealed = seal(self._keyring.key_for(PURPOSE), seed, nonce=randomness(NONCE_BYTES), context=_context(vkey))
        told = _KeyFile(FORMAT, vkey, base64.b64encode(sealed).decode())
        file = self._file(vkey)
        for left in self._folder.keys.glob(f"log-{self._book.value}-*.json{BESIDE}"):
            left.unlink()
        beside = file.with_name(file.name + BESIDE)
        write_secret(beside, msgspec.json.encode(told).decode())
        beside.replace(file)
        self._sync()
        return vkey

    def signer(self, vkey: str) -> Ed25519Signer:
        """The signer of `vkey`, whose private key is opened for it.

        Raises:
            Refused: `E-REF` when it is not here, `E-AUTH` when others may read it, `E-SCHEMA` when the file is no
                key's or another's, or does not open.
        """
        file = self._file(vkey)
        told = self._told(file)
        try:
            sealed = base64.b64decode(told.sealed, validate=True)
            signer = Ed25519Signer(
                parse_vkey(vkey).name, unseal(self._keyring.key_for(PURPOSE), sealed, context=_context(vkey))
            )
        except (Unreadable, ValueError) as error:
            raise _spoilt(file, "it does not open with this ledger's vault, or was changed") from error
        if signer.vkey != vkey or told.vkey != vkey:
            raise _spoilt(file, "it holds another key than its name says")
        return signer

    def destroy(self, vkey: str) -> None:
        """Take the private key of `vkey` away; nothing happens when it is gone already."""
        self._file(vkey).unlink(missing_ok=True)
        self._sync()

    def _told(self, file: Path) -> _KeyFile:
        try:
            if not IS_WINDOWS and file.stat().st_mode & OTHERS_MAY_READ:
                raise Refused(
                    "E-AUTH",
                    field=file.name,
                    why=f"Others than its owner may read {file}, mode {file.stat().st_mode & 0o777:o}.",
                    remedy=f"chmod 600 {file}; if others did read it, mingzhang keys rotate, and retire the old key.",
                )
            told = msgspec.json.decode(file.read_bytes(), type=_KeyFile)
            parse_vkey(told.vkey)
        except OSError as error:
            raise Refused(
                "E-REF",
                field=file.name,
                why=f"The private key at {file} cannot be read.",
                remedy="Restore it from its backup; if there is none: mingzhang keys rotate --lost.",
            ) from error
        except (msgspec.DecodeError, NoteInvalid) as error:
            raise _spoilt(file, "it is not written like one") from error
        if told.format != FORMAT:
            raise _spoilt(file, f"it is of the form {told.format}, this version reads {FORMAT}")
        return told

    def _file(self, vkey: str) -> Path:
        return self._folder.keys / f"log-{self._book.value}-{parse_vkey(vkey).key_id.hex()}.json"

    def _sync(self) -> None:
        """See that the folder's list of files is on the disk; Windows writes names through by itself."""
        if not IS_WINDOWS:  # pragma: no branch
            descriptor = os.open(self._folder.keys, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _context(vkey: str) -> bytes:
    return f"{FORMAT}\n{vkey}".encode()


def _spoilt(file: Path, why: str) -> Refused:
    return Refused(
        "E-SCHEMA",
        field=file.name,
        why=f"{file} is no private key of this log: {why}.",
        remedy="Restore it from its backup; if there is none, take it away and run mingzhang keys rotate --lost.",
    )
