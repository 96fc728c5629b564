"""What a verification says: findings and the report of one book (OUTPUTS §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, NamedTuple

KINDS = {
    "leaf": "the entry's bytes do not give the sealed leaf",
    "link": "the link before and the leaf do not give the sealed link; at position 1, the origin does not",
    "gap": "positions are missing from here on, or this one stands twice, or below 1",
    "stream": "the version is out of sequence, or a column says another stream, version or topic than the entry",
    "head": "the recorded head is not the last entry, or not what was remembered",
    "unreadable": "the row is not an entry, or the file cannot be read from here on",
    "guard": "a table, index or trigger is missing, altered or foreign, or the file's structure is damaged; what is "
    "written stays proven, and what comes next is not guarded, so the position is the one behind the last",
}
"""The kinds of finding and what they mean."""

FINDINGS_KEPT = 1_000
"""A book that is all wrong has a finding a row; the first thousand name it, and the rest are counted."""


class Finding(NamedTuple):
    """One thing that is not as it was sealed.

    `expected` and `found` are hashes in hex, positions, versions or words; `None` where there is nothing. From
    `unproven_from` on nothing is proven.
    """

    position: int
    kind: str
    stream: str | None
    expected: str | None
    found: str | None

    @property
    def unproven_from(self) -> int:
        """The first position of which nothing is proven."""
        return self.position


@dataclass(frozen=True, slots=True)
class BookReport:
    """What was found in one book.

    `size` and `head` are the last position there is and its recorded link; `origin` and `head` are `None` when the
    file could not be read so far. `first` is the first position that was read. `left_out` counts the findings
    beyond those in `findings`.
    """

    book: str
    origin: str | None
    size: int
    head: bytes | None
    first: int
    findings: tuple[Finding, ...] = ()
    left_out: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Findings:
    """Gathers findings in bounded memory: the first by position are kept, the others counted."""

    def __init__(self) -> None:
        self._kept: set[Finding] = set()
        self.left_out = 0

    def add(self, finding: Finding) -> None:
        """Keep `finding`."""
        self._kept.add(finding)
        if len(self._kept) > 2 * FINDINGS_KEPT:
            self._shrink()

    def extend(self, other: "Findings") -> None:
        """Take over what another part of the reading found."""
        for finding in other.in_order():
            self.add(finding)
        self.left_out += other.left_out

    def in_order(self) -> tuple[Finding, ...]:
        """The findings kept, by position; in the same order whichever process found what first."""
        self._shrink()
        return tuple(sorted(self._kept, key=_order))

    def _shrink(self) -> None:
        first = nsmallest(FINDINGS_KEPT, self._kept, key=_order)
        self.left_out += len(self._kept) - len(first)
        self._kept = set(first)


def _order(finding: Finding) -> tuple[int, str, str]:
    return finding.position, finding.kind, finding.expected or ""


class Part(NamedTuple):
    """What one part of the reading gave: how many positions it covered, and what was found."""

    covered: int
    findings: Findings


def as_json(reports: Sequence[BookReport]) -> dict[str, Any]:
    """`reports` as `mingzhang verify --json` prints them (OUTPUTS §4); `findings_left_out` stands there if any were."""
    answer: dict[str, Any] = {
        "ok": all(report.ok for report in reports),
        "books": [
            {
                "book": report.book,
                "origin": report.origin,
                "size": report.size,
                "head": None if report.head is None else report.head.hex(),
                "from": report.first,
            }
            for report in reports
        ],
        "findings": [
            {
                "book": report.book,
                "position": finding.position,
                "stream": finding.stream,
                "kind": finding.kind,
                "expected": finding.expected,
                "found": finding.found,
                "unproven_from": finding.unproven_from,
            }
            for report in reports
            for finding in report.findings
        ],
    }
    left_out = sum(report.left_out for report in reports)
    if left_out:
        answer["findings_left_out"] = left_out
    return answer
