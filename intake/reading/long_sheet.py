"""The rows of a worksheet too large for `python-calamine`, which holds every cell: read from its XML as it comes.

The cells are what calamine would give: text, numbers, truth values, days and times by their style, error values.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from intake.cells.text import Raw
from intake.reading.date_styles import DateStyles
from intake.reading.escapes import unescaped
from intake.reading.fault import Unreadable, damaged, too_large
from intake.reading.scan import known_column
from intake.reading.scan import whole as whole_number
from intake.reading.shared_strings import SharedStrings

Pieces = Callable[[], Iterator[bytes]]

ORDINARY_TEXT = 256
"""Characters of a cell that nobody counts."""

MOST_LONG_TEXT = 64 * 1024 * 1024
"""Characters in all cells that hold more than that."""


def long_rows(pieces: Pieces, strings: SharedStrings, styles: DateStyles) -> Callable[[], Iterator[Sequence[Raw]]]:
    """What gives the rows of a sheet anew at each call, from row 1; blank rows are there."""

    def rows() -> Iterator[Sequence[Raw]]:
        reader = _Reader(strings, styles)
        due = 1
        for piece in pieces():
            for number, cells in reader.feed(piece):
                if number < due:
                    raise out_of_order(number)
                while due < number:
                    yield ()
                    due += 1
                yield cells
                due = number + 1
        reader.end()

    return rows


class _Reader:
    """One pass over a sheet's XML."""

    def __init__(self, strings: SharedStrings, styles: DateStyles) -> None:
        self._strings = strings
        self._styles = styles
        self._dated = styles.days | styles.elapsed
        self._done: list[tuple[int, list[Raw]]] = []
        self._row = 0
        self._row_text = ""
        self._cells: list[Raw] = []
        self._column = 0
        self._kind = ""
        self._style = ""
        self._text: list[str] = []
        self._has_value = False
        self._is_phonetic = False
        self._long_text = 0
        self._columns: dict[str, int] = {}
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._root

    def feed(self, piece: bytes) -> list[tuple[int, list[Raw]]]:
        """The rows that end in `piece`, with their numbers."""
        self._done = []
        self._parse(piece, last=False)
        return self._done

    def end(self) -> None:
        """The sheet ends here.

        Raises:
            Unreadable: when it does not.
        """
        self._parse(b"", last=True)

    def _parse(self, piece: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as fault:
            raise damaged() from fault

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix = name.removesuffix("worksheet")
        starts: dict[str, Any] = {
            f"{prefix}row": self._begin_row,
            f"{prefix}c": self._begin_cell,
            f"{prefix}v": self._begin_text,
            f"{prefix}t": self._begin_text,
            f"{prefix}rPh": self._begin_phonetic,
        }
        ends: dict[str, Any] = {
            f"{prefix}row": self._end_row,
            f"{prefix}c": self._end_cell,
            f"{prefix}v": self._end_text,
            f"{prefix}t": self._end_text,
            f"{prefix}rPh": self._end_phonetic,
        }
        found, left = starts.get, ends.get

        def start(name: str, attributes: dict[str, str]) -> None:
            handler = found(name)
            if handler is not None:
                handler(attributes)

        def end(name: str) -> None:
            handler = left(name)
            if handler is not None:
                handler()

        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = whole_number(attributes.get("r"), default=self._row + 1)
        self._row_text = str(self._row)
        self._cells = []
        self._column = 0

    def _end_row(self) -> None:
        if self._cells:
            self._done.append((self._row, self._cells))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            if reference[len(letters) :] != self._row_text:
                self._move_to(reference[len(letters) :])
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = known_column(letters)
            self._column = column
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._text = []
        self._has_value = False

    def _move_to(self, figures: str) -> None:
        """A cell says itself in which row it stands; in one row, since nobody writes another."""
        row = whole_number(figures or None, default=self._row)
        if row != self._row and self._cells:
            raise damaged("单元格位置无效", "a cell stands in another row than the one before it")
        self._row, self._row_text = row, figures

    def _begin_text(self, _: dict[str, str]) -> None:
        if not self._is_phonetic:
            self._has_value = True
            self._parser.CharacterDataHandler = self._text.append

    def _begin_phonetic(self, _: dict[str, str]) -> None:
        self._is_phonetic = True

    def _end_phonetic(self) -> None:
        self._is_phonetic = False

    def _end_text(self) -> None:
        self._parser.CharacterDataHandler = None

    def _end_cell(self) -> None:
        if not self._has_value:
            return
        cells, column = self._cells, self._column
        while len(cells) < column - 1:
            cells.append("")
        value = self._value("".join(self._text))
        if value.__class__ is str and len(value) > ORDINARY_TEXT:
            self._count_long(len(value))
        if len(cells) < column:
            cells.append(value)
        else:
            cells[column - 1] = value

    def _value(self, text: str) -> Raw:
        kind = self._kind
        if kind == "s":
            return self._shared(text.strip())
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return text.strip() or "#N/A"
        if kind == "d":
            return moment_of(text)
        return self._number(text) if kind == "n" and text else unescaped(text)

    def _shared(self, figures: str) -> str:
        if not figures:
            return ""
        if not (figures.isascii() and figures.isdigit() and len(figures) < 10):  # noqa: PLR2004  no workbook has so many
            raise damaged()
        return self._strings[int(figures)]

    def _count_long(self, length: int) -> None:
        """A text of 30 KB that stands once in the file may stand in a million cells."""
        self._long_text += length
        if self._long_text > MOST_LONG_TEXT:
            raise too_large("长文字总量（字）", "characters of long texts", found=self._long_text, limit=MOST_LONG_TEXT)

    def _number(self, text: str) -> Raw:
        try:
            number = float(text)
        except ValueError:
            return text
        if "_" in text or text[0].isspace() or text[-1].isspace():
            return text  # what Python takes for a number and a spreadsheet does not
        return self._styles.value(number, self._style) if self._style in self._dated else number


def moment_of(text: str) -> date | datetime | time | str:
    """A moment as ISO 8601 writes it; the text where it is none, or names a zone, which a cell does not know."""
    kind = datetime if "T" in text else time if ":" in text else date
    try:
        moment = kind.fromisoformat(text)
    except ValueError:
        return text
    return text if getattr(moment, "tzinfo", None) is not None else moment


def out_of_order(row: int) -> Unreadable:
    """What a sheet is whose rows do not follow one another: kept whole they could be put in order, and only then."""
    return Unreadable(
        f"第 {row} 行不在应在的位置，行序已乱",
        f"row {row} stands behind a later one",
        "在表格软件中重新另存为 .xlsx / Save it again as .xlsx in the spreadsheet.",
        row=row,
    )
