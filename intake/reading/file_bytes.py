"""The bytes of a file that is not taken into memory: sliced like `bytes`, read where they lie.

A package may hold a workbook of a hundred megabytes. What reads it asks for a few pieces at a time, and need not know
whether they come from memory or from a file.
"""

import io
import os
import weakref
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

PIECE = 1 << 20
KEPT = 2 * PIECE
"""Bytes of a file that are simply held; a larger one lies on disk."""


class FileBytes:
    """An open file as a sequence of bytes; the file must not change.

    It stays open as long as somebody reads it, whatever becomes of its name.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Read what `file` is; the caller may close it."""
        self._descriptor = os.dup(file.fileno())
        self._size = os.fstat(self._descriptor).st_size
        weakref.finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> bytes:
        begin, end, _ = wanted.indices(self._size)
        pieces = []
        while begin < end:
            piece = os.pread(self._descriptor, min(end - begin, PIECE), begin)
            if not piece:
                break
            pieces.append(piece)
            begin += len(piece)
        return b"".join(pieces)

    def startswith(self, prefix: bytes | tuple[bytes, ...]) -> bool:
        """Whether the file begins so."""
        return self[:64].startswith(prefix)

    def isspace(self) -> bool:
        """Whether there is nothing but white space in it."""
        return all(piece.isspace() for piece in self.pieces())

    def rfind(self, wanted: bytes, begin: int) -> int:
        """Where `wanted` stands last behind `begin`; -1 where it does not. Reads all that lies behind `begin`."""
        found = self[begin:].rfind(wanted)
        return -1 if found < 0 else begin + found

    def pieces(self) -> Iterator[bytes]:
        """All of it, a piece at a time."""
        for begin in range(0, self._size, PIECE):
            yield self[begin : begin + PIECE]

    def open(self) -> BinaryIO:
        """A reader of its own over the same file."""
        return io.BufferedReader(_Reader(self), PIECE)


class _Reader(io.RawIOBase):
    """Reads from wherever it stands, without moving anybody else."""

    def __init__(self, data: FileBytes) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the library's stub is wider
        piece = self._data[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


Data = bytes | FileBytes
"""The content of a file, in memory or not."""


def opened(data: Data) -> BinaryIO:
    """A reader over `data`."""
    return io.BytesIO(data) if isinstance(data, bytes) else data.open()


def pieces_of(data: Data) -> Iterator[bytes]:
    """All of `data`, a piece at a time."""
    if isinstance(data, bytes):
        yield from (data[begin : begin + PIECE] for begin in range(0, len(data), PIECE))
    else:
        yield from data.pieces()


def whole(data: Data) -> bytes:
    """All of `data` in memory."""
    return data if isinstance(data, bytes) else data[:]


def read_file(path: Path) -> Data:
    """The content of a plain file as it is now, copied: whoever saves it meanwhile does not change what is read."""
    with path.open("rb") as file:
        return kept(iter(partial(file.read, PIECE), b""))


def kept(pieces: Iterator[bytes]) -> Data:
    """What `pieces` come to: held where it is little, else in a file without a name that goes with its last reader."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > KEPT:
            break
    else:
        return b"".join(held)
    with TemporaryFile() as file:
        for piece in chain(held, pieces):
            file.write(piece)
        file.flush()
        return FileBytes(file)
