"""Imports that came over the wire: taken in at once, done one after another in the background, remembered for a week.

States: `waiting` → `running` → `done`, or `failed` when the package could not be read at all. A process that ends in
between leaves `interrupted`: the next start rolls the import itself forward, and the same files sent again say what
became of each row (nothing goes in twice). Whichever process is asked tells of every import, whoever does it.
"""

import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Literal

import msgspec
from sqlalchemy import Row, Select, and_, delete, func, insert, not_, select, update

from api.importing import Done, Request, import_uploads
from api.ledger import Ledger
from api.rest.memory import Memory
from api.rest.memory_tables import IMPORTS
from api.rest.problems import UNPROCESSABLE, describe, described_refusal, log_incident
from domain.clock import instant
from domain.refusal import Refused
from intake.mapping import OfficeMapping

KEPT = timedelta(days=7)
"""A clerk mends a list within days; after that a marked workbook is one more copy of people's numbers."""

MOST_UNDER_WAY = 8
"""Each waits with its workbooks in memory."""

TELL_SECONDS = 1.0
"""How often other processes hear how far an import is."""

ID_BYTES = 8
MARKING = "marked-"
"""Folders in which a workbook is being marked; what a killed process left of them is removed."""

State = Literal["waiting", "running", "done", "failed", "interrupted"]
Upload = tuple[str, bytes]


class Ticket(msgspec.Struct):
    """One import as it is remembered.

    begun_at, ended_at:  instants.
    files:    the names that were sent.
    answer:   OUTPUTS §2, once it is done.
    problem:  why nothing could be done.
    marked:   whether there is a workbook with the problems marked.
    """

    id: str
    state: State
    dry_run: bool
    begun_at: str
    files: list[str]
    ended_at: str | None = None
    answer: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    marked: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "interrupted")


@dataclass(slots=True)
class Progress:
    """How far a running import is: rows or files `done` of `of` at a stage."""

    stage: str = "wait"
    file: str = ""
    done: int = 0
    of: int = 0
    told_at: float = 0.0

    def is_to_be_told(self, now: float) -> bool:
        """Whether other processes should hear of it again, at `now` in seconds."""
        if now - self.told_at < TELL_SECONDS:
            return False
        self.told_at = now
        return True

    def as_dict(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"stage": self.stage, "file": self.file, "done": self.done, "of": self.of}


class Crowded(Exception):
    """Too many imports wait already."""


