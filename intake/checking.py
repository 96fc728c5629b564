"""Checking a package whole, before anything of it is written.

    tables in the order of FORMATS
      └─ each row:   references, then the sheet's own checks
      └─ the file:   what rows of one file must be to each other, and equal keys
      └─ the ledger: what is there already, what changed, what contradicts it

A file goes in whole or not at all. What a refused file would have provided is not there for the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from intake.content import differing, stated_values
from intake.known import Known
from intake.payments import PackagePayments
from intake.problem import Problem, Severity, in_order
from intake.sheet import Cell, Nature, Paid, Row, Sheet
from intake.table import Table


class Recorded(NamedTuple):
    """What the ledger holds under a row's key.

    content:      the digest of its content.
    file_sha256:  the file that brought it.
    read:         gives the content itself, by alias.
    """

    content: str | None
    file_sha256: str | None
    read: Callable[[], dict[str, Any]]


class Ledger(NamedTuple):
    """What checking asks of the ledger.

    known:     names that may be referred to.
    recorded:  for rows of a sheet, what is recorded under their keys, by key.
    content:   the keyed digest of a row.
    """

    known: Known
    recorded: Callable[[Sheet, Sequence[tuple[str, ...]]], Mapping[tuple[str, ...], Recorded]]
    content: Callable[[Sheet, Row], str]


@dataclass(slots=True)
class Fate:
    """What becomes of one file.

    to_record:  rows that go in, each with what was recorded of it before (None: it is new).
    unchanged:  rows that were there, or stand twice in the package.
    resumed:    rows of this very file that an interrupted import had recorded already.
    """

    table: Table
    to_record: list[tuple[Row, Mapping[str, Any] | None]] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    resumed: list[Row] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether the file stays out."""
        return self.table.refused

    @property
    def problems(self) -> list[Problem]:
        """Everything to be said of the file, by row and column."""
        return in_order([*self.table.problems, *(problem for row in self.table.rows for problem in row.problems)])


TERMS: dict[str, tuple[str, ...]] = {
    "programmes": ("period_kind",),
    "asset_contracts": ("principal", "guaranteed_pct", "total_shares"),
    "notices": ("from",),
    "loans": ("principal", "repaid"),
}
"""What of a sheet's rows the rows of other sheets are held against, by its key."""


