"""Where the vault's master key comes from: a command (a KMS), the environment, a file, or the ledger's own folder.

    MINGZHANG_MASTER_KEY_COMMAND   prints it; run without a shell, asked again whenever a process opens the vault
    MINGZHANG_MASTER_KEY           is it
    MINGZHANG_MASTER_KEY_FILE      holds it
    keys/master.key                holds it, where none of the others is set

32 bytes, as 64 hex digits or in base64. Reads the environment itself, so that a package can be spooled before anything
heavy is loaded; `api.settings` has the same names.
"""

import base64
import binascii
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from api.folder import KEY_BYTES, Folder
from domain.refusal import Refused

COMMAND = "MINGZHANG_MASTER_KEY_COMMAND"
TEXT = "MINGZHANG_MASTER_KEY"
FILE = "MINGZHANG_MASTER_KEY_FILE"
ELSEWHERE = (COMMAND, TEXT, FILE)
PATIENCE_SECONDS = 60


class MasterKey(NamedTuple):
    """Where one ledger's master key comes from: the setting (none: the folder's own), and what it says."""

    setting: str | None
    says: str

    @property
    def is_ours(self) -> bool:
        """Whether the key lies in the ledger's own folder."""
        return self.setting is None

    @property
    def place(self) -> str:
        """Where it is, without telling it."""
        return self.says if self.setting in (None, FILE) else str(self.setting)

    def read(self) -> bytes:
        """The key as it is now.

        Raises:
            Refused: `E-REF` when it cannot be read, `E-SCHEMA` when it is not 32 bytes.
        """
        match self.setting:
            case "MINGZHANG_MASTER_KEY_COMMAND":
                text = _printed_by(self.says)
            case "MINGZHANG_MASTER_KEY":
                text = self.says
            case _:
                text = _in_file(Path(self.says))
        return parsed(text, self.place)


def master_key_of(folder: Folder, environment: Mapping[str, str] = os.environ) -> MasterKey:
    """Where the master key of the ledger in `folder` comes from.

    Raises:
        Refused: `E-SCHEMA` when two settings name one.
    """
    named = [name for name in ELSEWHERE if environment.get(name)]
    if len(named) > 1:
        raise Refused(
            "E-SCHEMA",
            field=named[0],
            why=f"Two settings name the master key: {' and '.join(named)}.",
            remedy="Keep one of them: which key is meant must not be a matter of order.",
        )
    return MasterKey(named[0], environment[named[0]]) if named else MasterKey(None, str(folder.master_key))


def parsed(text: str, place: str) -> bytes:
    """The 32 bytes that `text` says in hex or base64.

    Raises:
        Refused: `E-SCHEMA` when it says no 32 bytes; the text itself is not repeated.
    """
    said = "".join(text.split())
    key = b""
    try:
        key = bytes.fromhex(said)
    except ValueError:
        try:
            key = base64.b64decode(said, validate=True)
        except (binascii.Error, ValueError):
            key = b""
    if len(key) != KEY_BYTES:
        found = f"it has {len(key)} bytes" if key else "it is neither hex nor base64"
        raise Refused(
            "E-SCHEMA",
            field="master",
            why=f"The master key at {place} must have {KEY_BYTES} bytes; {found}.",
            remedy=f"Give {KEY_BYTES * 2} hex digits or {KEY_BYTES} bytes in base64, or restore it from its backup.",
        )
    return key


def _in_file(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise Refused(
            "E-REF",
            field="master",
            why=f"The master key at {path} cannot be read.",
            remedy="Restore it from its backup.",
        ) from error


def _printed_by(command: str) -> str:
    """What the command prints; its errors go where ours go, its key nowhere else."""
    try:
        words = shlex.split(command, posix=os.name != "nt")
        done = subprocess.run(  # noqa: S603  whoever sets the environment of this process chose the command
            words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True, timeout=PATIENCE_SECONDS
        )
        return done.stdout.decode("ascii")
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Refused(
            "E-REF",
            field=COMMAND,
            why=f"The command that prints the master key gave none ({type(error).__name__}).",
            remedy=f"Run what {COMMAND} names by hand; it prints the key and ends with status 0.",
        ) from error
