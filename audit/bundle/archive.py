"""A zip that has one writing only: a file that any tool opens, and of which no byte can be changed unseen.

Members are stored as they are, one behind the other from the first byte on; their headers say nothing but name, length
and CRC-32 (no times, no owners, no comments, no extra fields); the directory follows, and the end record::

    header ‖ content   header ‖ content   …   directory   [end record of zip64]   end record

So from names and contents the whole file can be made again, and reading is comparing: whatever is hidden between two
members, stands twice, is compressed, or is appended, differs from that. (PKWARE APPNOTE 6.3.10, 4.3 and 4.4.)

Standard library only: the verifier ships with this file.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from struct import Struct
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple, Self, cast

HEADER = Struct("<IHHHHHIIIHH")
RECORD = Struct("<IHHHHHHIIIHHHHHII")
END = Struct("<IHHHHIIH")
END_64 = Struct("<IQHHIIQQQQ")
LOCATOR_64 = Struct("<IIQI")

HEADER_TAG, RECORD_TAG, END_TAG = 0x04034B50, 0x02014B50, 0x06054B50
END_64_TAG, LOCATOR_64_TAG = 0x06064B50, 0x07064B50

VERSION, VERSION_64 = 20, 45
MADE_ON_UNIX = 3 << 8
STORED = 0
MIDNIGHT, FIRST_DAY = 0, 0x21
"""1980-01-01, the first day that a zip can name."""

READABLE_FILE = 0o100644 << 16
MANY = 0xFFFF
"""So many members, or more, are counted in the end record of zip64."""

LARGEST_ARCHIVE_BYTES = 0xFFFF_FFFE
LONGEST_NAME_BYTES = 255
PIECE_BYTES = 1 << 16
KEPT_IN_MEMORY_BYTES = 1 << 22


class ArchiveRefused(ValueError):
    """Bytes that are no such zip, or not the one that its members make; the text says where and why."""


class ArchiveTooLarge(ValueError):
    """What is to go in does not fit into 4 GiB."""


class Record(NamedTuple):
    """One member as the directory tells it; `start` is where its header begins."""

    name: str
    crc: int
    size: int
    start: int

    @property
    def header(self) -> bytes:
        """What stands before its content."""
        name = self.name.encode()
        told = (VERSION, 0, STORED, MIDNIGHT, FIRST_DAY, self.crc, self.size, self.size, len(name), 0)
        return HEADER.pack(HEADER_TAG, *told) + name

    @property
    def line(self) -> bytes:
        """What stands of it in the directory."""
        name = self.name.encode()
        made = (MADE_ON_UNIX | VERSION, VERSION, 0, STORED, MIDNIGHT, FIRST_DAY, self.crc, self.size, self.size)
        return RECORD.pack(RECORD_TAG, *made, len(name), 0, 0, 0, 0, READABLE_FILE, self.start) + name

    @property
    def content_start(self) -> int:
        """Where its content begins."""
        return self.start + HEADER.size + len(self.name.encode())

    @property
    def end(self) -> int:
        """The byte behind its content."""
        return self.content_start + self.size


class End(NamedTuple):
    """Where the directory is."""

    members: int
    start: int
    size: int

    @property
    def tail(self) -> bytes:
        """The end records."""
        count, found = self.members, b""
        if count >= MANY:
            told = (END_64.size - 12, MADE_ON_UNIX | VERSION_64, VERSION_64, 0, 0, count, count, self.size, self.start)
            found = END_64.pack(END_64_TAG, *told) + LOCATOR_64.pack(LOCATOR_64_TAG, 0, self.start + self.size, 1)
            count = MANY
        return found + END.pack(END_TAG, 0, 0, count, count, self.size, self.start, 0)


class ArchiveWriter:
    """Writes members to a file that is empty; nothing is kept in memory but a few megabytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory = cast("BinaryIO", SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES))  # noqa: SIM115  until `__exit__`
        self._members = 0
        self._end = 0

    def add(self, name: str, content: bytes | BinaryIO) -> tuple[int, bytes]:
        """Put one member in; gives its length and its SHA-256. A file is read twice from its beginning.

        Raises:
            ArchiveTooLarge: when it does not fit.
        """
        size, crc, digest = 0, 0, hashlib.sha256()
        for piece in _pieces_of(content):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            digest.update(piece)
        record = Record(name, crc, size, self._end)
        if record.end > LARGEST_ARCHIVE_BYTES:
            raise ArchiveTooLarge(f"With {name} there would be {record.end} bytes, more than {LARGEST_ARCHIVE_BYTES}.")
        self._file.write(record.header)
        for piece in _pieces_of(content):
            self._file.write(piece)
        self._directory.write(record.line)
        self._end, self._members = record.end, self._members + 1
        return size, digest.digest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.close()

    def finish(self) -> None:
        """Write directory and end.

        Raises:
            ArchiveTooLarge: when they do not fit.
        """
        end = End(self._members, self._end, self._directory.tell())
        if end.start + end.size + len(end.tail) > LARGEST_ARCHIVE_BYTES:
            raise ArchiveTooLarge(f"With its directory it would have more than {LARGEST_ARCHIVE_BYTES} bytes.")
        self._directory.seek(0)
        for piece in _pieces_of(self._directory):
            self._file.write(piece)
        self._file.write(end.tail)


