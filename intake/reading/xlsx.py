"""`.xlsx` and `.xlsm` by `python-calamine`, which sees only what `parts` and `scan` have let pass."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from xml.parsers import expat

from python_calamine import CalamineWorkbook

from intake.cells.text import Raw
from intake.reading.book import RawSheet, calamine_sheet, open_calamine
from intake.reading.date_styles import DateStyles
from intake.reading.fault import damaged, too_large
from intake.reading.file_bytes import Data, whole
from intake.reading.limits import Limits
from intake.reading.long_sheet import long_rows
from intake.reading.parts import SHARED_STRINGS, STYLES, Parts, SheetPart
from intake.reading.scan import Extent, extent_of, plain_extent
from intake.reading.shared_strings import SharedStrings

LONGEST_TAG = 64
"""Bytes that are looked at again where a piece ends within the tag that ends a string."""

LONGEST_CELL = 1 << 20
_PLAIN_SHARED = re.compile(rb'<c [^>]*t="s"[^>]*><v>([0-9]{1,9})</v>')
_END_OF_STRING = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")


class XlsxBook:
    """A workbook whose parts are within their limits.

    Raises:
        Unreadable: on opening, as `Parts` does; `sheet` also when the sheet reaches too far.
    """

    def __init__(self, data: Data, *, limits: Limits) -> None:
        self._limits = limits
        self._data = data
        self._parts = Parts(data, limits=limits)
        self._sheets = {sheet.title: sheet for sheet in self._parts.sheets}
        self._extents: dict[str, Extent] = {}
        self._read: dict[str, RawSheet] = {}
        if len(self._sheets) < len(self._parts.sheets):
            raise damaged("工作簿里有重名的工作表", "the workbook holds two sheets of one name")

    @property
    def titles(self) -> list[str]:
        """The titles of the worksheets, in the order of the workbook."""
        return list(self._sheets)

    def size_of(self, title: str) -> tuple[int, int]:
        """Rows and columns up to the furthest filled cell of a sheet."""
        extent = self._extent(self._sheets[title])
        return extent.last_row, extent.last_column

    def sheets(self, title: str) -> list[RawSheet]:
        """The sheet of that title; one, since a workbook can be read in one way only."""
        if title not in self._read:
            part = self._sheets[title]
            extent = self._extent(part)
            self._read[title] = RawSheet(
                title=title,
                rows=self._long(part)
                if self._is_long(extent)
                else calamine_sheet(self._workbook, title, extent.errors),
                hidden=part.hidden,
                hidden_rows=frozenset(extent.hidden_rows),
                hidden_columns=frozenset(extent.hidden_columns),
                epoch_1904=self._parts.epoch_1904,
                filled=extent.filled,
            )
        return [self._read[title]]

    @cached_property
    def _workbook(self) -> CalamineWorkbook:
        return open_calamine(BytesIO(whole(self._data)))

    def _is_long(self, extent: Extent) -> bool:
        """Whether the sheet is read row by row."""
        return extent.last_row * extent.last_column > self._limits.kept_cells

    def _long(self, sheet: SheetPart) -> Callable[[], Iterator[Sequence[Raw]]]:
        return long_rows(lambda: self._parts.read(sheet.part), self._strings, self._styles)

    @cached_property
    def _strings(self) -> SharedStrings:
        return SharedStrings(self._parts.read(SHARED_STRINGS))

    @cached_property
    def _styles(self) -> DateStyles:
        return DateStyles(self._parts.read(STYLES), epoch_1904=self._parts.epoch_1904)

    def _extent(self, sheet: SheetPart) -> Extent:
        """What the sheet's XML says, looked up once."""
        found = self._extents.get(sheet.title)
        if found is None:
            found = plain_extent(self._parts.read(sheet.part), limits=self._limits)
            if found is None:
                found = extent_of(self._parts.read(sheet.part), limits=self._limits)
            if not self._is_long(found):
                self._refuse_long_text(sheet, found)
            self._extents[sheet.title] = found
        return found

    def _refuse_long_text(self, sheet: SheetPart, extent: Extent) -> None:
        """Raises `Unreadable` when the copies of shared strings would come to more than may be held.

        A string of 30 KB that stands once in the file may stand in a million cells.
        """
        lengths = self._lengths_of_shared_strings() if extent.shared else []
        limit = self._limits.text_bytes
        if max(lengths, default=0) * extent.shared <= limit:
            return
        used = sum(lengths[at] for at in self._shared_strings_of(sheet, extent) if at < len(lengths))
        if used > limit:
            raise too_large("文字总量（字节）", "bytes of text", found=used, limit=limit)

    def _shared_strings_of(self, sheet: SheetPart, extent: Extent) -> list[int]:
        """The numbers of the shared strings in a sheet, by a quick look where that finds every one of them."""
        quick = plain_shared_strings(self._parts.read(sheet.part))
        return quick if len(quick) == extent.shared else shared_strings_in(self._parts.read(sheet.part))

    def _lengths_of_shared_strings(self) -> list[int]:
        """Bytes of XML of each shared string, which bounds its text."""
        lengths: list[int] = []
        before, rest = 0, b""
        for piece in self._parts.read(SHARED_STRINGS):
            first, *others = _END_OF_STRING.split(rest + piece)
            rest = others[-1] if others else first
            if others:
                lengths += [before + len(first), *map(len, others[:-1])]
                before = 0
            before += max(len(rest) - LONGEST_TAG, 0)
            rest = rest[-LONGEST_TAG:]
            if len(lengths) > self._limits.cells:
                raise too_large("共享字符串", "shared strings", found=len(lengths), limit=self._limits.cells)
        return lengths


def plain_shared_strings(pieces: Iterator[bytes]) -> list[int]:
    """The same as `shared_strings_in` for cells as most programs write them; others are left out."""
    found: list[int] = []
    rest = b""
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"<c ") if len(rest) < LONGEST_CELL else len(text)
        cut, rest = (cut, text[cut:]) if cut >= 0 else (len(text), b"")
        found.extend(map(int, _PLAIN_SHARED.findall(text[:cut])))
    found.extend(map(int, _PLAIN_SHARED.findall(rest)))
    return found


def shared_strings_in(pieces: Iterator[bytes]) -> list[int]:
    """The numbers of the shared strings that the cells of a sheet hold, each as often as it is held."""
    found: list[int] = []
    text: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            parser.EndElementHandler = end if attributes.get("t") == "s" else None
        elif local == "v":
            text.clear()
            parser.CharacterDataHandler = text.append

    def end(name: str) -> None:
        if name.rpartition(":")[2] == "v":
            parser.CharacterDataHandler = None
            figures = "".join(text).strip()
            if figures.isdigit() and len(figures) < 10:  # noqa: PLR2004  no workbook has so many
                found.append(int(figures))

    parser.StartElementHandler = start
    for piece in pieces:
        parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position only
    return found
