"""Books that are no more than numbers, and logs that grow behind them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from audit.log.folder import LogFolder
from audit.log.growing import Leaf, TreeHead, grow
from audit.merkle import EMPTY_ROOT

NOTHING = TreeHead(0, EMPTY_ROOT)


class Numbers:
    """A book whose n-th entry says its number; from `turned` on it says so in other words."""

    def __init__(self, *, turned: int | None = None) -> None:
        self.turned = turned

    def entry(self, index: int) -> bytes:
        says = "entry" if self.turned is None or index < self.turned else "another entry"
        return f"{says} {index}".encode()

    def hash(self, index: int) -> bytes:
        return hashlib.sha256(b"\x00" + self.entry(index)).digest()

    def hashes(self, size: int) -> list[bytes]:
        return [self.hash(index) for index in range(size)]

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        for index in range(since, through):
            yield Leaf(self.hash(index), self.entry(index))

    def link(self, size: int) -> bytes:
        words = "whole" if self.turned is None or size <= self.turned else f"turned at {self.turned}"
        return hashlib.sha256(f"{words}, {size}".encode()).digest()


def grown(path: Path, *sizes: int) -> tuple[LogFolder, TreeHead]:
    """A log that has grown to each of `sizes`, and was signed each time."""
    folder, head = LogFolder(path), NOTHING
    for size in sizes:
        head = grow(folder, Numbers(), size, head)
    return folder, head
