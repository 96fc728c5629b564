"""Masking, in one place: what anybody may see of a number or a name (DOMAIN §6).

The ID pattern hides the check digit too: first six and last four of an 18-digit number leave about 1,560 possible
birth dates over 47 years, and 33 if the year is known.
"""

import re

# An ID of 18 or 15 digits, a bank account of 13 to 19, a telephone number; digits may be set in groups. A place
# code has 12 digits and stays legible.
_ID18 = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_ID15 = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})\d{9}(?![0-9A-Za-z])")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z.])\d{13,}[\dXx]?(?![0-9A-Za-z])")
_GROUPED = re.compile(r"(?<![0-9])\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?(?![0-9])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d{9}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")

_PERHAPS = re.compile(r"\d{7}|\d{4}[ -]\d{4}")
"""What every one of the patterns needs; most texts have none of it."""

KEPT_OF_ID = 6
KEPT_OF_ACCOUNT = 4


def mask_id(number: str) -> str:
    """An ID number by DOMAIN §6 (*strict*): `440899196803051173` is `440899********11**`."""
    if len(number) == 18:  # noqa: PLR2004  GB 11643
        return f"{number[:KEPT_OF_ID]}********{number[14:16]}**"
    return f"{number[:KEPT_OF_ID]}{'*' * max(len(number) - KEPT_OF_ID, 0)}"


def mask_account(number: str) -> str:
    """The last four digits of an account: `****0012`."""
    return f"****{number[-KEPT_OF_ACCOUNT:]}" if len(number) > KEPT_OF_ACCOUNT else "****"


def mask_phone(number: str) -> str:
    """A telephone number as `139****5678`; a short or landline number keeps its last two digits."""
    if len(number) == 11 and number.isdigit():  # noqa: PLR2004  a mobile number
        return f"{number[:3]}****{number[-4:]}"
    return f"****{number[-2:]}"


def mask_name(name: str) -> str:
    """A minor's name, or a name in a message: the surname and 某某."""
    return f"{name[:1]}某某" if name else name


def masked(text: str) -> str:
    """`text` with everything masked that looks like an ID, an account or a telephone number."""
    if not _PERHAPS.search(text):
        return text
    for pattern, mask in (
        (_ID18, mask_id),
        (_GROUPED, _mask_grouped),
        (_LONG_NUMBER, _mask_long),
        (_MOBILE, mask_phone),
        (_LANDLINE, mask_phone),
    ):
        text = pattern.sub(lambda found, mask=mask: mask(found.group()), text)  # type: ignore[misc]
    return text


def find_personal(text: str) -> list[str]:
    """The kinds of personal number that stand in `text` unmasked: `id`, `account`, `phone` (PUB-06)."""
    kinds = []
    if _ID18.search(text) or _ID15.search(text):
        kinds.append("id")
    if _GROUPED.search(text) or any(len(found) >= 16 for found in _LONG_NUMBER.findall(text)):  # noqa: PLR2004
        kinds.append("account")
    if _MOBILE.search(text) or _LANDLINE.search(text):
        kinds.append("phone")
    return kinds


def _mask_long(number: str) -> str:
    if len(number) == 15:  # noqa: PLR2004  first-generation ID
        return mask_id(number)
    return mask_account(number)


def _mask_grouped(number: str) -> str:
    return mask_account(re.sub(r"[ -]", "", number))
