"""What an import says afterwards: OUTPUTS §2, to the field."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Self

from api.ledger import Ledger
from intake.checking import Fate
from intake.package import PackageFile
from intake.problem import Problem, Severity, in_order, the_first
from intake.sheets import SHEETS
from intake.table import Table

MOST_TOLD = 100_000
"""Problems of rows that one answer lists; of more it lists the gravest, and counts the rest."""


@dataclass(slots=True)
class FileOutcome:
    """One file's fate in figures. Quarantined rows are counted in `rows_quarantined` only.

    problems:  of a file of which nothing can be read.
    fate:      of a file that was checked, with its problems.
    """

    file: str
    key: str
    sha256: str
    outcome: str
    rows: int = 0
    rows_taken: int = 0
    rows_quarantined: int = 0
    rows_refused: int = 0
    rows_unchanged: int = 0
    rows_warned: int = 0
    first_position: int | None = None
    last_position: int | None = None
    problems: list[Problem] = field(default_factory=list)
    fate: Fate | None = None

    @classmethod
    def unchanged(cls, table: Table) -> Self:
        """The very file was there, and with it every row."""
        rows = table.count()
        return cls(table.file.name, table.sheet.key, table.file.sha256, "unchanged", rows=rows, rows_unchanged=rows)

    @classmethod
    def unread(cls, file: PackageFile) -> Self:
        """A file of a known sheet that cannot be read at all."""
        return cls(file.name, file.key or "", file.sha256, "refused", problems=file.problems)

    @classmethod
    def of(cls, fate: Fate, positions: tuple[int, int] = (0, 0)) -> Self:
        """The figures of a checked file; `positions` are those of its first and last row, once it is recorded."""
        table = fate.table
        outcome = cls(table.file.name, table.sheet.key, table.file.sha256, "taken", fate=fate)
        outcome.rows = table.size
        figures = fate.figures
        if fate.refused:
            outcome.outcome = "refused"
            outcome.rows_refused = figures.refused if table.long else sum(row.refused for row in table.rows)
            return outcome
        outcome.rows_quarantined = figures.quarantined
        outcome.rows_taken = figures.taken
        outcome.rows_unchanged = figures.unchanged
        outcome.rows_warned = figures.warned
        if table.size and not fate.goes_in:
            outcome.outcome = "unchanged"
        outcome.first_position, outcome.last_position = positions[0] or None, positions[1] or None
        return outcome

    def counts(self) -> Counter[Severity]:
        """How many problems of each severity there are."""
        if self.fate is not None:
            return self.fate.table.counts()
        return Counter(problem.severity for problem in self.problems)

    def as_dict(self, room: Mapping[Severity, int]) -> dict[str, Any]:
        """The file as OUTPUTS §2 prints it, with as many problems of each severity as there is room for."""
        problems = the_first(self._every_problem(), room)
        left_out = self.counts().total() - len(problems)
        return {
            "file": self.file,
            "key": self.key,
            "sheet": SHEETS[self.key].title if self.key in SHEETS else None,
            "sha256": self.sha256,
            "outcome": self.outcome,
            "rows": self.rows,
            "rows_taken": self.rows_taken,
            "rows_quarantined": self.rows_quarantined,
            "rows_refused": self.rows_refused,
            "rows_unchanged": self.rows_unchanged,
            "rows_warned": self.rows_warned,
            "first_position": self.first_position,
            "last_position": self.last_position,
            "problems": [problem.as_dict() for problem in problems],
            **({"problems_left_out": left_out} if left_out else {}),
        }

    def _every_problem(self) -> Iterator[Problem]:
        if self.fate is None:
            return iter(self.problems)
        return chain(self.fate.table.problems, self.fate.table.row_problems())


def as_dict(
    ledger: Ledger,
    outcomes: Sequence[FileOutcome],
    problems: list[Problem],
    *,
    package_id: str,
    import_mode: str,
    dry_run: bool,
) -> dict[str, Any]:
    """The whole answer."""
    head = ledger.money.head
    return {
        "package_id": package_id,
        "import_mode": import_mode,
        "dry_run": dry_run,
        "size": head.position,
        "head": head.link.hex(),
        "problems": [problem.as_dict() for problem in in_order(problems)],
        "files": [outcome.as_dict(room) for outcome, room in zip(outcomes, rooms(outcomes), strict=True)],
    }


def rooms(outcomes: Sequence[FileOutcome]) -> list[dict[Severity, int]]:
    """How many problems of each severity are listed of each file: the gravest of all files first."""
    left = MOST_TOLD
    given: list[dict[Severity, int]] = [{} for _ in outcomes]
    counts = [outcome.counts() for outcome in outcomes]
    for severity in Severity:
        for room, count in zip(given, counts, strict=True):
            room[severity] = min(count[severity], left)
            left -= room[severity]
    return given


def found_something(answer: dict[str, Any]) -> bool:
    """Whether a row, a file or the package was refused: the command then exits 1."""
    refused = any(file["outcome"] == "refused" for file in answer["files"])
    return refused or any(problem["severity"] == Severity.ERROR for problem in answer["problems"])
