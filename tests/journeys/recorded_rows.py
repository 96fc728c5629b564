"""Rows of packages under their business keys: what was new, what changed, what was said again (FORMATS, "Sent again").

Nothing of the product is imported, here or in the files beside it that read and sum up.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from tests.journeys.reading_columns import BUSINESS_KEYS, COLUMNS, kinds
from tests.journeys.reading_workbooks import Statement, Values

BATCH_KEY = ("programme", "period", "id_no", "account_no", "amount_fen", "paid_on")
DIVIDEND_KEY = ("contract_no", "period", "household_no")
PERIODS = {"月": r"\d{4}-\d\d", "季": r"\d{4}Q[1-4]", "年": r"\d{4}", "一次性": r"\d{4}"}
LOAN_SHEETS = {"loan_flows", "loan_repayments", "interest_subsidies"}
_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Record:
    """What the rows of one business key come to: the first statement, the values as they stand now, the changes."""

    key: tuple[Any, ...]
    first: Statement
    values: Values
    changes: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Fate:
    """A statement, and the values that stood under its business key before: None, when it is the first."""

    statement: Statement
    before: Values | None

    @property
    def is_unchanged(self) -> bool:
        """Whether it says what was said before."""
        return self.before is not None and _content(self.before) == _content(self.statement.values)


def id_is_valid(number: str | None) -> bool:
    """Whether this is a resident's number of GB 11643, of 18 digits with their check digit, or of 15."""
    match = re.fullmatch(r"\d{6}(?:(\d{4})(\d\d)(\d\d)\d{3}[\dX]|(\d\d)(\d\d)(\d\d)\d{3})", number or "")
    if number is None or match is None:
        return False
    year, month, day = (part for part in match.groups() if part)
    try:
        date(int(year if len(year) == len("1960") else f"19{year}"), int(month), int(day))
    except ValueError:
        return False
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return len(number) == len("440899600101123") or number[17] == "10X98765432"[total % 11]


