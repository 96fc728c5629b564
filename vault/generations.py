"""Identity numbers of both generations, and how near two of them are to each other.

A number of 18 digits (GB 11643-1999) is region (6), birth (8), sequence (3) and a check character; one of 15
(GB 11643-1989) lacks the century of birth and the check, and was never given to anybody born in 2000 or later. What is
called the body here are the first 17 digits of a number as it is, or would be, in the second generation.
"""

import re
from itertools import pairwise
from operator import mul
from typing import Final

ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_CHARACTERS: Final = "10X98765432"
"""GB 11643-1999: Σ weight × digit mod 11 names the check character."""

CENTENARIAN_SEQUENCES: Final = frozenset({"996", "997", "998", "999"})
"""Of 15 digits: GB 11643-1989 kept these for people born before 1900, so the century is not certain (DOMAIN, V30)."""

CENTURY: Final = "19"
FIRST_DIGITS: Final = 15
REGION, BIRTH, SEQUENCE = slice(0, 6), slice(6, 14), slice(14, 17)

_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]", re.ASCII)


def check_character(body: str) -> str:
    """The last character of a number whose first 17 digits are `body`."""
    return ID_CHECK_CHARACTERS[sum(map(mul, ID_WEIGHTS, map(int, body))) % len(ID_CHECK_CHARACTERS)]


def body_of(number: str) -> str | None:
    """The 17 digits of a number of either generation; None of what is no such number."""
    if _NUMBER.fullmatch(number) is None:
        return None
    return f"{number[:6]}{CENTURY}{number[6:]}" if len(number) == FIRST_DIGITS else number[:17]


def of_the_other_generation(number: str) -> str | None:
    """The number that the same person has, or would have, in the other generation; None where that is not certain."""
    body = body_of(number)
    if body is None or not body[BIRTH].startswith(CENTURY) or body[SEQUENCE] in CENTENARIAN_SEQUENCES:
        return None
    return body + check_character(body) if len(number) == FIRST_DIGITS else body[:6] + body[8:]


def is_near(one: str, other: str) -> bool:
    """Whether two bodies differ by one slip of the pen, or only in the order of the digits of birth (DUP-03).

    One slip is a distance of 1 by Damerau and Levenshtein (optimal string alignment), which between texts of one
    length is one other digit, or two neighbours that changed places.
    """
    places = [place for place, (mine, yours) in enumerate(zip(one, other, strict=True)) if mine != yours]
    if len(places) == 1:
        return True
    swapped = [(first, second) for first, second in pairwise(places) if second - first == 1]
    if len(places) == len(swapped) + 1 == 2:  # noqa: PLR2004  two neighbours
        [(first, second)] = swapped
        if (one[first], one[second]) == (other[second], other[first]):
            return True
    return bool(places) and _differs_in_the_order_of_birth(one, other)


def parts_of(body: str) -> tuple[str, str, str]:
    """Three parts of a body of which two near ones share at least one, whatever the digits are.

    Places count from 0. A slip within 0…6 leaves the first part as it is, one within 6…13 the second, one within 12…16
    the third; neighbours that change places lie within one of these; an order of birth leaves the second.
    """
    return body[7:], body[REGION] + body[SEQUENCE], body[:12]


def _differs_in_the_order_of_birth(one: str, other: str) -> bool:
    same = one[REGION] == other[REGION] and one[SEQUENCE] == other[SEQUENCE]
    return same and sorted(one[BIRTH]) == sorted(other[BIRTH])
