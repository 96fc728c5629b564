"""A log's files in a folder, written so that whatever stops the writer leaves each of them whole or absent.

What is to be written is put beside its place first and appears there when all of it is on the disk, so that a reader
never sees half a tile, and nobody is told of a tree whose tiles a power cut could still take away.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

BESIDE = ".new"
"""Ends the name of a file that is not in its place yet. No tile is called so."""

IS_WINDOWS = os.name == "nt"


class LogFolder:
    """The files of one log below `path`; one writer at a time, any number of readers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[Path] = []

    def make(self) -> None:
        """Make the folder itself, if it is not there."""
        _make_folder(self.path)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, `path` as in the log's address; None when there is none."""
        try:
            return (self.path / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put(self, path: str, content: bytes) -> None:
        """Write a file beside its place, where nobody sees it until `settle`."""
        place = self.path / path
        try:
            _beside(place).write_bytes(content)
        except FileNotFoundError:
            _make_folder(place.parent)
            _beside(place).write_bytes(content)
        self._waiting.append(place)

    def settle(self) -> None:
        """Let all that was `put` appear, in that order, each file whole and all of them on the disk at the end."""
        for place in self._waiting:
            _sync(_beside(place))
        for place in self._waiting:
            _beside(place).replace(place)
        for folder in dict.fromkeys(place.parent for place in self._waiting):
            _sync_folder(folder)
        self._waiting.clear()

    def write(self, path: str, content: bytes) -> None:
        """Write one file, durably and at once."""
        self.put(path, content)
        self.settle()

    def drop_partials(self, path: str) -> None:
        """Take away the partial tiles that the full one at `path` has taken the place of."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.path / f"{path}.p")


def _beside(place: Path) -> Path:
    return place.with_name(place.name + BESIDE)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each of which is to be found again after a power cut."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(exist_ok=True)
        _sync_folder(made.parent)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Windows has no such thing, and writes names through by itself."""
    if not IS_WINDOWS:  # pragma: no branch
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
