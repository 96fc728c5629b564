"""What can go wrong with a book, one class a fault.

::

    BookFault
    ├── BookMissing       no file, or no folder for it
    ├── BookExists        a file is there already
    ├── NotABook          a file that is something else, or has no head
    ├── BookIsReadOnly    opened for reading, asked to append
    ├── BookUnavailable   locked for too long, disk full, no permission
    ├── BookDamaged       an entry that must be there is not, or is none
    ├── Conflict          the stream has that version already
    └── OutOfSequence     the stream lacks the version before

Tampering is no fault but a finding (`audit.verify`). What cannot be an entry is `audit.seal.NotAnEntry`.
"""

from pathlib import Path
from uuid import UUID


class BookFault(Exception):
    """A book could not be opened, read or appended to."""


class BookMissing(BookFault):
    """There is no file at `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no book at {path}. Make the ledger first, or name the folder that holds it.")
        self.path = path


class BookExists(BookFault):
    """A book was to be made where a file is already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is a file at {path} already. A book is never made over another; open it.")
        self.path = path


class NotABook(BookFault):
    """The file at `path` is no book that this version can read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The file {path} is not a book: {why}. If it was one, verify it, then restore a copy.")
        self.path = path


class BookIsReadOnly(BookFault):
    """Somebody appended to a book that was opened for reading."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The book {name} was opened for reading. Open it for writing to append to it.")


class BookUnavailable(BookFault):
    """The engine could not do what was asked; `why` is what it said."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The book {name} cannot be used now: {why}. What was being appended is not acknowledged.")


class BookDamaged(BookFault):
    """An entry that the head answers for is not there, or is none."""

    def __init__(self, name: str, position: int) -> None:
        super().__init__(f"The book {name} lacks a sound entry at, or soon behind, position {position}. Verify it.")
        self.position = position


class Conflict(BookFault):
    """Another append has already written this version of the stream; nothing of this one was recorded."""

    def __init__(self, stream: UUID, version: int) -> None:
        super().__init__(
            f"Stream {stream} has a version {version} already. Read the stream again: if its content is the same, "
            "it is recorded; if not, decide anew."
        )
        self.stream = stream
        self.version = version


class OutOfSequence(BookFault):
    """A stream's versions go 1, 2, 3 …; this one would leave a gap. Nothing was recorded."""

    def __init__(self, stream: UUID, version: int) -> None:
        super().__init__(f"Stream {stream} cannot take version {version}: there is no version {version - 1} before it.")
        self.stream = stream
        self.version = version
