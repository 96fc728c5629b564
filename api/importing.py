"""Importing a package: read, check whole, keep the originals, vault, seal, project (DESIGN §7 "Intake").

    spool     the files go into the vault, and the import is remembered, before anything else
    check     every file against the package and the ledger; a file goes in whole or not at all
    record    ImportBegun, the rows by batches, ImportCompleted; the vault before the ledger
    settle    the views and alerts catch up; the import is forgotten

A crash anywhere after the spool is rolled forward by the next start: rows that are recorded are recognised by
their keys and contents, and the rest follows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from api.known import LedgerKnown, recorded_rows
from api.ledger import Ledger, Placed
from api.likenesses import tell_likenesses
from api.manifest import MANIFEST_REFUSED, no_manifest, refuse_other_packages
from api.meanwhile import projecting_meanwhile
from api.outcome import FileOutcome, as_dict
from api.spooling import Spooled, mapping_of, opened, spool
from domain.clock import instant
from domain.control import ImportBegun, ImportCompleted
from domain.event import KEEPER, BookName
from domain.refusal import Refused
from intake.checking import Check, Fate
from intake.checking import Ledger as Checked
from intake.mapping import OfficeMapping
from intake.naming import Titles
from intake.package import Package, PackageFile, open_uploads
from intake.problem import Problem
from intake.reading.file_bytes import kept
from intake.recording import Circumstances, Scribe, Written
from intake.sheet import Row, Sheet
from intake.sheets import SHEETS
from intake.table import LONG, Table, read_tables
from vault.sealing import Unreadable as Unopened

BATCH = 5_000
ATTEMPTS = 3
"""An interrupted import is tried so often; then it waits for a person (doctor shows it)."""

Progress = Callable[[str, str, int, int], None]
"""Told (stage, file, done, of) while an import runs."""


def silent(stage: str, file: str, done: int, of: int) -> None:
    """Tell nobody."""


class Request(NamedTuple):
    """How a package is imported."""

    actor: str = KEEPER
    dry_run: bool = False
    progress: Progress = silent
    mapping: OfficeMapping | None = None

    @property
    def titles(self) -> Titles | None:
        """The names under which the files are known; None for FORMATS' own."""
        return self.mapping.titles if self.mapping else None


DEFAULT = Request()


class Done(NamedTuple):
    """An import that has ended: the answer of OUTPUTS §2, and what is needed to mark the problems in a workbook."""

    answer: dict[str, Any]
    tables: list[Table]
    problems: list[Problem]

    def mark(self, path: Path) -> bool:
        """Write the errors workbook to `path`; False, and no file, when there is nothing to mark."""
        from intake.marked import write_marked

        if not self.problems and not any(table.counts() for table in self.tables):
            return False
        write_marked(path, self.tables, self.problems)
        return True


def import_path(ledger: Ledger, path: Path, request: Request = DEFAULT) -> Done:
    """Import the folder, zip or workbook at `path`.

    Raises:
        Refused: `E-FILE` when there is nothing at `path`.
    """
    return import_package(ledger, opened(path, request.mapping), request)


def import_uploads(ledger: Ledger, uploads: Sequence[tuple[str, bytes]], request: Request = DEFAULT) -> Done:
    """Import files that were handed in over the wire."""
    return import_package(ledger, open_uploads(uploads, titles=request.titles), request)


def import_package(ledger: Ledger, package: Package, request: Request = DEFAULT) -> Done:
    """Import an opened package; one at a time per ledger.

    Raises:
        Refused: `E-DATE` when the clock stands behind the newest entry; nothing is begun then.
    """
    if request.dry_run:
        ledger.catch_up()
        return Import(ledger, package, request).done(dry_run=True)
    with ledger.storage.importing(wait=True):
        spooled = spool(
            ledger.vault,
            package,
            actor=request.actor,
            clock=ledger.clock,
            randomness=ledger.randomness,
            mapping=request.mapping,
        )
        return import_spooled(ledger, spooled, request)


