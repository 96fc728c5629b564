"""`python -m bench.soak 200`: imports, projections, rebuilds and key rotations killed with SIGKILL at random moments.

    python -m bench.soak KILLS [--postgresql URL] [--rows N] [--sample]

Each round takes packages into a fresh ledger: the import of each is killed after a random part of an unkilled one's
time, and so are some of the commands that come after it; the next start alone must complete what had begun. What
stands there in the end is compared with what stands there without kills: nothing may be lost or twice.

Without an option the packages are the two months of an invented township, with every sheet of FORMATS. `--sample`
takes the sample township, `--rows` payments alone. `--postgresql` names a database on a server where databases may be
made; each ledger gets one of its own there.
"""

import argparse
import json
import os
import random  # noqa: TID251  the soak names its seed
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bench.workload import make_package

SEED = 7
HOUSEHOLDS, MOST_BETWEEN = 12, 2
BETWEEN = (("project",), ("rebuild",), ("vault", "rotate", "--json"))
"""What may be killed after an import was: twice at most, for a third broken attempt to roll it forward is the last."""

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
DATABASE_URL = "MINGZHANG_DATABASE_URL"
WITH_FINDINGS = {"import": 1}
"""An import that refuses a file of the package, as planned, exits 1."""


def command(ledger: Path, *arguments: str) -> list[str]:
    """The command line as a clerk types it."""
    return [sys.executable, "-c", "from api.cli import main; main()", "--ledger", str(ledger), *arguments]


def environment(url: str | None) -> dict[str, str]:
    """The environment of a command on a ledger in files, or in the database at `url`."""
    return {**os.environ, "PYTHONPATH": str(HOUSE), **({DATABASE_URL: url} if url else {})}


def run(ledger: Path, *arguments: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    line = command(ledger, *arguments)
    return subprocess.run(line, capture_output=True, text=True, check=False, env=environment(url))


def opened(folder: Path, url: str | None = None) -> Path:
    """A fresh ledger."""
    result = run(folder, "init", "--place", "440899101", "--name", "测试镇", url=url)
    if result.returncode != 0:
        raise SystemExit(result.stderr)
    return folder


def told(ledger: Path, url: str | None = None) -> Counter[str]:
    """What the money book tells, without what is random in it: references are named by their kind."""
    return Counter(comparable(json.loads(line)) for line in run(ledger, "events", url=url).stdout.splitlines())


def comparable(event: dict[str, Any]) -> str:
    """One event as text, without salts, ciphertext, references and instants."""
    state = {name: value for name, value in event["state"].items() if name not in NOT_COMPARED}
    return REFERENCE.sub(
        r"\1", json.dumps([event["topic"], event["version"], state], sort_keys=True, ensure_ascii=False)
    )


def alerts(ledger: Path, url: str | None = None) -> Counter[str]:
    """The alerts as they stand; how often one changed on the way depends on where the import was killed."""
    lines = [json.loads(line) for line in run(ledger, "alerts", "export", url=url).stdout.splitlines()]
    return Counter(
        json.dumps([line[name] for name in ("rule_id", "state", "amount_at_risk_fen", "occurred_on", "event_refs")])
        for line in lines
    )


def kill_during_import(ledger: Path, package: Path, after_s: float, url: str | None = None) -> bool:
    """Import, and kill after so many seconds; gives whether it was still running."""
    return kill_during(ledger, ("import", str(package), "--json"), after_s, url)


def kill_during(ledger: Path, arguments: Sequence[str], after_s: float, url: str | None = None) -> bool:
    """Run a command, and kill it after so many seconds; gives whether it was still running."""
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command(ledger, *arguments), stdout=silent, stderr=silent, env=environment(url))
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


class Whole(NamedTuple):
    """What stands after each package without kills, the alerts in the end, and how long each command takes."""

    books: list[Counter[str]]
    alerts: Counter[str]
    seconds: dict[str, float]


@dataclass
class Tally:
    """What the rounds came to; `killed` by command, only while it ran."""

    killed: Counter[str] = field(default_factory=Counter)
    by_itself: int = 0
    imports: int = 0
    faults: list[str] = field(default_factory=list)


def undisturbed(ledger: Path, packages: Sequence[Path], url: str | None) -> Whole:
    """Import everything without a kill, and time every command once."""
    seconds: dict[str, float] = {}
    books = []
    for package in packages:
        seconds["import"] = max(seconds.get("import", 0), timed(ledger, ("import", str(package), "--json"), url))
        books.append(told(ledger, url))
    for arguments in BETWEEN:
        seconds[arguments[0]] = timed(ledger, arguments, url)
    return Whole(books, alerts(ledger, url), seconds)


def timed(ledger: Path, arguments: Sequence[str], url: str | None) -> float:
    """How many seconds the command takes; it must succeed."""
    began = time.perf_counter()
    done = run(ledger, *arguments, url=url)
    if done.returncode > WITH_FINDINGS.get(arguments[0], 0):
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
    return time.perf_counter() - began


