"""What a backup takes of the public logs: what cannot be made again from the books (docs/operations.md).

    log/<book>/anchors/…     time stamps over heads, the lists by which they were renewed, what is asked for by file
    log/<book>/noticed/…     the signed heads that stand on printed notices
    log/<book>/policy        whom the log asks for cosignatures
    log/<book>/witnesses     what became of asking, and what a witness showed
    log/<book>/checkpoint    the head that everybody sees, with its cosignatures
    log/<book>/signed        the newest head that was signed

They are copied in this order, and the books after them, while heads are signed and stamped: so each refers only to what
the later ones hold, and no head is larger than the copied book. Tiles are not taken: a restore makes them again, and
proves them to be those that were signed (`api.restoring_logs`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.anchor_files import PENDING, RENEWED
from api.folder import Folder
from api.notice_heads import REMEMBERED
from api.public_log import CHECKPOINT, SIGNED, Published
from api.storage import Storage
from api.syncing import sync_all
from api.witnessing import POLICY, RECORD
from audit import renewals
from audit.log.checkpoint import parse_text
from audit.log.folder import BESIDE, LogFolder
from audit.log.note import NoteInvalid, parse
from domain.event import BookName
from domain.refusal import Refused

LOGS = "log"

STAMPS = (
    f"{RENEWED}*{renewals.STAMP}",
    f"*{renewals.STAMP}",
    f"{RENEWED}*{renewals.SUMS}",
    f"*{renewals.CHECKPOINT}",
    f"{PENDING}*",
)
"""Looked for in this order: what a stamp is over was there before it, and what a list names before the list's stamp."""


def copy_logs(folder: Folder, to: Path) -> None:
    """Copy it into the backup `to`; call it before the books are copied."""
    copied = []
    for name in BookName:
        log = LogFolder(folder.logs / name.value)
        for path in _paths(log.path):
            content = log.read(path)
            if content is not None:  # what was waited for has come meanwhile, or the log has none
                copied.append(to / LOGS / name.value / path)
                copied[-1].parent.mkdir(parents=True, exist_ok=True)
                copied[-1].write_bytes(content)
    sync_all(copied, within=to)


def copy_shared_heads(storage: Storage, to: Path) -> None:
    """Copy the heads that machines share, where they are newer than those that the backup `to` has of this one.

    Raises:
        Refused: `E-SCHEMA` when one of them is no checkpoint.
    """
    for name in BookName:
        copy, note = LogFolder(to / LOGS / name.value), storage.signed_head(name)
        if note is None:
            continue
        try:
            size = parse_text(parse(note.encode()).text).size
            is_newer = all(head.checkpoint.size < size for head in remembered_in(copy))
        except NoteInvalid as fault:
            raise Refused(
                "E-SCHEMA",
                field=f"log/{name.value}/{SIGNED}",
                why=f"The head of {name.value} that was signed last is no checkpoint: {fault}",
                remedy="mingzhang checkpoint says which one: the database's, or this machine's file.",
            ) from fault
        if is_newer:
            copy.write(SIGNED, note.encode())


def heads_of_logs(backup: Path, sizes: Mapping[str, int]) -> tuple[list[dict[str, Any]], list[str]]:
    """The newest signed head of each log in a backup, and what speaks against ever restoring it.

    sizes:  of each book, as it was copied, or later.
    """
    told, faults = [], []
    for name, size in sizes.items():
        try:
            heads = remembered_in(LogFolder(backup / LOGS / name))
        except NoteInvalid as fault:
            faults.append(f"日志首部不可读 / A head of the {name} log cannot be read: {fault}")
            continue
        for head in sorted(heads, key=lambda head: head.checkpoint.size)[-1:]:
            told.append({"book": name, **head.told})
            if head.checkpoint.size > size:
                faults.append(
                    f"账短于已签首部 / The book {name} ends at entry {size}, and a head of {head.checkpoint.size} "
                    "entries was signed: entries were taken away before this backup."
                )
    return told, faults


def remembered_in(folder: LogFolder) -> list[Published]:
    """The heads that a log's folder, a mirror or an export remembers: `signed` and `checkpoint`, if they are there.

    Raises:
        NoteInvalid: when one of them is no checkpoint.
    """
    found = (folder.read(path) for path in (SIGNED, CHECKPOINT))
    return [Published(parse_text(parse(raw).text), raw.decode()) for raw in found if raw is not None]


def _paths(log: Path) -> Iterator[str]:
    """What is to be copied, in order; each folder is read when all that was named before is copied."""
    below = [file for pattern in STAMPS for file in (log / "anchors").glob(pattern)]
    for files in (below, (log / REMEMBERED).glob("*")):
        yield from (file.relative_to(log).as_posix() for file in files if file.suffix != BESIDE)
    yield from (POLICY, RECORD, CHECKPOINT, SIGNED)