class Archive:
    """A zip of this writing, read strictly; memory does not grow with it.

    Every byte was compared once `records` was read to its end and the content of each record as well.
    """

    def __init__(self, body: BinaryIO, directory: BinaryIO) -> None:
        """Take the same file twice, as two that are read independently; use `open`.

        Raises:
            ArchiveRefused: when its end is none.
        """
        self._body = body
        self._directory = directory
        self.end = _read_end(directory)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the zip at `path`.

        Raises:
            ArchiveRefused: when its end is none.
            OSError: when it cannot be read.
        """
        with ExitStack() as opened:
            archive = cls(opened.enter_context(path.open("rb")), opened.enter_context(path.open("rb")))
            opened.pop_all()
        return archive

    def close(self) -> None:
        """Close the file."""
        self._body.close()
        self._directory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def records(self) -> Iterator[Record]:
        """The members as the directory tells them: one behind the other, without a gap.

        Raises:
            ArchiveRefused: where it is written otherwise.
        """
        at, expected = self.end.start, 0
        for number in range(1, self.end.members + 1):
            self._directory.seek(at)
            record = _record(self._directory, number, expected)
            expected, at = record.end, at + len(record.line)
            yield record
        if expected != self.end.start:
            raise ArchiveRefused(
                f"Between the last member, which ends at {expected}, and the directory are more bytes."
            )
        if at != self.end.start + self.end.size:
            raise ArchiveRefused(f"The directory ends at byte {at}, not at {self.end.start + self.end.size}.")

    def content(self, record: Record) -> Iterator[bytes]:
        """The content of a member, piece by piece.

        Raises:
            ArchiveRefused: when its header or its CRC-32 is another.
        """
        self._body.seek(record.start)
        if self._body.read(len(record.header)) != record.header:
            raise ArchiveRefused(f"The header of {record.name} is not the one that the directory tells of.")
        crc, left = 0, record.size
        while left:
            self._body.seek(record.end - left)
            piece = self._body.read(min(PIECE_BYTES, left))
            if not piece:
                raise ArchiveRefused(f"The content of {record.name} is cut off.")
            crc, left = zlib.crc32(piece, crc), left - len(piece)
            yield piece
        if crc != record.crc:
            raise ArchiveRefused(
                f"The content of {record.name} was changed: CRC-32 {crc:08x}, {record.crc:08x} is told."
            )

    def lines(self, record: Record, longest_bytes: int) -> Iterator[bytes]:
        """The content of a member, line by line, each with its line feed.

        Raises:
            ArchiveRefused: as `content`, and for a line that is longer, or the last one without a line feed.
        """
        held = b""
        for piece in self.content(record):
            *whole, held = (held + piece).split(b"\n")
            for line in whole:
                yield line + b"\n"
            if len(held) > longest_bytes:
                raise ArchiveRefused(f"A line of {record.name} is longer than {longest_bytes} bytes.")
        if held:
            raise ArchiveRefused(f"{record.name} does not end in a line feed.")


def _pieces_of(content: bytes | BinaryIO) -> Iterable[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        yield piece


def _read_end(file: BinaryIO) -> End:
    """What the end records tell, when the file ends with them and they are as they would be written."""
    size = file.seek(0, 2)
    if size < END.size:
        raise ArchiveRefused(f"The file has {size} bytes; it is cut off, or no bundle.")
    if size > LARGEST_ARCHIVE_BYTES:
        raise ArchiveRefused(f"The file has {size} bytes, more than {LARGEST_ARCHIVE_BYTES}.")
    file.seek(size - END.size)
    tag, _, _, count, _, length, start, _ = END.unpack(file.read(END.size))
    if tag != END_TAG:
        raise ArchiveRefused(
            "The file does not end with the end record of a zip: it is cut off, or bytes were appended."
        )
    tail = END.size
    if count == MANY:
        tail += END_64.size + LOCATOR_64.size
        file.seek(max(size - tail, 0))
        record = file.read(END_64.size)
        count = END_64.unpack(record)[7] if len(record) == END_64.size else 0
    end = End(count, start, length)
    file.seek(max(size - tail, 0))
    if start + length + tail != size or file.read() != end.tail:
        raise ArchiveRefused("The end record does not fit the file: bytes were taken away, added or changed.")
    return end


def _record(file: BinaryIO, number: int, expected_start: int) -> Record:
    """The record at the file's place, when it is as it would be written."""
    raw = file.read(RECORD.size)
    if len(raw) < RECORD.size or (told := RECORD.unpack(raw))[0] != RECORD_TAG:
        raise ArchiveRefused(f"Line {number} of the directory is none.")
    crc, size, length = told[7], told[8], told[10]
    raw_name = file.read(min(length, LONGEST_NAME_BYTES))
    if not raw_name.isascii():
        raise ArchiveRefused(f"The name on line {number} of the directory is not ASCII.")
    record = Record(raw_name.decode("ascii"), crc, size, expected_start)
    if raw + raw_name != record.line:
        raise ArchiveRefused(
            f"Line {number} of the directory is not as it would be written: a member was moved, compressed, dated, "
            "commented or encrypted; or the file was packed anew."
        )
    return record
