"""Money: written without rounding, read without rounding, and in capitals as banks want it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import LARGEST
from domain.money import fen_of, in_words, plain_yuan, yuan

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        # The worked examples of 支付结算办法 (银发〔1997〕393号), annex 1, each in one permitted reading.
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        # What lists of a township hold besides.
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (105, "壹元零伍分"),
        (60_000, "陆佰元整"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
        (-150, "负壹元伍角"),
    ],
)
def test_an_amount_in_capitals_reads_as_a_bank_would_write_it(fen: int, words: str) -> None:
    assert in_words(fen) == words


@given(st.integers(min_value=1, max_value=LARGEST))
def test_the_capitals_of_every_amount_read_back_as_that_amount(fen: int) -> None:
    assert read_words(in_words(fen)) == fen


def test_an_amount_beyond_what_the_capitals_can_say_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        in_words(10**18)


@pytest.mark.parametrize(
    ("fen", "shown", "plain"),
    [
        (0, "¥0.00", "0.00"),
        (5, "¥0.05", "0.05"),
        (10_001, "¥100.01", "100.01"),
        (123_456_789, "¥1,234,567.89", "1234567.89"),
        (-150, "-¥1.50", "-1.50"),
    ],
)
def test_an_amount_is_shown_with_two_decimals_and_its_sign_before_the_currency(
    fen: int, shown: str, plain: str
) -> None:
    assert yuan(fen) == shown
    assert plain_yuan(fen) == plain


@pytest.mark.parametrize(
    ("amount", "fen"),
    [
        ("0", 0),
        ("178.2", 17_820),
        ("-0.01", -1),
        ("1.000000000000000000000000000000000000", 100),
        ("90071992547409.91", LARGEST),
    ],
)
def test_an_amount_with_two_decimals_at_most_is_taken_exactly(amount: str, fen: int) -> None:
    assert fen_of(Decimal(amount)) == fen


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("184.125", "more than two decimals"),
        ("1.0000000000000000000000000000000000001", "more than two decimals"),
        ("90071992547409.92", "more than an amount can hold"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
    ],
)
def test_an_amount_that_would_have_to_be_rounded_or_does_not_fit_is_refused(amount: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        fen_of(Decimal(amount))


def read_words(words: str) -> int:
    """The amount that capitals say, in fen, read the way a teller does: unit by unit, without `cn2an`."""
    words = words.removesuffix("整")
    whole, _, rest = words.partition("元") if "元" in words else ("", "", words)
    jiao, _, fen = rest.partition("角") if "角" in rest else ("", "", rest)
    return read_number(whole) * 100 + read_number(jiao) * 10 + read_number(fen.removesuffix("分"))


def read_number(words: str) -> int:
    """A whole number in capitals."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            above, _, below = words.partition(unit)
            return read_number(above) * size + read_number(below)
    number = digit = 0
    for word in words:
        if word in UNITS:
            number, digit = number + digit * UNITS[word], 0
        else:
            digit = DIGITS[word]
    return number + digit
