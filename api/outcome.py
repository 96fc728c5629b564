"""What an import says afterwards: OUTPUTS §2, to the field."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from api.ledger import Ledger
from intake.checking import Fate
from intake.package import PackageFile
from intake.problem import Problem, Severity, in_order
from intake.sheets import SHEETS
from intake.table import Table


@dataclass(slots=True)
class FileOutcome:
    """One file's fate in figures. Quarantined rows are counted in `rows_quarantined` only."""

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
        rows = len(table.rows)
        return cls(table.file.name, table.sheet.key, table.file.sha256, "unchanged", rows=rows, rows_unchanged=rows)

    @classmethod
    def unread(cls, file: PackageFile) -> Self:
        """A file of a known sheet that cannot be read at all."""
        return cls(file.name, file.key or "", file.sha256, "refused", problems=file.problems)

    @classmethod
    def of(cls, fate: Fate, positions: tuple[int, int] = (0, 0)) -> Self:
        """The figures of a checked file; `positions` are those of its first and last row, once it is recorded."""
        table = fate.table
        outcome = cls(table.file.name, table.sheet.key, table.file.sha256, "taken", fate=fate, problems=fate.problems)
        outcome.rows = len(table.rows)
        if fate.refused:
            outcome.outcome = "refused"
            outcome.rows_refused = sum(row.refused for row in table.rows)
            return outcome
        going_in = [*(row for row, _ in fate.to_record), *fate.resumed]
        outcome.rows_quarantined = sum(row.quarantined for row in going_in)
        outcome.rows_taken = len(going_in) - outcome.rows_quarantined
        outcome.rows_unchanged = len(fate.unchanged)
        outcome.rows_warned = sum(warned(row.problems) for row in going_in)
        if table.rows and not going_in:
            outcome.outcome = "unchanged"
        outcome.first_position, outcome.last_position = positions[0] or None, positions[1] or None
        return outcome

    def as_dict(self) -> dict[str, Any]:
        """The file as OUTPUTS §2 prints it."""
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
            "problems": [problem.as_dict() for problem in in_order(self.problems)],
        }


def warned(problems: Iterable[Problem]) -> bool:
    """Whether there is a warning among them."""
    return any(problem.severity is Severity.WARNING for problem in problems)


def as_dict(
    ledger: Ledger,
    outcomes: Iterable[FileOutcome],
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
        "files": [outcome.as_dict() for outcome in outcomes],
    }


def found_something(answer: dict[str, Any]) -> bool:
    """Whether a row, a file or the package was refused: the command then exits 1."""
    refused = any(file["outcome"] == "refused" for file in answer["files"])
    return refused or any(problem["severity"] == Severity.ERROR for problem in answer["problems"])
