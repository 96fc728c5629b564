"""Proving the public logs of a restored ledger, before it may sign again (DESIGN §4, docs/operations.md).

    prove              each book has the root that its own backup says was signed; the tiles are made again from it,
                       and the log's folder says that it was `restored`
    hold_against_keys  the newest head that each key of a log remembers to have signed
    hold_against       heads of later that somebody still has: the damaged ledger's folder, an export, a mirror
    ask_witnesses      what those who cosigned the log have seen

Each of the last three can show that entries are missing, or are other ones. The ledger comes back all the same, to be
read; but the head that speaks against it stays in the key, in `log/<book>/signed` or in `log/<book>/witnesses`, and
while the book does not hold what that head says nothing is signed (`PublicLog.publish`, `api.witnessing`). So a
restored ledger goes on where it stopped, or not at all.

No private key is opened for any of this, and no vault.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import Any, Self

import msgspec

from api.anchor_files import AnchorFiles
from api.backing_up_logs import remembered_in
from api.folder import Folder
from api.log_key_files import heads_told
from api.proving_stamps import faults_of_stamps
from api.public_log import NOTHING, SIGNED, Published
from api.settings import Settings
from api.storage import Storage
from api.storage.in_folder import InFolder
from api.testing import clock_of
from api.verifying import silent
from api.verifying_logs import verify_logs
from api.witnessing import POLICY, RESTORED, ask_before_signing, told
from audit.book import Book
from audit.log.folder import LogFolder
from audit.log.growing import Leaf, LeafChanged, TreeHead, grow
from audit.log.keyring import ANNOUNCING
from audit.log.lying import LyingBook
from audit.log.note import NoteInvalid
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.log.witnessing import STOPPING, State
from audit.seal import genesis
from domain.event import BookName
from domain.refusal import Refused

COSIGNATURE = "cosignature"

HOLDING = (State.COSIGNED, State.HOLDS, *STOPPING)
"""What a witness says that has cosigned this log before."""

IF_LOST = (
    "Keep this copy and that head for the auditor. Restore the newest backup, or whatever holds the newer entries. If "
    "they are lost for good, this log has ended: tell auditors, mirrors and witnesses, and open a new ledger, under an "
    "origin of its own. Sign nothing under this one: that would be a second history."
)


class Proven(msgspec.Struct, kw_only=True):
    """What is known of one log after a restore; `told` is its JSON.

    has_key:       whether the book announces a key of the log: then something was signed, or was about to be.
    size, root:    of the newest head in the backup, which the restored book has; None when none was signed.
    recorded_at:   when the last entry under that head was recorded: it was signed then, or later.
    signed_by:     the log's keys that signed it; `seen_by`: who cosigned it, and when (seconds since 1970).
    quorum_lacks:  what the policy's quorum lacks under it; None when nothing, or there is no policy.
    stamps:        how many time stamps came back.
    held_against:  how many heads of later were compared with the book.
    witnesses:     what each of the policy's witnesses said now: `witness`, `state`, `size`.
    refuses:       why the ledger will sign nothing in this log; empty when it will.
    faults:        what is not as it should be, and stops nothing.
    """

    book: str
    has_key: bool
    size: int | None = None
    root: str | None = None
    recorded_at: str | None = None
    signed_by: list[str] = []  # msgspec gives each struct a list of its own
    seen_by: list[dict[str, Any]] = []
    quorum_lacks: str | None = None
    stamps: int = 0
    held_against: int = 0
    witnesses: list[dict[str, Any]] = []
    refuses: list[str] = []
    faults: list[str] = []

    @property
    def told(self) -> dict[str, Any]:
        """As JSON."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built

    @property
    def was_used(self) -> bool:
        """Whether there is anything to say of it."""
        return self.has_key or bool(self.size or self.held_against or self.witnesses or self.refuses)

    @property
    def is_known_outside(self) -> bool:
        """Whether anybody but the backup has said what was signed last."""
        return bool(self.held_against) or any(one["state"] in HOLDING for one in self.witnesses)


