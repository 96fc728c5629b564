"""The errors workbook: the clerk's own tables again, with every problem where it stands.

Rows are as stated, offending cells are coloured and carry a comment, and a column 问题 at the end says what to do. A
workbook mended there can be sent again: the column 问题 and the sheet 说明 are passed over. No formula is ever written.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.kinds import LONGEST_TEXT
from intake.cells import Raw
from intake.header import OUR_OWN_COLUMN, heading
from intake.package import PackageFile
from intake.problem import Problem, Severity, in_order
from intake.reading.book import RawSheet
from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from intake.table import Table, raw_sheet

SUMMARY = "说明"
COLOURS = {Severity.ERROR: "#FFC7CE", Severity.QUARANTINE: "#FFEB9C", Severity.WARNING: "#DDEBF7"}
WORDS = {Severity.ERROR: "错误", Severity.QUARANTINE: "待核实", Severity.WARNING: "提醒"}
COMMENTS_PER_SHEET = 2_000
"""More comments than that make a spreadsheet slow; the colour and the column 问题 go on."""

TOO_LONG = "########"
LONGEST_TITLE = 31
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_EPOCH = date(1900, 1, 1)
_NUMBER_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


def write_marked(
    path: Path,
    tables: Sequence[Table],
    package_problems: Sequence[Problem] = (),
    *,
    files: Sequence[PackageFile] = (),
    limits: Limits = Limits(),  # noqa: B008  it is frozen
) -> None:
    """Writes the workbook at `path`: first 说明, then one sheet per table that can be read.

    tables:            with the problems of reading and of checking in them and in their rows.
    package_problems:  of the package as a whole.
    files:             the files of the package, for those that have no table.
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        _Marked(workbook, limits).write(tables, package_problems, files)


class _Marked:
    """One errors workbook while it is written."""

    def __init__(self, workbook: xlsxwriter.Workbook, limits: Limits) -> None:
        self._workbook = workbook
        self._limits = limits
        self._formats: dict[tuple[type | None, Severity | None], Format] = {}
        self._wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._titles: set[str] = set()

    def write(self, tables: Sequence[Table], package_problems: Sequence[Problem], files: Sequence[PackageFile]) -> None:
        """The summary, and the tables that can be read, in their order."""
        self._summary(tables, package_problems, files)
        for table in tables:
            try:
                raw = raw_sheet(table, limits=self._limits)
            except Unreadable:
                continue
            self._table(table, raw)

    def _summary(
        self, tables: Sequence[Table], package_problems: Sequence[Problem], files: Sequence[PackageFile]
    ) -> None:
        """What became of each file, what the colours mean, and every problem that belongs to no cell."""
        sheet = self._workbook.add_worksheet(self._title(SUMMARY))
        lines: Iterator[Sequence[str | int]] = chain(
            [("导入检查结果 / What the check found",), ()],
            [("文件", "表", "数据行", "错误", "待核实", "提醒", "结果")],
            (summary_of(table) for table in tables),
            [(), ("错误：更正后重新导入；待核实：已照实入账，暂不归集；提醒：已入账，请核对",), ()],
            [("文件", "行", "列", "级别", "代码", "问题", "处理办法")],
            (line_of(name, problem) for name, problem in problems_of_files(tables, package_problems, files)),
        )
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                self._cell(sheet, (row, column), value, None)
        sheet.set_column(0, 1, 24)
        sheet.set_column(5, 6, 60)

    def _table(self, table: Table, raw: RawSheet) -> None:
        """One table as it was sent, with its problems."""
        sheet = self._workbook.add_worksheet(self._title(table.title))
        header_row = table.header.row if table.header else 0
        by_row = problems_by_row(table)
        at = place_of_problems(table, raw)
        comments = COMMENTS_PER_SHEET
        for number, cells in enumerate(as_far_as_readable(raw), 1):
            problems = by_row.get(number, [])
            if table.long:
                problems = in_order([*problems, *table.of_rows.of(number)])
            marks = marks_of(problems, table)
            self._row(sheet, number, [*cells, *[""] * (at - len(cells))], marks, at)
            for column, found in marks.items() if comments > 0 else ():
                comments -= 1
                sheet.write_comment(number - 1, column, "\n".join(map(words_of, found)), {"x_scale": 3})
            words = OUR_OWN_COLUMN if number == header_row else "\n".join(map(words_of, problems))
            if words:
                sheet.write_string(number - 1, at, words[:LONGEST_TEXT], self._wrapped)
        sheet.set_column(at, at, 80)
        sheet.freeze_panes(header_row, 0)

    def _row(
        self, sheet: Worksheet, number: int, cells: Sequence[Raw], marks: dict[int, list[Problem]], at: int
    ) -> None:
        """The cells of one row, those with problems coloured; the place of the problems stays free."""
        for column, cell in enumerate(cells):
            if column != at:
                self._cell(sheet, (number - 1, column), cell, worst(marks.get(column, [])))

    def _cell(self, sheet: Worksheet, place: tuple[int, int], cell: Raw, severity: Severity | None) -> None:
        """One cell as it was stated: text stays text, a number a number, a day a day."""
        row, column = place
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, self._format(None, severity))
        elif isinstance(cell, float | int):
            sheet.write_number(row, column, cell, self._format(None, severity))
        elif isinstance(cell, datetime | date | time | timedelta) and not is_before_excel(cell):
            sheet.write_datetime(row, column, cell, self._format(type(cell), severity))
        elif cell not in ("", None):
            sheet.write_string(row, column, fitting(str(cell)), self._format(None, severity))
        elif severity is not None:
            sheet.write_blank(row, column, None, self._format(None, severity))

    def _format(self, kind: type | None, severity: Severity | None) -> Format | None:
        """The format of a kind of value under a colour, made once."""
        if kind is None and severity is None:
            return None
        made = self._formats.get((kind, severity))
        if made is None:
            properties = {"num_format": _NUMBER_FORMATS[kind]} if kind else {}
            colour = {"bg_color": COLOURS[severity]} if severity else {}
            made = self._formats[kind, severity] = self._workbook.add_format(properties | colour)
        return made

    def _title(self, said: str) -> str:
        """A title that Excel takes and that is not yet there."""
        plain = said.translate(_FORBIDDEN_IN_TITLES).strip("'")[:LONGEST_TITLE] or "Sheet"
        title, number = plain, 1
        while title.casefold() in self._titles:
            number += 1
            title = f"{plain[: LONGEST_TITLE - 5]} ({number})"
        self._titles.add(title.casefold())
        return title


