"""Draws that anybody can repeat, and invented people with valid numbers that belong to nobody."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class Draws:
    """Draws that anybody can repeat: SHA-256 of the seed and a running number."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` − 1."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}|{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of the choices; whoever stands in them twice is drawn twice as often."""
        return choices[self.below(len(choices))]

    def once_in(self, times: int) -> bool:
        """Yes, once in so many times."""
        return self.below(times) == 0

    def day(self, first: date, days: int) -> date:
        """A day of the `days` from the first on."""
        return first + timedelta(days=self.below(days))


@dataclass(frozen=True)
class Person:
    """Somebody invented, with a number, a card, a telephone and a household."""

    name: str
    id_no: str
    card: str
    phone: str
    household_no: str
    village: str


def identity_number(*, born: date, serial: int) -> str:
    """A number of 18 digits with its right check digit (GB 11643)."""
    body = f"440899{born:%Y%m%d}{serial % 1000:03}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def card_number(serial: int) -> str:
    """A card of 19 digits with its right last digit (Luhn)."""
    body = f"629999{serial:012}"
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(reversed(body)))
    return body + str(-sum(map(int, doubled)) % 10)


def credit_code(serial: int) -> str:
    """A 统一社会信用代码 with both its check digits right (GB 32100, GB 11714)."""
    digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    own = f"MC{serial:06}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = -sum(letters.index(sign) * weight for sign, weight in zip(own, weights, strict=True)) % 11
    body = f"93440899{own}{'X' if check == len(weights) + 2 else check}"
    total = sum(digits.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + digits[-total % 31]


def spoiled(id_no: str) -> str:
    """The number with a wrong check digit."""
    return id_no[:-1] + ("1" if id_no[-1] != "1" else "2")
