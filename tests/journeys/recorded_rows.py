"""Rows of packages under their business keys: what was new, what changed, what was said again (FORMATS, "Sent again").

Nothing of the product is imported, here or in the files beside it that read and sum up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from tests.journeys.reading_workbooks import COLUMNS, Statement, Values, kinds

BUSINESS_KEYS = {
    "manifest": ("package_id",),
    "places": ("place_code",),
    "orgs": ("account_no",),
    "staff": ("staff_no", "serving_from"),
    "programmes": ("programme",),
    "programme_rates": ("programme", "variant", "from"),
    "roster": ("household_no", "id_no", "included_on"),
    "deaths": ("id_no",),
    "allocations": ("entry_no",),
    "asset_contracts": ("contract_no",),
    "shareholders": ("contract_no", "id_no", "from"),
    "subsidy_payments": ("bank_ref",),
    "loans": ("loan_no",),
    "dividend_receipts": ("bank_ref",),
    "dividends": ("bank_ref",),
}
TOPICS = {
    "manifest": "package-received",
    "places": "place-registered",
    "orgs": "org-account-registered",
    "staff": "staff-post-registered",
    "programmes": "programme-defined",
    "programme_rates": "programme-defined",
    "roster": "person-registered",
    "deaths": "person-died",
    "asset_contracts": "asset-contract-signed",
    "shareholders": "shares-held",
    "subsidy_payments": "payment-made",
    "loans": "loan-issued",
    "dividend_receipts": "dividend-received",
    "dividends": "dividend-paid",
}
TOPICS_OF_ALLOCATIONS = {"到达": "allocation-received", "分解": "sub-allocated", "拨付": "transferred"}
TOPICS_OF_EXITS = {"脱贫": "household-exited", "清退": "household-removed", "销户": "household-removed"}
TOPICS_OF_EXITS |= {"迁出": "person-moved", "迁入": "person-moved"}
TOPICS_OF_STANDINGS = {
    "逾期": "loan-overdue",
    "展期": "loan-extended",
    "核销": "loan-written-off",
    "结清": "loan-repaid",
}
BATCH_KEY = ("programme", "period", "id_no", "account_no", "amount_fen", "paid_on")
PERIODS = {"月": r"\d{4}-\d\d", "季": r"\d{4}Q[1-4]", "年": r"\d{4}", "一次性": r"\d{4}"}


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


class RecordedRows:
    """All packages of one township, in the order of their import."""

    def __init__(self, packages: Sequence[Sequence[Statement]]) -> None:
        self._records: dict[str, dict[tuple[Any, ...], Record]] = {sheet: {} for sheet in COLUMNS}
        self._fates: list[dict[str, list[Fate]]] = []
        for package in packages:
            by_sheet = groupby(package, key=lambda statement: statement.sheet)
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

    def fates(self, package: int) -> dict[str, Counter[str]]:
        """How many rows of each sheet of the package are taken, quarantined and unchanged."""
        return {
            sheet: Counter(
                "unchanged" if fate.is_unchanged else "taken" if self.is_joined(fate.statement) else "quarantined"
                for fate in fates
            )
            for sheet, fates in self._fates[package].items()
        }

    def is_joined(self, statement: Statement) -> bool:
        """Whether a row is joined to people, programmes and contracts: not one that is quarantined."""
        row, sheet = statement.values, statement.sheet
        numbers = (row[name] for name, kind in kinds(sheet).items() if kind == "id")
        if not all(number is None or id_is_valid(number) for number in numbers):
            return False
        if sheet == "subsidy_payments":
            period_kind = self.programmes.get(row["programme"], {"period_kind": None})["period_kind"]
            return re.fullmatch(PERIODS.get(period_kind, "never"), row["period"]) is not None
        if sheet in {"dividend_receipts", "dividends"}:
            return row["contract_no"] in self.contracts
        return sheet != "loans" or row["due_on"] > row["issued_on"]

    def topics(self) -> Counter[str]:
        """How many events of each topic the rows come to (FORMATS, "Becomes"): a row is one event."""
        told: Counter[str] = Counter()
        for sheets in self._fates:
            for sheet, fates in sheets.items():
                told.update(f"{_topic(sheet, fate)}/v1" for fate in fates if not fate.is_unchanged)
        return told

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


def _content(values: Values) -> Values:
    """What makes a row of a register another one: not its running number in the list."""
    return values | {"row_no": None}


def _topic(sheet: str, fate: Fate) -> str:
    """The topic of the event that a new or changed row becomes (FORMATS, "Becomes")."""
    now, before = fate.statement.values, fate.before
    if sheet == "allocations":
        return TOPICS_OF_ALLOCATIONS[now["entry_kind"]]
    if before is None:
        return TOPICS[sheet]
    if sheet == "roster":
        return TOPICS_OF_EXITS.get(now["exit_kind"], "member-changed") if not before["exited_on"] else "member-changed"
    if sheet == "loans":
        repaid = now["repaid_fen"] != before["repaid_fen"]
        standing = TOPICS_OF_STANDINGS.get(now["status"]) if now["status"] != before["status"] else None
        return standing or ("loan-repaid" if repaid else "loan-issued")
    return "shares-changed" if sheet == "shareholders" else TOPICS[sheet]


def _names_without_reference(sheet: str) -> tuple[str, ...]:
    return BATCH_KEY if sheet == "subsidy_payments" else ("contract_no", "period", "household_no")
