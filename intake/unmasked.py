"""What a printed text shows that must be masked (DOMAIN §6, PUB-06): found while the text is at hand.

A number counts when its check digit is right, so that a contract's or document's number is not taken for a person's.
"""

import re
from datetime import date
from unicodedata import normalize

from intake.cells.identity import passes_luhn, what_is_wrong_with_id
from intake.loan_purpose import whole_years

ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
IN_NO_OTHER = r"(?<![0-9A-Za-z.])(?<![0-9A-Za-z]-)"
"""What stands before a number that is none of a contract or document, like `HT-13800000000`."""
LED_BY_A_MONTH = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])"
"""How contracts and documents are numbered, and cards are not."""
CARD = re.compile(
    rf"{IN_NO_OTHER}(?!{LED_BY_A_MONTH})(?:\d{{16,19}}|\d{{4}}(?:[ -]\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?)(?![0-9A-Za-z])"
)
MOBILE = re.compile(rf"{IN_NO_OTHER}(?:\+?86[ -]?)?1[3-9]\d{{9}}(?![0-9A-Za-z])")
LANDLINE = re.compile(rf"{IN_NO_OTHER}0\d{{2,3}}-?\d{{7,8}}(?![0-9A-Za-z])")

ADULT_YEARS = 18


def unmasked_numbers(printed: str, *, today: date | None) -> list[str]:
    """The kinds of personal number that `printed` shows whole: `id_no`, `account`, `mobile`, `landline`.

    today:  by which a date of birth in an ID number has come; None: it may be any.
    """
    text = normalize("NFKC", printed)
    day = today or date.max
    ids = [found for found in ID_NUMBER.findall(text) if what_is_wrong_with_id(found.upper(), today=day) is None]
    cards = [
        digits
        for digits in (re.sub("[ -]", "", found) for found in CARD.findall(text))
        if digits not in ids and passes_luhn(digits)
    ]
    shown = {"id_no": ids, "account": cards, "mobile": MOBILE.search(text), "landline": LANDLINE.search(text)}
    return [kind for kind, found in shown.items() if found]


def shows_a_minor(printed: str, name: str, id_no: str, *, today: date | None) -> bool:
    """Whether `printed` shows the full name of somebody under eighteen on `today`; nobody's age is known without it."""
    years = whole_years(id_no, today)
    return bool(name) and name in printed and years is not None and years < ADULT_YEARS
