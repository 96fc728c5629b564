"""Bringing a backup back: nothing is believed that the manifest and the seals do not bear out.

    1  every file is copied while its SHA-256 is taken, and compared with the manifest
    2  both books are verified, byte by byte, and their heads compared with the manifest
    3  each book is proven to be what its log had signed, and the log's tiles are made again (`api.restoring_logs`)
    4  heads of later that the logs' keys remember, or that somebody still has, are held against the books
    5  the ledger takes its place, the witnesses are asked what they saw, and the views are made anew from the books

Until step 5 everything lies in a folder beside; a restore that fails leaves nothing. What steps 4 and 5 find against
the ledger stops it from signing, not from being read.
"""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from api.backing_up import FORMAT, KEYS, MANIFEST, VAULT, digest_of, heads_in
from api.backing_up_logs import LOGS
from api.folder import Folder
from api.master_key import master_key_of
from api.restoring_logs import Proven, ask_witnesses, hold_against, hold_against_keys, prove, remarks_on
from api.storage.in_folder import InFolder
from api.storage.revisions import standings
from api.syncing import sync, sync_all
from domain.refusal import Refused

COPIED_AT_ONCE = 1 << 20
OURS = "restoring"


class _File(msgspec.Struct):
    path: str
    bytes: int
    sha256: str


class _BookHead(msgspec.Struct):
    book: str
    origin: str
    size: int
    head: str


class _LogHead(msgspec.Struct):
    book: str
    size: int
    root: str


class _Manifest(msgspec.Struct):
    format: str
    made_at: str
    files: list[_File]
    books: list[_BookHead] = []
    logs: list[_LogHead] = []

    def files_of_logs(self, *, are_wanted: bool) -> list[_File]:
        """The files of the logs, or all others."""
        return [file for file in self.files if file.path.startswith(f"{LOGS}/") is are_wanted]


