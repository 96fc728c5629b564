"""Tables of a file: which sheet is which, its header, its rows, its problems."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from intake.cells.fault import shown
from intake.header import Header, find_header, no_header
from intake.naming import is_title, key_of_name, titles_of, titles_of_formats
from intake.package import PackageFile
from intake.problem import Problem, Severity
from intake.reading.book import Book, RawSheet
from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from intake.reading.opening import open_book
from intake.reading.scan import column_letters
from intake.rows import RowReader
from intake.sheet import Row, Sheet
from intake.spilled import SpilledProblems

LONG = 20_000
"""Rows of a table that are kept; a longer one is read twice instead."""

HIDDEN_ROWS_NAMED_ONE_BY_ONE = 50
NOTES = ("说明", "须知", "readme", "instructions")
"""Words in the title of a sheet that tells how to fill in another."""


@dataclass(slots=True)
class Table:
    """One sheet of one file, read.

    title:     the worksheet's own title; that of FORMATS for a CSV.
    rows:      the data rows, each with its own problems; none of a long table.
    problems:  of the whole table, and of rows that are no data (totals, lines passed over).
    header:    the header row; None when there is none.
    long:      of a table too long to be kept: what reads it again, from its first row.
    of_rows:   of a long table, the problems of its rows.
    counted:   of a long table, its data rows, once it was read through.
    may_let_go: whether its rows can be read again as they are, so that they need not be kept (`let_go`).

    A sheet with checks over all its rows is an office's register and is kept, however long it is.
    """

    file: PackageFile
    sheet: Sheet
    title: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    header: Header | None = None
    long: "LongTable | None" = None
    of_rows: SpilledProblems = field(default_factory=SpilledProblems)
    counted: int = 0
    may_let_go: bool = False

    @property
    def unreadable(self) -> bool:
        """Whether the table as a whole is refused, whatever its rows are."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def refused(self) -> bool:
        """Whether nothing of it goes in: the table is unreadable, or one of its rows is refused."""
        if self.long:
            return self.unreadable or self.of_rows.counts[Severity.ERROR] > 0
        return self.unreadable or any(row.refused for row in self.rows)

    @property
    def size(self) -> int:
        """How many data rows it has."""
        return self.counted if self.long else len(self.rows)

    def let_go(self, today: date) -> bool:
        """Keep the rows no longer, and read them again as those of a long table; False where they must be kept."""
        if not self.may_let_go or self.unreadable:
            return False
        self.counted, self.rows = len(self.rows), []
        self.long = LongTable(lambda: raw_sheet(self), today, None, is_known=True)
        return True

    def count(self) -> int:
        """How many data rows it has; a long table is read through for it."""
        return sum(map(len, self.batches(LONG)))

    def row_problems(self) -> Iterator[Problem]:
        """The problems of its rows."""
        if self.long:
            yield from self.of_rows
        for row in self.rows:
            yield from row.problems

    def counts(self) -> Counter[Severity]:
        """How many problems of each severity there are, its own and those of its rows."""
        counts = Counter(problem.severity for problem in self.problems)
        counts.update(self.of_rows.counts if self.long else (problem.severity for problem in self.row_problems()))
        return counts

    def batches(self, width: int) -> Iterator[list[Row]]:
        """The rows: at once where they are kept, else read again and `width` at a time.

        The first time that a long table is read through, its own problems are found.

        Raises:
            Unreadable: when a long table cannot be read on.
        """
        if self.long is None:
            yield self.rows
            return
        yield from self.long.batches(self, width)

    def fail(self, fault: Unreadable) -> None:
        """Nothing of it can be read."""
        self.rows, self.of_rows, self.counted = [], SpilledProblems(), 0
        self.problems.append(fault.problem(shown(self.file.name)))


class LongTable:
    """Reads the rows of a table that is too long to be kept."""

    def __init__(
        self,
        raw: Callable[[], RawSheet],
        today: date,
        progress: Callable[[int], None] | None,
        *,
        is_known: bool = False,
    ) -> None:
        """Read what `raw` gives.

        is_known:  whether the table's own problems were found when it was kept.
        """
        self._raw = raw
        self._today = today
        self._progress = progress
        self._known = is_known

    def batches(self, table: Table, width: int) -> Iterator[list[Row]]:
        """The rows of `table`, `width` at a time."""
        if table.header is None:
            return
        raw = self._raw()
        reader = RowReader(table.sheet, table.header, raw, today=self._today)
        rows = reader.rows(self._progress)
        counted = 0
        hidden_rows: list[int] = []
        while batch := list(islice(rows, width)):
            counted += len(batch)
            if raw.hidden_rows:
                hidden_rows.extend(row.number for row in batch if row.number in raw.hidden_rows)
            yield batch
        if not self._known:
            self._known = True
            table.counted = counted
            table.problems.extend(reader.problems)
            if not counted:
                table.problems.append(no_rows(table))
            name_hidden_columns(table, raw)
            if hidden_rows:
                table.problems.append(hidden_together(hidden_rows))