def uscc_is_valid(code: str) -> bool:
    """Whether this is a 统一社会信用代码 with its right last sign (GB 32100)."""
    if not re.fullmatch(f"[{_DIGITS}]{{18}}", code):
        return False
    total = sum(_DIGITS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return code[17] == _DIGITS[-total % 31]


class RecordedRows:
    """All packages of one township, in the order of their import.

    `keep` says which statements are there at all (what a ledger knew by a position); None keeps all.
    """

    def __init__(
        self, packages: Sequence[Sequence[Statement]], keep: Callable[[Statement], bool] | None = None
    ) -> None:
        self._records: dict[str, dict[tuple[Any, ...], Record]] = {sheet: {} for sheet in COLUMNS}
        self._fates: list[dict[str, list[Fate]]] = []
        for package in packages:
            kept = filter(keep, package) if keep else package
            by_sheet = groupby(kept, key=lambda statement: statement.sheet)
            self._fates.append({sheet: list(self._take(sheet, statements)) for sheet, statements in by_sheet})

    def _take(self, sheet: str, statements: Iterable[Statement]) -> Iterator[Fate]:
        """Record each statement, and say what stood there before."""
        equals: Counter[tuple[Any, ...]] = Counter()
        for statement in statements:
            key = tuple(statement.values[name] for name in BUSINESS_KEYS[sheet])
            if key == (None,):
                key = tuple(statement.values[name] for name in _names_without_reference(sheet))
                equals[key] += sheet == "subsidy_payments"
                key = (*key, equals[key])
            known = self._records[sheet].get(key)
            if known is None:
                self._records[sheet][key] = Record(key, statement, statement.values)
            elif _content(known.values) != _content(statement.values):
                changes = (*known.changes, statement)
                self._records[sheet][key] = replace(known, values=statement.values, changes=changes)
            yield Fate(statement, known.values if known else None)

    def rows_of(self, package: int) -> Iterator[Fate]:
        """Every row of the package that says something new, in the order of the sheets and rows."""
        for fates in self._fates[package].values():
            yield from (fate for fate in fates if not fate.is_unchanged)

    @property
    def packages(self) -> range:
        """The numbers of the packages."""
        return range(len(self._fates))

    def fates(self, package: int) -> dict[str, Counter[str]]:
        """How many rows of each sheet of the package are taken, quarantined and unchanged."""
        return {
            sheet: Counter(
                "unchanged"
                if fate.is_unchanged and _is_recorded(fate.statement)
                else "taken"
                if self.is_joined(fate.statement)
                else "quarantined"
                for fate in fates
            )
            for sheet, fates in self._fates[package].items()
        }

    def is_joined(self, statement: Statement) -> bool:
        """Whether a row is joined to people, programmes and contracts: not one that is quarantined."""
        row, sheet = statement.values, statement.sheet
        if not all(_is_sound(row[name], kind) for name, kind in kinds(sheet).items()):
            return False
        if sheet in LOAN_SHEETS:
            return (row["loan_no"],) in self._records["loans"] and (row.get("to") or "9") > (row.get("from") or "")
        checks: dict[str, Callable[[Values], bool]] = {
            "subsidy_payments": self._has_its_programme,
            "project_payments": lambda row: row["contract_no"] in {None, *self.works},
            "payment_returns": lambda row: row["return_ref"] in self.returns_that_count,
            "loans": lambda row: row["due_on"] > row["issued_on"],
            "dividend_receipts": lambda row: row["contract_no"] in self.contracts,
            "dividends": lambda row: row["contract_no"] in self.contracts,
            "receipts": lambda row: row["bank_ref"] in self.paid_by_reference,
        }
        return sheet not in checks or checks[sheet](row)

    def _has_its_programme(self, row: Values) -> bool:
        period_kind = self.programmes.get(row["programme"], {"period_kind": None})["period_kind"]
        return re.fullmatch(PERIODS.get(period_kind, "never"), row["period"]) is not None

    def records(self, sheet: str) -> list[Record]:
        """The records of a sheet in the order in which they first came."""
        return list(self._records[sheet].values())

    @cached_property
    def programmes(self) -> dict[str, Values]:
        """The programmes by their name."""
        return {record.values["programme"]: record.values for record in self.records("programmes")}

    @cached_property
    def contracts(self) -> dict[str, Values]:
        """The contracts of asset income by their number."""
        return {record.values["contract_no"]: record.values for record in self.records("asset_contracts")}

    @cached_property
    def works(self) -> dict[str, Values]:
        """The construction contracts by their number."""
        return {record.values["contract_no"]: record.values for record in self.records("contracts")}

    @cached_property
    def paid_by_reference(self) -> dict[str, int]:
        """What each payment, dividend and repayment came to in all, in fen, by its 流水号."""
        paid: Counter[str] = Counter()
        for sheet in ("subsidy_payments", "project_payments", "interest_subsidies"):
            for record in self.records(sheet):
                paid[record.values["bank_ref"]] += record.values["amount_fen"]
        for record in self.records("dividends"):
            paid[dividend_reference(record.values)] += record.values["paid_fen"]
        for record in self.records("loan_repayments"):
            paid[record.values["repay_ref"]] += record.values["principal_fen"] + record.values["interest_fen"]
        return paid

    @cached_property
    def returns_that_count(self) -> dict[str, Values]:
        """The rows of 退票冲正台账 that take a payment back whole and for the first time, by their own 流水号."""
        counted: dict[str, Values] = {}
        targets: set[str] = set()
        for row in (record.values for record in self.records("payment_returns")):
            if row["target_ref"] not in targets and row["amount_fen"] == self.paid_by_reference.get(row["target_ref"]):
                targets.add(row["target_ref"])
                counted[row["return_ref"]] = row
        return counted

    @cached_property
    def taken_back(self) -> dict[str, Values]:
        """The row that returned or reversed a payment, by the payment's 流水号."""
        return {row["target_ref"]: row for row in self.returns_that_count.values()}


def dividend_reference(row: Values) -> str:
    """The 流水号 of a dividend; where it is blank, DIV/contract/period/household_no (OUTPUTS §6)."""
    return row["bank_ref"] or f"DIV/{row['contract_no']}/{row['period']}/{row['household_no']}"


def _is_recorded(statement: Statement) -> bool:
    """Whether a row becomes an event at all: nobody said anything where nobody was reached."""
    return statement.values.get("result") != "未联系上"


def _is_sound(value: Any, kind: str) -> bool:
    """Whether a number of a person or an organisation has its right form; other cells are sound."""
    if value is None:
        return True
    return id_is_valid(value) if kind == "id" else uscc_is_valid(value) if kind == "uscc" else True


def _content(values: Values) -> Values:
    """What makes a row of a register another one: not its running number in the list."""
    return values | {"row_no": None}


def _names_without_reference(sheet: str) -> tuple[str, ...]:
    return BATCH_KEY if sheet == "subsidy_payments" else DIVIDEND_KEY
