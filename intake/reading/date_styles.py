"""Which cell styles of a workbook show a day or a time (ECMA-376, 18.8.30)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from intake.reading.parts import local, parse

DAYS = frozenset({*range(14, 23), *range(27, 37), *range(50, 59), 45, 47})
ELAPSED = frozenset({46})
_TEXT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY = re.compile(r"[ymdhs]", re.IGNORECASE)
LAST_SERIAL = 2_958_465
DAYS_BETWEEN_THE_EPOCHS = 1_462
LEAP_DAY_THAT_NEVER_WAS = 60


class DateStyles:
    """What the styles of a workbook say of numbers."""

    def __init__(self, pieces: Iterator[bytes], *, epoch_1904: bool) -> None:
        """Read the part `styles.xml`."""
        self._epoch_1904 = epoch_1904
        self._last = LAST_SERIAL - (DAYS_BETWEEN_THE_EPOCHS if epoch_1904 else 0)
        self.days: set[str] = set()
        self.elapsed: set[str] = set()
        self._formats: dict[int, str] = {}
        self._in_cells = False
        self._count = 0
        parse(pieces, self._element)

    def value(self, number: float, style: str) -> float | date | datetime | time | timedelta:
        """A number as its style shows it."""
        if not 0 <= number < self._last + 1:  # nor is NaN a day
            return number
        if style in self.elapsed:
            return timedelta(days=number)
        return self._moment(number) if style in self.days else number

    def _moment(self, number: float) -> date | datetime | time:
        milliseconds = round(number * 86_400_000)
        whole, rest = divmod(milliseconds, 86_400_000)
        of_day = timedelta(milliseconds=rest)
        if whole == 0:
            return (datetime(1, 1, 1) + of_day).time()  # noqa: DTZ001  a cell knows no zone
        if self._epoch_1904:
            first = datetime(1904, 1, 1)  # noqa: DTZ001  a cell knows no zone
        else:
            first = datetime(1899, 12, 30 if whole >= LEAP_DAY_THAT_NEVER_WAS else 31)  # noqa: DTZ001
        moment = first + timedelta(days=min(whole, self._last)) + of_day
        return moment if number % 1 else moment.date()

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        element = local(name)
        if element == "numFmt":
            self._formats[number_of_format(attributes)] = attributes.get("formatCode", "")
        elif element == "cellXfs":
            self._in_cells, self._count = True, 0
        elif element in ("cellStyles", "dxfs", "cellStyleXfs"):
            self._in_cells = False
        elif element == "xf" and self._in_cells:
            self._style(str(self._count), number_of_format(attributes))
            self._count += 1

    def _style(self, style: str, number: int) -> None:
        code = _TEXT.sub("", self._formats.get(number, "")).partition(";")[0]
        if number in ELAPSED or _ELAPSED.search(code):
            self.elapsed.add(style)
        elif number in DAYS or _DAY.search(code):
            self.days.add(style)


def number_of_format(attributes: dict[str, str]) -> int:
    """The number of a format; that of the plain one where it is none."""
    figures = attributes.get("numFmtId", "")
    return int(figures) if figures.isascii() and figures.isdigit() and len(figures) < 10 else 0  # noqa: PLR2004