class Bare:
    """A restored ledger, as far as its logs and their witnesses need one."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.storage: Storage = InFolder(folder)
        self.clock = clock_of(Settings())
        self._books: dict[BookName, Book] = {}

    def book(self, name: BookName) -> Book:
        """The book of that name; a copy is not in the mode in which it could be opened to be read only."""
        if name not in self._books:
            self._books[name] = self.storage.book(name)
        return self._books[name]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for book in self._books.values():
            book.close()


def prove(folder: Folder, report: Mapping[str, Any]) -> list[Proven]:
    """Prove that the books in `folder` are what was signed, and make their tiles again; gives both logs.

    report:  what was found when the books themselves were verified (`api.verifying`).

    Raises:
        Refused: `E-PROOF` when a head is not signed by the log's keys, or is not of the restored book.
    """
    logs = [Proven(book=name.value, has_key=_has_key(folder, name)) for name in BookName]
    with Bare(folder) as ledger:
        for log in logs:
            newest = _grown(ledger, BookName(log.book))
            if newest is not None:
                log.size, log.root = newest.checkpoint.size, newest.checkpoint.root.hex()
                log.recorded_at = _recorded_at(ledger.book(BookName(log.book)), newest.checkpoint.size)
                log.stamps, log.faults = _stamps(ledger, BookName(log.book), newest)
                LogFolder(folder.logs / log.book).write(RESTORED, b"")
    found = verify_logs(folder, InFolder(folder), report, {}, silent)
    for finding in found["findings"]:
        if finding["kind"] != COSIGNATURE:
            raise _unproven(finding["book"], f"expected {finding['expected']}, found {finding['found']}")
        _of(logs, finding["book"]).faults.append(f"{finding['expected']}: {finding['found']}")
    for signed in found["logs"]:
        log = _of(logs, signed["book"])
        log.signed_by, log.seen_by, log.quorum_lacks = signed["signed_by"], signed["seen_by"], signed["quorum_lacks"]
    return logs


def hold_against_keys(folder: Folder, logs: list[Proven]) -> None:
    """Compare the restored books with the heads that the keys in `folder` remember; those keys sign no other."""
    with Bare(folder) as ledger:
        for log in logs:
            name = BookName(log.book)
            for head in heads_told(folder, name):
                if not log.refuses and (fault := _denied(ledger.book(name), head)):
                    log.refuses.append(f"{fault} {IF_LOST}")


def hold_against(folder: Folder, logs: list[Proven], later: Path) -> None:
    """Compare the restored books with the heads that lie at `later`; one that they do not hold is kept, and stops them.

    later:  a ledger's folder or the `log` in it, an export (`log export`), a mirror.

    Raises:
        Refused: `E-FILE` when there is no head of these logs.
    """
    compared = 0
    with Bare(folder) as ledger:
        for log in logs:
            name = BookName(log.book)
            for head in _heads_of(ledger.book(name).origin, name, later):
                log.held_against += 1
                fault = _denied(ledger.book(name), head.head)
                if fault and not log.refuses:
                    LogFolder(folder.logs / name.value).write(SIGNED, head.note.encode())
                    log.refuses.append(f"{fault} {IF_LOST}")
            compared += log.held_against
    if not compared:
        raise Refused(
            "E-FILE",
            field="--log",
            value=str(later),
            why=f"No signed head of this ledger's logs is at {later}.",
            remedy="Name the damaged ledger's folder or its log, an export of the log, or a mirror of it.",
        )


def ask_witnesses(folder: Folder, logs: list[Proven]) -> None:
    """Ask the witnesses that the policies name what they hold, and write down what they say against these logs."""
    with Bare(folder) as ledger:
        for log in logs:
            name = BookName(log.book)
            if not (folder.logs / name.value / POLICY).exists():
                continue
            since = ledger.clock()
            try:
                ask_before_signing(ledger, name)
            except Refused as refused:
                log.refuses.append(f"{refused.why} {IF_LOST if refused.code == 'E-PROOF' else refused.remedy}")
            log.witnesses = [
                {part: entry[part] for part in ("witness", "state", "size")}
                for entry in (told(ledger, name) or {}).get("witnesses", ())
                if datetime.fromisoformat(entry["asked_at"]) >= since  # others stand there from before the backup
            ]


def remarks_on(logs: list[Proven]) -> list[str]:
    """What a person has to be told of these logs."""
    remarks = []
    for log in logs:
        remarks += [f"{log.book} 日志不得再签 / The log of {log.book} signs nothing: {why}" for why in log.refuses]
        remarks += [f"{log.book} 日志 / log: {fault}" for fault in log.faults]
        if log.was_used and not log.refuses and not log.is_known_outside:
            remarks.append(
                f"{log.book} 日志无外人作证 / Nobody outside says whether a later head of {log.book} was signed: "
                "before anything is served or signed, compare with a mirror, an export or the damaged ledger "
                "(restore --log DIR), or with a printed notice."
            )
    return remarks


def _has_key(folder: Folder, name: BookName) -> bool:
    with InFolder(folder).as_it_lies(name) as file:
        return bool(LyingBook(file).of_topics(ANNOUNCING))


def _grown(ledger: Bare, name: BookName) -> Published | None:
    """The newest head in the backup, when the restored book holds it and each other that is there; with their tiles."""
    folder, book = LogFolder(ledger.folder.logs / name.value), ledger.book(name)
    newest = None
    try:
        for head in sorted(remembered_in(folder), key=lambda head: head.checkpoint.size):
            if fault := _foreign(book, head) or _denied(book, head.head):
                raise _unproven(name.value, fault)
            grow(folder, _Entries(book), head.checkpoint.size, newest.head if newest else NOTHING)
            newest = head
    except (NoteInvalid, LeafChanged, TilesDamaged) as fault:
        raise _unproven(name.value, str(fault)) from fault
    return newest


class _Entries:
    """A book as `audit.log.growing` reads it."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        return starmap(Leaf, self._book.leaves_and_entries(since + 1, through))

    def link(self, size: int) -> bytes:
        entry = self._book.entry(size) if size else None
        return genesis(self._book.origin) if entry is None else entry.link