def read_tables(
    file: PackageFile,
    sheets: Mapping[str, Sheet],
    *,
    today: date,
    progress: Callable[[int], None] | None = None,
    limits: Limits = Limits(),  # noqa: B008  it is frozen
) -> list[Table]:
    """The tables of `file` that are among `sheets`, in the order of the workbook.

    today:     the last day that has happened; a later one is `E-DATE` where the column does not allow it.
    progress:  called with the row number about every thousand rows.

    Returns:
        One table per sheet that was recognised; one without rows and with the reason where the file cannot be read;
        none when the file is unknown or its own `problems` say why it is not read. Sheets with data that were not
        read are `W-FILE` of the first table, else of the file.
    """
    if not file.readable:
        return []
    try:
        book = open_book(file.name, file.data, limits=limits)
        picked = pick(book, file, sheets)
        unread = list(sheets_not_read(book, file, picked))
    except Unreadable as fault:
        keys = [key for key in dict.fromkeys((file.key or "", *file.keys)) if key in sheets]
        return [unreadable_table(file, sheets[key], sheets[key].title, fault) for key in keys]
    tables = [
        read_table(book, title, file, sheets[key], today=today, progress=progress) for title, key in picked.items()
    ]
    (tables[0].problems if tables else file.problems).extend(unread)
    return tables


