"""The shared strings of a long workbook, on disk: a million different words are not kept in memory.

They are numbered as they first appear in the sheet, so that reading a sheet asks for neighbours; the first ones, which
most cells repeat, are remembered.
"""

from array import array
from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryFile
from typing import IO
from xml.parsers import expat

from intake.reading.escapes import unescaped
from intake.reading.fault import damaged
from intake.reading.file_bytes import FileBytes
from intake.reading.parts import local

REMEMBERED = 50_000
REMEMBERED_CHARACTERS = 8 * 1024 * 1024
"""Of the first strings, and of the blocks; a string may have 30 KB."""

BLOCK = 256
"""Neighbours that are read at once."""


class SharedStrings:
    """Gives the string of a number."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Read the part `sharedStrings.xml`.

        Raises:
            Unreadable: when it is not well formed.
        """
        self._ends = array("Q")
        self._first: list[str] = []
        self._blocks: dict[int, list[str]] = {}
        self._size = self._first_characters = self._block_characters = 0
        with TemporaryFile() as file:
            _read(pieces, partial(self._add, file))
            file.flush()
            self._data = FileBytes(file)

    def __getitem__(self, number: int) -> str:
        """The string of that number.

        Raises:
            Unreadable: where there is none.
        """
        if number < len(self._first):
            return self._first[number]
        block, place = divmod(number, BLOCK)
        strings = self._blocks.get(block)
        if strings is None:
            strings = self._remembered(block)
        if place >= len(strings):
            raise damaged()
        return strings[place]

    def _remembered(self, block: int) -> list[str]:
        strings = self._read_block(block)
        if self._block_characters > REMEMBERED_CHARACTERS:
            self._blocks.clear()
            self._block_characters = 0
        self._block_characters += sum(map(len, strings))
        self._blocks[block] = strings
        return strings

    def _add(self, file: IO[bytes], text: str) -> None:
        data = text.encode()
        file.write(data)
        self._size += len(data)
        self._ends.append(self._size)
        if len(self._first) == len(self._ends) - 1 < REMEMBERED and self._first_characters < REMEMBERED_CHARACTERS:
            self._first.append(text)
            self._first_characters += len(text)

    def _read_block(self, block: int) -> list[str]:
        first = block * BLOCK
        ends = self._ends[first : first + BLOCK]
        if not ends:
            return []
        begin = self._ends[first - 1] if first else 0
        data = self._data[begin : ends[-1]]
        strings, at = [], 0
        for end in ends:
            strings.append(data[at : end - begin].decode())
            at = end - begin
        return strings


def _read(pieces: Iterator[bytes], add: Callable[[str], None]) -> None:
    strings = _Strings(add)
    try:
        for piece in pieces:
            strings.parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position only
    except expat.ExpatError as fault:
        raise damaged() from fault


class _Strings:
    """One pass over the part: the text of each `si`, without its phonetic guide."""

    def __init__(self, add: Callable[[str], None]) -> None:
        self._add = add
        self._text: list[str] = []
        self._phonetic = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, _: dict[str, str]) -> None:
        element = local(name)
        if element == "si":
            self._text.clear()
        elif element == "rPh":
            self._phonetic += 1
        elif element == "t" and not self._phonetic:
            self.parser.CharacterDataHandler = self._text.append

    def _end(self, name: str) -> None:
        element = local(name)
        if element == "t":
            self.parser.CharacterDataHandler = None
        elif element == "rPh":
            self._phonetic -= 1
        elif element == "si":
            self._add(unescaped("".join(self._text)))
