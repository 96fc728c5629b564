"""`python -m bench.importing`: a payment workbook from file to alerts, as whole processes, as a clerk starts them.

    python -m bench.importing [--rows 100000] [--csv ROWS …]

Measured are the seconds and the peak memory of `mingzhang import` (read, check, vault, seal, project, rules) and the
seconds of `mingzhang verify` over both books. `--csv` imports lists of so many rows each into ledgers of their own:
the memory of the longest beside that of the shortest shows whether it grows.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure, machine, options_of, save, tell

ROWS = 100_000
TARGET_ROWS = 100_000
"""The number of rows of which DESIGN's targets speak."""

SECONDS_TARGET, MEGABYTES_TARGET = 20.0, 600.0
FLAT = 1.2
"""Five times the rows may need so much of the memory."""

KIBIBYTES = 1024
MAKING = """
import sys
from pathlib import Path
from bench.workload import make_package
make_package(Path(sys.argv[1]), rows=int(sys.argv[2]), as_csv=sys.argv[3] == "csv")
"""
HOUSE = Path(__file__).resolve().parent.parent


class Taken(NamedTuple):
    """What one import took."""

    seconds: float
    peak_mb: float
    verify_s: float


def main() -> None:
    """Print the figures; exit 1 when an import did not take every row."""
    parser = options_of("bench.importing")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--csv", type=int, nargs="+", default=[], metavar="ROWS")
    options = parser.parse_args()
    print(f"import, whole processes, one run on {machine()}")
    figures = of_workbook(options.rows)
    tell(figures)
    if options.csv:
        lists = of_lists(sorted(options.csv))
        tell(lists)
        figures += lists
    save(figures, options.json)


def of_workbook(rows: int) -> list[Figure]:
    """The figures of one workbook."""
    taken = imported(rows)
    aims = (SECONDS_TARGET, MEGABYTES_TARGET) if rows == TARGET_ROWS else (None, None)
    part = f"import, {rows:,} rows .xlsx"
    return [
        Figure(part, "whole process", taken.seconds, "s", target=aims[0], at_most=True),
        Figure(part, "rate", rows / taken.seconds, "rows/s"),
        Figure(part, "peak memory", taken.peak_mb, "MB", target=aims[1], at_most=True),
        Figure(part, "mingzhang verify of it, whole process", taken.verify_s, "s"),
    ]


def of_lists(sizes: list[int]) -> list[Figure]:
    """The figures of lists of several lengths, the longest beside the shortest."""
    found = {rows: imported(rows, as_csv=True) for rows in sizes}
    least = found[sizes[0]]
    figures = []
    for rows, taken in found.items():
        figures.append(Figure(f"import, {rows:,} rows .csv", "whole process", taken.seconds, "s"))
        memory = Figure(f"import, {rows:,} rows .csv", "peak memory", taken.peak_mb, "MB")
        if taken is not least:
            ratio = taken.peak_mb / least.peak_mb
            memory = Figure(
                memory.part,
                memory.what,
                taken.peak_mb,
                "MB",
                f"{sizes[0]:,} rows",
                least.peak_mb,
                ratio,
                FLAT,
                at_most=True,
            )
        figures.append(memory)
    return figures


def imported(rows: int, *, as_csv: bool = False) -> Taken:
    """Make a package, a ledger, and import the one into the other, each in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / "package"
        # The memory of a process that has made a large package would count as that of those it starts.
        run([sys.executable, "-c", MAKING, str(package), str(rows), "csv" if as_csv else "xlsx"])
        return taken_in(Path(scratch) / "ledger", package, rows)


def taken_in(ledger: Path, package: Path, rows: int) -> Taken:
    """Seconds and megabytes of init, import and verify."""
    mingzhang = [sys.executable, "-c", "from api.cli import main; main()", "--ledger", str(ledger)]
    run([*mingzhang, "init", "--place", "440899101", "--name", "测试镇"])
    began = time.perf_counter()
    process = subprocess.Popen([*mingzhang, "import", str(package), "--json"], stdout=subprocess.PIPE, cwd=HOUSE)
    told = process.stdout.read() if process.stdout else b""
    _, _, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    files = json.loads(told)["files"]
    counts = {file["key"]: file["rows_taken"] for file in files}
    if counts["subsidy_payments"] != rows:
        raise SystemExit(f"Only {counts['subsidy_payments']} of {rows} rows were taken: {files}")
    began = time.perf_counter()
    run([*mingzhang, "verify", "--books-only", "--json"])
    return Taken(seconds, used.ru_maxrss / KIBIBYTES, time.perf_counter() - began)


def run(line: list[str]) -> None:
    """Run a command, which must succeed."""
    subprocess.run(line, check=True, capture_output=True, cwd=HOUSE)


if __name__ == "__main__":
    main()
