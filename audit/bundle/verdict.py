"""What a verifier found in a bundle: what is proven, what is not so, and what no bundle of this kind shows.

Standard library only.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Statement(NamedTuple):
    """One thing that was found: its kind, as `audit.bundle.words` has words for it, and its figures, ready for JSON."""

    kind: str
    figures: Mapping[str, Any]


class Findings:
    """Statements as they are found."""

    def __init__(self) -> None:
        self.proven: list[Statement] = []
        self.refuted: list[Statement] = []
        self.open: list[Statement] = []

    def prove(self, kind: str, **figures: Any) -> None:
        """Say what holds."""
        self.proven.append(Statement(kind, figures))

    def refute(self, kind: str, **figures: Any) -> None:
        """Say what the bundle claims, and does not hold."""
        self.refuted.append(Statement(kind, figures))

    def leave(self, kind: str, **figures: Any) -> None:
        """Say what the bundle does not show."""
        self.open.append(Statement(kind, figures))

    @property
    def verdict(self) -> "Verdict":
        """Whatever was found so far; `subject` is not told yet."""
        return Verdict("", tuple(self.proven), tuple(self.refuted), tuple(self.open))


class Verdict(NamedTuple):
    """What was found in one bundle.

    subject:  `kind:reference`; empty when the file could not be read so far.
    proven:   what holds.
    refuted:  what the bundle claims and does not hold, or what its policy asks and it lacks.
    open:     what it does not show.
    """

    subject: str
    proven: tuple[Statement, ...]
    refuted: tuple[Statement, ...]
    open: tuple[Statement, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that the bundle claims holds."""
        return not self.refuted

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The figures of the statements of one kind."""
        every: Iterable[Statement] = (*self.proven, *self.refuted, *self.open)
        return [statement.figures for statement in every if statement.kind == kind]
