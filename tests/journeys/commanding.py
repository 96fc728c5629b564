"""Running `mingzhang` as a clerk does: in this process where that is enough, in one of its own where it is not."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from api.cli.command import run

HOUSE = Path(__file__).resolve().parents[2]
SAMPLE = HOUSE / "samples" / "township"
PLACE, NAME = "440899101", "测试镇"
PROGRAM = "from api.cli import main; main()"
TIMEOUT_SECONDS = 120


class Told(NamedTuple):
    """What a command answered: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON answer."""
        return msgspec.json.decode(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The answer's JSON lines."""
        return [msgspec.json.decode(line) for line in self.out.splitlines()]


def tell(ledger: Path, *arguments: str) -> Told:
    """Run one command in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(["--ledger", str(ledger), *arguments])
    return Told(status, out.getvalue(), err.getvalue())


def command_line(ledger: Path, *arguments: str, before: str = "") -> list[str]:
    """The command in a process of its own; `before` is Python that runs first in it."""
    return [sys.executable, "-c", f"{before}\n{PROGRAM}", "--ledger", str(ledger), *arguments]


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a process."""
    return {**os.environ, "PYTHONPATH": str(HOUSE), "PYTHONIOENCODING": "utf-8", **(changes or {})}


def tell_apart(ledger: Path, *arguments: str, before: str = "", env: Mapping[str, str] | None = None) -> Told:
    """Run one command in a process of its own, to its end."""
    done = subprocess.run(
        command_line(ledger, *arguments, before=before),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment(env),
        timeout=TIMEOUT_SECONDS,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def start(ledger: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start one command in a process of its own, and do not wait for it."""
    return subprocess.Popen(
        command_line(ledger, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(),
    )


def opened(ledger: Path) -> Path:
    """A fresh ledger of the sample's township."""
    told = tell(ledger, "init", "--place", PLACE, "--name", NAME)
    assert told.status == 0, told.err
    return ledger