class Round:
    """One fresh ledger, its packages taken in under kills."""

    def __init__(self, ledger: Path, url: str | None, whole: Whole, chance: random.Random, tally: Tally) -> None:
        self._ledger, self._url = opened(ledger, url), url
        self._whole = whole
        self._chance = chance
        self._tally = tally

    def take(self, number: int, package: Path) -> None:
        """Take in package `number`: the import killed, then other commands after it, then nothing more is killed."""
        self._kill(("import", str(package), "--json"))
        for _ in range(self._chance.randint(0, MOST_BETWEEN)):
            self._kill(self._chance.choice(BETWEEN))
        self._succeed("project")
        wanted = self._whole.books[number]
        stands = told(self._ledger, self._url)
        self._tally.imports += 1
        self._tally.by_itself += stands == wanted
        before = self._whole.books[number - 1] if number else None
        if stands not in (wanted, before) and any("import-begun" in line for line in stands):
            self._tally.faults.append("an import that had begun was not completed by the next start")
        self._succeed("import", str(package), "--json")
        if stands != wanted and told(self._ledger, self._url) != wanted:
            self._tally.faults.append("the money book differs")

    def end(self) -> None:
        """Finish a rotation, compare the alerts, verify both books and ask the doctor."""
        self._succeed("vault", "rotate", "--json")  # one that was killed goes on where it stopped
        if alerts(self._ledger, self._url) != self._whole.alerts:
            self._tally.faults.append("the alerts differ")
        self._succeed("verify")
        if "unfinished" in self._succeed("doctor"):
            self._tally.faults.append("the doctor knows of an unfinished import")

    def _kill(self, arguments: Sequence[str]) -> None:
        name = arguments[0]
        latest_s = self._whole.seconds[name]
        was_running = kill_during(self._ledger, arguments, self._chance.uniform(0, latest_s), self._url)
        self._tally.killed[name] += was_running
        if not was_running:
            self._whole.seconds[name] *= 0.9  # the machine was slower when the unkilled one was timed

    def _succeed(self, *arguments: str) -> str:
        done = run(self._ledger, *arguments, url=self._url)
        if done.returncode > WITH_FINDINGS.get(arguments[0], 0):
            self._tally.faults.append(f"{arguments[0]} exits {done.returncode}: {done.stderr[-500:]}")
        return done.stderr


@contextmanager
def database_on(url: str | None, name: str) -> Iterator[str | None]:
    """A database of its own on the server of `url`, while the block runs; nothing without an address."""
    if url is None:
        yield None
        return
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.sql import SQL, Identifier
    from sqlalchemy.engine import make_url

    conninfo_to_dict(url)  # a wrong address fails here, and not under every command
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def packages_for(wanted: argparse.Namespace, folder: Path) -> list[Path]:
    """The packages of a round, in the order in which they are taken in."""
    if wanted.rows:
        return [make_package(folder / "package", rows=wanted.rows)]
    if wanted.sample:
        return [HOUSE / "samples" / "township"]
    from tests.journeys.making_packages import InventedTownship
    from tests.journeys.writing_packages import write_package

    township = InventedTownship(seed=SEED, households=wanted.households)
    first = township.first_month()
    second = township.second_month(first)
    return [
        write_package(first, folder / "first.zip", seed=SEED),
        write_package(second, folder / "second.zip", seed=SEED + 1),
    ]


def soak(wanted: argparse.Namespace, folder: Path) -> tuple[Tally, int]:
    """Rounds until so many commands were killed while they ran; gives the tally and how many rounds that took."""
    chance = random.Random(wanted.seed)
    mark = f"soak_{os.getpid()}"
    packages = packages_for(wanted, folder)
    with database_on(wanted.postgresql, f"{mark}_whole") as url:
        whole = undisturbed(opened(folder / "whole", url), packages, url)
    print({name: round(seconds, 2) for name, seconds in whole.seconds.items()}, "seconds unkilled", flush=True)
    tally, rounds = Tally(), 0
    while tally.killed.total() < wanted.kills:
        with database_on(wanted.postgresql, f"{mark}_{rounds}") as url:
            known = len(tally.faults)
            ledger = Round(folder / str(rounds), url, whole, chance, tally)
            for number, package in enumerate(packages):
                ledger.take(number, package)
            ledger.end()
            tally.faults[known:] = [f"round {rounds}: {fault}" for fault in tally.faults[known:]]
        rounds += 1
        print(f"{rounds} rounds, {tally.killed.total()} kills", *tally.faults[known:], file=sys.stderr, flush=True)
    return tally, rounds


def main() -> None:
    """Run the rounds and print the tally; exit 1 when anything was lost or twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("kills", type=int, nargs="?", default=100)
    parser.add_argument("--postgresql", metavar="URL")
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--sample", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tally, rounds = soak(wanted, Path(scratch))
    by_command = ", ".join(f"{name} {number}" for name, number in tally.killed.most_common())
    print(f"{tally.killed.total()} commands killed while running, in {rounds} rounds: {by_command}")
    print(f"  {tally.imports} imports; completed by the next start alone: {tally.by_itself}")
    print(f"  lost, twice, unverifiable or failed: {len(tally.faults)}")
    for fault in tally.faults:
        print(f"    {fault}")
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
