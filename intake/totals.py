"""合计, 总计 and 小计 rows: passed over, and checked against the sum (FORMATS, Reading: Totals)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from domain.money import plain_yuan
from intake.cells import CellFault, Raw, parser_for
from intake.header import Place, heading
from intake.problem import Problem, Severity
from intake.sheet import Cell, Row, Sheet

TOTAL_WORDS = frozenset({"合计", "总计", "小计"})
SUBTOTAL = "小计"
LAST_CHARACTER = "计"
LONGEST_WORD = 20


class Totals:
    """The sums of a table as its rows go by.

    seen:  whether a total has passed: what follows need not be data.
    """

    def __init__(self, sheet: Sheet, places: Sequence[Place]) -> None:
        self._money = [place for place in places if place.column.kind is Cell.MONEY]
        self._keys = [place.index for place in places if place.column.alias in sheet.business_key]
        self._parsers = {
            place.column.alias: parser_for(
                replace(place.column, above_zero=False, signed=True), today=date.max, yuan_per_unit=place.yuan_per_unit
            )
            for place in self._money
        }
        self._all = dict.fromkeys((place.column.alias for place in self._money), 0)
        self._part = dict(self._all)
        self._unread: set[str] = set()
        self.seen = False

    def add(self, row: Row) -> None:
        """Counts a data row."""
        for alias in self._all:
            fen = row.values.get(alias)
            if fen is not None:
                self._all[alias] += fen
                self._part[alias] += fen
            elif alias in row.words:
                self._unread.add(alias)

    def word_of(self, cells: Sequence[Raw]) -> str | None:
        """合计, 总计 or 小计, if the row is one: the word is its first cell, and it has no business key."""
        at, first = next(((at, cell) for at, cell in enumerate(cells) if cell not in ("", None)), (0, None))
        if not isinstance(first, str) or LAST_CHARACTER not in first or len(first) > LONGEST_WORD:
            return None
        word = heading(first)
        if word not in TOTAL_WORDS or any(cells[key] not in ("", None) for key in self._keys if key != at):
            return None
        return word

    def check(self, number: int, word: str, cells: Sequence[Raw]) -> Iterator[Problem]:
        """`W-TOTAL` for each sum that the total row states otherwise than its rows make it."""
        self.seen = True
        sums = self._part if word == SUBTOTAL else self._all
        for place in self._money:
            alias = place.column.alias
            stated = self._parsers[alias](cells[place.index])
            if stated is None or alias in self._unread or stated == sums[alias]:
                continue
            if isinstance(stated, CellFault):
                yield _problem(number, place, f"{word}无法读取", f"the {word} cannot be read", fen=sums[alias])
            else:
                said = plain_yuan(stated)
                yield _problem(number, place, f"{word} {said} 元", f"the {word} says {said} yuan", fen=sums[alias])
        if word == SUBTOTAL:
            self._part = dict.fromkeys(self._part, 0)


def _problem(number: int, place: Place, said_zh: str, said_en: str, *, fen: int) -> Problem:
    header, rows = place.column.header, plain_yuan(fen)
    return Problem(
        severity=Severity.WARNING,
        code="W-TOTAL",
        row=number,
        column=place.column.alias,
        header=header,
        message=(
            f"第{number}行“{header}”：{said_zh}，各行相加为 {rows} 元 / "
            f"Row {number}, {place.column.alias}: {said_en}, the rows add up to {rows} yuan."
        ),
        remedy="各行已照读；请核对是否漏行或算错 / The rows were read; check for a missing row or a wrong sum.",
    )
