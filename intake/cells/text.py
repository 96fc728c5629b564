"""Text as every other kind of cell begins: trimmed, in NFC, without what cannot be seen (FORMATS, Reading: Cells)."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any

from domain.kinds import LONGEST_TEXT
from intake.cells.fault import CellFault, shown

Raw = str | float | int | bool | datetime | date | time | timedelta | None
"""A cell as the workbook reader or the CSV reader hands it over."""

BLANKS = (
    " \t\n\r\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f"
    "\u205f\u2060\u3000\ufeff"
)
"""What stands around a value without belonging to it; the zero-width ones too."""

DIGITS_OF_EXCEL = 10**15
"""From here on a number cell has lost digits: Excel keeps 15."""

FULL_WIDTH_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)}
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
"""Full-width forms of ASCII to ASCII, one for one. NFKC would also make 10² out of 10 squared, so it is not used."""

ERROR_VALUES = frozenset(
    {
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    }
)
_BLANK_RUN = re.compile(f"[{BLANKS}\u200c\u200d\u00ad]")
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2,3}")
_HASHES = re.compile(r"#{3,}")


def compact(text: str) -> str:
    """`text` in half-width characters without blanks and zero-width characters, as IDs and cards are compared."""
    return _BLANK_RUN.sub("", text.translate(FULL_WIDTH))


def as_text(raw: Raw) -> str | CellFault:
    """What the cell says, before it is trimmed: a number cell says its digits, a date cell its day.

    Returns:
        The words, or the fault `E-EXCEL` when the number cell is too long for Excel to have kept its digits.
    """
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float | int):
        if not abs(raw) < DIGITS_OF_EXCEL:  # NaN, which a file may hold though Excel does not, is not below it
            return digits_lost()
        return str(int(raw)) if raw == int(raw) else format(raw, ".15g")
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%d %H:%M" if raw.second == 0 else "%Y-%m-%d %H:%M:%S")
    return "" if raw is None else str(raw)


def tidy(raw: Raw) -> str | CellFault:
    """The cell's words: trimmed, in NFC, with half-width digits.

    Returns:
        The words; or a fault: `E-EXCEL`, a NUL, more than 32,767 characters, or (with `value`, the words that count)
        `W-TEXT` for invisible characters that were taken out.
    """
    text = raw if isinstance(raw, str) else as_text(raw)
    if isinstance(text, CellFault):
        return text
    text = text.strip(BLANKS)
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:
        return error_value(text) if text[:1] == "#" else text
    if "\x00" in text:
        return holds_nul()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    words = unicodedata.normalize("NFC", text).translate(FULL_WIDTH_DIGITS)
    cleaned = _ODD.sub("", words).strip(BLANKS)
    if len(cleaned) > LONGEST_TEXT:
        return too_long(len(cleaned))
    return cleaned if cleaned == words else holds_invisible(cleaned, removed=len(words) - len(cleaned))


def stated(raw: Raw) -> str:
    """What the cell says as far as it can be said, for what is recorded as stated."""
    words = tidy(raw)
    if not isinstance(words, CellFault):
        return words
    if isinstance(words.value, str):
        return words.value
    return unicodedata.normalize("NFC", format(raw, ".15g") if isinstance(raw, float) else str(raw)).strip(BLANKS)


def text_parser(*, personal: bool) -> Callable[[Raw], Any]:
    """A parser of text columns; a number in scientific notation has lost its digits, unless the text is free."""

    def parse(raw: Raw) -> Any:
        words = tidy(raw)
        if isinstance(words, CellFault):
            return words
        if not personal and "+" in words and _SCIENTIFIC.fullmatch(words):
            return digits_lost()
        return words or None

    return parse


def forgiving(parse: Callable[[Raw], Any], *, first: Callable[[str], str] | None = None) -> Callable[[Raw], Any]:
    """`parse`, read on the text without its invisible characters, and with the warning `W-TEXT` if there were any.

    first:  what is done to the text before that (numbers lose their blanks without a word).
    """

    def read(raw: Raw) -> Any:
        if not isinstance(raw, str):
            return digits_lost() if isinstance(raw, float) and not isfinite(raw) else parse(raw)
        text = first(raw) if first else raw
        if not _ODD.search(text):
            return parse(text)
        words = tidy(text)
        if not isinstance(words, CellFault) or words.code != "W-TEXT":
            return words or None
        value = parse(words.value)
        return value if isinstance(value, CellFault) else replace(words, value=value)

    return read


def is_scientific(text: str) -> bool:
    """Whether the text is a number that Excel shortened, `4.40899E+17`."""
    return _SCIENTIFIC.fullmatch(text) is not None


def error_value(text: str) -> str | CellFault:
    """The fault of `#REF!` and its like, and of a row of #### that was copied for a number; else the text."""
    if text not in ERROR_VALUES and not _HASHES.fullmatch(text):
        return text
    return CellFault(
        "E-EXCEL",
        zh=f"单元格是错误值 {text}，不是数据",
        en=f"the cell holds the error value {text}, not a value",
        remedy="在表格中修正公式或重新填写该单元格 / Mend the formula in the workbook, or type the value.",
        hard=True,
    )


def digits_lost() -> CellFault:
    """The number went through a number cell that keeps 15 digits."""
    return CellFault(
        "E-EXCEL",
        zh="号码被当作数字保存，后几位已丢失",
        en="the number was kept as a number cell and lost its last digits",
        remedy="把该列设为“文本”格式，按原始凭证重新填写 / Format the column as text and type the number again.",
        hard=True,
    )


def holds_nul() -> CellFault:
    """A NUL byte never belongs into a cell."""
    return CellFault(
        "E-SCHEMA",
        zh="含空字符（NUL），内容可能已损坏",
        en="holds a NUL character; the content may be damaged",
        remedy="重新填写该单元格 / Type the cell again.",
        hard=True,
    )


def too_long(length: int) -> CellFault:
    """More than one Excel cell can hold."""
    return CellFault(
        "E-SCHEMA",
        zh=f"共 {length} 个字符，超过上限 {LONGEST_TEXT}",
        en=f"has {length} characters, more than the {LONGEST_TEXT} that a cell can hold",
        remedy="缩短内容，原文另附 / Shorten it and keep the original as an attachment.",
    )


def holds_invisible(cleaned: str, *, removed: int) -> CellFault:
    """Control characters and direction marks can show another text than is stored; they were taken out."""
    return CellFault(
        "W-TEXT",
        zh=f"含 {removed} 个不可见的控制字符或方向标记，已去除",
        en=f"held {removed} invisible control characters or direction marks, which were removed",
        remedy="核对该单元格的内容 / Check what the cell says.",
        value=cleaned or None,
    )


def not_in_its_form(text: str, *, form_zh: str, form_en: str, personal: bool = False) -> CellFault:
    """`E-SCHEMA`: the cell is not written as its column wants it."""
    words = shown(text, personal=personal)
    return CellFault(
        "E-SCHEMA",
        zh=f"“{words}”不是{form_zh}",
        en=f"“{words}” is not {form_en}",
        remedy="按填写说明更正 / Correct it as the column asks.",
    )
