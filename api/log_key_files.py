"""The private keys of the logs: files that only the owner reads, and that open only with the vault (DESIGN §4).

    keys/log-<book>-<key ID>.json    {"format": …, "vkey": …, "sealed": base64 of the sealed 32 bytes,
                                      "last_signed": {"size": …, "root": hex}; absent before the first head}

A private key is sealed (AES-256-GCM) under a key that comes from the vault's file key. Whoever has the file alone has
nothing; whoever puts a new master key in force changes nothing here; and any backup of these files opens with any
backup of the same vault. Which key is in force is not told here but by the book (`api.log_keys`).

The newest head that a key signed is authenticated by the seal itself: with a word of it changed, or taken away, the
private key does not open. So the log's folder may be lost, and what was signed is remembered wherever the log can be
signed at all; only a whole file from before forgets what came after it.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Annotated

import msgspec

from api.folder import KEY_BYTES, Folder, held, write_secret
from audit.log.folder import BESIDE, IS_WINDOWS
from audit.log.growing import TreeHead
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


class _Signed(msgspec.Struct, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=1)]
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _KeyFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    format: str
    vkey: str
    sealed: str
    last_signed: _Signed | None = None

    @property
    def head(self) -> TreeHead | None:
        """The newest head that the key signed, as it is told: authentic only once the private key has opened."""
        last = self.last_signed
        return None if last is None else TreeHead(last.size, bytes.fromhex(last.root))


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
        for left in self._folder.keys.glob(f"log-{self._book.value}-*.json{BESIDE}"):
            left.unlink()
        self._write(vkey, seed, None, randomness)
        return vkey

    def signer(self, vkey: str) -> Ed25519Signer:
        """The signer of `vkey`, whose private key is opened for it.

        Raises:
            Refused: `E-REF` when it is not here, `E-AUTH` when others may read it, `E-SCHEMA` when the file is no
                key's or another's, or does not open.
        """
        return self._opened(vkey)[0]

    def last_signed(self, vkey: str) -> TreeHead | None:
        """The newest head that the key of `vkey` signed, as its own seal vouches; None before the first.

        Raises:
            Refused: as `signer`.
        """
        return self._opened(vkey)[2]

    def sign(self, vkey: str, text: str, head: TreeHead, randomness: Randomness) -> str:
        """The signature line over `text`, which tells of `head`; that head is remembered on the disk before it is made.

        Raises:
            Refused: `E-PROOF` when the key signed a larger head, or another of that size; and as `signer`.
        """
        signer, seed, last = self._opened(vkey)
        if last is not None and last != head and last.size >= head.size:
            raise _signed_already(self._book, last, head)
        if last != head:
            self._write(vkey, seed, head, randomness)
        return signer.sign(text)

    def destroy(self, vkey: str) -> None:
        """Take the private key of `vkey` away; nothing happens when it is gone already."""
        self._file(vkey).unlink(missing_ok=True)
        self._sync()

    def _opened(self, vkey: str) -> tuple[Ed25519Signer, bytes, TreeHead | None]:
        """The signer of `vkey`, its seed, and the newest head that it signed."""
        file = self._file(vkey)
        told = self._told(file)
        try:
            sealed = base64.b64decode(told.sealed, validate=True)
            seed = unseal(self._keyring.key_for(PURPOSE), sealed, context=_context(vkey, told.head))
            signer = Ed25519Signer(parse_vkey(vkey).name, seed)
        except (Unreadable, ValueError) as error:
            raise _spoilt(file, "it does not open with this ledger's vault, or was changed") from error
        if signer.vkey != vkey or told.vkey != vkey:
            raise _spoilt(file, "it holds another key than its name says")
        return signer, seed, told.head

    def _write(self, vkey: str, seed: bytes, last: TreeHead | None, randomness: Randomness) -> None:
        """Put the key's file in its place, whole and on the disk; what a kill has left beside it is written over."""
        key = self._keyring.key_for(PURPOSE)
        sealed = seal(key, seed, nonce=randomness(NONCE_BYTES), context=_context(vkey, last))
        signed = None if last is None else _Signed(last.size, last.root.hex())
        told = _KeyFile(FORMAT, vkey, base64.b64encode(sealed).decode(), signed)
        file = self._file(vkey)
        beside = file.with_name(file.name + BESIDE)
        beside.unlink(missing_ok=True)
        write_secret(beside, msgspec.json.encode(told).decode())
        beside.replace(file)
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


def heads_told(folder: Folder, book: BookName) -> Iterator[TreeHead]:
    """The newest heads that the keys of one book's log say they signed, without opening them: nothing vouches for them.

    A file that is no key's, or that may not be read, is passed over: whoever signs is told of it.
    """
    for file in sorted(folder.keys.glob(f"log-{book.value}-*.json")):
        with suppress(OSError, msgspec.DecodeError):
            head = msgspec.json.decode(file.read_bytes(), type=_KeyFile).head
            if head is not None:
                yield head


def _context(vkey: str, last: TreeHead | None) -> bytes:
    """What the seal of a private key vouches for beside it."""
    told = f"{FORMAT}\n{vkey}"
    return (told if last is None else f"{told}\n{last.size}\n{last.root.hex()}").encode()


def _signed_already(book: BookName, last: TreeHead, head: TreeHead) -> Refused:
    return Refused(
        "E-PROOF",
        field=book.value,
        why=(
            f"The key of the {book.value} log signed a head of {last.size} entries with the root {last.root.hex()}, "
            f"and is asked to sign one of {head.size} with {head.root.hex()}."
        ),
        remedy="Nothing was signed. Run mingzhang verify; compare with what mirrors and auditors hold.",
    )


def _spoilt(file: Path, why: str) -> Refused:
    return Refused(
        "E-SCHEMA",
        field=file.name,
        why=f"{file} is no private key of this log: {why}.",
        remedy="Restore it from its backup; if there is none, take it away and run mingzhang keys rotate --lost.",
    )
