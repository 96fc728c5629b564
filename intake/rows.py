"""From raw rows to typed rows: every data row, none dropped in silence (FORMATS, Reading)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from intake.cells import CellFault, Parser, Raw, parser_for, shown, stated
from intake.cells.text import BLANKS, DIGITS_OF_EXCEL
from intake.header import Header, Place, heading
from intake.problem import Problem, Severity
from intake.reading.book import RawSheet
from intake.reading.scan import column_letters
from intake.sheet import Cell, Column, Need, Row, Sheet
from intake.totals import Totals

REMEMBERED = 16_384
"""Cells of one column whose values are remembered; most columns say the same few things again and again."""

ROWS_PER_PROGRESS = 1_000

NUMBERS_OF_PEOPLE = frozenset({Cell.ID, Cell.ID_OR_USCC, Cell.ACCT, Cell.PHONE})
WORDS_ONLY = frozenset({Cell.TEXT, Cell.STAFF, Cell.LIST})
"""Kinds that almost any words fit: they do not show that a line is data."""

EMPTY = ("", None)


class Reading(NamedTuple):
    """How one column is read: its place in the row, its parser, whether its words are kept."""

    at: int
    column: Column
    parse: "Remembering"
    sealed: bool


class Remembering(dict[Raw, Any]):
    """Values by cell: a parser is asked once for each of the first different cells."""

    def __init__(self, parse: Parser) -> None:
        """Remember what `parse` gives."""
        super().__init__()
        self.parse = parse

    def __missing__(self, raw: Raw) -> Any:
        """Ask the parser."""
        value = self.parse(raw)
        if len(self) < REMEMBERED and raw.__class__ is not bool:  # True is not taken for 1
            self[raw] = value
        return value


def is_sealed(column: Column) -> bool:
    """Whether the column's words go to the vault."""
    return column.personal or column.kind is Cell.STAFF or column.kind in NUMBERS_OF_PEOPLE


class RowReader:
    """Reads the data rows of one table.

    problems:  what was found that belongs to no data row: totals, lines passed over, cells outside the table.
    """

    def __init__(self, sheet: Sheet, header: Header, raw: RawSheet, *, today: date) -> None:
        self._sheet = sheet
        self._header = header
        self._raw = raw
        self._readings = [
            Reading(place.index, place.column, Remembering(self._parser(place, today)), is_sealed(place.column))
            for place in header.places
        ]
        self._said = [(place.index, heading(place.said)) for place in header.places]
        self._heading = Remembering(heading)
        self._constants = [
            (column, parser_for(column, today=today)(column.constant), column.constant) for column in header.constants
        ]
        self._required = [place.column for place in header.places if place.column.need is Need.R]
        self._totals = Totals(sheet, header.places)
        self._known = {place.index for place in header.places} | header.unknown
        self._outside: set[int] = set()
        self.problems: list[Problem] = []

    def rows(self, progress: Callable[[int], None] | None) -> Iterator[Row]:
        """The data rows in their order.

        Raises:
            Unreadable: where the file cannot be read on.
        """
        width = max(self._header.width, 1)
        for number, cells in enumerate(self._raw.rows(), 1):
            if number <= self._header.row or is_blank(cells):
                continue
            if progress is not None and number % ROWS_PER_PROGRESS == 0:
                progress(number)
            row = self._row(number, cells if len(cells) >= width else [*cells, *[""] * (width - len(cells))])
            if row is not None:
                yield row

    def _row(self, number: int, cells: Sequence[Raw]) -> Row | None:
        """The data row, or None for a line that is none."""
        if self._is_header_again(cells):
            return None
        word = self._totals.word_of(cells)
        if word is not None:
            self.problems.extend(self._totals.check(number, word, cells))
            return None
        if self._is_out_of_step(number, cells):
            return None
        row = self._read(number, cells)
        if not row.values and not row.words:
            self.problems.append(passed_over(number))
            return None
        if self._totals.seen and not self._looks_like_data(row):
            self.problems.append(passed_over(number))
            return None
        for column, value, said in self._constants:
            self._put(row, column, value, said)
        self._totals.add(row)
        return row

    def _read(self, number: int, cells: Sequence[Raw]) -> Row:
        """The cells of one row, typed."""
        row = Row(number, {})
        values, words = row.values, row.words
        for at, column, parse, sealed in self._readings:
            cell = cells[at]
            if cell in EMPTY:
                continue
            value = parse[cell] if cell.__class__ is not bool else parse.parse(cell)
            if value.__class__ is CellFault:
                self._fault(row, column, value, cell)
            elif value is not None:
                values[column.alias] = value
                if sealed:
                    words[column.alias] = value
        row.problems.extend(
            cell_problem(self._sheet, column, number, empty(column), None)
            for column in self._required
            if column.alias not in values and column.alias not in words
        )
        return row

    def _put(self, row: Row, column: Column, value: Any, said: Raw) -> None:
        """The value that a mapping gives every row of this file."""
        if isinstance(value, CellFault):
            self._fault(row, column, value, said)
        elif value is not None:
            row.values[column.alias] = value
            if is_sealed(column):
                row.words[column.alias] = value

    def _parser(self, place: Place, today: date) -> Parser:
        """The parser of one column of this file."""
        return parser_for(place.column, today=today, epoch_1904=self._raw.epoch_1904, yuan_per_unit=place.yuan_per_unit)

    def _fault(self, row: Row, column: Column, fault: CellFault, cell: Raw) -> None:
        """Keeps what the cell says, and what is wrong with it."""
        if fault.value is not None:
            row.values[column.alias] = fault.value
        if fault.value is None or is_sealed(column):
            said = stated(cell)
            if said or fault.value is not None:
                row.words[column.alias] = said
        row.problems.append(cell_problem(self._sheet, column, row.number, fault, cell))

    def _is_header_again(self, cells: Sequence[Raw]) -> bool:
        """Whether the row repeats the headers, as each printed page does."""
        first, *others = self._said
        if self._heading[cells[first[0]]] != first[1]:
            return False
        repeated = sum(bool(self._heading[cells[at]] == said) for at, said in others)
        return repeated * 2 >= len(others)

    def _is_out_of_step(self, number: int, cells: Sequence[Raw]) -> bool:
        """Whether a record has more filled cells than there are headers; in a workbook they only lie outside."""
        beyond = [index for index in range(len(cells)) if index not in self._known and cells[index] not in EMPTY]
        if self._raw.records and any(index >= self._header.width for index in beyond):
            self.problems.append(out_of_step(number, found=beyond[-1] + 1, width=self._header.width))
            return True
        for index in beyond:
            if index not in self._outside:
                self._outside.add(index)
                self.problems.append(column_without_header(index, number))
        return False

    def _looks_like_data(self, row: Row) -> bool:
        """Below a total: whether a line is a payment and no signature. One date beside 填报日期 makes no payment."""
        typed = sum(
            reading.column.kind not in WORDS_ONLY and reading.column.alias in row.values for reading in self._readings
        )
        has_key = all(alias in row.values for alias in self._sheet.business_key)
        return typed > 1 or (typed == 1 and has_key)


