"""While an import records on one core, another process projects what is recorded already (DESIGN §9).

It only saves time: whoever records brings the views up to the books afterwards, and runs the rules. A projection that
fails here, or is killed, is done there.

    python -m api.meanwhile LEDGER    projects until its standard input is closed
"""

import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from api.folder import Folder
from api.storage import storage_of

LOOKS_EVERY_S = 0.05
ENDS_WITHIN_S = 60
"""How long the batch that is being projected may take; then the process is ended, and the batch is not there."""


@contextmanager
def projecting_meanwhile(ledger: Path) -> Iterator[None]:
    """Have another process project the ledger at this path, until the end of the block."""
    process = _started(ledger)
    try:
        yield
    finally:
        if process is not None:
            _end(process)


def _started(ledger: Path) -> "subprocess.Popen[bytes] | None":
    """The process; None on a machine that cannot start one now."""
    command = [sys.executable, "-m", "api.meanwhile", str(ledger)]
    nowhere = subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)  # noqa: S603  our own
    except OSError:
        return None


def _end(process: "subprocess.Popen[bytes]") -> None:
    with process:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()


def project_until_told(path: Path) -> None:
    """Project what comes, until standard input is closed; also when whoever opened it is killed."""
    from domain.event import BookName
    from projections.runner import Projector

    storage = storage_of(Folder(path))
    with ExitStack() as opened:
        opened.callback(storage.close)
        feeds = {book.value: opened.enter_context(storage.book(book, read_only=True)) for book in BookName}
        while not select.select([sys.stdin], [], [], LOOKS_EVERY_S)[0]:
            Projector(storage.views(), feeds).catch_up()


if __name__ == "__main__":
    project_until_told(Path(sys.argv[1]))
