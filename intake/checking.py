"""Checking a package whole, before anything of it is written.

    tables in the order of FORMATS
      └─ each row:   references, then the sheet's own checks
      └─ the file:   what rows of one file must be to each other, and equal keys
      └─ the ledger: what is there already, what changed, what contradicts it

A file goes in whole or not at all. What a refused file would have provided is not there for the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice
from typing import Any, NamedTuple

from intake.content import differing, stated_values
from intake.known import Known
from intake.overlay import Overlay
from intake.payments import PackagePayments
from intake.problem import Problem, Severity, in_order
from intake.reading.fault import Unreadable
from intake.sheet import Cell, Nature, Row, Sheet
from intake.spilled import SpilledKeys
from intake.table import Table

BATCH = 5_000
"""Rows of a long table that are judged together."""


class Recorded(NamedTuple):
    """What the ledger holds under a row's key.

    content:      the digest of its content.
    file_sha256:  the file that brought it.
    read:         gives the content itself, by alias.
    before:       the digests of what corrections have stated anew: an office that sends its old list again is right.
    """

    content: str | None
    file_sha256: str | None
    read: Callable[[], dict[str, Any]]
    before: frozenset[str | None] = frozenset()


class Ledger(NamedTuple):
    """What checking asks of the ledger.

    known:     names that may be referred to.
    recorded:  for rows of a sheet, what is recorded under their keys, by key.
    content:   the keyed digest of a row.
    """

    known: Known
    recorded: Callable[[Sheet, Sequence[tuple[str, ...]]], Mapping[tuple[str, ...], Recorded]]
    content: Callable[[Sheet, Row], str]


class Action(IntEnum):
    """What becomes of one row."""

    NEW = 0
    CHANGED = 1
    UNCHANGED = 2
    RESUMED = 3
    REFUSED = 4


Recordable = list[tuple[Row, Mapping[str, Any] | None]]
"""Rows that go in, each with what was recorded of it before (None: it is new)."""


@dataclass(slots=True)
class Figures:
    """How many rows of a file met with what; quarantined ones are counted as such only."""

    taken: int = 0
    quarantined: int = 0
    warned: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(slots=True)
class Fate:
    """What becomes of one file.

    to_record:  rows that go in; none of a long table.
    actions:    of a long table, what becomes of each row, in order.
    figures:    how many rows met with what.
    unchanged:  rows that were there, or stand twice in the package; and
    resumed:    rows of this very file that an interrupted import had recorded already: none of a long table.
    """

    table: Table
    to_record: Recordable = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    resumed: list[Row] = field(default_factory=list)
    actions: bytearray = field(default_factory=bytearray)
    figures: Figures = field(default_factory=Figures)

    @property
    def refused(self) -> bool:
        """Whether the file stays out."""
        return self.table.refused

    @property
    def problems(self) -> list[Problem]:
        """Everything to be said of the file, by row and column."""
        return in_order([*self.table.problems, *self.table.row_problems()])

    @property
    def goes_in(self) -> bool:
        """Whether a row of it goes in, or went in before the import was interrupted."""
        return self.figures.taken + self.figures.quarantined > 0

    def put(self, row: Row, action: Action, before: Mapping[str, Any] | None = None) -> None:
        """Say what becomes of a row, whose problems are all found."""
        action = Action.REFUSED if row.refused else action
        self._count(row, action)
        if self.table.long is not None:
            self.actions.append(action)
            if row.problems:
                self.table.of_rows.put(row.number, row.problems)
        elif action in (Action.NEW, Action.CHANGED):
            self.to_record.append((row, before))
        elif action is not Action.REFUSED:
            (self.unchanged if action is Action.UNCHANGED else self.resumed).append(row)

    def _count(self, row: Row, action: Action) -> None:
        figures = self.figures
        if action is Action.REFUSED:
            figures.refused += 1
        elif action is Action.UNCHANGED:
            figures.unchanged += 1
        else:
            figures.quarantined += row.quarantined
            figures.taken += not row.quarantined
            figures.warned += any(problem.severity is Severity.WARNING for problem in row.problems)


class Check:
    """One package being checked against one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Check against `ledger`."""
        self._ledger = ledger
        self._payments = PackagePayments()
        self.known = Overlay(ledger.known, self._payments)
        self._seen: dict[tuple[str, tuple[str, ...]], tuple[Table, Row, str]] = {}
        self._spilled = SpilledKeys()
        self._long: list[Table] = []

    def fate_of(self, table: Table) -> Fate:
        """What becomes of `table`; tables come behind those that they refer to."""
        fate = Fate(table)
        if table.unreadable:
            return fate
        if table.long is not None:
            self._long.append(table)
        alone = Overlay(self.known)
        self._spilled.count_anew()
        self._payments.begin()
        try:
            for rows in table.batches(BATCH):
                self._judge(fate, rows, alone)
        except Unreadable as fault:
            table.fail(fault)
        self._payments.end(keep=not fate.refused)
        if fate.refused:
            self._forget(table)
        else:
            self.known.absorb(alone)
        return fate

    def to_record(self, fate: Fate, width: int) -> Iterator[Recordable]:
        """The rows of a file that go in, `width` at a time; a long table is read a second time.

        Raises:
            Unreadable: when the file was changed meanwhile.
        """
        if fate.table.long is None:
            for begin in range(0, len(fate.to_record), width):
                yield fate.to_record[begin : begin + width]
            return
        self._spilled.count_anew()
        actions = iter(fate.actions)
        for rows in fate.table.batches(width):
            yield self._again(fate, rows, [Action(action) for action in islice(actions, len(rows))])

    def _again(self, fate: Fate, rows: list[Row], actions: list[Action]) -> Recordable:
        """Those of `rows`, read again, that go in, as they were judged."""
        sheet = fate.table.sheet
        self._number_equal_rows(sheet, rows)
        going_in = [
            (row, action) for row, action in zip(rows, actions, strict=True) if action in (Action.NEW, Action.CHANGED)
        ]
        changed = [sheet.key_of(row) for row, action in going_in if action is Action.CHANGED]
        recorded = self._ledger.recorded(sheet, changed) if changed else {}
        recordable: Recordable = []
        for row, action in going_in:
            row.problems = fate.table.of_rows.of(row.number)
            row.content = self._ledger.content(sheet, row)
            recordable.append((row, recorded[sheet.key_of(row)].read() if action is Action.CHANGED else None))
        return recordable

    def _judge(self, fate: Fate, rows: list[Row], alone: "Overlay") -> None:
        """Find the problems of `rows`, and what becomes of them."""
        sheet = fate.table.sheet
        self._number_equal_rows(sheet, rows)
        alone.add(sheet, rows)
        for row in rows:
            row.problems.extend(references(sheet, row, alone))
            for check in sheet.row_checks:
                row.problems.extend(check(sheet, row, alone))
        by_number = {row.number: row for row in rows} if sheet.file_checks else {}
        for file_check in sheet.file_checks:
            for problem in file_check(sheet, rows, alone):
                by_number[problem.row or 0].problems.append(problem)
        self._payments.add(sheet, self._compare(fate, rows))

    def _forget(self, table: Table) -> None:
        """A row that stands in a refused file only is not there: its twin in another file goes in."""
        self._seen = {key: seen for key, seen in self._seen.items() if seen[0] is not table}
        if table in self._long:
            self._spilled.forget(self._long.index(table))

    def _number_equal_rows(self, sheet: Sheet, rows: list[Row]) -> None:
        """Equal lines of a batch list without 流水号 are told apart by their number."""
        if sheet.stream_key is None:
            return
        keys = [None if row.stated(sheet.business_key[0]) else sheet.key_of(row) for row in rows]
        for row, ordinal in zip(rows, self._spilled.ordinals(keys), strict=True):
            row.ordinal = ordinal

    def _compare(self, fate: Fate, rows: list[Row]) -> list[Row]:
        """Say of each row whether it is new, changed, unchanged or contradicting; gives those that go in."""
        sheet = fate.table.sheet
        keys = [sheet.key_of(row) for row in rows]
        recorded = self._ledger.recorded(sheet, list(dict.fromkeys(key for key in keys if any(key))))
        going_in = []
        for row, key in zip(rows, keys, strict=True):
            action, before = Action.REFUSED, None
            if any(key):  # a row without its key is refused for that, and like no other
                row.content = self._ledger.content(sheet, row)
                action, before = self._action(fate, row, key, recorded.get(key))
            fate.put(row, action, before)
            if action in (Action.NEW, Action.CHANGED):
                going_in.append(row)
        return going_in

    def _action(
        self, fate: Fate, row: Row, key: tuple[str, ...], before: Recorded | None
    ) -> tuple[Action, Mapping[str, Any] | None]:
        twice = self._stands_twice(fate, row, key)
        if twice is not None:
            return twice, None
        if before is None:
            return Action.NEW, None
        if row.content == before.content or row.content in before.before:
            same_file = before.file_sha256 == fate.table.file.sha256
            return (Action.RESUMED if same_file else Action.UNCHANGED), None
        return self._sent_again(fate, row, before.read())

    def _stands_twice(self, fate: Fate, row: Row, key: tuple[str, ...]) -> Action | None:
        """What becomes of a row whose key stands in the package already; None where it is the first."""
        table = fate.table
        named = (table.sheet.stream_kind, key)
        kept = self._seen.get(named)
        if kept is not None:
            return self._beside(fate, row, kept)
        spilled_key = (table.sheet.stream_kind, *key)
        if table.long is None:
            found = self._spilled.find(spilled_key) if self._long else None
            if found is None:
                self._seen[named] = (table, row, row.content)
        else:
            found = self._spilled.first(spilled_key, row.content, row.number, self._long.index(table))
        if found is None:
            return None
        if found.content == row.content:
            return Action.UNCHANGED
        other = self._long[found.table]
        where = f"第{found.row}行" if other is table else f"{other.file.name} 第{found.row}行"
        row.problems.append(contradiction(table.sheet, row, [], {}, where=where, row_of_other=found.row))
        return Action.REFUSED

    def _beside(self, fate: Fate, row: Row, twin: tuple[Table, Row, str]) -> Action:
        """A row beside another of its key: the same is taken once, another contradicts it."""
        table, other, other_content = twin
        if row.content == other_content:
            return Action.UNCHANGED
        sheet = fate.table.sheet
        differ = (
            differing(sheet, stated_values(sheet, other), stated_values(sheet, row)) if table.sheet is sheet else []
        )
        where = f"第{other.number}行" if table is fate.table else f"{table.file.name} 第{other.number}行"
        row.problems.append(
            contradiction(sheet, row, differ, stated_values(sheet, other), where=where, row_of_other=other.number)
        )
        return Action.REFUSED

    def _sent_again(self, fate: Fate, row: Row, before: dict[str, Any]) -> tuple[Action, Mapping[str, Any] | None]:
        """A register row may change in the columns named; anything else contradicts the ledger."""
        sheet = fate.table.sheet
        differ = differing(sheet, before, stated_values(sheet, row))
        fixed = [alias for alias in differ if alias not in sheet.may_change]
        if not differ:
            return Action.UNCHANGED, None
        if sheet.nature is Nature.REGISTER and not fixed:
            return Action.CHANGED, before
        blamed = fixed if sheet.nature is Nature.REGISTER else differ
        row.problems.append(contradiction(sheet, row, blamed, before, where="账内已有记录"))
        return Action.REFUSED, None


def references(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """What the row refers to and is nowhere; staff who are not in 干部名册 are noted (`W-REF`)."""
    for reference in sheet.references:
        value = row.get(reference.alias)
        if value is None or not reference.when(row):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            if one not in reference.passing and not known.holds(reference.to, one):
                yield missing(sheet, row, reference.alias, str(one), reference.severity)
    for alias in sheet.staff:
        stated = row.stated(alias)
        if stated and known.staff_no(str(stated)) is None:
            yield missing(sheet, row, alias, None, Severity.WARNING)


def missing(sheet: Sheet, row: Row, alias: str, value: str | None, severity: Severity) -> Problem:
    """The problem of a target that is not there; a person's name is not repeated."""
    header = sheet.column(alias).header
    named = f"“{value}”" if value is not None else "所填人员"
    return sheet.problem(
        row,
        "W-REF" if severity is Severity.WARNING else "E-REF",
        severity,
        alias,
        message=(
            f"{header} {named} 不在本包和账内 / {alias} {value or ''} is neither in this package nor in the ledger."
        ),
        remedy=(
            "已照实入账，请补登记 / Recorded as stated; register it."
            if severity is not Severity.ERROR
            else "先导入被引用的表，或改正此处 / Import what it refers to first, or correct it."
        ),
    )


