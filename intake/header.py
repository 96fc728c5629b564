"""Finding the header row, and what each of its cells stands for (FORMATS, Reading: Headers)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from domain.money import YUAN_PER_WAN
from intake.cells.fault import shown
from intake.cells.text import Raw, compact
from intake.problem import Problem, Severity
from intake.reading.scan import column_letters
from intake.sheet import Cell, Column, Need, Sheet

ROWS_LOOKED_AT = 100
"""Title rows above a header are fewer than this."""

OUR_OWN_COLUMN = "问题"
"""The column that the errors workbook adds; a workbook that comes back with it is not blamed for it."""

YUAN_PER_UNIT = {"元": 1, "万元": YUAN_PER_WAN}
_UNIT = r"(?:人民币)?(?P<unit>亿元|千万元|百万元|十万元|万元|千元|百元|元|角|分|万|亿)"
_WITH_UNIT = re.compile(rf"(?P<base>.+?)(?:\((?:单位:?)?{_UNIT}\)|\[{_UNIT.replace('unit', 'other')}\])")
_WITH_UNIT_BEHIND = re.compile(rf"(?P<base>.+?)[/:_,-](?:单位:?)?{_UNIT}")
_UNIT_OF_TITLE = re.compile(rf"单位:?{_UNIT}|\({_UNIT.replace('unit', 'other')}\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A column of the file that is a column of the sheet.

    index:          its place in the row, from 0.
    said:           the header as the file has it.
    yuan_per_unit:  10,000 when the header says 万元.
    """

    index: int
    column: Column
    said: str
    yuan_per_unit: int = 1


@dataclass(slots=True)
class Header:
    """The header row of a table.

    row:       its number.
    places:    the columns that are known, in the order of the file.
    width:     columns up to the last header.
    constants: columns that the file does not have and a mapping gives one value for.
    unknown:   indexes of the headers that no column of the sheet has.
    problems:  of the header: columns missing, twice, unknown, without a certain unit.
    """

    row: int
    places: list[Place] = field(default_factory=list)
    width: int = 0
    constants: list[Column] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def heading(raw: Raw) -> str:
    """A header as it is compared: NFKC, without blanks, line breaks and the star of required columns, in lower case."""
    return compact(unicodedata.normalize("NFKC", str(raw or ""))).strip("*:").casefold()


class Headings:
    """The names under which the columns of a sheet are accepted."""

    def __init__(self, sheet: Sheet) -> None:
        self._plain: dict[str, Column] = {}
        self._money: dict[str, Column] = {}
        for column in sheet.columns:
            for name in (column.header, column.alias, *column.also):
                if column.kind is Cell.MONEY:
                    self._money[without_unit(heading(name))[0]] = column
                else:
                    self._plain[heading(name)] = column

    def find(self, said: str) -> tuple[Column, str | None] | None:
        """The column called `said` (a heading), and the unit that it names."""
        if said in self._plain:
            return self._plain[said], None
        if said in self._money:
            return self._money[said], None
        base, unit = without_unit(said)
        return (self._money[base], unit) if unit and base in self._money else None


def without_unit(said: str) -> tuple[str, str | None]:
    """A heading without its unit, and the unit: `金额(万元)`, `金额/元`, `金额(单位:元)`."""
    found = _WITH_UNIT.fullmatch(said) or _WITH_UNIT_BEHIND.fullmatch(said)
    if not found:
        return said, None
    return found["base"], found["unit"] or found.groupdict().get("other")


def find_header(rows: Iterable[Sequence[Raw]], sheet: Sheet) -> Header | None:
    """The first row that at least half consists of the sheet's own headers; None when there is none."""
    headings = Headings(sheet)
    above: list[str] = []
    for number, row in enumerate(islice(rows, ROWS_LOOKED_AT), 1):
        said = [heading(cell) for cell in row]
        known = sum(headings.find(text) is not None for text in said if text)
        if known >= 2 and known * 2 >= sum(map(bool, said)):  # noqa: PLR2004  one cell alone may be a title
            return header_of(number, row, sheet, unit_above=unit_of_title(above))
        above.extend(filter(None, said))
    return None


def unit_of_title(above: list[str]) -> str | None:
    """The unit that a title cell states for the whole table, unless it is 元."""
    for said in above:
        found = _UNIT_OF_TITLE.search(said)
        unit = (found["unit"] or found["other"]) if found else None
        if unit not in (None, "元"):
            return unit
    return None