def is_blank(cells: Sequence[Raw]) -> bool:
    """Whether nothing but blanks stands in the row."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip(BLANKS)) for cell in cells)


def severity_of(sheet: Sheet, column: Column, fault: CellFault) -> Severity:
    """How bad a fault is in this sheet (FORMATS, Problems).

    In a sheet of facts only the amount, the date, the key and what Excel broke stop a row: the payment was made.
    """
    if fault.code.startswith("W-"):
        return Severity.WARNING
    if fault.code == "E-ID":
        return Severity.QUARANTINE
    is_key = (
        column.fixed_key
        or column.alias in sheet.business_key
        or (column.kind is Cell.MONEY and (column.above_zero or column.need is Need.R))
    )
    return Severity.ERROR if not sheet.facts or fault.hard or is_key else Severity.QUARANTINE


def cell_problem(sheet: Sheet, column: Column, number: int, fault: CellFault, cell: Raw) -> Problem:
    """The problem of one cell. Names are never repeated; numbers of people only masked."""
    lost_digits = isinstance(cell, float) and abs(cell) >= DIGITS_OF_EXCEL
    said = "" if cell is None else format(cell, ".0f") if lost_digits else stated(cell)
    is_name = column.personal or column.kind is Cell.STAFF
    no_digits = column.kind in NUMBERS_OF_PEOPLE and not any(map(str.isdigit, said))
    return Problem(
        severity=severity_of(sheet, column, fault),
        code=fault.code,
        row=number,
        column=column.alias,
        header=column.header,
        value=None if is_name or no_digits or not said else shown(said),
        message=f"第{number}行“{column.header}”：{fault.zh} / Row {number}, {column.alias}: {fault.en}.",
        remedy=fault.remedy,
    )


def empty(column: Column) -> CellFault:
    """A required cell with nothing in it."""
    return CellFault(
        "E-SCHEMA",
        zh=f"必填项“{column.header}”为空",
        en=f"the required {column.header} is empty",
        remedy=f"填写“{column.header}”（公式须先计算并保存） / Fill it in; a formula must be calculated and saved.",
    )


def passed_over(number: int) -> Problem:
    """`W-ROW`: a line that is no data."""
    return Problem(
        severity=Severity.WARNING,
        code="W-ROW",
        row=number,
        message=f"第{number}行不是数据行，未读取 / Row {number} is no data row and was not read.",
        remedy="签名、说明等可忽略；如系数据，请移到合计行之上 / Ignore notes; move data above the total.",
    )


def out_of_step(number: int, *, found: int, width: int) -> Problem:
    """`E-SCHEMA`: a comma too much shifts every cell behind it."""
    return Problem(
        severity=Severity.ERROR,
        code="E-SCHEMA",
        row=number,
        message=(
            f"第{number}行有 {found} 列内容，表头只有 {width} 列，各列可能已错位 / "
            f"Row {number} has {found} cells, the header has {width}: its cells may be shifted."
        ),
        remedy="含逗号的内容（如 1,234.50）须加引号 / Put values with a comma, such as 1,234.50, into quotes.",
    )


def column_without_header(index: int, number: int) -> Problem:
    """`W-COLUMN`: cells outside the table."""
    letters = column_letters(index + 1)
    return Problem(
        severity=Severity.WARNING,
        code="W-COLUMN",
        column=letters,
        message=(
            f"{letters} 列没有列名，其内容（首见于第{number}行）未读取 / "
            f"Column {letters} has no header; its cells (first in row {number}) were not read."
        ),
        remedy="不需要则删去；需要则补上列名 / Delete them, or give the column its header.",
    )