class Overlay:
    """`Known` with the rows of this package added, as far as their files are taken."""

    def __init__(self, known: Known) -> None:
        """Begin with what the ledger knows."""
        self._known = known
        self.today = known.today
        self.place_code = known.place_code
        self._added: dict[str, set[str]] = {}
        self._programmes: dict[str, dict[str, Any]] = {}
        self._contracts: dict[str, dict[str, Any]] = {}
        self._notices: dict[str, dict[str, Any]] = {}
        self._staff: dict[str, set[str]] = {}
        self._staff_no: dict[str, str | None] = {}
        self._loans: dict[str, dict[str, Any]] = {}
        self._repayments: dict[str, dict[str, int]] = {}
        self._payments = PackagePayments()

    def add(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Let `rows` be referred to."""
        self._staff_no.clear()
        for namespace, provided in sheet.provides.items():
            self._added.setdefault(namespace, set()).update(value for row in rows for value in provided(row))
        self._remember_terms(sheet, rows)
        if "staff" in sheet.provides:
            for row in rows:
                for name in sheet.provides["staff"](row):
                    self._staff.setdefault(name, set()).add(str(row.get("staff_no")))

    def _remember_terms(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Keep what rows of this sheet and of others are held against."""
        if sheet.key == "loan_repayments":
            for row in rows:
                of_loan = self._repayments.setdefault(row.get("loan_no") or "", {})
                of_loan.setdefault(sheet.key_of(row)[0], row.get("principal") or 0)
            return
        terms = {
            "programmes": self._programmes,
            "asset_contracts": self._contracts,
            "notices": self._notices,
            "loans": self._loans,
        }.get(sheet.key)
        if terms is None:
            return
        fields = [(alias, sheet.column(alias).event_field) for alias in TERMS[sheet.key]]
        for row in rows:
            terms[sheet.key_of(row)[0]] = {field: row.get(alias) for alias, field in fields}

    def take(self, sheet: Sheet, rows: Sequence[Row], new: Sequence[Row]) -> None:
        """Let `rows` of a file that is taken be referred to, and what is `new` among them be returned."""
        self.add(sheet, rows)
        self._payments.add(sheet, new)

    def loan(self, loan_no: str) -> dict[str, Any] | None:
        """A loan, the package's before the ledger's."""
        return self._loans.get(loan_no) or self._known.loan(loan_no)

    def repayments(self, loan_no: str) -> dict[str, int]:
        """Repayments of a loan, the ledger's before the package's; one that is sent again counts once."""
        return {**self._known.repayments(loan_no), **self._repayments.get(loan_no, {})}

    def payment(self, bank_ref: str) -> Paid | None:
        """What was paid under a 流水号: what the ledger has of it and what the package adds are one payment."""
        recorded, brought = self._known.payment(bank_ref), self._payments.under(bank_ref)
        if recorded is None or brought is None:
            return recorded or brought
        return recorded._replace(amount_fen=recorded.amount_fen + brought.amount_fen)

    def holds(self, namespace: str, value: str) -> bool:
        """Whether the package or the ledger has what is referred to."""
        if namespace == "payment":
            return self.payment(value) is not None
        return value in self._added.get(namespace, ()) or self._known.holds(namespace, value)

    def notice(self, notice_no: str) -> dict[str, Any] | None:
        """A notice, the ledger's before the package's: what is sealed decides whether lines may be added."""
        return self._known.notice(notice_no) or self._notices.get(notice_no)

    def programme(self, name: str) -> dict[str, Any] | None:
        """The terms of a programme, the package's before the ledger's."""
        return self._programmes.get(name) or self._known.programme(name)

    def asset_contract(self, contract_no: str) -> dict[str, Any] | None:
        """The terms of a contract, the package's before the ledger's."""
        return self._contracts.get(contract_no) or self._known.asset_contract(contract_no)

    def allocation_sums(self, *, without: AbstractSet[str]) -> tuple[dict[str, int], dict[str, int]]:
        """The ledger's sums; the sheet's own check adds the package's rows."""
        return self._known.allocation_sums(without=without)

    def rates(self) -> dict[tuple[str, str | None], list[tuple[date, date | None]]]:
        """The ledger's standards; the sheet's own check adds the package's rows."""
        return self._known.rates()

    def staff_named(self, name: str) -> AbstractSet[str]:
        """The ledger's; the sheet's own check adds the package's rows."""
        return self._known.staff_named(name)

    def place_named(self, parent_code: str | None, name: str) -> str | None:
        """The ledger's; the sheet's own check adds the package's rows."""
        return self._known.place_named(parent_code, name)

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one person of this name or number."""
        if name_or_number not in self._staff_no:
            numbers = set(self._staff.get("".join(name_or_number.split()), ()))
            known = self._known.staff_no(name_or_number)
            if known is not None:
                numbers.add(known)
            self._staff_no[name_or_number] = numbers.pop() if len(numbers) == 1 else None
        return self._staff_no[name_or_number]


class Check:
    """One package being checked against one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Check against `ledger`."""
        self._ledger = ledger
        self.known = Overlay(ledger.known)
        self._seen: dict[tuple[str, tuple[str, ...]], tuple[Table, Row, str]] = {}

    def fate_of(self, table: Table) -> Fate:
        """What becomes of `table`; tables come in the order of FORMATS."""
        fate = Fate(table)
        if table.unreadable:
            return fate
        sheet = table.sheet
        self._number_equal_rows(sheet, table.rows)
        alone = Overlay(self.known)
        alone.add(sheet, table.rows)
        for row in table.rows:
            row.problems.extend(references(sheet, row, alone))
            for check in sheet.row_checks:
                row.problems.extend(check(sheet, row, alone))
        by_number = {row.number: row for row in table.rows}
        for file_check in sheet.file_checks:
            for problem in file_check(sheet, table.rows, alone):
                by_number[problem.row or 0].problems.append(problem)
        self._compare(fate)
        if fate.refused:
            self._forget(table)
        else:
            self.known.take(sheet, table.rows, [row for row, _ in fate.to_record])
        return fate

    def _forget(self, table: Table) -> None:
        """A row that stands in a refused file only is not there: its twin in another file goes in."""
        self._seen = {key: seen for key, seen in self._seen.items() if seen[0] is not table}

    def _number_equal_rows(self, sheet: Sheet, rows: list[Row]) -> None:
        """Equal lines of a batch list without 流水号 are told apart by their number."""
        if sheet.stream_key is None:
            return
        counted: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = sheet.key_of(row)
            row.ordinal = counted[key] = counted.get(key, 0) + 1

    def _compare(self, fate: Fate) -> None:
        """Sort the rows into new, changed, unchanged and contradicting ones."""
        sheet = fate.table.sheet
        keys = [sheet.key_of(row) for row in fate.table.rows]
        recorded = self._ledger.recorded(sheet, list(dict.fromkeys(key for key in keys if any(key))))
        for row, key in zip(fate.table.rows, keys, strict=True):
            if not any(key):
                continue  # a row without its key is refused for that, and like no other
            content = row.content = self._ledger.content(sheet, row)
            twin = self._seen.setdefault((sheet.stream_kind, key), (fate.table, row, content))
            if twin[1] is not row:
                self._stands_twice(fate, row, content, twin)
                continue
            before = recorded.get(key)
            if before is None:
                fate.to_record.append((row, None))
            elif before.content == content:
                same_file = before.file_sha256 == fate.table.file.sha256
                (fate.resumed if same_file else fate.unchanged).append(row)
            else:
                self._sent_again(fate, row, before.read())

    def _stands_twice(self, fate: Fate, row: Row, content: str, twin: tuple[Table, Row, str]) -> None:
        table, other, other_content = twin
        if content == other_content:
            fate.unchanged.append(row)
            return
        sheet = fate.table.sheet
        differ = (
            differing(sheet, stated_values(sheet, other), stated_values(sheet, row)) if table.sheet is sheet else []
        )
        where = f"第{other.number}行" if table is fate.table else f"{table.file.name} 第{other.number}行"
        row.problems.append(
            contradiction(sheet, row, differ, stated_values(sheet, other), where=where, row_of_other=other.number)
        )

    def _sent_again(self, fate: Fate, row: Row, before: dict[str, Any]) -> None:
        """A register row may change in the columns named; anything else contradicts the ledger."""
        sheet = fate.table.sheet
        differ = differing(sheet, before, stated_values(sheet, row))
        fixed = [alias for alias in differ if alias not in sheet.may_change]
        if not differ:
            fate.unchanged.append(row)
        elif sheet.nature is Nature.REGISTER and not fixed:
            fate.to_record.append((row, before))
        else:
            blamed = fixed if sheet.nature is Nature.REGISTER else differ
            row.problems.append(contradiction(sheet, row, blamed, before, where="账内已有记录"))


def references(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """What the row refers to and is nowhere; staff who are not in 干部名册 are noted (`W-REF`)."""
    for reference in sheet.references:
        value = row.get(reference.alias)
        if value is None or not reference.when(row):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            if one not in reference.passing and not known.holds(reference.to, one):
                yield missing(sheet, row, reference.alias, str(one), reference.severity)
    for column in sheet.columns:
        if (
            column.kind is Cell.STAFF
            and row.stated(column.alias)
            and known.staff_no(str(row.stated(column.alias))) is None
        ):
            yield missing(sheet, row, column.alias, None, Severity.WARNING)


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
