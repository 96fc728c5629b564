"""`python -m bench.soak 100`: an import killed with SIGKILL at so many random moments; nothing may be lost or twice.

Each round imports the same package into a fresh ledger, kills the process after a random part of an unkilled
import's time, lets the next command roll it forward, and compares what stands there with the unkilled import's.
"""

import json
import os
import random  # noqa: TID251  the soak names its seed
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.workload import make_package

ROWS = 3_000
SEED = 7
NOT_COMPARED = (
    "salt",
    "sealed",
    "sealed_for",
    "commitments",
    "recorded_at",
    "content",
    "correlation_id",
    "package_hash",
)
REFERENCE = re.compile(r"\b([PATD])-[0-9a-z]{16,26}\b")
HOUSE = Path(__file__).resolve().parent.parent


def command(ledger: Path, *arguments: str) -> list[str]:
    """The command line as a clerk types it."""
    return [sys.executable, "-c", "from api.cli import main; main()", "--ledger", str(ledger), *arguments]


def run(ledger: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    return subprocess.run(command(ledger, *arguments), capture_output=True, text=True, check=False, env=environment)


def opened(folder: Path) -> Path:
    """A fresh ledger."""
    result = run(folder, "init", "--place", "440899101", "--name", "测试镇")
    if result.returncode != 0:
        raise SystemExit(result.stderr)
    return folder


def told(ledger: Path) -> Counter[str]:
    """What the money book tells, without what is random in it: references are named by their kind."""
    return Counter(comparable(json.loads(line)) for line in run(ledger, "events").stdout.splitlines())


def comparable(event: dict[str, Any]) -> str:
    """One event as text, without salts, ciphertext, references and instants."""
    state = {name: value for name, value in event["state"].items() if name not in NOT_COMPARED}
    return REFERENCE.sub(
        r"\1", json.dumps([event["topic"], event["version"], state], sort_keys=True, ensure_ascii=False)
    )


def alerts(ledger: Path) -> Counter[str]:
    """The alerts as they stand; how often one changed on the way depends on where the import was killed."""
    lines = [json.loads(line) for line in run(ledger, "alerts", "export").stdout.splitlines()]
    return Counter(
        json.dumps([line[name] for name in ("rule_id", "state", "amount_at_risk_fen", "occurred_on", "event_refs")])
        for line in lines
    )


def kill_during_import(ledger: Path, package: Path, after_s: float) -> bool:
    """Import, and kill after so many seconds; gives whether it was still running."""
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    process = subprocess.Popen(
        command(ledger, "import", str(package), "--json"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def round_of(
    folder: Path, package: Path, after_s: float, wanted: tuple[Counter[str], Counter[str]]
) -> tuple[bool, bool, list[str]]:
    """One kill: (was it running, did the next start alone complete it, what is wrong)."""
    ledger = opened(folder)
    killed = kill_during_import(ledger, package, after_s)
    run(ledger, "project")
    by_itself = told(ledger) == wanted[0]
    if not by_itself and any("import-begun" in line for line in told(ledger)):
        return killed, False, ["an import that had begun was not completed by the next start"]
    run(ledger, "import", str(package), "--json")
    faults = [] if told(ledger) == wanted[0] else ["the money book differs"]
    faults += [] if alerts(ledger) == wanted[1] else ["the alerts differ"]
    verified = json.loads(run(ledger, "verify", "--json").stdout)
    return killed, by_itself, faults + ([] if verified["ok"] else ["the books do not verify"])


def main() -> None:
    """Run the rounds and print the tally; exit 1 when anything was lost or twice."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else ROWS
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        package = make_package(folder / "package", rows=rows)
        whole = opened(folder / "whole")
        began = time.perf_counter()
        run(whole, "import", str(package), "--json")
        whole_s = time.perf_counter() - began
        wanted = told(whole), alerts(whole)
        killed = by_itself = 0
        faults: list[str] = []
        for number in range(rounds):
            was, alone, wrong = round_of(folder / str(number), package, chance.uniform(0, whole_s), wanted)
            killed, by_itself = killed + was, by_itself + alone
            faults += [f"round {number}: {fault}" for fault in wrong]
    print(f"{rounds} imports of {rows:,} rows, {killed} killed while running (an unkilled one takes {whole_s:.1f} s)")
    print(f"  completed by the next start alone: {by_itself}; the others were killed before anything was spooled")
    print(f"  lost, twice or unverifiable: {len(faults)}")
    for fault in faults:
        print(f"    {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