class ImportDesk:
    """Takes imports in and does them, one at a time; one desk serves all threads of the process."""

    def __init__(self, ledger: Ledger, memory: Memory) -> None:
        """Open the desk; what processes that died have left of marked workbooks is removed."""
        self._ledger = ledger
        self._memory = memory
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._progress: dict[str, Progress] = {}
        self._changing = threading.Lock()
        living = memory.living()
        for left in ledger.folder.path.glob(f"{MARKING}*"):
            if left.name.removeprefix(MARKING).partition("-")[0] not in living:
                shutil.rmtree(left, ignore_errors=True)

    def take_in(self, uploads: Sequence[Upload], *, dry_run: bool, mapping: OfficeMapping | None = None) -> Ticket:
        """Take files in, to be read by `mapping` if there is one; the work is done in the background.

        Raises:
            Crowded: when `MOST_UNDER_WAY` are not done yet.
        """
        now = self._ledger.clock()
        ticket = Ticket(
            id=self._ledger.randomness(ID_BYTES).hex(),
            state="waiting",
            dry_run=dry_run,
            begun_at=instant(now),
            files=[name for name, _ in uploads],
        )
        with self._changing:
            if len(self._progress) >= MOST_UNDER_WAY:
                raise Crowded
            self._progress[ticket.id] = Progress()
        self._add(ticket, now)
        self._worker.submit(self._do, ticket, uploads, mapping)
        return ticket

    def ticket(self, import_id: str) -> Ticket:
        """The import of that id.

        Raises:
            LookupError: when there is none, or it was more than a week ago.
        """
        for row in self._memory.rows(self._known().where(IMPORTS.c.id == import_id)):
            return self._opened(row)
        raise LookupError(
            f"没有导入 {import_id}，或已过期 / There is no import {import_id}, or it is more than a week old."
        )

    def tickets(self, before: int | None, limit: int) -> list[tuple[int, Ticket]]:
        """The newest imports with their numbers, at most `limit`, those before number `before`."""
        query = self._known().order_by(IMPORTS.c.number.desc()).limit(limit)
        rows = self._memory.rows(query if before is None else query.where(IMPORTS.c.number < before))
        return [(row.number, self._opened(row)) for row in rows]

    def progress(self, import_id: str) -> dict[str, Any] | None:
        """How far an import under way is, to a second or so where another process does it; None once it has ended."""
        own = self._progress.get(import_id)
        if own is not None:
            return own.as_dict()
        for row in self._memory.rows(self._known().where(IMPORTS.c.id == import_id)):
            if self._opened(row).ended:
                return None
            if row.progress is None:
                return Progress().as_dict()
            told: dict[str, Any] = msgspec.json.decode(self._memory.unseal(row.progress, _progress(import_id)))
            return told
        return None

    def marked(self, import_id: str) -> bytes:
        """The workbook with the problems marked.

        Raises:
            LookupError: when there is none: no problems, not done yet, or too long ago.
        """
        wanted = select(IMPORTS.c.marked).where(IMPORTS.c.id == import_id, IMPORTS.c.marked.is_not(None))
        for (sealed,) in self._memory.rows(wanted):
            return self._memory.unseal(sealed, _marked(import_id))
        raise LookupError("这次导入没有标注问题的工作簿 / This import has no workbook with marked problems.")

    def close(self) -> None:
        """Let the import under way end; those that still wait are `interrupted` once this process is gone."""
        self._worker.shutdown(cancel_futures=True)

    def _do(self, ticket: Ticket, uploads: Sequence[Upload], mapping: OfficeMapping | None) -> None:
        progress = self._progress[ticket.id]
        try:
            ticket.state = "running"
            self._keep(ticket)
            self._import(ticket, uploads, progress, mapping)
        finally:
            with self._changing:
                del self._progress[ticket.id]

    def _import(
        self, ticket: Ticket, uploads: Sequence[Upload], progress: Progress, mapping: OfficeMapping | None
    ) -> None:
        def note(stage: str, file: str, done: int, of: int) -> None:
            progress.stage, progress.file, progress.done, progress.of = stage, file, done, of
            if progress.is_to_be_told(monotonic()):
                self._tell(ticket.id, progress)

        marked: bytes | None = None
        try:
            request = Request(dry_run=ticket.dry_run, progress=note, mapping=mapping)
            done = import_uploads(self._ledger, uploads, request)
            marked = self._marked_workbook(done)
            ticket.state, ticket.answer, ticket.marked = "done", done.answer, marked is not None
        except Refused as refused:
            ticket.state, ticket.problem = "failed", described_refusal(refused)
        except Exception as error:  # noqa: BLE001  nobody waits for this thread: whatever fails must be told by the ticket
            incident = log_incident(self._ledger.randomness, error, f"import {ticket.id}")
            ticket.state = "failed"
            ticket.problem = describe(
                UNPROCESSABLE,
                "E-INTERNAL",
                f"The import failed; the log tells more under incident {incident}.",
                remedy="Send the files again: what went in already is recognised.",
            )
        ticket.ended_at = instant(self._ledger.clock())
        self._keep(ticket, marked)

    def _marked_workbook(self, done: Done) -> bytes | None:
        """The marked workbook's bytes; it lies open only as long as it is written, in the ledger's own folder."""
        with TemporaryDirectory(prefix=f"{MARKING}{self._memory.process}-", dir=self._ledger.folder.path) as folder:
            path = Path(folder) / "errors.xlsx"
            return path.read_bytes() if done.mark(path) else None

    def _add(self, ticket: Ticket, now: datetime) -> None:
        sealed = self._memory.seal(msgspec.json.encode(ticket), ticket.id)
        begun = {"begun_by": self._memory.process, "begun_at": now.timestamp()}
        with self._memory.transaction() as connection:
            connection.execute(delete(IMPORTS).where(IMPORTS.c.begun_at < (now - KEPT).timestamp()))
            newest = connection.execute(select(func.max(IMPORTS.c.number))).scalar() or 0
            connection.execute(
                insert(IMPORTS).values(id=ticket.id, number=newest + 1, ended=False, sealed=sealed, **begun)
            )

    def _keep(self, ticket: Ticket, marked: bytes | None = None) -> None:
        sealed = self._memory.seal(msgspec.json.encode(ticket), ticket.id)
        sealed_marks = None if marked is None else self._memory.seal(marked, _marked(ticket.id))
        told = update(IMPORTS).where(IMPORTS.c.id == ticket.id)
        with self._memory.transaction() as connection:
            connection.execute(told.values(sealed=sealed, ended=ticket.ended, marked=sealed_marks))

    def _tell(self, import_id: str, progress: Progress) -> None:
        sealed = self._memory.seal(msgspec.json.encode(progress.as_dict()), _progress(import_id))
        with self._memory.transaction() as connection:
            connection.execute(update(IMPORTS).where(IMPORTS.c.id == import_id).values(progress=sealed))

    def _known(self) -> Select[Any]:
        abandoned = and_(not_(IMPORTS.c.ended), not_(self._memory.lives(IMPORTS.c.begun_by)))
        return select(
            IMPORTS.c.id, IMPORTS.c.number, IMPORTS.c.sealed, IMPORTS.c.progress, abandoned.label("abandoned")
        )

    def _opened(self, row: Row[Any]) -> Ticket:
        ticket = msgspec.json.decode(self._memory.unseal(row.sealed, row.id), type=Ticket)
        if row.abandoned:
            ticket.state = "interrupted"
        return ticket


def _progress(import_id: str) -> str:
    return f"{import_id}/progress"


def _marked(import_id: str) -> str:
    return f"{import_id}/marked"