def import_spooled(ledger: Ledger, spooled: Spooled, request: Request = DEFAULT) -> Done:
    """Import a package that is spooled; the caller holds the import lock (`api.spooling.spooling`).

    Raises:
        Refused: `E-DATE` when the clock stands behind the newest entry; nothing is begun then.
    """
    package = spooled.package
    try:
        _finish(ledger, request.progress, but=spooled.import_id)
        ledger.refuse_clock_behind(BookName.MONEY, instant(ledger.clock()))
        ledger.catch_up()
        work = Import(ledger, package, request)
        work.check()
    except Exception:
        ledger.vault.end_import(spooled.import_id)  # nothing of it was recorded, so there is nothing to roll forward
        raise
    done = _complete(ledger, spooled.import_id, work, request)
    brought = {file.sha256 for file in package.files}
    for earlier_id, (plan, _) in ledger.vault.pending_imports().items():
        if set(plan["files"]) <= brought:  # type: ignore[call-overload]
            ledger.vault.end_import(earlier_id)  # it waited for a person, who has now brought its files again
    return done


def finish_interrupted(ledger: Ledger, progress: Progress = silent) -> int:
    """Roll interrupted imports forward; gives how many. Does nothing while another process imports."""
    if not ledger.vault.pending_imports():
        return 0
    with ledger.storage.importing(wait=False) as held:
        return _finish(ledger, progress) if held else 0


def _finish(ledger: Ledger, progress: Progress, *, but: str = "") -> int:
    """Complete the remembered imports, all `but` the one that is just beginning."""
    finished = 0
    for import_id, (plan, attempts) in ledger.vault.pending_imports().items():
        if import_id == but or attempts >= ATTEMPTS:
            continue
        ledger.vault.note_attempt(import_id)
        files = [ledger.vault.file_in_pieces(str(sha)) for sha in plan["files"]]  # type: ignore[attr-defined]
        try:
            request = Request(str(plan["actor"]), progress=progress, mapping=mapping_of(ledger.vault, plan))
            uploads = [(file[0], kept(file[1])) for file in files if file is not None]
            package = open_uploads(uploads, titles=request.titles)
            ledger.catch_up()
            _complete(ledger, import_id, Import(ledger, package, request), request)
        except (Refused, Unopened):
            continue  # it stays remembered, and doctor shows it; other work goes on
        finished += 1
    return finished


def _complete(ledger: Ledger, import_id: str, work: "Import", request: Request) -> Done:
    """Record what was checked, forget the import, and bring the views up to it."""
    done = work.done(dry_run=False)
    ledger.vault.forget_files(work.refused_files())
    ledger.vault.end_import(import_id)
    ledger.catch_up(lambda at, of: request.progress("project", "", at, of))
    return done