def pick(book: Book, file: PackageFile, sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """Title of a worksheet → key of the sheet that it is.

    Sheets that bear a title of FORMATS are what they say, so that one workbook may be a whole package; a title with
    digits around it counts where none bears the title itself. In a workbook named like a sheet, the first worksheet
    with its headers is it.
    """
    titles = {key: (title,) for key, title in titles_of_formats().items()} | titles_of(sheets)
    named = {title: key for title in book.titles if (key := key_of_name(title, titles)) is not None}
    exact = {key for title, key in named.items() if is_title(title, key, titles)}
    picked = {
        title: key
        for title, key in named.items()
        if key in sheets and (key not in exact or is_title(title, key, titles))
    }
    if file.key is not None and file.key in sheets and file.key not in picked.values():
        others = [title for title in book.titles if title not in named]
        title = sheet_with_headers(book, sheets[file.key], others) or (None if picked else book.titles[0])
        picked = ({title: file.key} if title is not None else {}) | picked
    return picked


def sheet_with_headers(book: Book, sheet: Sheet, titles: list[str]) -> str | None:
    """The first of the worksheets `titles` in which the headers are found."""
    for title in titles:
        if any(find_header(raw.rows(), sheet) for raw in book.sheets(title)):
            return title
    return None


def sheets_not_read(book: Book, file: PackageFile, picked: Mapping[str, str]) -> Iterable[Problem]:
    """`W-FILE` for each other worksheet that holds a table; a file that is not taken as a whole has said so itself."""
    for title in book.titles if picked or file.key is None else ():
        if title in picked:
            continue
        rows, columns = book.size_of(title)
        if rows > 1 and columns > 1 and not any(word in title.casefold() for word in NOTES):
            yield Problem(
                severity=Severity.WARNING,
                code="W-FILE",
                message=(
                    f"工作表“{shown(title)}”有 {rows} 行内容，未读取 / "
                    f"The worksheet {shown(title)} holds {rows} rows and was not read."
                ),
                remedy="如系数据，请并入要导入的工作表，或用表名命名 / Move its rows into the sheet that is read.",
            )


def read_table(
    book: Book,
    title: str,
    file: PackageFile,
    sheet: Sheet,
    *,
    today: date,
    progress: Callable[[int], None] | None,
) -> Table:
    """One worksheet, read as `sheet`."""
    table = Table(file, sheet, title or sheet.title)
    try:
        found = next(
            ((raw, header) for raw in book.sheets(title) if (header := find_header(raw.rows(), sheet))),
            None,
        )
        if found is None:
            table.problems.append(no_header(sheet))
            return table
        raw, table.header = found
        table.problems.extend(table.header.problems)
        if not table.unreadable:
            read_rows(table, raw, today=today, progress=progress)
    except Unreadable as fault:
        table.fail(fault)
    return table


def read_rows(table: Table, raw: RawSheet, *, today: date, progress: Callable[[int], None] | None) -> None:
    """Fills in the rows of a table whose header is in order; none where there are more than are kept."""
    header = table.header
    if header is None:
        return
    reader = RowReader(table.sheet, header, raw, today=today)
    rows = reader.rows(progress)
    if not table.sheet.is_read_whole:
        is_long = raw.filled > 2 * LONG * header.width
        table.rows = [] if is_long else list(islice(rows, LONG))
        if is_long or len(table.rows) == LONG:
            table.rows, table.long = [], LongTable(lambda: raw, today, progress)
            return
    table.rows.extend(rows)
    table.problems.extend(reader.problems)
    if not table.rows and not table.unreadable:
        table.problems.append(no_rows(table))
    name_hidden(table, raw)
    table.may_let_go = bool(table.rows) and not table.sheet.is_read_whole and not raw.hidden_rows


def name_hidden(table: Table, raw: RawSheet) -> None:
    """`W-HIDDEN`: hidden rows and columns are read like the others, and named."""
    name_hidden_columns(table, raw)
    rows = [row for row in table.rows if row.number in raw.hidden_rows]
    if len(rows) > HIDDEN_ROWS_NAMED_ONE_BY_ONE:
        table.problems.append(hidden_together([row.number for row in rows]))
        return
    for row in rows:
        row.problems.append(hidden(f"第{row.number}行", f"row {row.number}", row=row.number))


def hidden_together(numbers: list[int]) -> Problem:
    """`W-HIDDEN` of many rows."""
    spans = ranges(numbers)
    return hidden(f"{len(numbers)} 行（{spans}）", f"{len(numbers)} rows ({spans})")


def name_hidden_columns(table: Table, raw: RawSheet) -> None:
    """`W-HIDDEN` of the sheet and of its columns."""
    header = table.header
    if raw.hidden:
        table.problems.append(hidden(f"工作表“{shown(table.title)}”", f"the worksheet {shown(table.title)}"))
    for place in header.places if header else ():
        if place.index + 1 in raw.hidden_columns:
            letters = column_letters(place.index + 1)
            named = hidden(f"{letters} 列“{place.column.header}”", f"column {letters}, {place.column.alias}")
            table.problems.append(
                Problem(
                    severity=named.severity,
                    code=named.code,
                    column=place.column.alias,
                    header=place.column.header,
                    message=named.message,
                    remedy=named.remedy,
                )
            )


def hidden(what_zh: str, what_en: str, *, row: int | None = None) -> Problem:
    """`W-HIDDEN`."""
    return Problem(
        severity=Severity.WARNING,
        code="W-HIDDEN",
        row=row,
        message=f"{what_zh}是隐藏的，已照常读取 / Hidden, and read like the others: {what_en}.",
        remedy="取消隐藏后核对 / Unhide and check.",
    )


def ranges(numbers: list[int]) -> str:
    """Numbers in order as spans: `3–5、9`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def no_rows(table: Table) -> Problem:
    """`W-EMPTY`."""
    return Problem(
        severity=Severity.WARNING,
        code="W-EMPTY",
        message=f"《{table.sheet.title}》没有数据行 / {table.sheet.title} has no data rows.",
        remedy="如本期没有数据可忽略 / Ignore this if there is nothing to report.",
    )


def raw_sheet(table: Table, *, limits: Limits = Limits()) -> RawSheet:  # noqa: B008  it is frozen
    """The sheet of `table` as its file has it, opened again.

    Raises:
        Unreadable: when it cannot be read.
    """
    book = open_book(table.file.name, table.file.data, limits=limits)
    ways = book.sheets(table.title if table.title in book.titles else book.titles[0])
    return next((raw for raw in ways if find_header(raw.rows(), table.sheet)), ways[0])


def unreadable_table(file: PackageFile, sheet: Sheet, title: str, fault: Unreadable) -> Table:
    """A table of which nothing could be read."""
    return Table(file, sheet, title, problems=[fault.problem(shown(file.name))])
