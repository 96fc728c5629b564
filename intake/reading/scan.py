"""What a sheet's XML says beside its values: how far it reaches, which rows and columns are hidden, error values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from intake.reading.fault import Unreadable, damaged, too_large
from intake.reading.limits import LAST_ROW, Limits

LAST_COLUMN = 16_384
_LETTERS_OF_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"')
_NUMBER_OF_PLAIN_CELL = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_PLAIN_ROW = re.compile(rb'<row r="[0-9]')
_NOT_PLAIN = (b"hidden", b't="e"', b"zeroHeight", b'ht="0"', b'width="0"', b"<!", b"'e'", b":c", b":row")
"""Signs of something that only the whole look finds: hidden rows, error values, and any other way of writing XML."""

LONGEST_ROW = 4 * 1024 * 1024


@dataclass(slots=True)
class Extent:
    """What was found in one sheet.

    filled:          cells that hold something.
    shared:          of these, cells that hold a shared string.
    last_row:        the lowest row with a filled cell, from 1.
    last_column:     the furthest column with one, from 1.
    hidden_rows:     hidden rows that hold something.
    hidden_columns:  hidden columns, from 1, up to the furthest that Excel has.
    errors:          row → column → `#REF!`.
    """

    filled: int = 0
    shared: int = 0
    last_row: int = 0
    last_column: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)


def extent_of(pieces: Iterator[bytes], *, limits: Limits) -> Extent:
    """Looks through the whole XML of a sheet, element by element.

    Raises:
        Unreadable: when it is not well formed, or reaches or holds more than `limits.cells`.
    """
    scan = _Scan(limits)
    parser = scan.parser
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as fault:
        raise damaged() from fault
    scan.end_of_error()
    refuse_what_reaches_too_far(scan.extent, limits)
    return scan.extent


def plain_extent(pieces: Iterator[bytes], *, limits: Limits) -> Extent | None:
    """The same at five times the speed for a sheet that has nothing special, as most have; None for any other."""
    extent = Extent()
    rest = b""
    for piece in pieces:
        text = rest + piece
        cut = max(text.rfind(b"<row "), 0)
        rest = text[cut:]
        if len(rest) > LONGEST_ROW or not _read_plainly(text[:cut], extent):
            return None
    if not _read_plainly(rest, extent) or extent.last_row * extent.last_column > limits.cells:
        return None
    return extent


def _read_plainly(text: bytes, extent: Extent) -> bool:
    """Adds the cells of `text` to `extent`; False where the text needs a closer look."""
    if any(sign in text for sign in _NOT_PLAIN):
        return False
    letters = _LETTERS_OF_PLAIN_CELL.findall(text)  # two looks, each for one thing, cost half of one look for both
    rows, behind = text.partition(b"</sheetData>")[::2]
    if len(letters) != rows.count(b"<c") - rows.count(b"<col") or len(_PLAIN_ROW.findall(text)) != rows.count(b"<row"):
        return False
    if b"<c " in behind or b"<row" in behind:
        return False
    if letters:
        extent.filled += len(letters)
        extent.shared += text.count(b't="s"')
        extent.last_row = max(extent.last_row, *map(int, set(_NUMBER_OF_PLAIN_CELL.findall(text))))
        extent.last_column = max(extent.last_column, *(column_number(one.decode()) for one in set(letters)))
    return extent.last_column <= LAST_COLUMN


def column_number(letters: str) -> int:
    """`A` is 1, `XFD` is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 is `A`, 28 is `AB`."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def refuse_what_reaches_too_far(extent: Extent, limits: Limits) -> None:
    """Raises `Unreadable` when rows × columns up to the furthest filled cell are more than may be held."""
    if extent.last_row * extent.last_column > limits.cells:
        far = f"{column_letters(extent.last_column)}{extent.last_row}"
        raise Unreadable(
            f"内容一直延伸到 {far}，超过 {limits.cells} 个单元格",
            f"the content reaches as far as {far}, more than {limits.cells} cells",
            "删除表格以外的多余内容，或拆分成几个文件 / Delete what lies outside the table, or split the file.",
        )


