"""What a bench finds, in one shape, so that one table can hold all of it; and the machine on which it was found."""

import argparse
import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

GIBIBYTE = 2**30


@dataclass(frozen=True)
class Figure:
    """One measurement, beside what it is compared with in the same run.

    part:      which bench it is of: `append, SQLite`.
    what:      what was done.
    ours:      what Mingzhang came to, in `unit`.
    against:   what it is compared with, if anything, and `other` is what that came to.
    ratio:     how much better we are, or how much more we need, as the target has it.
    target:    what `ratio` (or `ours`, where there is no ratio) should be: at least, or `at_most`.
    """

    part: str
    what: str
    ours: float
    unit: str
    against: str = ""
    other: float | None = None
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        measured = self.ours if self.ratio is None else self.ratio
        return measured <= self.target if self.at_most else measured >= self.target

    @property
    def aim(self) -> str:
        """The target in words, and whether it is met."""
        if self.target is None:
            return ""
        sign = "≤" if self.at_most else "≥"
        unit = "×" if self.ratio is not None else f" {self.unit}"
        return f"{sign} {self.target:g}{unit} {'met' if self.met else 'NOT met'}"


def number(value: float | None) -> str:
    """A figure with three digits that count."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio_of(figure: Figure) -> str:
    """The ratio as it is printed."""
    return "" if figure.ratio is None else f"{figure.ratio:.2f}×"


def tell(figures: Sequence[Figure]) -> None:
    """Print lines for people."""
    for figure in figures:
        other = f"{figure.against} {number(figure.other)}" if figure.against else ""
        ours = f"{number(figure.ours)} {figure.unit}"
        done = f"{figure.part}: {figure.what}"
        print(f"  {done:60} {ours:>18}  {other:28} {ratio_of(figure):>7}  {figure.aim}", flush=True)


def table(figures: Sequence[Figure]) -> str:
    """The README's table, in Markdown."""
    lines = ["| Measured | Mingzhang | compared with | ratio | target |", "|---|---:|---:|---:|---|"]
    for figure in figures:
        other = f"{number(figure.other)} ({figure.against})" if figure.against else ""
        cells = (
            f"{figure.part}: {figure.what}",
            f"{number(figure.ours)} {figure.unit}",
            other,
            ratio_of(figure),
            figure.aim,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def save(figures: Sequence[Figure], path: Path | None) -> None:
    """Write the figures as JSON, for whoever gathers them."""
    if path is not None:
        rows = [asdict(figure) | {"met": figure.met} for figure in figures]
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def saved(path: Path) -> list[Figure]:
    """The figures that `save` wrote."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [Figure(**{name: value for name, value in row.items() if name != "met"}) for row in rows]


def options_of(module: str) -> argparse.ArgumentParser:
    """The options that every bench has."""
    options = argparse.ArgumentParser(prog=f"python -m {module}")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return options


def machine() -> str:
    """The machine in one line."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"eventsourcing {version('eventsourcing')}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{platform.machine()} {named[0]}" if named else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIBIBYTE
