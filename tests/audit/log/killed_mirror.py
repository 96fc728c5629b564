"""Brings a mirror on in a process of its own, which dies without a word at one operation on the disk.

python -m tests.audit.log.killed_mirror SOURCE MIRROR OPERATION
"""

import sys
from pathlib import Path

from audit.log.fetching import FolderLog
from audit.log.folder import LogFolder
from audit.log.mirror import Mirror
from audit.log.policy_file import parse_policy
from tests.audit.log.killed_writer import Countdown, count_operations
from tests.audit.log.serving_logs import LOG


def main(source: str, to: str, fatal: str) -> None:
    """Bring it on, as far as one gets."""
    policy = parse_policy(f"log {LOG.vkey}\nquorum none\n".encode())
    countdown = Countdown(int(fatal))
    count_operations(countdown)
    Mirror(FolderLog(Path(source)), LogFolder(Path(to)), policy).bring_on()
    sys.stdout.write(str(countdown.done))


if __name__ == "__main__":
    main(*sys.argv[1:])
