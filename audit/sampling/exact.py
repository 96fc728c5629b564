"""Rates and amounts as exact fractions, with what they may be (DOMAIN §7, trap 1).

0.05 given as a float means 5/100 and not the double nearest to it; computed otherwise, ⌈e·n⌉ comes out one too high
here and there, and another sample size with it.
"""

from decimal import Decimal
from fractions import Fraction

Rate = Fraction | Decimal | float | str
"""A rate or an amount; a float is read as the decimal number that it prints as."""


def exact(value: Rate, name: str) -> Fraction:
    """`value` as a fraction.

    Raises:
        ValueError: when it is no finite number.
    """
    try:
        return value if isinstance(value, Fraction) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"The {name} must be a number, and {value!r} was given.") from None


def between_none_and_all(value: Rate, name: str) -> Fraction:
    """A rate above 0 and below 1: a confidence, a tolerable rate.

    Raises:
        ValueError: otherwise.
    """
    rate = exact(value, name)
    if not 0 < rate < 1:
        raise ValueError(f"The {name} must be above 0 and below 1, and {value} was given.")
    return rate


def expected_below(value: Rate, tolerable: Fraction) -> Fraction:
    """An expected rate: from 0 up to, and not reaching, the tolerable one.

    Raises:
        ValueError: otherwise; what is expected to be more than can be tolerated needs a full check, not a sample.
    """
    rate = exact(value, "expected rate")
    if not 0 <= rate < tolerable:
        raise ValueError(
            f"The expected rate must be from 0 to below the tolerable {float(tolerable):g}, and {value} was given."
        )
    return rate


def at_least(value: int, least: int, name: str) -> int:
    """A whole number from `least` on.

    Raises:
        ValueError: otherwise.
    """
    if value < least:
        raise ValueError(f"The {name} must be at least {least}, and {value} was given.")
    return value