def as_far_as_readable(raw: RawSheet) -> Iterator[Sequence[Raw]]:
    """The rows up to where the file cannot be read on."""
    try:
        yield from raw.rows()
    except Unreadable:
        return


def place_of_problems(table: Table, raw: RawSheet) -> int:
    """The column for 问题: behind all others, or the one that an errors workbook had before."""
    width = 0
    for number, cells in enumerate(as_far_as_readable(raw), 1):
        width = max(width, len(cells))
        if table.header and number == table.header.row:
            ours = [at for at in table.header.unknown if heading(cells[at]) == OUR_OWN_COLUMN]
            if ours:
                return ours[0]
    return width


def problems_by_row(table: Table) -> dict[int, list[Problem]]:
    """The problems of each row that is kept; those of a whole column stand at its header."""
    found: dict[int, list[Problem]] = {}
    known = {place.column.alias for place in table.header.places} if table.header else set()
    kept = () if table.long else table.row_problems()
    for problem in in_order([*table.problems, *kept]):
        row = problem.row or (table.header.row if table.header and problem.column in known else None)
        if row is not None:
            found.setdefault(row, []).append(problem)
    return found


def marks_of(problems: Iterable[Problem], table: Table) -> dict[int, list[Problem]]:
    """The problems of a row by the cell that they are about."""
    marks: dict[int, list[Problem]] = {}
    for problem in problems:
        for place in table.header.places if table.header else ():
            if place.column.alias == problem.column:
                marks.setdefault(place.index, []).append(problem)
    return marks


def worst(problems: Sequence[Problem]) -> Severity | None:
    """The gravest of the problems of one cell."""
    found = {problem.severity for problem in problems}
    return next((severity for severity in COLOURS if severity in found), None)


def words_of(problem: Problem) -> str:
    """Code, what is wrong and what to do."""
    return f"[{WORDS[problem.severity]} {problem.code}] {problem.message} → {problem.remedy}"


def fitting(text: str) -> str:
    """Text that a cell can hold.

    What is longer stays out: cut off it could be sent again as if it were whole, while hashes are refused.
    """
    return text if len(text) <= LONGEST_TEXT else TOO_LONG


def is_before_excel(cell: datetime | date | time | timedelta) -> bool:
    """Whether a day lies before the first that a spreadsheet has."""
    return isinstance(cell, date) and (cell.year, cell.month, cell.day) < (_EPOCH.year, _EPOCH.month, _EPOCH.day)


def summary_of(table: Table) -> tuple[str, str, int, int, int, int, str]:
    """One line about a table: how many rows, how many problems of each severity, what became of it."""
    count = table.counts()
    return (
        table.file.name,
        table.title,
        table.size,
        count[Severity.ERROR],
        count[Severity.QUARANTINE],
        count[Severity.WARNING],
        "未导入，更正后重新导入" if table.refused else "可以导入",
    )


def problems_of_files(
    tables: Sequence[Table], package_problems: Sequence[Problem], files: Sequence[PackageFile]
) -> Iterator[tuple[str, Problem]]:
    """Every problem that stands in no data row, with the name of its file."""
    yield from (("（整包）", problem) for problem in package_problems)
    for file in files:
        yield from ((file.name, problem) for problem in file.problems)
    for table in tables:
        yield from ((table.file.name, problem) for problem in in_order(table.problems))


def line_of(name: str, problem: Problem) -> tuple[str, str, str, str, str, str, str]:
    """One line about a problem."""
    return (
        name,
        str(problem.row or ""),
        problem.header or problem.column or "",
        WORDS[problem.severity],
        problem.code,
        problem.message,
        problem.remedy,
    )