def header_of(number: int, row: Sequence[Raw], sheet: Sheet, *, unit_above: str | None) -> Header:
    """The header row, understood."""
    header = Header(number)
    headings = Headings(sheet)
    seen: dict[str, Place] = {}
    for index, cell in enumerate(row):
        said = heading(cell)
        if not said:
            continue
        header.width = index + 1
        found = headings.find(said)
        if found is None:
            header.unknown.add(index)
            if said != OUR_OWN_COLUMN:
                header.problems.append(unknown_column(str(cell), index))
            continue
        column, unit = found
        place = Place(index, column, " ".join(str(cell).split()), YUAN_PER_UNIT.get(unit or "元", 0))
        if column.alias in seen:
            header.problems.append(column_twice(place, seen[column.alias]))
            continue
        seen[column.alias] = place
        header.places.append(place)
        header.problems.extend(unit_problems(place, unit, said, unit_above=unit_above))
    header.constants = [column for column in sheet.columns if column.constant is not None and column.alias not in seen]
    header.problems.extend(missing_columns(sheet, seen))
    return header


def unit_problems(place: Place, unit: str | None, said: str, *, unit_above: str | None) -> Iterator[Problem]:
    """`E-UNIT` for money whose unit is not certain.

    FORMATS gives most money columns their unit; those it gives none (金额 of 资金指标台账) must name it in the file.
    """
    column = place.column
    if column.kind is not Cell.MONEY or unit in YUAN_PER_UNIT:
        return
    if unit is not None:
        why = f"单位是“{unit}”，只接受“元”或“万元”", f"is in {unit}; only 元 and 万元 are read"
    elif unit_above is not None:
        why = (
            f"没有单位，而表上方写着“单位：{unit_above}”",
            f"names no unit, while a title cell above says {unit_above}",
        )
    elif without_unit(heading(column.header))[1] is None and said != heading(column.alias):
        why = "没有写单位（元或万元）", "names no unit (元 or 万元)"
    else:
        return
    yield Problem(
        severity=Severity.ERROR,
        code="E-UNIT",
        column=column.alias,
        header=place.said,
        message=f"金额列“{place.said}”{why[0]} / The money column {place.said} {why[1]}.",
        remedy=f"在表头写明单位：{place.said}(元) 或 {place.said}(万元) / Name the unit in the header.",
    )


def missing_columns(sheet: Sheet, seen: dict[str, Place]) -> Iterator[Problem]:
    """`E-SCHEMA` for each required column that is not there."""
    for column in sheet.columns:
        if column.need is Need.R and column.alias not in seen and column.constant is None:
            yield Problem(
                severity=Severity.ERROR,
                code="E-SCHEMA",
                column=column.alias,
                header=column.header,
                message=f"缺少必填列“{column.header}” / The required column {column.header} is missing.",
                remedy=f"按《{sheet.title}》模板补上这一列 / Add the column as the template has it.",
            )


def column_twice(place: Place, first: Place) -> Problem:
    """`E-SCHEMA`: which of two columns counts cannot be known."""
    here, there = column_letters(place.index + 1), column_letters(first.index + 1)
    header = place.column.header
    return Problem(
        severity=Severity.ERROR,
        code="E-SCHEMA",
        column=place.column.alias,
        header=header,
        message=(
            f"“{header}”出现了两次（{there} 列和 {here} 列） / "
            f"The column {header} is there twice, as {there} and as {here}."
        ),
        remedy="删去其中一列 / Remove one of them.",
    )


def unknown_column(said: str, index: int) -> Problem:
    """`W-COLUMN`: a column that the sheet does not have is kept out."""
    words = shown(said)
    return Problem(
        severity=Severity.WARNING,
        code="W-COLUMN",
        column=words,
        header=words,
        message=(
            f"第 {column_letters(index + 1)} 列“{words}”不在格式之内，未读取 / "
            f"Column {column_letters(index + 1)}, {words}, is not part of the format and was not read."
        ),
        remedy="不需要则可忽略；如系已有列，请用标准列名 / Ignore it, or give it the name that the template has.",
    )


def no_header(sheet: Sheet) -> Problem:
    """`E-SCHEMA`: no row holds the headers."""
    first = "、".join(column.header for column in sheet.columns[:4])
    return Problem(
        severity=Severity.ERROR,
        code="E-SCHEMA",
        message=(
            f"找不到表头，《{sheet.title}》应有“{first}”等列 / "
            f"No header row was found; {sheet.title} has the columns {first} and more."
        ),
        remedy="按模板加上表头 / Add the header row as the template has it.",
    )