class Import:
    """One package on its way in."""

    def __init__(self, ledger: Ledger, package: Package, request: Request) -> None:
        """Prepare to import `package`."""
        self._ledger = ledger
        self._package = package
        self._request = request
        self._known = LedgerKnown(ledger)
        self._problems = list(package.problems)
        self._outcomes: list[FileOutcome] = []
        self._manifest: Row | None = None
        self._fates: list[Fate] | None = None
        self._kept = 0
        self._check = Check(
            Checked(self._known, lambda sheet, keys: recorded_rows(ledger, sheet, keys, self._known), self._content)
        )

    def done(self, *, dry_run: bool) -> Done:
        """Record what may go in (unless `dry_run`), and say what happened."""
        fates = self.check()
        if not dry_run:
            self._record_all(fates)
        answer = as_dict(
            self._ledger,
            self._outcomes,
            self._problems,
            package_id=self._package_id,
            import_mode=self._manifest.get("import_mode") if self._manifest else "增量",
            dry_run=dry_run,
        )
        if dry_run:
            from api.preflight import Trial

            trial = Trial(self._ledger, self._request.actor)
            answer |= trial.of_files(fates, self._check, as_of=self._as_of, package_id=self._package_id)
        return Done(answer, [fate.table for fate in fates], self._problems)

    def refused_files(self) -> list[str]:
        """The SHA-256 of files of which nothing went in: their originals are not kept."""
        taken = {outcome.sha256 for outcome in self._outcomes if outcome.outcome != "refused"}
        return [file.sha256 for file in self._package.files if file.sha256 not in taken]

    @property
    def _package_id(self) -> str:
        if self._manifest is not None:
            return str(self._manifest.get("package_id"))
        together = "".join(file.sha256 for file in self._package.files)
        return f"PKG-{self._ledger.place_code}-{self._ledger.digest(together.encode())[:16]}"

    @property
    def _as_of(self) -> date:
        day: date = self._manifest.get("as_of") if self._manifest else self._ledger.today
        return day

    def _content(self, sheet: Sheet, row: Row) -> str:
        from intake.content import content_of

        return self._ledger.digest(content_of(sheet, row))

    def check(self) -> list[Fate]:
        """Read every file, then check each sheet behind those that it refers to, once; the manifest decides about all.

        Fates and outcomes stand in the order of reading.
        """
        if self._fates is not None:
            return self._fates
        fates: dict[int, Fate] = {}
        outcomes: dict[int, FileOutcome] = {}
        tables: list[tuple[int, Table]] = []
        for place, read in enumerate(self._read()):
            if isinstance(read, FileOutcome):
                outcomes[place] = read
            else:
                tables.append((place, read))
        stopped = False
        for place, table in sorted(tables, key=lambda told: (told[1].sheet.last, told[1].sheet.number)):
            self._request.progress("check", table.file.name, len(fates), len(tables))
            if self._known.imported(table.file.sha256, table.sheet.key, self._mapped_by(table.sheet)):
                outcomes[place] = FileOutcome.unchanged(table)
                self._remember_manifest(table)
                continue
            fate = fates[place] = self._fate(table, stopped=stopped)
            stopped = stopped or (table.sheet.key == "manifest" and fate.refused)
            outcomes[place] = FileOutcome.of(fate)
        self._outcomes = [outcomes[place] for place in sorted(outcomes)]
        self._note_missing_manifest()
        self._fates = [fates[place] for place in sorted(fates)]
        return self._fates

    def _read(self) -> Iterator[Table | FileOutcome]:
        """The tables of every file in the order of FORMATS, and the outcome of one of which nothing can be read."""
        for file in self._package.files:
            tables = self._tables(file)
            yield from tables
            if not tables and file.key in SHEETS and file.problems:
                yield FileOutcome.unread(file)
            elif not tables:
                self._problems.extend(file.problems)

    def _tables(self, file: PackageFile) -> list[Table]:
        mapping = self._request.mapping
        today = self._ledger.today
        tables = read_tables(file, mapping.sheets if mapping else SHEETS, today=today)
        for table in tables:
            if self._kept + len(table.rows) <= LONG or not table.let_go(today):
                self._kept += len(table.rows)
        return sorted(tables, key=lambda table: table.sheet.number)

    def _fate(self, table: Table, *, stopped: bool) -> Fate:
        if stopped:
            table.problems.append(MANIFEST_REFUSED)
            return Fate(table)
        fate = self._check.fate_of(table)
        if table.sheet.key == "manifest":
            refuse_other_packages(fate, self._ledger.place_code)
            if not fate.refused:
                self._manifest = table.rows[0]
        return fate

    def _remember_manifest(self, table: Table) -> None:
        """A manifest that was imported before still says which package this is."""
        if table.sheet.key == "manifest" and table.rows:
            self._manifest = table.rows[0]

    def _note_missing_manifest(self) -> None:
        if not any(outcome.key == "manifest" for outcome in self._outcomes) and self._outcomes:
            self._problems.append(no_manifest(self._ledger.today))

    def _index(self, fate: Fate) -> int:
        return next(index for index, outcome in enumerate(self._outcomes) if outcome.fate is fate)

    def _mapped_by(self, sheet: Sheet) -> str | None:
        """The hash of the mapping by which this sheet was read; None where it was read as FORMATS has it."""
        mapping = self._request.mapping
        return mapping.sha256 if mapping is not None and sheet is not SHEETS[sheet.key] else None

    def _record_all(self, fates: Sequence[Fate]) -> None:
        """Record each file behind those that it refers to; many rows are projected meanwhile."""
        going_in = [fate for fate in fates if not fate.refused and fate.goes_in]
        many = sum(fate.table.size for fate in going_in) >= LONG
        with projecting_meanwhile(self._ledger.folder.path) if many else nullcontext():
            for fate in sorted(going_in, key=lambda fate: fate.table.sheet.last):
                self._outcomes[self._index(fate)] = self._record(fate)

    def _record(self, fate: Fate) -> FileOutcome:
        """Seal the rows of one file between ImportBegun and ImportCompleted."""
        ledger, table = self._ledger, fate.table
        sheet, file = table.sheet, table.file
        mapped_by = self._mapped_by(sheet)
        stream = ledger.stream("import", file.sha256, sheet.key, *([mapped_by] if mapped_by else []))
        if not ledger.money.latest([stream]):
            begun = ImportBegun(
                **ledger.envelope(ImportBegun, actor=self._request.actor, occurred_on=self._as_of),
                correlation_id=self._package_id,
                file_sha256=file.sha256,
                sheet_key=sheet.key,
                rows=table.size,
                mapping_sha256=mapped_by,
            )
            ledger.append(BookName.MONEY, [Placed(stream, 1, begun)])
        positions = self._record_rows(fate)
        outcome = FileOutcome.of(fate, positions)
        completed = ImportCompleted(
            **ledger.envelope(ImportCompleted, actor=self._request.actor, occurred_on=self._as_of),
            correlation_id=self._package_id,
            file_sha256=file.sha256,
            sheet_key=sheet.key,
            rows=outcome.rows,
            taken=outcome.rows_taken,
            quarantined=outcome.rows_quarantined,
            unchanged=outcome.rows_unchanged,
            warned=outcome.rows_warned,
            mapping_sha256=mapped_by,
        )
        ledger.append(BookName.MONEY, [Placed(stream, 2, completed)])
        return outcome

    def _record_rows(self, fate: Fate) -> tuple[int, int]:
        ledger, table = self._ledger, fate.table
        sheet = table.sheet
        scribe = Scribe(sheet, ledger.vault, known=self._check.known, randomness=ledger.salts)
        first = last = done = 0
        going_in = fate.figures.taken + fate.figures.quarantined
        for batch in self._check.to_record(fate, BATCH):
            given = Circumstances(
                recorded_at=instant(ledger.clock()),
                actor=self._request.actor,
                package_id=self._package_id,
                as_of=self._as_of,
                file_sha256=table.file.sha256,
            )
            placed = self._placed(scribe.write(batch, given))
            positions = ledger.append(BookName.MONEY, placed)
            if positions:
                first, last = first or positions[0], positions[-1]
            done += len(batch)
            self._request.progress("record", table.file.name, done, going_in)
        tell_likenesses(ledger, as_of=self._as_of, package_id=self._package_id)
        return first, last

    def _placed(self, written: Sequence[Written]) -> list[Placed]:
        """Each event at the next version of its stream."""
        ledger = self._ledger
        streams = [ledger.stream(one.thing.kind, *one.thing.key) for one in written]
        follow = {stream for stream, one in zip(streams, written, strict=True) if one.follows}
        versions = {stream: sealed.version for stream, sealed in ledger.money.latest(follow).items()}
        placed = []
        for stream, one in zip(streams, written, strict=True):
            versions[stream] = versions.get(stream, 0) + 1
            placed.append(Placed(stream, versions[stream], one.event))
        return placed
