"""What this ledger held at a moment: rows found through the index of subjects, and days of packages."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from domain.clock import business_day
from domain.event import Versioned
from projections.history.moment import Moment
from projections.history.reader import Reader, events_at
from projections.history.row import Row, rows_of
from projections.tables.imports import PACKAGES
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.loans import INTEREST_SUBSIDIES, LOAN_REPAYMENTS
from projections.tables.returns import PAYMENT_RETURNS

LOOKUP_CHUNK = 500
"""Keys of one SELECT; SQLite takes 32,766 parameters, others fewer."""


class Detailed(NamedTuple):
    """Whether a loan has rows in 还款流水, and in 贴息台账."""

    repaid: bool
    subsidised: bool


class Past:
    """The money book up to a moment's known-at. Memory is that of the rows asked for."""

    def __init__(self, connection: Connection, reader: Reader, moment: Moment) -> None:
        """Read the index on `connection` and the entries from `reader`."""
        self.connection = connection
        self.moment = moment
        self._reader = reader
        self._read: dict[int, Versioned] = {}
        self._detailed: dict[str, Detailed] = {}
        self._package_days: dict[str | None, date | None] = {}

    def is_named(self, kind: str, value: str) -> bool:
        """Whether any entry, recorded by the moment or later, names the subject."""
        index = SUBJECT_INDEX.c
        found = select(index.position).where(index.kind == kind, index.value == value).limit(1)
        return self.connection.execute(found).first() is not None

    def rows(self, kind: str, *values: str) -> list[Row]:
        """The rows that name one of the subjects `kind:value`, in the order in which they came."""
        index = SUBJECT_INDEX.c
        positions: set[int] = set()
        for chunk in chunks(values):
            found = select(index.position).where(index.kind == kind, index.value.in_(chunk))
            positions.update(self.connection.execute(found).scalars())
        return self.rows_at(positions)

    def rows_at(self, positions: Iterable[int]) -> list[Row]:
        """The rows whose versions stand at `positions`, as far as they were recorded by the moment.

        Raises:
            LookupError: when the book does not go as far as the index does.
        """
        wanted = sorted(position for position in set(positions) if self.moment.recorded(position))
        missing = [position for position in wanted if position not in self._read]
        self._read.update((placed.position, placed) for placed in events_at(self._reader, missing))
        absent = [position for position in missing if position not in self._read]
        if absent:
            raise LookupError(
                f"资金账没有第 {absent[0]} 条，视图却有；请重建视图 / The views tell of entry {absent[0]}, which the "
                f"money book does not hold. Make the views anew: mingzhang rebuild."
            )
        return rows_of(self._read[position] for position in wanted)

    def returns_of(self, references: Iterable[str]) -> list[Row]:
        """The rows of 退票冲正台账 that take back one of these 流水号, and are not quarantined."""
        returns = PAYMENT_RETURNS.c
        positions: set[int] = set()
        for chunk in chunks(references):
            found = select(returns.position).where(returns.target_ref.in_(chunk), returns.quarantined.is_(False))
            positions.update(self.connection.execute(found).scalars())
        return self.rows_at(positions)

    def learn_loans(self, numbers: Iterable[str]) -> None:
        """Find out at once which of these loans have rows in 还款流水 and 贴息台账."""
        unknown = set(numbers) - self._detailed.keys()
        self._detailed.update((number, Detailed(repaid=False, subsidised=False)) for number in unknown)
        for facts, part in ((LOAN_REPAYMENTS, "repaid"), (INTEREST_SUBSIDIES, "subsidised")):
            rows = facts.c
            for chunk in chunks(unknown):
                found = select(rows.loan_no, rows.position).where(rows.loan_no.in_(chunk), rows.from_loan.is_(False))
                for number, position in self.connection.execute(found):
                    if self.moment.recorded(position):
                        self._detailed[number] = self._detailed[number]._replace(**{part: True})

    def detailed(self, loan_no: str) -> Detailed:
        """What of a loan stands in sheets of its own, and not in its row (OUTPUTS §5, §6)."""
        self.learn_loans((loan_no,))
        return self._detailed[loan_no]

    def cut_off_day(self, placed: Versioned) -> date:
        """数据截止日 of the package in which `placed` came; without a package the day on which it was recorded."""
        package_id = placed.event.correlation_id
        if package_id not in self._package_days:
            packages = PACKAGES.c
            found = select(func.max(packages.as_of)).where(packages.package_id == package_id)
            ordinal = self.connection.execute(found).scalar()
            self._package_days[package_id] = None if ordinal is None else date.fromordinal(ordinal)
        recorded = business_day(datetime.fromisoformat(placed.event.recorded_at))
        return self._package_days[package_id] or recorded


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """`values`, each once and sorted, in lists short enough for one SELECT."""
    told = sorted(set(values))
    return (told[begin : begin + LOOKUP_CHUNK] for begin in range(0, len(told), LOOKUP_CHUNK))
