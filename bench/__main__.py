"""`python -m bench`: every figure of the README's table, in one run.

    python -m bench [--quick] [--million] [--no-postgresql] [--json FILE]

Each bench is a process of its own, so that none measures what another left in memory. `--quick` takes small sizes,
which say less; `--million` adds lists of up to 1,000,000 rows and a ledger of as many events. Speed is told, never
judged: the exit status says whether everything ran.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure, machine, save, saved, table
from tests.conftest import find_chromium
from tests.postgresql import find_postgresql

HOUSE = Path(__file__).resolve().parent.parent

SIZES = {
    "append": (["--size", "5000"], ["--size", "800", "--rounds", "1"]),
    "verifying": (["--size", "500000"], ["--size", "20000"]),
    "projecting": (["--size", "20000"], ["--size", "5000", "--rounds", "1"]),
    "importing": (["--rows", "100000"], ["--rows", "5000"]),
    "growth": (["--sizes", "10000", "100000"], ["--sizes", "2000", "10000"]),
    "publishing": (["--size", "100000"], ["--size", "10000", "--append", "800", "--rounds", "1"]),
    "streaming": (["--payments", "1000"], ["--payments", "100"]),
    "checking": (["--lines", "500"], ["--lines", "100", "--ledger", "20000"]),
}
"""The options of each bench, and those of a quick run."""

ON_POSTGRESQL = ("append", "projecting")
IN_A_BROWSER = ("checking",)

MILLION = {"importing": ["--csv", "200000", "1000000"], "growth": ["1000000"], "publishing": ["--size", "1000000"]}
"""What `--million` adds to them."""


def main() -> None:
    """Run every bench and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="small sizes: about a minute")
    parser.add_argument("--million", action="store_true", help="1,000,000 rows and events as well")
    parser.add_argument("--no-postgresql", action="store_true", help="SQLite alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options = parser.parse_args()
    with_postgresql = not options.no_postgresql and find_postgresql() is not None
    began = time.perf_counter()
    figures: list[Figure] = []
    for name, (whole, quick) in SIZES.items():
        if name in IN_A_BROWSER and find_chromium() is None:
            continue
        words = list(quick if options.quick else whole)
        words += MILLION.get(name, []) if options.million else []
        words += ["--postgresql"] if with_postgresql and name in ON_POSTGRESQL else []
        figures += figures_of(name, words)
    seconds = time.perf_counter() - began
    print(f"\nOne run of {seconds:.0f} s on {machine()}:\n\n{table(figures)}")
    save_all(figures, seconds, options.json)


def figures_of(name: str, words: list[str]) -> list[Figure]:
    """Run one bench; what it prints is seen, and what it found is given."""
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "figures.json"
        subprocess.run([sys.executable, "-m", f"bench.{name}", *words, "--json", str(found)], check=True, cwd=HOUSE)
        return saved(found)


def save_all(figures: list[Figure], seconds: float, path: Path | None) -> None:
    """Write the figures with the machine, if asked to."""
    if path is None:
        return
    save(figures, path)
    told = {"machine": machine(), "seconds": seconds, "figures": json.loads(path.read_text(encoding="utf-8"))}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
