"""Numbers that name people, organisations, accounts and telephones (DOMAIN §8, Validation).

`stdnum` knows the same check digits; ours are here because a bad number must be kept as stated with the reason, 15
digits must be read too, and 20,000 rows are checked in a tenth of a second.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from operator import mul
from typing import Any, Literal

from intake.cells.fault import CellFault, shown
from intake.cells.text import Raw, as_text, compact, digits_lost, is_scientific, not_in_its_form, tidy
from vault.generations import CENTENARIAN_SEQUENCES, check_character

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
"""GB 32100-2015: base 31, weights 3^place mod 31."""

IdQuality = Literal["valid", "upgradable", "invalid"]

_ID18 = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_ID15 = re.compile(r"[1-9]\d{14}", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{64}")
_LUHN_OF_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def id_quality(number: str, *, today: date) -> IdQuality:
    """What the check of an ID says: `upgradable` are 15 digits of the first generation."""
    if what_is_wrong_with_id(number, today=today) is not None:
        return "invalid"
    return "valid" if len(number) == 18 else "upgradable"  # noqa: PLR2004  GB 11643


def what_is_wrong_with_id(number: str, *, today: date) -> tuple[str, str] | None:
    """Why `number` cannot be an ID, in Chinese and English; None if it can."""
    if _ID18.fullmatch(number):
        if not is_birthday(number[6:14], today):
            return "出生日期不存在", "its date of birth does not exist"
        right = check_character(number[:17])
        return None if right == number[17] else ("校验码不符", "its check digit is wrong")
    if _ID15.fullmatch(number):
        if number[12:] in CENTENARIAN_SEQUENCES:
            return "顺序码 996–999，出生世纪不明", "its sequence 996 to 999 leaves the century of birth open"
        return (
            None if is_birthday("19" + number[6:12], today) else ("出生日期不存在", "its date of birth does not exist")
        )
    return f"共 {len(number)} 位，应为 18 位或 15 位数字", f"it has {len(number)} characters and is not 18 or 15 digits"


def is_birthday(digits: str, today: date) -> bool:
    """Whether the eight digits are a day up to today."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= today
    except ValueError:
        return False


def is_uscc(code: str) -> bool:
    """Whether the check character of a credit code is right."""
    if len(code) != 18 or any(character not in USCC_ALPHABET for character in code):  # noqa: PLR2004  GB 32100
        return False
    total = sum(map(mul, USCC_WEIGHTS, map(USCC_ALPHABET.index, code[:17])))
    return USCC_ALPHABET[-total % 31] == code[17]


def names_an_organisation(code: str) -> bool:
    """Whether a code is an organisation's, and may stand in clear.

    One ID number in 31 has the check character of a credit code too: what has a date of birth in its place is a person.
    """
    return is_uscc(code) and not (code[:17].isdigit() and is_birthday(code[6:14], date.max))


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_LUHN_OF_DOUBLED[value] for value in values[1::2])) % 10 == 0


def number_text(raw: Raw) -> str | CellFault | None:
    """The number in the cell without blanks, or `E-EXCEL` where the spreadsheet changed it."""
    if isinstance(raw, bool | date | datetime | time | timedelta):
        return became_a_date()
    words = tidy(raw)
    if isinstance(words, CellFault):
        return words
    number = compact(words)
    return digits_lost() if is_scientific(number) else number or None


def became_a_date() -> CellFault:
    """A number that the spreadsheet took for a date."""
    return CellFault(
        "E-EXCEL",
        zh="号码被表格软件改成了日期或逻辑值",
        en="the spreadsheet turned the number into a date or a truth value",
        remedy="把该列设为“文本”格式，重新填写 / Format the column as text and type the number again.",
        hard=True,
    )


def id_parser(*, today: date) -> Callable[[Raw], Any]:
    """A parser of ID numbers; a bad one is kept as stated under the fault `E-ID`."""

    def parse(raw: Raw) -> Any:
        number = number_text(raw)
        if number is None or isinstance(number, CellFault):
            return number
        number = number.upper()
        wrong = what_is_wrong_with_id(number, today=today)
        return number if wrong is None else bad_id(number, *wrong)

    return parse


def bad_id(number: str, wrong_zh: str, wrong_en: str) -> CellFault:
    """`E-ID`; the number stays, so that the row can still be told from others. What has no digits may be a name."""
    said = shown(number, personal=not any(character.isdigit() for character in number))
    return CellFault(
        "E-ID",
        zh=f"证件号码 {said} 有误：{wrong_zh}",
        en=f"the ID number {said} is wrong: {wrong_en}",
        remedy="按证件原件更正；更正前不与其他记录归集 / Correct it from the card; until then it is not joined.",
        value=number,
    )


def parse_uscc(raw: Raw) -> Any:
    """A credit code; a bad one is kept as stated under the fault `E-ID`."""
    code = number_text(raw)
    if code is None or isinstance(code, CellFault):
        return code
    code = code.upper()
    return code if is_uscc(code) else bad_uscc(code)


def bad_uscc(code: str) -> CellFault:
    """`E-ID` of a credit code."""
    return CellFault(
        "E-ID",
        zh=f"统一社会信用代码 {shown(code)} 校验不符",
        en=f"the credit code {shown(code)} fails its check",
        remedy="按营业执照更正 / Correct it from the licence.",
        value=code,
    )


def id_or_uscc_parser(*, today: date) -> Callable[[Raw], Any]:
    """A parser of columns that name a person or an organisation."""
    parse_id = id_parser(today=today)

    def parse(raw: Raw) -> Any:
        code = parse_uscc(raw)
        number = code.value if isinstance(code, CellFault) and code.code == "E-ID" else code
        if isinstance(number, str) and number[:15].isdigit() and not names_an_organisation(number):
            return parse_id(raw)
        return code

    return parse


def parse_account(raw: Raw) -> Any:
    """A bank account as text; failing Luhn is a warning, since passbooks need not pass it."""
    number = number_text(raw)
    if number is None or isinstance(number, CellFault) or not (number.isascii() and number.isdigit()):
        return number
    if passes_luhn(number):
        return number
    return CellFault(
        "W-LUHN",
        zh=f"账号 {shown(number)} 未通过 Luhn 校验",
        en=f"the account {shown(number)} fails the Luhn check",
        remedy="核对卡号；存折账号可不理会 / Check the card number; a passbook need not pass.",
        value=number,
    )


def parse_phone(raw: Raw) -> Any:
    """A telephone number as text."""
    return number_text(raw)


def parse_sha(raw: Raw) -> Any:
    """A SHA-256 hash in hex."""
    text = as_text(raw)
    if isinstance(text, CellFault):
        return text
    digest = compact(text).lower()
    if not digest:
        return None
    return digest if _SHA.fullmatch(digest) else not_in_its_form(digest, form_zh="SHA-256", form_en="a SHA-256 hash")
