"""Backups of a ledger in files: copies of what stood there at one moment, while it is in use (docs/operations.md).

    DIR/manifest.json         what is in the backup: SHA-256 and size of each file, size and head of each book and log
    DIR/ledger.toml           the place and the origin
    DIR/log/BOOK/…            of the public logs what cannot be made again (`api.backing_up_logs`); copied before the
                              books, so that no signed head is larger than the copied book
    DIR/supervision.db        copied next: it refers only to what the money book holds
    DIR/money.db              copied then
    DIR/vault/vault.db        copied last, so that it knows everybody whom the books name; with a manifest of its own,
                              for it is kept elsewhere and for another time
    DIR/vault/keys/log-…      with it the private keys of the logs, which are sealed and open with that vault alone;
                              copied first, since each remembers the newest head that it signed
    DIR/keys/                 only where they were asked for: whoever has keys and vault has the people

Each database is copied by SQLite's own backup, which sees one state however others write. What the views hold is made
anew from the books. The manifest is written last: without one, a folder is no backup.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import file_digest
from pathlib import Path
from typing import Any

from api.backing_up_logs import copy_logs, copy_shared_heads, heads_of_logs
from api.folder import Folder
from api.log_key_files import PATTERN
from api.storage import storage_of
from api.syncing import sync
from api.testing import clock_of
from audit.log.folder import BESIDE
from domain.clock import instant
from domain.event import BookName
from domain.refusal import Refused

FORMAT = "mingzhang/backup/v1"
MANIFEST = "manifest.json"
VAULT, KEYS = "vault", "keys"


def back_up(folder: Folder, to: Path, *, with_vault: bool = True, with_keys: bool = False) -> dict[str, Any]:
    """Copy the ledger in `folder` into the new folder `to`; gives the manifest, and in `remarks` what it would fail on.

    Raises:
        Refused: `E-REF` when there is no ledger, `E-STATE` when its books are in a database, `E-DUP` when there is
            something at `to`.
    """
    _refuse_database(folder)
    _make_folder(to)
    if with_vault:
        _make_folder(to / VAULT)
        _copy_keys(folder, to / VAULT / KEYS, PATTERN)
    if with_keys:
        _copy_keys(folder, to / KEYS)
    copy_logs(folder, to)
    for file in (folder.supervision, folder.money):
        copy_database(file, to / file.name)
    shutil.copyfile(folder.identity_file, to / folder.identity_file.name)
    books = heads_in(to)
    logs, remarks = heads_of_logs(to, {book["book"]: book["size"] for book in books})
    if with_vault:
        _copy_vault(folder, to / VAULT)
    if with_keys:
        _copy_keys(folder, to / KEYS)
    return {**_write_manifest(to, {"books": books, "logs": logs}), "remarks": remarks}


def back_up_vault(folder: Folder, to: Path) -> dict[str, Any]:
    """Copy the vault alone into the new folder `to`; gives the manifest.

    Raises:
        Refused: as `back_up`.
    """
    _refuse_database(folder)
    _make_folder(to)
    return _copy_vault(folder, to)


def back_up_logs(folder: Folder, to: Path) -> dict[str, Any]:
    """Copy what the logs have signed alone, wherever the books are kept; gives manifest and `remarks`, as `back_up`.

    It is small, and can be had more often than the books: a restore is held against it (`restore --log`).

    Raises:
        Refused: `E-REF` when there is no ledger, `E-DUP` when there is something at `to`, `E-SCHEMA` when a head that
            machines share is none.
    """
    storage = storage_of(folder)
    _make_folder(to)
    copy_logs(folder, to)
    copy_shared_heads(storage, to)
    shutil.copyfile(folder.identity_file, to / folder.identity_file.name)
    sizes = {}
    for name in BookName:
        with storage.book(name) as book:
            sizes[name.value] = book.head.position
    logs, remarks = heads_of_logs(to, sizes)
    return {**_write_manifest(to, {"books": [], "logs": logs}), "remarks": remarks}


def copy_database(source: Path, target: Path) -> None:
    """The state of a SQLite file at one moment, as one file without a log beside it.

    Raises:
        Refused: `E-REF` when there is no file.
    """
    if not source.exists():
        raise Refused("E-REF", field=source.name, why=f"{source} is missing.", remedy="Restore it from its backup.")
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as there,
        closing(sqlite3.connect(target, isolation_level=None)) as here,
    ):
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE").fetchall()
    sync(target)


def heads_in(folder: Path) -> list[dict[str, Any]]:
    """The size and head of each book that lies in `folder`."""
    told = []
    for name in BookName:
        file = folder / f"{name.value}.db"
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as book:
            [(position, link, origin)] = book.execute("SELECT position, link, origin FROM head").fetchall()
        told.append({"book": name.value, "origin": origin, "size": position, "head": link.hex()})
    return told


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _copy_vault(folder: Folder, to: Path) -> dict[str, Any]:
    _copy_keys(folder, to / KEYS, PATTERN)
    copy_database(folder.vault, to / folder.vault.name)
    return _write_manifest(to, {"books": []})


def _copy_keys(folder: Folder, to: Path, pattern: str = "*") -> None:
    """Copy those that are not copied yet: one that was drawn meanwhile may be in force in the book by now."""
    there = {file.name for file in to.glob("*")}
    secrets = [file for file in folder.keys.glob(pattern) if file.name not in there and file.suffix != BESIDE]
    if secrets:
        to.mkdir(mode=0o700, exist_ok=True)
    for secret in sorted(secrets):
        shutil.copyfile(secret, to / secret.name)
        (to / secret.name).chmod(0o600)
        sync(to / secret.name)


def _write_manifest(to: Path, parts: dict[str, Any]) -> dict[str, Any]:
    from api.settings import Settings

    manifest = {
        "format": FORMAT,
        "made_at": instant(clock_of(Settings())()),
        **parts,
        "files": [
            {"path": file.relative_to(to).as_posix(), "bytes": file.stat().st_size, "sha256": digest_of(file)}
            for file in _files_in(to)
        ],
    }
    beside = to / f"{MANIFEST}.new"
    beside.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sync(beside)
    beside.replace(to / MANIFEST)
    sync(to)
    return manifest


def _files_in(folder: Path) -> Iterable[Path]:
    """What the manifest of `folder` answers for; the vault answers for itself."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.relative_to(folder).parts[0] != VAULT)


def _make_folder(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refused(
            "E-DUP",
            field="DIR",
            value=str(to),
            why=f"There is something at {to} already; no backup is written over anything.",
            remedy="Name a new folder.",
        )
    to.mkdir(mode=0o700, parents=True, exist_ok=True)


def _refuse_database(folder: Folder) -> None:
    if folder.identity().engine != "sqlite":
        raise Refused(
            "E-STATE",
            field="--ledger",
            value=str(folder.path),
            why="The books of this ledger are in a PostgreSQL database, which has backups of its own.",
            remedy=(
                "Use pg_basebackup and a log archive; back up keys elsewhere, and with mingzhang log backup what the "
                "logs have signed (docs/operations.md, Backup)."
            ),
        )
