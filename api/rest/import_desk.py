"""Imports that came over the wire: taken in at once, done one after another in the background, remembered for a week.

States: `waiting` → `running` → `done`, or `failed` when the package could not be read at all. A process that ends in
between leaves `interrupted`: the next start rolls the import itself forward, and the same files sent again say what
became of each row (nothing goes in twice).
"""

import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec

from api.importing import Done, Request, import_uploads
from api.ledger import Ledger
from api.rest.memory import Memory
from api.rest.problems import UNPROCESSABLE, describe, described_refusal, log_incident
from domain.clock import instant
from domain.refusal import Refused
from intake.mapping import OfficeMapping

KEPT = timedelta(days=7)
"""A clerk mends a list within days; after that a marked workbook is one more copy of people's numbers."""

MOST_UNDER_WAY = 8
"""Each waits with its workbooks in memory."""

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

    def as_dict(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"stage": self.stage, "file": self.file, "done": self.done, "of": self.of}


class Crowded(Exception):
    """Too many imports wait already."""


class ImportDesk:
    """Takes imports in and does them, one at a time; one desk serves all threads of the process."""

    def __init__(self, ledger: Ledger, memory: Memory) -> None:
        """Open the desk; imports that an earlier process left are `interrupted`."""
        self._ledger = ledger
        self._memory = memory
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._progress: dict[str, Progress] = {}
        self._changing = threading.Lock()
        self._interrupt_unended()
        for left in ledger.folder.path.glob(f"{MARKING}*"):
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
        rows = self._memory.rows("SELECT id, sealed FROM imports WHERE id = ?", import_id)
        if not rows:
            raise LookupError(
                f"没有导入 {import_id}，或已过期 / There is no import {import_id}, or it is more than a week old."
            )
        return self._opened(*rows[0])

    def tickets(self, before: int | None, limit: int) -> list[tuple[int, Ticket]]:
        """The newest imports with their numbers, at most `limit`, those before number `before`."""
        rows = self._memory.rows(
            "SELECT number, id, sealed FROM imports WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
            before,
            before,
            limit,
        )
        return [(number, self._opened(import_id, sealed)) for number, import_id, sealed in rows]

    def progress(self, import_id: str) -> dict[str, Any] | None:
        """How far an import under way is; None once it has ended."""
        progress = self._progress.get(import_id)
        return None if progress is None else progress.as_dict()

    def marked(self, import_id: str) -> bytes:
        """The workbook with the problems marked.

        Raises:
            LookupError: when there is none: no problems, not done yet, or too long ago.
        """
        for (sealed,) in self._memory.rows("SELECT marked FROM imports WHERE id = ? AND marked NOTNULL", import_id):
            return self._memory.unseal(sealed, _marked(import_id))
        raise LookupError("这次导入没有标注问题的工作簿 / This import has no workbook with marked problems.")

    def close(self) -> None:
        """Let the import under way end; those that still wait are `interrupted` when the desk opens again."""
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
        with TemporaryDirectory(prefix=MARKING, dir=self._ledger.folder.path) as folder:
            path = Path(folder) / "errors.xlsx"
            return path.read_bytes() if done.mark(path) else None

    def _add(self, ticket: Ticket, now: datetime) -> None:
        sealed = self._memory.seal(msgspec.json.encode(ticket), ticket.id)
        with self._memory.transaction() as connection:
            connection.execute("DELETE FROM imports WHERE begun_at < ?", ((now - KEPT).timestamp(),))
            connection.execute(
                "INSERT INTO imports SELECT ?, coalesce(max(number), 0) + 1, ?, 0, ?, NULL FROM imports",
                (ticket.id, now.timestamp(), sealed),
            )

    def _keep(self, ticket: Ticket, marked: bytes | None = None) -> None:
        sealed = self._memory.seal(msgspec.json.encode(ticket), ticket.id)
        sealed_marks = None if marked is None else self._memory.seal(marked, _marked(ticket.id))
        with self._memory.transaction() as connection:
            connection.execute(
                "UPDATE imports SET sealed = ?, ended = ?, marked = ? WHERE id = ?",
                (sealed, ticket.ended, sealed_marks, ticket.id),
            )

    def _interrupt_unended(self) -> None:
        for import_id, sealed in self._memory.rows("SELECT id, sealed FROM imports WHERE NOT ended"):
            ticket = self._opened(import_id, sealed)
            ticket.state = "interrupted"
            self._keep(ticket)

    def _opened(self, import_id: str, sealed: bytes) -> Ticket:
        return msgspec.json.decode(self._memory.unseal(sealed, import_id), type=Ticket)


def _marked(import_id: str) -> str:
    return f"{import_id}/marked"