def restore(
    backup: Path, to: Path, *, vault: Path | None = None, keys: Path | None = None, log: Path | None = None
) -> dict[str, Any]:
    """Make the ledger `to` from `backup`; gives its books and logs, what is proven of them, and what is left to do.

    vault:  where the vault's own backup is, if not in `backup`.
    keys:   where the keys are, if not in `backup`.
    log:    where newer heads of its logs may be (`api.restoring_logs.hold_against`).

    Raises:
        Refused: `E-DUP` when there is something at `to`, `E-FILE` when `backup` is none or a part is missing, or `log`
            holds no head, `E-PROOF` when a file, a book or a head is not what the manifest says, or a log had signed.
    """
    manifest = _manifest_in(backup)
    _refuse_bookless(manifest)
    _refuse_taken(to)
    beside = to.with_name(f".{to.name}.{OURS}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    try:
        _bring(backup, manifest, beside, vault=vault, keys=keys)
        logs = _proven(backup, manifest, beside)
        hold_against_keys(Folder(beside), logs)
        if log is not None:
            hold_against(Folder(beside), logs, log)
        if to.exists():
            to.rmdir()
        beside.replace(to)
        sync(to.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    folder = Folder(to)
    ask_witnesses(folder, logs)
    if any(proven.refuses for proven in logs):
        folder.verification.unlink()  # it says that the books are sound, and not that their logs are
    return {
        "ok": not any(proven.refuses or proven.faults for proven in logs),
        "ledger": str(to),
        "made_at": manifest.made_at,
        "books": [msgspec.to_builtins(book) for book in manifest.books],
        "logs": [proven.told for proven in logs if proven.was_used],
        "remarks": [*remarks_on(logs), *_rebuild(folder)],
    }


def _bring(backup: Path, manifest: _Manifest, beside: Path, *, vault: Path | None, keys: Path | None) -> None:
    """Copy everything but the logs' files."""
    _copy_all(backup, manifest.files_of_logs(are_wanted=False), beside)
    vault_from = vault or backup / VAULT
    if (vault_from / MANIFEST).exists():
        _copy_all(vault_from, _manifest_in(vault_from).files, beside)
    if keys is not None:
        _copy_keys(keys, beside / KEYS)


def _proven(backup: Path, manifest: _Manifest, beside: Path) -> list[Proven]:
    """Verify the books, bring the logs' files and prove that the books are what was signed; gives the logs."""
    report = _verify(beside, manifest)
    _copy_all(backup, manifest.files_of_logs(are_wanted=True), beside)
    logs = prove(Folder(beside), report)
    found = {log.book: (log.size, log.root) for log in logs}
    for head in manifest.logs:
        size, root = found[head.book]
        if (size, root) != (head.size, head.root):
            raise _differs(f"the head of the {head.book} log", f"{head.size} {head.root}", f"{size} {root}")
    return logs


def _manifest_in(folder: Path) -> _Manifest:
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Refused(
            "E-FILE",
            field="DIR",
            value=str(folder),
            why=f"{folder} is no whole backup: its {MANIFEST} cannot be read.",
            remedy="Name a folder that mingzhang backup made; one that was broken off has no manifest.",
        ) from error
    if manifest.format != FORMAT:
        raise Refused(
            "E-FILE",
            field="DIR",
            value=manifest.format,
            why=f"The backup is of the form {manifest.format}, this version reads {FORMAT}.",
            remedy="Restore it with the version that made it.",
        )
    return manifest


def _refuse_bookless(manifest: _Manifest) -> None:
    if not manifest.books:
        raise Refused(
            "E-FILE",
            field="DIR",
            why="This is a backup of a vault or of logs alone, without books.",
            remedy="Name the books' backup, and with it this one: --vault DIR, or --log DIR.",
        )


def _refuse_taken(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refused(
            "E-DUP",
            field="--to",
            value=str(to),
            why=f"There is something at {to} already; nothing is restored over anything.",
            remedy="Name a new folder; keep the damaged ledger for the auditor, and name it with --log.",
        )


def _copy_all(folder: Path, files: list[_File], into: Path) -> None:
    """Copy files, durably.

    Raises:
        Refused: as `_copy`.
    """
    for file in files:
        _copy(folder, file, into)
    sync_all((into / file.path for file in files), within=into)


def _copy(folder: Path, file: _File, into: Path) -> None:
    """Copy one file, taking its digest on the way.

    Raises:
        Refused: `E-FILE` for a name that leads elsewhere or is not there, `E-PROOF` for other bytes.
    """
    source, target = folder / file.path, into / file.path
    inside = target.resolve().is_relative_to(into.resolve())
    if not inside or not source.is_file() or source.is_symlink():
        raise Refused(
            "E-FILE",
            field=file.path,
            why=f"{file.path} stands in the manifest and not in the backup.",
            remedy="Use another copy of the backup.",
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    digest = sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(COPIED_AT_ONCE):
            digest.update(chunk)
            writing.write(chunk)
    if digest.hexdigest() != file.sha256 or digest_of(target) != file.sha256:
        raise _differs(file.path, file.sha256, digest.hexdigest())


def _copy_keys(keys: Path, into: Path) -> None:
    into.mkdir(mode=0o700, exist_ok=True)
    for secret in sorted(keys.iterdir()):
        if _size_signed(into / secret.name) > _size_signed(secret):
            continue  # the backup's is the newer one, and remembers more
        (into / secret.name).touch(mode=0o600)
        shutil.copyfile(secret, into / secret.name)
        sync(into / secret.name)


def _size_signed(file: Path) -> int:
    """How many entries the newest head has that a log's key says it signed; 0 where it says nothing."""
    try:
        return int(json.loads(file.read_bytes())["last_signed"]["size"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def _verify(folder: Path, manifest: _Manifest) -> dict[str, Any]:
    """Verify both books as they lie there, and compare their heads with the manifest; gives the report.

    Raises:
        Refused: `E-PROOF` when a book is not what was sealed, or its head is not that of the manifest.
    """
    from api.verifying import verify_ledger

    report = verify_ledger(folder, with_logs=False)
    if not report["ok"]:
        finding = report["findings"][0]
        raise Refused(
            "E-PROOF",
            field=finding["book"],
            why=f"The {finding['book']} book of the backup was changed at position {finding['position']}.",
            remedy="Use an older backup, and keep this one for the auditor.",
        )
    found = {book["book"]: book for book in heads_in(folder)}
    for book in manifest.books:
        told = found.get(book.book, {})
        if (told.get("size"), told.get("head"), told.get("origin")) != (book.size, book.head, book.origin):
            raise _differs(
                f"the {book.book} book", f"{book.size} {book.head}", f"{told.get('size')} {told.get('head')}"
            )
    return report


def _rebuild(folder: Folder) -> list[str]:
    """Make the views where that is possible; else what has to be brought first."""
    remarks = []
    if not folder.vault.exists():
        remarks.append("缺保管库：用 --vault 恢复 / The vault is missing: restore with --vault DIR.")
    missing = [f"{name}.key" for name in ("book",) if not (folder.keys / f"{name}.key").exists()]
    if master_key_of(folder).is_ours and not folder.master_key.exists():
        missing.append(folder.master_key.name)
    if not (folder.keys / "keeper.token").exists():
        missing.append("keeper.token")
    if missing:
        remarks.append(
            f"把密钥放回 {folder.keys}，再运行 mingzhang project / "
            f"Put the keys back ({', '.join(missing)}), then run mingzhang project."
        )
    if remarks:
        return remarks
    storage = InFolder(folder)
    if any(standing.is_behind or not standing.is_known for standing in standings(storage.revisions())):
        return ["账套由另一版本建立 / Another version made it: mingzhang migrate --check, docs/operations.md."]
    from api.ledger import Ledger

    with Ledger.open(folder.path) as ledger:
        ledger.catch_up()
    return []


def _differs(what: str, expected: str, found: str) -> Refused:
    return Refused(
        "E-PROOF",
        field=what,
        why=f"In the backup {what} is not what its manifest says: expected {expected[:24]}…, found {found[:24]}….",
        remedy="Use another copy of the backup, or an older one.",
    )
