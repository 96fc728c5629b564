"""Making a bundle: members come in their order and go straight to the file; nothing kept grows with the entries.

Whoever makes one is not believed by whoever reads it (`audit.bundle.examining`), so nothing is checked here but the
order of the members.
"""

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import BinaryIO, Self, cast

from audit.bundle.archive import KEPT_IN_MEMORY_BYTES, ArchiveWriter
from audit.bundle.layout import CHECKPOINTS, ENTRIES, MANIFEST, PROOFS, Place, order_of, place_of
from audit.bundle.manifest import Manifest, lines_of, member_line
from audit.log.receipt import Receipt


class BundleWriter:
    """Writes one bundle to a file that is empty and can be read again."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = ArchiveWriter(file)
        self._lines = cast("BinaryIO", SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES))  # noqa: SIM115  until `__exit__`
        self._last: Place | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._archive.__exit__()

    def add(self, name: str, content: bytes | BinaryIO) -> None:
        """Put a member in; a file is read from its beginning.

        Raises:
            NoMember: when no member is called so.
            ValueError: when it does not come behind the last one.
            ArchiveTooLarge: when it does not fit.
        """
        place = place_of(name)
        if self._last is not None and order_of(place) <= order_of(self._last):
            raise ValueError(f"{name} does not come behind {self._last.name}.")
        size, sha256 = self._archive.add(name, content)
        self._lines.write(member_line(name, size, sha256) + b"\n")
        self._last = place

    def finish(self, manifest: Manifest) -> None:
        """Put the manifest behind all other members, and end the file.

        Raises:
            ArchiveTooLarge: when it does not fit.
        """
        with TemporaryFile() as spooled:
            for piece in lines_of(manifest, self._told()):
                spooled.write(piece)
            self._archive.add(MANIFEST, spooled)
        self._archive.finish()

    def _told(self) -> Iterator[bytes]:
        self._lines.seek(0)
        return (line.removesuffix(b"\n") for line in self._lines)


def checkpoint_name(book: str) -> str:
    """Where the head of a book stands."""
    return Place(CHECKPOINTS, book).name


def entry_name(book: str, position: int) -> str:
    """Where an entry stands."""
    return Place(ENTRIES, book, number=position).name


def proof_name(book: str, position: int) -> str:
    """Where the proof of an entry stands."""
    return Place(PROOFS, book, number=position).name


def proof_content(position: int, hashes: Iterable[bytes]) -> bytes:
    """The proof of an entry: with a checkpoint behind it, it is a receipt of c2sp.org/tlog-proof."""
    return str(Receipt(position - 1, tuple(hashes), checkpoint="")).encode()
