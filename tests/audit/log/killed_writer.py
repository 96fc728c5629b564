"""Grows a log in a process of its own, and dies without a word at one operation on the disk.

python -m tests.audit.log.killed_writer FOLDER SIZE OPERATION

OPERATION counts the writes, syncs, renames and removals; beyond the last one the process ends well, and prints how many
there were.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.log.folder import LogFolder
from audit.log.growing import grow
from tests.audit.log.writing_logs import NOTHING, Numbers


class Countdown:
    """Counts operations, and kills the process before the one that it is told."""

    def __init__(self, fatal: int) -> None:
        self.done = 0
        self._fatal = fatal

    def before(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.done += 1
            if self.done == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return operation(*arguments, **named)

        return counted


def count_operations(countdown: Countdown) -> None:
    """Let the countdown hear of whatever the writer asks of the disk."""
    for owner, name in (
        (Path, "write_bytes"),
        (Path, "replace"),
        (Path, "mkdir"),
        (os, "fsync"),
        (shutil, "rmtree"),
    ):
        setattr(owner, name, countdown.before(getattr(owner, name)))


def main(path: str, size: str, fatal: str) -> None:
    """Grow, as far as one gets."""
    countdown = Countdown(int(fatal))
    count_operations(countdown)
    grow(LogFolder(Path(path)), Numbers(), int(size), NOTHING)
    sys.stdout.write(str(countdown.done))


if __name__ == "__main__":
    main(*sys.argv[1:])