def contradiction(
    sheet: Sheet, row: Row, differ: list[str], other: Mapping[str, Any], *, where: str, row_of_other: int | None = None
) -> Problem:
    """`E-DUP`: the same key with other content, naming both where neither speaks of a person."""
    parts = []
    for alias in differ:
        column = sheet.column(alias)
        if column.personal or column.kind in (Cell.STAFF, Cell.ID, Cell.ACCT, Cell.PHONE):
            parts.append(column.header)
        else:
            parts.append(
                f"{column.header}: {printed(column.kind, row.stated(alias))} ≠ {printed(column.kind, other.get(alias))}"
            )
    listed = "；".join(parts) or "内容"
    elsewhere = f"row {row_of_other}" if row_of_other else "the ledger"
    return sheet.problem(
        row,
        "E-DUP",
        Severity.ERROR,
        differ[0] if len(differ) == 1 else None,
        message=(
            f"第{row.number}行与{where}编号相同而内容不同（{listed}） / "
            f"Row {row.number} and {elsewhere} have one key and other content."
        ),
        remedy=(
            "如系笔误请改正；已入账的内容由第二人办理更正 / "
            "Correct the row; what is recorded is mended by a correction."
        ),
    )


def printed(kind: Cell, value: Any) -> str:
    """A value as the message shows it: money in yuan."""
    from domain.money import plain_yuan

    return (
        plain_yuan(value)
        if kind is Cell.MONEY and isinstance(value, int)
        else str(value if value is not None else "空")
    )
