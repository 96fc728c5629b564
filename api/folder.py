"""The ledger's folder: what lies where, its keys, and the lock that keeps imports one after another."""

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from domain.refusal import Refused

KEY_BYTES = 32
DIVISION_DIGITS = (9, 12)


class Identity(NamedTuple):
    """Whose ledger it is: `ledger.toml`."""

    place_code: str
    place_name: str
    origin: str
    engine: str = "sqlite"

    def origin_of(self, book: str) -> str:
        """The origin of one book: the name under which its chain and log are known."""
        return f"{self.origin}/{book}"


class Folder:
    """Paths of one ledger."""

    def __init__(self, path: Path) -> None:
        """Name the parts of the ledger at `path`."""
        self.path = path
        self.identity_file = path / "ledger.toml"
        self.money = path / "money.db"
        self.supervision = path / "supervision.db"
        self.vault = path / "vault.db"
        self.views_name = path / "views.name"
        self.keys = path / "keys"
        self.master_key = self.keys / "master.key"
        self.verification = path / "verification.json"
        self.import_lock = path / "import.lock"
        self.leader_lock = path / "leader.lock"
        self.logs = path / "log"

    @property
    def views(self) -> Path:
        """The file of the live views: `views.db`, until a rebuild has put another in its place."""
        try:
            return self.path / self.views_name.read_text(encoding="ascii").strip()
        except OSError:
            return self.path / "views.db"

    def next_views(self) -> Path:
        """A file for views beside the live ones; what an interrupted rebuild left there is taken away."""
        live = self.views
        for left in self.path.glob("views*.db*"):
            if not left.name.startswith(live.name):
                left.unlink(missing_ok=True)
        number = int(live.stem.partition("-")[2] or "0") + 1
        return self.path / f"views-{number}.db"

    def name_views(self, file: Path) -> None:
        """Make `file` the live views, for every process that looks."""
        beside = self.views_name.with_suffix(".new")
        beside.write_text(file.name, encoding="ascii")
        beside.replace(self.views_name)

    def exists(self) -> bool:
        """Whether a ledger was opened here."""
        return self.identity_file.is_file()

    def refuse(self, identity: Identity) -> None:
        """Refuse to make a ledger here for `identity`; nothing is made then.

        Raises:
            Refused: `E-DUP` when a ledger or a part of one is here already, `E-SCHEMA` for a place code or name that
                is none.
        """
        parts = (self.identity_file, self.money, self.supervision, self.vault, self.keys)
        there = next((part for part in parts if part.exists()), None)
        if there is not None:
            raise Refused(
                "E-DUP",
                field="--ledger",
                value=str(self.path),
                why=f"There is a ledger at {self.path} already, or a part of one: {there.name}.",
                remedy="Choose another folder.",
            )
        if not identity.place_code.isdigit() or len(identity.place_code) not in DIVISION_DIGITS:
            raise Refused(
                "E-SCHEMA",
                field="--place",
                value=identity.place_code,
                why=f"A division code has 9 or 12 digits; {identity.place_code!r} has not.",
                remedy="Give the statistics code of the township or village.",
            )
        if not identity.place_name.strip() or not identity.place_name.isprintable():
            raise Refused(
                "E-SCHEMA",
                field="--name",
                value=identity.place_name,
                why="A place's name is not empty and stands on one line.",
                remedy="Give the name that stands on its seal, e.g. 测试镇.",
            )

    def create(self, identity: Identity, *, randomness: Callable[[int], bytes], own_master_key: bool = True) -> None:
        """Make the folder, its identity and its keys, readable by the owner only.

        No master key is made here when it comes from elsewhere: a second, unused one would be taken for the vault's
        and backed up in its stead.

        Raises:
            Refused: as `refuse`.
        """
        self.refuse(identity)
        self.path.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700)
        try:
            if own_master_key:
                write_secret(self.master_key, randomness(KEY_BYTES).hex())
            write_secret(self.keys / "book.key", randomness(KEY_BYTES).hex())
            write_secret(self.keys / "keeper.token", randomness(16).hex())
            self.identity_file.write_text(
                f'place_code = "{identity.place_code}"\nplace_name = "{toml_text(identity.place_name)}"\n'
                f'origin = "{identity.origin}"\nengine = "{identity.engine}"\n',
                encoding="utf-8",
            )
        except OSError:
            self.unmake()
            raise

    def unmake(self) -> None:
        """Take away what `create` and the books' making left when they could not be finished (no space, no right)."""
        shutil.rmtree(self.keys, ignore_errors=True)
        for part in (self.identity_file, self.money, self.supervision, self.vault):
            for file in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
                with suppress(OSError):
                    file.unlink(missing_ok=True)

    def identity(self) -> Identity:
        """Whose ledger it is.

        Raises:
            Refused: `E-REF` when there is no ledger here, `E-SCHEMA` when the file does not say whose it is.
        """
        if not self.exists():
            raise Refused(
                "E-REF",
                field="--ledger",
                value=str(self.path),
                why=f"There is no ledger at {self.path}.",
                remedy="Make one: mingzhang --ledger DIR init --place CODE --name NAME.",
            )
        try:
            told = tomllib.loads(self.identity_file.read_text(encoding="utf-8"))
            return Identity(told["place_code"], told["place_name"], told["origin"], told.get("engine", "sqlite"))
        except (ValueError, KeyError) as error:
            raise Refused(
                "E-SCHEMA",
                field=self.identity_file.name,
                why=f"{self.identity_file} does not say whose ledger this is: {error}.",
                remedy="Restore it from its backup: place_code, place_name, origin.",
            ) from error

    def key(self, name: str) -> bytes:
        """The key of that name, from the folder.

        Raises:
            Refused: `E-REF` when it is not there, `E-SCHEMA` when it is not 32 bytes in hex.
        """
        path = self.keys / f"{name}.key"
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise Refused(
                "E-REF",
                field=name,
                why=f"The {name} key at {path} cannot be read.",
                remedy="Restore it from its backup.",
            ) from error
        if len(key) != KEY_BYTES:
            raise Refused(
                "E-SCHEMA",
                field=name,
                why=f"The {name} key has {len(key)} bytes; it must have {KEY_BYTES}.",
                remedy="Restore it from its backup.",
            )
        return key

    def keeper_token(self) -> str:
        """The token of the local keeper, by which staff pages open until accounts exist.

        Raises:
            Refused: `E-REF` when it is not there.
        """
        path = self.keys / "keeper.token"
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise Refused(
                "E-REF",
                field=path.name,
                why=f"The keeper's token at {path} cannot be read.",
                remedy="Restore it from its backup, or write 32 random hex digits there.",
            ) from error

    def mirror_token(self, randomness: Callable[[int], bytes]) -> str:
        """The token by which a mirror reads the entries of the public logs; made when it is not there."""
        path = self.keys / "mirror.token"
        if not path.exists():
            beside = path.with_name(f"{path.name}-{randomness(8).hex()}")
            write_secret(beside, randomness(16).hex())
            with suppress(FileExistsError):  # another process was first
                path.hardlink_to(beside)
            beside.unlink()
        return path.read_text(encoding="ascii").strip()


@contextmanager
def held(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock on `file`; gives False at once, without it, when another process holds it and `wait` is false."""
    with file.open("a+b") as handle:
        ours = _lock(handle.fileno(), wait=wait)
        try:
            yield ours
        finally:
            if ours:
                _unlock(handle.fileno())


def write_secret(path: Path, text: str) -> None:
    """Write `text` where only the owner can read it, durably."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as secret:
        secret.write(text + "\n")
        secret.flush()
        os.fsync(secret.fileno())


def toml_text(text: str) -> str:
    """`text` as it may stand between quotation marks in TOML."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


if os.name == "nt":  # pragma: no cover  Windows laptops
    import msvcrt
    import time

    def _lock(descriptor: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            except OSError:
                if not wait:
                    return False
                time.sleep(0.2)
            else:
                return True

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
