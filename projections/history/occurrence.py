"""What a row tells of one day: the unit that a history folds, and one line of a timeline."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import Any, Self

from domain.event import Versioned
from projections.history.row import Row


class Deed(Enum):
    """What happened on the day. A row stated again without anything new of its own day tells of no deed."""

    HAPPENED = auto()  # what the row is about: it was paid, lent, included, held, signed, posted
    EXITED = auto()  # 退出日期, the first day off the roster
    DIED = auto()
    REPAID = auto()
    SETTLED = auto()
    SUBSIDISED = auto()  # a row of 贴息台账, or a loan's 贴息金额, the payment TX/<loan_no>
    CHANGED = auto()  # a later day that stands in the row: an amendment, an approval, a withdrawal, an end
    RETURNED = auto()  # 退票
    REVERSED = auto()  # 冲正


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of one row.

    An event is one of its own day. Later days that stand in the same row (an exit, a repayment) are occurrences of
    that event too, so that a timeline reads alike whether they came in the first file or in a later one.

    day:         when it happened.
    known_on:    when the office could know; None: on the day.
    placed:      the event that told it.
    row:         the row, whose last version gives what has no day of its own.
    topic:       of the event, or of the one that a later day becomes when it arrives by itself.
    ref:         the row's business key.
    amount_fen:  the money that moved, None where none did.
    deeds:       what happened.
    targets:     what a return or reversal takes back, as far as it concerns the subject.
    """

    day: date
    known_on: date | None
    placed: Versioned
    row: Row
    topic: str
    ref: str | None
    amount_fen: int | None = None
    deeds: frozenset[Deed] = frozenset()
    targets: tuple["Occurrence", ...] = ()

    @property
    def now(self) -> Any:
        """The row as it was last stated."""
        return self.row.now

    @property
    def is_own_day(self) -> bool:
        """Whether it is the event's line, and not a later day that stands in the row."""
        return self.topic == self.placed.topic and self.day == self.placed.event.occurred_on

    def told(self, deed: Deed, *families: type) -> bool:
        """Whether this is `deed`, of a row of one of `families`."""
        return deed in self.deeds and isinstance(self.row.first, families)

    def money(self, deed: Deed, *families: type) -> Iterator[tuple["Occurrence", str]]:
        """The payments that this is or takes back, each with the figure (`paid_fen` …) to which it counts."""
        if self.told(deed, *families):
            yield self, "paid_fen"
        for back, figure in ((Deed.RETURNED, "returned_fen"), (Deed.REVERSED, "reversed_fen")):
            if back in self.deeds:
                yield from ((target, figure) for target in self.targets if target.told(deed, *families))

    def as_mention(self) -> Self:
        """The same line where the row only names the subject: no money of it moved, nothing of it changed."""
        return replace(self, amount_fen=None, deeds=frozenset())

    @property
    def order(self) -> tuple[date, int]:
        """By day, then by position; what one event tells of one day stays in the order of its telling."""
        return self.day, self.placed.position
