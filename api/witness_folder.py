"""A witness's folder: its keys, and what it remembers. It needs no ledger, and stands in an office of its own.

    DIR/witness.db                      what it remembers (audit.log.witness_state); never bring back an older copy
    DIR/keys/witness-<key ID>.json      {"format": …, "vkey": …, "sealed": base64 of the sealed 32 bytes}, one a key
    DIR/keys/master.key                 opens them, unless a setting names a key elsewhere (api.master_key)

Private keys are sealed (AES-256-GCM) under the master key, and all files are for their owner only.
"""

import base64
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from api.folder import KEY_BYTES, Folder, write_secret
from api.master_key import master_key_of
from audit.log.cosignature import ED25519_COSIGNATURE, ML_DSA_44, Cosigner, Ed25519Cosigner, MlDsaCosigner
from audit.log.folder import IS_WINDOWS
from audit.log.note import NoteInvalid, parse_vkey
from audit.log.witness_state import WitnessState
from domain.clock import Randomness
from domain.refusal import Refused
from vault.sealing import NONCE_BYTES, Unreadable, seal, unseal

FORMAT = "mingzhang/witness-key/v1"
STATE = "witness.db"
PATTERN = "witness-*.json"
OTHERS_MAY_READ = 0o077

KINDS: Final[dict[int, Callable[[str, bytes], Cosigner]]] = {
    ML_DSA_44: MlDsaCosigner,
    ED25519_COSIGNATURE: Ed25519Cosigner,
}


class _KeyFile(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    vkey: str
    sealed: str


class WitnessFolder:
    """The folder of one witness."""

    def __init__(self, path: Path) -> None:
        """Name its parts; nothing is read yet."""
        self._folder = Folder(path)
        self._state = path / STATE

    def create(self, name: str, kinds: Sequence[int], randomness: Randomness) -> list[str]:
        """Make a witness of that name with a key of each kind (0x06, 0x04) in a new folder; gives their vkeys.

        Raises:
            Refused: `E-DUP` when there is something already, `E-SCHEMA` when the name is none.
        """
        path, keys = self._folder.path, self._folder.keys
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise Refused(
                "E-DUP",
                field="DIR",
                value=str(path),
                why=f"There is something at {path} already.",
                remedy="Choose a new folder. A witness that lost its memory begins again under another name.",
            )
        master = master_key_of(self._folder)
        was_there = path.exists()
        path.mkdir(parents=True, exist_ok=True)
        try:
            keys.mkdir(mode=0o700)
            if master.is_ours:
                write_secret(self._folder.master_key, randomness(KEY_BYTES).hex())
            vkeys = [self._draw(name, kind, master.read(), randomness) for kind in kinds]
            WitnessState.create(self._state)
        except (NoteInvalid, Refused, OSError) as fault:
            shutil.rmtree(keys, ignore_errors=True)
            if not was_there:
                shutil.rmtree(path, ignore_errors=True)
            if isinstance(fault, NoteInvalid):
                raise Refused(
                    "E-SCHEMA", field="--name", value=name[:64], why=str(fault), remedy="E.g. jiwei.example.cn/w1."
                ) from fault
            raise
        return vkeys

    def state(self) -> WitnessState:
        """What it remembers.

        Raises:
            Refused: `E-REF` when it is not there; it is never begun anew.
        """
        if not self._state.is_file():
            raise Refused(
                "E-REF",
                field="DIR",
                value=str(self._folder.path),
                why=f"There is no witness at {self._folder.path}, or it lost its memory: {STATE} is missing.",
                remedy="Make one: mingzhang witness init DIR --name NAME; under another name when this one cosigned.",
            )
        return WitnessState(self._state)

    def vkeys(self) -> list[str]:
        """By which others verify what it cosigns.

        Raises:
            Refused: as `cosigners`.
        """
        return [_told(file).vkey for file in self._key_files()]

    def cosigners(self) -> list[Cosigner]:
        """Its keys, opened.

        Raises:
            Refused: `E-REF` when a key or the master key is not there, `E-AUTH` when others may read one, `E-SCHEMA`
                when a file is no key's, or the master key does not open it.
        """
        master_key = master_key_of(self._folder).read()
        return [_opened(file, master_key) for file in self._key_files()]

    def _draw(self, name: str, kind: int, master_key: bytes, randomness: Randomness) -> str:
        seed = randomness(KEY_BYTES)
        key = KINDS[kind](name, seed).key
        sealed = seal(master_key, seed, nonce=randomness(NONCE_BYTES), context=_context(key.vkey))
        told = _KeyFile(FORMAT, key.vkey, base64.b64encode(sealed).decode())
        write_secret(self._folder.keys / f"witness-{key.key_id.hex()}.json", json.dumps(msgspec.structs.asdict(told)))
        return key.vkey

    def _key_files(self) -> list[Path]:
        """The newest kind first, as it is to be used."""
        self.state()
        files = sorted(self._folder.keys.glob(PATTERN), key=lambda file: -parse_vkey(_told(file).vkey).kind)
        if not files:
            raise Refused(
                "E-REF",
                field="DIR",
                value=str(self._folder.path),
                why=f"The witness has no key in {self._folder.keys}.",
                remedy="Restore its keys from their backup.",
            )
        return files


def _told(file: Path) -> _KeyFile:
    if not IS_WINDOWS and file.stat().st_mode & OTHERS_MAY_READ:
        raise Refused(
            "E-AUTH",
            field=file.name,
            why=f"Others than its owner may read {file}, mode {file.stat().st_mode & 0o777:o}.",
            remedy=f"chmod 600 {file}; if others did read it, begin again with a new witness, and tell the logs.",
        )
    try:
        told = msgspec.json.decode(file.read_bytes(), type=_KeyFile)
        parse_vkey(told.vkey)
    except (msgspec.DecodeError, NoteInvalid) as error:
        raise _spoilt(file, "it is not written like one") from error
    if told.format != FORMAT:
        raise _spoilt(file, f"it is of the form {told.format}, this version reads {FORMAT}")
    return told


def _opened(file: Path, master_key: bytes) -> Cosigner:
    told = _told(file)
    key = parse_vkey(told.vkey)
    try:
        seed = unseal(master_key, base64.b64decode(told.sealed, validate=True), context=_context(told.vkey))
        cosigner = KINDS[key.kind](key.name, seed)
    except (Unreadable, KeyError, ValueError) as error:
        raise _spoilt(file, "the master key does not open it, or it was changed") from error
    if cosigner.key != key:
        raise _spoilt(file, "it holds another key than it says")
    return cosigner


def _context(vkey: str) -> bytes:
    return f"{FORMAT}\n{vkey}".encode()


def _spoilt(file: Path, why: str) -> Refused:
    return Refused(
        "E-SCHEMA",
        field=file.name,
        why=f"{file} is no private key of a witness: {why}.",
        remedy="Restore it from its backup, and see that the master key is the one it was made under.",
    )
