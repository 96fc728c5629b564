"""Money, rates, quantities and counts: exact, never rounded (FORMATS, Reading: Money)."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from domain.kinds import LARGEST
from domain.money import FEN_PER_YUAN, YUAN_PER_WAN
from intake.cells.fault import CellFault, shown
from intake.cells.text import FULL_WIDTH, Raw, not_in_its_form, tidy
from intake.sheet import Column

PPM_PER_PERCENT = 10_000
MOST_DECIMALS = 15
"""Of a rate, zeros at the end counted; decimal arithmetic is exact far beyond that, but not without end."""

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)
_WITH_UNIT = re.compile(r"[¥￥]?-?[\d,.]+\s*(?:万|亿|千|百|元|块|圆|角|分|rmb|cny|yuan)", re.IGNORECASE | re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


def exact(number: float) -> Decimal:
    """A number cell at the 15 significant digits that Excel shows: 178.20000000000002 is 178.2."""
    return Decimal(format(number, ".15g"))


def money_parser(column: Column, *, yuan_per_unit: int = 1) -> Callable[[Raw], Any]:
    """A parser of money in yuan, or in 万元 with `yuan_per_unit` 10,000; its value is integer fen.

    Faults: `E-UNIT` for a unit in the cell; `E-SCHEMA` for more than two decimals of a yuan, a sign or a zero that
    the column does not allow, and everything that is no amount.
    """
    fen_per_unit = FEN_PER_YUAN * yuan_per_unit
    decimals = 2 if yuan_per_unit == 1 else 2 + len(str(YUAN_PER_WAN)) - 1

    def parse(raw: Raw) -> Any:
        amount = amount_of(raw)
        if amount is None or isinstance(amount, CellFault):
            return amount
        fen = amount * fen_per_unit
        if fen != fen.to_integral_value() or (isinstance(raw, str) and decimals_of(amount) > decimals):
            return too_fine(amount, decimals)
        return within_bounds(int(fen), amount, column)

    return parse


def amount_of(raw: Raw) -> Decimal | CellFault | None:
    """The number in the cell, in the unit of its header."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return exact(raw)
    words = tidy(raw)
    if isinstance(words, CellFault):
        return words
    text = words.translate(FULL_WIDTH).replace("−", "-")
    if not text:
        return None
    sign, rest = ("-", text[1:]) if text[0] == "-" else ("", text)
    figures = rest[1:].lstrip() if rest[:1] in ("¥", "￥") else rest
    if not _GROUPED.fullmatch(figures):
        return no_amount(text)
    return Decimal(sign + figures.replace(",", ""))


def within_bounds(fen: int, amount: Decimal, column: Column) -> int | CellFault:
    """`fen`, unless the column forbids its sign or its size."""
    figures = shown(plain(amount))
    if abs(fen) > LARGEST:
        return CellFault(
            "E-SCHEMA",
            zh=f"金额 {figures} 超过可记录的上限",
            en=f"the amount {figures} is more than can be recorded",
            remedy="核对金额和单位 / Check the amount and its unit.",
        )
    if column.above_zero and fen <= 0:
        return CellFault(
            "E-SCHEMA",
            zh=f"金额 {figures} 应大于 0",
            en=f"the amount {figures} must be above 0",
            remedy="更正金额；退回、冲正请记入退票冲正台账 / Correct it; returns belong into 退票冲正台账.",
        )
    if fen < 0 and not column.signed:
        return CellFault(
            "E-SCHEMA",
            zh=f"金额 {figures} 不能为负",
            en=f"the amount {figures} may not be negative",
            remedy="更正金额 / Correct the amount.",
        )
    return fen


def plain(amount: Decimal) -> str:
    """`amount` in digits, without an exponent."""
    return format(amount, "f")


def decimals_of(amount: Decimal) -> int:
    """Digits behind the point, as written."""
    return max(-int(amount.as_tuple().exponent), 0)


def too_fine(amount: Decimal, decimals: int) -> CellFault:
    """More decimals than money has."""
    figures = shown(plain(amount))
    return CellFault(
        "E-SCHEMA",
        zh=f"“{figures}”有 {decimals_of(amount)} 位小数，最多 {decimals} 位，不作舍入",
        en=f"“{figures}” has {decimals_of(amount)} decimals, at most {decimals} are allowed; nothing is rounded",
        remedy="按凭证填写到分 / State the amount to the fen, as the voucher does.",
    )


def no_amount(text: str) -> CellFault:
    """A unit beside the number, or no number at all."""
    if _WITH_UNIT.match(text):
        return CellFault(
            "E-UNIT",
            zh=f"金额“{shown(text)}”里写了单位",
            en=f"the amount “{shown(text)}” has a unit in the cell",
            remedy="单元格只填数字，单位写在表头 / Write the number alone; the unit belongs into the header.",
        )
    return not_in_its_form(text, form_zh="金额", form_en="an amount of money")


def number_of(raw: Raw, *, percent: bool = False) -> Decimal | CellFault | None:
    """A number of no unit, zero or more."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        number = exact(raw)
        return number if number >= 0 else not_in_its_form(plain(number), form_zh="不小于 0 的数", form_en="0 or more")
    words = tidy(raw)
    if isinstance(words, CellFault):
        return words
    text = words.translate(FULL_WIDTH)
    figures = text.removesuffix("%").rstrip() if percent else text
    if not text:
        return None
    if not _PLAIN.fullmatch(figures):
        return not_in_its_form(text, form_zh="不小于 0 的数", form_en="a number, 0 or more")
    return Decimal(figures)


def parse_percent(raw: Raw) -> Any:
    """A rate in percent with at most four decimals; its value is parts per million: 4.65 is 46500."""
    number = number_of(raw, percent=True)
    if number is None or isinstance(number, CellFault):
        return number
    ppm = number * PPM_PER_PERCENT
    if ppm != ppm.to_integral_value() or ppm > LARGEST or decimals_of(number) > MOST_DECIMALS:
        return not_in_its_form(
            plain(number), form_zh="最多 4 位小数的百分数", form_en="a percentage of at most 4 decimals"
        )
    return int(ppm)


def parse_quantity(raw: Raw) -> Any:
    """A quantity; its value is decimal text without trailing zeros."""
    number = number_of(raw)
    if number is None or isinstance(number, CellFault):
        return number
    figures = plain(number)
    return (figures.rstrip("0").rstrip(".") if "." in figures else figures) or "0"


def parse_whole(raw: Raw) -> Any:
    """A whole number, 0 or more."""
    number = number_of(raw)
    if number is None or isinstance(number, CellFault):
        return number
    if number != number.to_integral_value() or number > LARGEST:
        return not_in_its_form(plain(number), form_zh="整数", form_en="a whole number")
    return int(number)
