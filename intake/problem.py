"""What is wrong with a row, a file or a package: one shape, from the reader to the errors workbook (OUTPUTS §2)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Severity(StrEnum):
    """How bad: the row cannot be recorded; it is recorded but not joined; it is recorded and noted."""

    ERROR = "error"
    QUARANTINE = "quarantine"
    WARNING = "warning"


class Problem(Struct, frozen=True, kw_only=True):
    """One problem.

    row:       the row that Excel shows, from 1; absent where the whole file is meant.
    column:    English alias of the column; absent where the whole row or file is meant.
    header:    the Chinese header of the column.
    code:      `E-…` or `W-…` of DOMAIN §2 and FORMATS.
    value:     what stands there, masked.
    message:   what is wrong, with both numbers, in Chinese and English; never a whole ID, card, phone or name.
    remedy:    what to do.
    """

    severity: Severity
    code: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None
    header: str | None = None
    value: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The problem as OUTPUTS §2 prints it."""
        return {
            "row": self.row,
            "column": self.column,
            "header": self.header,
            "severity": self.severity.value,
            "code": self.code,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }


def the_first(problems: Iterable[Problem], room: Mapping[Severity, int]) -> list[Problem]:
    """Of `problems`, the first of each severity for which there is room, in order."""
    left = dict(room)
    found = []
    for problem in problems:
        if left[problem.severity] > 0:
            left[problem.severity] -= 1
            found.append(problem)
    return in_order(found)


def in_order(problems: list[Problem]) -> list[Problem]:
    """`problems` by row and column, those of the whole file first (OUTPUTS §2)."""
    return sorted(problems, key=lambda p: (p.row or 0, p.column or "", p.code))
