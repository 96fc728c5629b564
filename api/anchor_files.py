"""Where the time stamps over a log's heads lie (DESIGN §4).

    <ledger>/log/<book>/anchors/
        <size>.checkpoint, <size>.tsr            a checkpoint as it was stamped, and the answer with the stamp
        renewed/<n>.sums, renewed/<n>.tsr        a list of such files that were stamped again (audit.renewals)
        pending/<digest>.checkpoint|.sums, .tsq  what was asked for by file and is not answered yet
        lock                                     one process asks at a time

An answer appears when what it is over is on the disk; no answer is ever written over.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from api.public_log import Logged
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.folder import LogFolder
from audit.log.note import parse
from audit.renewals import CHECKPOINT, STAMP, SUMS, Stamped, read_list
from audit.timestamps import StampInvalid
from domain.event import BookName

REQUEST = ".tsq"
LOCK = "lock"
RENEWED, PENDING = "renewed/", "pending/"

_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_CHECKPOINT_NAME = re.compile(rf"({_NUMBER.pattern}){re.escape(CHECKPOINT)}")


class Wanted(NamedTuple):
    """What is to be stamped: a checkpoint's file, or a list of stamps; as `audit.renewals.Stamped`."""

    ending: str
    message: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex: under this a request waits for its answer."""
        return hashlib.sha256(self.message).hexdigest()


class AnchorFiles:
    """The stamps over one log's heads."""

    def __init__(self, ledger: Logged, book: BookName) -> None:
        self.folder = LogFolder(ledger.folder.logs / book.value / "anchors")

    def sizes(self) -> list[int]:
        """The sizes whose checkpoints are stamped, ascending."""
        return self._numbers("")

    def anchors(self) -> Iterator[Stamped]:
        """The stamped checkpoints, by their size."""
        return (self.named(str(size)) for size in self.sizes())

    def renewals(self) -> list[Stamped]:
        """The lists by which stamps were stamped again, in their order."""
        return [self.named(f"{RENEWED}{number}") for number in self._numbers(RENEWED)]

    def anchor(self, size: int) -> Stamped | None:
        """The stamped checkpoint of that size."""
        return self.named(str(size)) if size in self.sizes() else None

    def named(self, name: str) -> Stamped:
        """The stamp of that name, `<size>` or `renewed/<n>`."""
        ending = SUMS if name.startswith(RENEWED) else CHECKPOINT
        return Stamped(name, ending, self.folder.read(f"{name}{ending}"), self.folder.read(f"{name}{STAMP}") or b"")

    def covering(self, position: int) -> dict[str, bytes]:
        """The files of the first stamp over an entry, and of its renewals, by their names; none when there is no such.

        It is what an evidence bundle takes along; the whole judgement is `audit.renewals.judge`.
        """
        size = next((size for size in self.sizes() if size >= position), None)
        if size is None:
            return {}
        found = self.named(str(size)).files
        for renewal in self.renewals():
            if renewal.message is not None and _lists_one_of(renewal.message, found):
                found.update(renewal.files)
        return found

    def name_for(self, wanted: Wanted) -> str:
        """Under which name a stamp over `wanted` is to be kept.

        Raises:
            NoteInvalid: when it is to be a checkpoint and is none.
        """
        if wanted.ending == CHECKPOINT:
            return str(checkpoint_in(wanted.message).size)
        return f"{RENEWED}{max(self._numbers(RENEWED), default=0) + 1}"

    def head_of(self, wanted: Wanted) -> Checkpoint:
        """The checkpoint that `wanted` is; of a list, the newest one that it names, or that is here.

        Raises:
            NoteInvalid, StampInvalid: when there is none.
        """
        if wanted.ending == CHECKPOINT:
            return checkpoint_in(wanted.message)
        listed = [told for name in read_list(wanted.message) if (told := _CHECKPOINT_NAME.fullmatch(name))]
        sizes = [int(told[1]) for told in listed] or self.sizes()
        newest = self.anchor(max(sizes, default=0))
        if newest is None or newest.message is None:
            raise StampInvalid("The list is over no checkpoint that is here.")
        return checkpoint_in(newest.message)

    def keep(self, wanted: Wanted, answer: bytes) -> Stamped:
        """Keep an answer that was verified, with what it is over."""
        name = self.name_for(wanted)
        self.folder.write(f"{name}{wanted.ending}", wanted.message)
        self.folder.write(f"{name}{STAMP}", answer)
        return Stamped(name, wanted.ending, wanted.message, answer)

    def wait_for(self, wanted: Wanted, request: bytes) -> None:
        """Remember what is asked for by file."""
        self.folder.write(f"{PENDING}{wanted.digest}{wanted.ending}", wanted.message)
        self.folder.write(f"{PENDING}{wanted.digest}{REQUEST}", request)

    def waited_for(self, digest: str) -> tuple[Wanted, bytes] | None:
        """What is waited for under a digest, and the request; None when nothing is."""
        request = self.folder.read(f"{PENDING}{digest}{REQUEST}")
        for ending in (CHECKPOINT, SUMS):
            message = self.folder.read(f"{PENDING}{digest}{ending}")
            if message is not None and request is not None:
                return Wanted(ending, message), request
        return None

    def forget(self, wanted: Wanted) -> None:
        """Wait for it no more."""
        for ending in (REQUEST, wanted.ending):
            (self.folder.path / f"{PENDING}{wanted.digest}{ending}").unlink(missing_ok=True)

    def _numbers(self, below: str) -> list[int]:
        """The numbers under which answers lie."""
        with suppress(FileNotFoundError):
            names = [file.stem for file in (self.folder.path / below).iterdir() if file.suffix == STAMP]
            return sorted(int(name) for name in names if _NUMBER.fullmatch(name))
        return []


def checkpoint_in(message: bytes) -> Checkpoint:
    """The checkpoint that a signed note tells.

    Raises:
        NoteInvalid: when it is none.
    """
    return parse_text(parse(message).text)


def _lists_one_of(message: bytes, files: dict[str, bytes]) -> bool:
    try:
        return not read_list(message).keys().isdisjoint(files)
    except StampInvalid:
        return False
