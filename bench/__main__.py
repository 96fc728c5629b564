"""`python -m bench`: 20,000 subsidy rows from workbook to alerts, beside the plain library, in one run."""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import library
from bench.workload import make_package

ROWS = 20_000
TARGET_S = 6.0
CAPACITY = 1024


def main() -> None:
    """Print the figures; exit 1 when the import did not take every row."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        package = make_package(folder / "package", rows=rows)
        figures = measure(folder / "ledger", package, rows)
    plain = library.run(rows)
    show(figures, plain, rows)


def measure(ledger: Path, package: Path, rows: int) -> dict[str, float]:
    """Seconds and megabytes of init, import and verify as whole processes, as a clerk starts them."""
    mingzhang = [sys.executable, "-c", "from api.cli import main; main()", "--ledger", str(ledger)]
    subprocess.run([*mingzhang, "init", "--place", "440899101", "--name", "测试镇"], check=True, capture_output=True)
    began = time.perf_counter()
    imported = subprocess.run(
        [*mingzhang, "import", str(package), "--json"], capture_output=True, text=True, check=False
    )
    import_s = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / CAPACITY
    taken = {file["key"]: file["rows_taken"] for file in json.loads(imported.stdout)["files"]}
    if taken["subsidy_payments"] != rows:
        sys.exit(f"Only {taken['subsidy_payments']} of {rows} rows were taken: {imported.stdout[:2000]}")
    began = time.perf_counter()
    subprocess.run([*mingzhang, "verify", "--json"], check=True, capture_output=True)
    return {"import_s": import_s, "peak_mb": peak_mb, "verify_s": time.perf_counter() - began}


def show(figures: dict[str, float], plain: dict[str, float], rows: int) -> None:
    """The figures of this run."""
    library_s = plain["append_s"] + plain["project_s"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{rows:,} subsidy rows, one run on {machine}")
    print(f"  read, vault, seal, project, rules (whole process)  {figures['import_s']:6.2f} s")
    print(f"  its peak memory                                    {figures['peak_mb']:6.0f} MB")
    print(f"  eventsourcing library, append alone                {plain['append_s']:6.2f} s")
    print(f"  eventsourcing library, projection alone            {plain['project_s']:6.2f} s")
    print(f"  whole job against the library's append + project   {library_s / figures['import_s']:6.2f} x")
    print(f"  verify, whole process                              {figures['verify_s']:6.2f} s")
    if rows == ROWS:
        verdict = "met" if figures["import_s"] <= TARGET_S else "NOT met"
        print(f"  target: at most {TARGET_S:.0f} s — {verdict}")


main()
