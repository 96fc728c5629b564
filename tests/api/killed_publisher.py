"""Publishes a log in a process that dies without a word at one operation on the disk.

python -m tests.api.killed_publisher BOOKS              publishes
python -m tests.api.killed_publisher BOOKS COPIES       publishes copies of the books, COPIES/1, COPIES/2 …, each in a
                                                        process that is killed at the operation of that number

Counted are the writes, syncs, renames and removals, and the moments before and after the signature. The second form
ends with the copy whose process was not killed any more, and prints its number.
"""

import os
import shutil
import sys
from pathlib import Path

from api.public_log import PublicLog
from domain.event import BookName
from tests.api.keeping_logs import SIGNER, Shelf
from tests.audit.log.killed_writer import Countdown, count_operations


class CountedSigner:
    """A key whose process may be killed right before it signs, or right after."""

    name, vkey = SIGNER.name, SIGNER.vkey

    def __init__(self, countdown: Countdown) -> None:
        self._sign = countdown.before(SIGNER.sign)
        self._return = countdown.before(lambda line: line)

    def sign(self, text: str) -> str:
        """The signature line."""
        line: str = self._return(self._sign(text))
        return line


def publish(path: Path, fatal: int) -> None:
    """Publish, as far as one gets."""
    shelf = Shelf(path)
    countdown = Countdown(fatal)
    count_operations(countdown)
    PublicLog(shelf, BookName.MONEY).publish([CountedSigner(countdown)])


def publish_copies(path: Path, copies: Path) -> int:
    """Publish one copy after the other until one is not killed; gives its number."""
    number = 0
    while True:
        number += 1
        shutil.copytree(path, copies / str(number))
        child = os.fork()
        if child == 0:
            publish(copies / str(number), number)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return number


def main(path: str, copies: str | None = None) -> None:
    """Publish one log, or many copies of it."""
    if copies is None:
        publish(Path(path), 0)
    else:
        sys.stdout.write(str(publish_copies(Path(path), Path(copies))))


if __name__ == "__main__":
    main(*sys.argv[1:])
