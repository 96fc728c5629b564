"""The shape of a history: one file beside this for each kind of subject, each a copy of the others."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from domain.disbursement import ReturnRow
from domain.loan import InterestSubsidyPaid, LoanProceedsMoved, LoanRow, LoanStatement
from projections.history.occurrence import Occurrence
from projections.history.parts.part import Part
from projections.history.past import Past
from projections.history.row import Row
from projections.history.telling import is_loan, occurrences, returns


class Subject(ABC):
    """One subject: which rows touch it, and what its state is once they are folded.

    kind:   the word before the colon (OUTPUTS §1).
    parts:  fold the occurrences in the timeline's order.
    """

    kind: ClassVar[str]

    def __init__(self, value: str, past: Past) -> None:
        """Find the rows of `kind:value` that this ledger held at the moment."""
        self.value = value
        self.past = past
        self.moment = past.moment
        self.rows: list[Row] = self.find()
        past.learn_loans(row.now.loan_no for row in self.rows if is_loan(row))
        self.parts: tuple[Part, ...] = self.begin()

    @property
    def is_named(self) -> bool:
        """Whether the ledger names the subject anywhere, at whatever time."""
        return self.past.is_named(self.kind, self.value)

    @abstractmethod
    def find(self) -> list[Row]:
        """The rows that touch the subject."""

    @abstractmethod
    def begin(self) -> tuple[Part, ...]:
        """The parts of its state, empty, in the order in which they fold."""

    @property
    @abstractmethod
    def figure_fen(self) -> int | None:
        """The figure that the timeline follows (bold in OUTPUTS §7), None where there is none."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """The state, ready for JSON, with the keys of OUTPUTS §7."""

    def told(self) -> Iterator[Occurrence]:
        """What the rows tell of the subject and what took its payments back, in no order, whether or not it holds."""
        own = [occurrence for occurrence in self.own() if not isinstance(occurrence.row.first, ReturnRow)]
        taken_back = list(returns(own, self.past))
        yield from own
        yield from taken_back
        seen = {occurrence.row.stream for occurrence in taken_back}
        for row in self.of(ReturnRow):
            if row.stream not in seen:
                yield from (occurrence.as_mention() for occurrence in occurrences(row, self.past))

    def own(self) -> Iterator[Occurrence]:
        """What the rows tell of the subject, without what took it back."""
        for row in self.rows:
            yield from occurrences(row, self.past)

    def take(self, occurrence: Occurrence) -> None:
        """Fold one occurrence."""
        for part in self.parts:
            part.take(occurrence)

    def of(self, *families: type) -> list[Row]:
        """The rows of these families of events."""
        return [row for row in self.rows if isinstance(row.first, families)]


def unique(*found: Iterable[Row]) -> list[Row]:
    """Rows found in several ways, each once."""
    return list({row.stream: row for rows in found for row in rows}.values())


def of_loans(past: Past, numbers: Iterable[str]) -> list[Row]:
    """The rows about loans: what was moved, repaid, subsidised and said of them, beside their own."""
    wanted = set(numbers)
    return [
        row for row in past.rows("loan", *wanted) if isinstance(row.first, ABOUT_A_LOAN) and row.now.loan_no in wanted
    ]


ABOUT_A_LOAN = (LoanRow, LoanProceedsMoved, InterestSubsidyPaid, LoanStatement)
