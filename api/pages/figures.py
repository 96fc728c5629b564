"""How figures are read: money, days, instants, periods, hashes. Formatted here and nowhere else."""

import re
from datetime import date, datetime

from domain.clock import SHANGHAI
from domain.money import FEN_PER_YUAN, YUAN_PER_WAN, in_words, yuan

FEN_PER_WAN = FEN_PER_YUAN * YUAN_PER_WAN
FEN_PER_YI = FEN_PER_WAN * 10_000
FEN_PER_MILLION = FEN_PER_YUAN * 1_000_000
FEN_PER_BILLION = FEN_PER_MILLION * 1_000

MONTHS_EN = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
GROUP = 4

_PERIOD = re.compile(r"^(?P<year>\d{4})(?:-(?P<month>\d{2})|Q(?P<quarter>[1-4]))?$")

__all__ = ["count", "day", "grouped", "in_words", "moment", "period", "rough_money", "share", "yuan"]


def rough_money(fen: int, lang: str) -> str:
    """`fen` as a headline says it, to be shown beside the exact amount: 123_456_700_00 is `12,345.67 万元`.

    Below 100,000 yuan (Chinese) or one million (English) it is the exact amount.
    """
    if lang == "zh":
        steps = ((FEN_PER_YI, FEN_PER_YI, "{} 亿元"), (FEN_PER_WAN * 10, FEN_PER_WAN, "{} 万元"))
    else:
        steps = ((FEN_PER_BILLION, FEN_PER_BILLION, "¥{} billion"), (FEN_PER_MILLION, FEN_PER_MILLION, "¥{} million"))
    for least, unit, words in steps:
        if abs(fen) >= least:
            sign = "-" if fen < 0 else ""
            return sign + words.format(_hundredths(abs(fen), unit))
    return yuan(fen)


def _hundredths(fen: int, unit: int) -> str:
    """`fen` in `unit`, rounded half up to two decimals, without a float on the way."""
    hundredths = (fen * 100 + unit // 2) // unit
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def count(number: int) -> str:
    """A whole number with separators: 30412 is `30,412`."""
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """`part` of `whole` in percent with one decimal, for a bar's length: (1, 3) is `33.3`."""
    return f"{100 * part / whole:.1f}" if whole > 0 else "0.0"


def day(value: str | date, lang: str) -> str:
    """A day: `2020年6月20日`, `20 June 2020`."""
    told = value if isinstance(value, date) else date.fromisoformat(value)
    if lang == "zh":
        return f"{told.year}年{told.month}月{told.day}日"
    return f"{told.day} {MONTHS_EN[told.month - 1]} {told.year}"


def moment(value: str | datetime, lang: str) -> str:
    """An instant in China's time, to the second: `2026年11月24日 11:39:18`, `24 November 2026, 11:39:18 (Beijing)`."""
    told = (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(SHANGHAI)
    return (
        f"{day(told.date(), lang)} {told:%H:%M:%S}"
        if lang == "zh"
        else f"{day(told.date(), lang)}, {told:%H:%M:%S} (Beijing)"
    )


def period(value: str, lang: str) -> str:
    """A period as people say it: `2020Q2` is `2020年第2季度`, `Q2 2020`; what is none is left as it is."""
    found = _PERIOD.match(value)
    if found is None:
        return value
    year, month, quarter = found["year"], found["month"], found["quarter"]
    if month is not None and 1 <= int(month) <= len(MONTHS_EN):
        return f"{year}年{int(month)}月" if lang == "zh" else f"{MONTHS_EN[int(month) - 1]} {year}"
    if quarter is not None:
        return f"{year}年第{quarter}季度" if lang == "zh" else f"Q{quarter} {year}"
    return f"{year}年" if lang == "zh" and month is None else value


def grouped(hexadecimal: str) -> str:
    """A hash as it is printed, so that two people can compare it aloud: groups of four with blanks between."""
    return " ".join(hexadecimal[start : start + GROUP] for start in range(0, len(hexadecimal), GROUP))
