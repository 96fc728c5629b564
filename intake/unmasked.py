"""What a printed text shows that must be masked (DOMAIN §6, PUB-06): found while the text is at hand.

A number counts when its check digit is right, so that a contract's or document's number is not taken for a person's.
"""

import re
from datetime import date

from intake.cells.identity import is_birthday, passes_luhn, what_is_wrong_with_id

ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
CARD = re.compile(r"(?<![0-9A-Za-z.])(?:\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?)(?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d{9}(?!\d)")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")

ADULT_YEARS = 18


def unmasked_numbers(text: str, *, today: date) -> list[str]:
    """The kinds of personal number that `text` shows whole: `id_no`, `account`, `mobile`, `landline`."""
    ids = [found for found in ID_NUMBER.findall(text) if what_is_wrong_with_id(found.upper(), today=today) is None]
    cards = [
        digits
        for digits in (re.sub("[ -]", "", found) for found in CARD.findall(text))
        if digits not in ids and passes_luhn(digits)
    ]
    shown = {"id_no": ids, "account": cards, "mobile": MOBILE.search(text), "landline": LANDLINE.search(text)}
    return [kind for kind, found in shown.items() if found]


def shows_a_minor(text: str, name: str, id_no: str, *, today: date) -> bool:
    """Whether `text` shows the full name of somebody under eighteen on `today`."""
    born = id_no[6:14]
    if not name or name not in text or not is_birthday(born, today):
        return False
    return (today.year - int(born[:4]), today.month, today.day) < (ADULT_YEARS, int(born[4:6]), int(born[6:]))
