"""What can go wrong with a book, one class a fault.

::

    BookFault
    ├── BookMissing       no file, or no folder for it; no schema
    ├── BookExists        a file or schema is there already
    ├── NotABook          a file or schema that is something else, or has no head
    ├── BookIsReadOnly    opened for reading, asked to append
    ├── BookUnavailable   locked for too long, disk full, no permission, connection lost
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
    """There is no file at `path`, or no such schema."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"There is no book at {path}. Make the ledger first, or name the folder that holds it.")
        self.path = path


class BookExists(BookFault):
    """A book was to be made where a file or a schema is already."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"There is something at {path} already. A book is never made over another; open it.")
        self.path = path


class NotABook(BookFault):
    """What is at `path` is no book that this version can read."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"What is at {path} is not a book: {why}. If it was one, verify it, then restore a copy.")
        self.path = path


class BookIsReadOnly(BookFault):
    """Somebody appended to a book that was opened for reading."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The book {name} was opened for reading. Open it for writing to append to it.")


class BookUnavailable(BookFault):
    """The engine could not do what was asked; `why` is what it said.

    What was being appended is not acknowledged. On a file it is not recorded either; where the connection to a server
    was lost, the server may have recorded it all, or nothing of it, and nobody here can tell. Append it again: a
    `Conflict` on its first version says that something is there, and the application compares the content with its
    own (DESIGN §3).
    """

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