def _stamps(ledger: Bare, name: BookName, newest: Published) -> tuple[int, list[str]]:
    tree = LogTree(LogFolder(ledger.folder.logs / name.value), *newest.head)
    return faults_of_stamps(AnchorFiles(ledger, name), newest.checkpoint.origin, tree)


def _recorded_at(book: Book, position: int) -> str | None:
    entry = book.entry(position)
    found = None if entry is None else json.loads(entry.state).get("recorded_at")
    return None if found is None else str(found)


def _heads_of(origin: str, name: BookName, later: Path) -> list[Published]:
    """The heads of one log at `later`, the largest first."""
    heads: dict[str, Published] = {}
    for place in (later, later / name.value, later / "log" / name.value):
        try:
            found = remembered_in(LogFolder(place))
        except NoteInvalid as fault:
            raise Refused(
                "E-FILE",
                field="--log",
                value=str(place),
                why=f"A head at {place} cannot be read: {fault}",
                remedy="Use another copy; or take that file away, when the other one there says enough.",
            ) from fault
        heads |= {head.checkpoint.text: head for head in found if head.checkpoint.origin == origin}
    return sorted(heads.values(), key=lambda head: head.checkpoint.size, reverse=True)


def _foreign(book: Book, head: Published) -> str:
    origin = head.checkpoint.origin
    return "" if origin == book.origin else f"it is of the log {origin}, and the book's is {book.origin}."


def _denied(book: Book, head: TreeHead) -> str:
    """How the restored book contradicts a head; nothing when it holds it."""
    (size, root), ends_at = head, book.head.position
    if size > ends_at:
        return f"A head of {size} entries was signed, and the restored book {book.name} ends at entry {ends_at}."
    found = book.root(size)
    if found != root:
        return (
            f"At {size} entries the root {root.hex()} was signed, and the restored book {book.name} has {found.hex()}: "
            "another history."
        )
    return ""


def _of(logs: list[Proven], book: str) -> Proven:
    return next(log for log in logs if log.book == book)


def _unproven(book: str, why: str) -> Refused:
    return Refused(
        "E-PROOF",
        field=f"log/{book}",
        why=f"In the backup the head of the {book} log is not of its book: {why}",
        remedy="Use another copy of the backup, or an older one, and keep this one for the auditor.",
    )