class _Scan:
    """One pass over a sheet's XML."""

    def __init__(self, limits: Limits) -> None:
        self.extent = Extent()
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._root
        self._limits = limits
        self._rows = 0
        self._row = 0
        self._row_text = ""
        self._row_is_hidden = False
        self._cell: list[str] = []
        self._column = 0
        self._numbers: dict[str, int] = {}
        self._error: list[str] | None = None
        self._error_at = (0, 0)
        self._handlers: dict[str, Any] = {}

    def _root(self, name: str, attributes: list[str]) -> None:
        """The root says under which prefix the elements go."""
        prefix = name.removesuffix("worksheet")
        self._handlers = {
            f"{prefix}{element}": handler
            for element, handler in (
                ("c", self._at_cell),
                ("v", self._at_value),
                ("is", self._at_value),
                ("row", self._at_row),
                ("col", self._at_columns),
            )
        }
        self.parser.StartElementHandler = self._element

    def _element(self, name: str, attributes: list[str]) -> None:
        handler = self._handlers.get(name)
        if handler is not None:
            handler(attributes)

    def _at_row(self, attributes: list[str]) -> None:
        self._rows += 1
        if self._rows > LAST_ROW:
            raise too_large("工作表行数", "rows of the sheet", found=self._rows, limit=LAST_ROW)
        self._column = 0
        self._row += 1
        self._row_is_hidden = False
        if attributes:
            said = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self._row = whole(said.get("r"), default=self._row)
            self._row_is_hidden = is_true(said.get("hidden")) or said.get("ht") == "0"
        self._row_text = str(self._row)

    def _at_cell(self, attributes: list[str]) -> None:
        if self._error is not None:
            self.end_of_error()
        self._cell = attributes
        if attributes and attributes[0] == "r":
            reference = attributes[1]
        elif len(attributes) > 2 and "r" in attributes[2::2]:  # noqa: PLR2004  more than one attribute
            reference = attributes[attributes.index("r") + 1]
        else:
            self._column += 1
            return
        if not reference.endswith(self._row_text) or not (letters := reference[: -len(self._row_text)]).isalpha():
            letters = reference.rstrip("0123456789")
            self._row = whole(reference[len(letters) :], default=self._row)
            self._row_text = str(self._row)
        column = self._numbers.get(letters)
        if column is None:
            column = self._numbers[letters] = known_column(letters)
        self._column = column

    def _at_value(self, attributes: list[str]) -> None:
        extent = self.extent
        extent.filled += 1
        if extent.filled > self._limits.cells:
            raise too_large("工作表有内容的单元格", "filled cells", found=extent.filled, limit=self._limits.cells)
        extent.last_row = max(extent.last_row, self._row)
        extent.last_column = max(extent.last_column, self._column)
        if self._row_is_hidden:
            extent.hidden_rows.add(self._row)
        if "t" in self._cell[::2]:
            kind = self._cell[self._cell.index("t") + 1]
            extent.shared += kind == "s"
            if kind == "e":
                self._error, self._error_at = [], (self._row, self._column)
                self.parser.CharacterDataHandler = self._error.append

    def _at_columns(self, attributes: list[str]) -> None:
        said = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if is_true(said.get("hidden")) or said.get("width") == "0":
            first = whole(said.get("min"), default=1)
            last = min(whole(said.get("max"), default=first), LAST_COLUMN)
            self.extent.hidden_columns.update(range(first, last + 1))

    def end_of_error(self) -> None:
        """Keeps the error value that was being read."""
        if self._error is None:
            return
        self.parser.CharacterDataHandler = None
        text = "".join(self._error).strip() or "#N/A"
        self._error = None
        self.extent.errors.setdefault(self._error_at[0], {})[self._error_at[1]] = text


def whole(text: str | None, *, default: int) -> int:
    """A row or column number; `default` where there is none.

    Raises:
        Unreadable: when it is no number that Excel has.
    """
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LAST_ROW):  # noqa: PLR2004
        raise damaged("单元格位置无效", "a cell has a position that no sheet has")
    return int(text)


def known_column(letters: str) -> int:
    """The column of the letters.

    Raises:
        Unreadable: when Excel has no such column.
    """
    number = column_number(letters.upper()) if letters.isascii() and letters.isalpha() else 0
    if not 1 <= number <= LAST_COLUMN:
        raise damaged("单元格位置无效", "a cell has a position that no sheet has")
    return number


def is_true(text: str | None) -> bool:
    """An XML truth value."""
    return text in ("1", "true")
