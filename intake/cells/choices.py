"""Words out of a list: enums, 是/否, and lists of names."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from intake.cells.fault import CellFault, shown
from intake.cells.text import Raw, tidy
from intake.sheet import Column

YES, NO = "是", "否"
_BETWEEN = re.compile("[、;；]")


def same_word(text: str) -> str:
    """The form in which two spellings of a word are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def enum_parser(column: Column) -> Callable[[Raw], Any]:
    """A parser of enums: the Chinese word or its English one, blanks apart; its value is the Chinese word."""
    words = {same_word(english): value for value, english in zip(column.values, column.english, strict=False)}
    words |= {same_word(value): value for value in column.values}

    def parse(raw: Raw) -> Any:
        stated = tidy(raw)
        if isinstance(stated, CellFault):
            return stated
        if not stated:
            return None
        return words.get(same_word(stated)) or outside(stated, column)

    return parse


def yes_or_no_parser(column: Column) -> Callable[[Raw], Any]:
    """A parser of 是/否; 1, TRUE and √ are neither."""

    def parse(raw: Raw) -> Any:
        stated = tidy(raw)
        if isinstance(stated, CellFault):
            return stated
        if stated in (YES, NO):
            return stated == YES
        return outside(stated, column, allowed=(YES, NO)) if stated else None

    return parse


def outside(stated: str, column: Column, *, allowed: tuple[str, ...] = ()) -> CellFault:
    """`E-SCHEMA`: a word that the column does not know."""
    words = "/".join(allowed or column.values)
    said = shown(stated, personal=column.personal)
    return CellFault(
        "E-SCHEMA",
        zh=f"“{said}”不在可填的值之内：{words}",
        en=f"“{said}” is not one of {words}",
        remedy="从可填的值中选一个 / Use one of the values allowed.",
    )


def parse_list(raw: Raw) -> Any:
    """Names joined by 、 or ; in a tuple."""
    stated = tidy(raw)
    if isinstance(stated, CellFault):
        return stated
    return tuple(part for part in (piece.strip() for piece in _BETWEEN.split(stated)) if part) or None
