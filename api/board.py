"""What stands on the notice board: names as the law allows, numbers masked, the tree that covers it (DOMAIN §6)."""

from datetime import date
from typing import Any

from stdnum.cn import ric

from api.ledger import Ledger
from api.revealing import words_at
from domain.refusal import Refused
from vault.masking import find_personal, mask_id, mask_name

FULL_AGE = 18
PUBLISHER_ROLE = "镇财政所 / township finance office"
NOT_PRINTED = ("last_position", "positions")


def printed_header(ledger: Ledger, header: dict[str, Any]) -> dict[str, Any]:
    """A notice's header with how to object, who published it, and the first tree that covers its last line."""
    size = header["last_position"]
    settings = ledger.settings
    told = {name: value for name, value in header.items() if name not in NOT_PRINTED}
    told["objection_to"] = {
        "township": settings.objection_township,
        "county": settings.objection_county,
        "hotline": settings.objection_hotline,
    }
    told["publisher"] = f"{ledger.place_name}"
    told["size"] = size
    told["root"] = ledger.money.root(size).hex() if size else None
    return told


def printed(ledger: Ledger, notice: dict[str, Any]) -> dict[str, Any]:
    """A notice with its lines as they may be printed: adults by name, minors by surname, IDs masked.

    Raises:
        Refused: `E-PRIVACY` when a whole number would stand on it (PUB-06).
    """
    lines = notice["lines"]
    names = words_at(ledger, [line["position"] for line in lines])
    numbers = ledger.vault.numbers({line["id_no"] for line in lines if line["id_no"]})
    told = printed_header(ledger, {name: value for name, value in notice.items() if name != "lines"})
    on = date.fromisoformat(notice["from"])
    told["lines"] = [
        printed_line(line, names.get(line["position"], {}).get("name", ""), numbers.get(line["id_no"]), on=on)
        for line in lines
    ]
    refuse_personal_numbers(told)
    return told


def printed_line(line: dict[str, Any], name: str, number: str | None, *, on: date) -> dict[str, Any]:
    """One line: position and household left out, the name whole only for an adult."""
    told = {key: value for key, value in line.items() if key not in ("position", "household_no", "payment_refs")}
    told["name"] = mask_name(name) if is_minor(number, on) else name
    told["id_no"] = mask_id(number) if number else None
    return told


def is_minor(number: str | None, on: date) -> bool:
    """Whether the ID's bearer is under 18 on the day; somebody whose ID does not say is taken for a minor."""
    years = age(number, on)
    return years is None or years < FULL_AGE


def age(number: str | None, on: date) -> int | None:
    """The full years of an ID's bearer on the day; None where it does not say."""
    if number is None:
        return None
    try:
        born: date = ric.get_birth_date(number if len(number) != 15 else f"{number[:6]}19{number[6:]}0")  # noqa: PLR2004
    except (ric.InvalidComponent, ric.InvalidFormat, ValueError):
        return None
    return (on.year - born.year) - ((on.month, on.day) < (born.month, born.day))


def refuse_personal_numbers(notice: dict[str, Any]) -> None:
    """PUB-06: a notice that would print a whole ID, account or telephone number is not printed.

    Raises:
        Refused: `E-PRIVACY`, naming the line and the kind of number, never the number.
    """
    for line in notice["lines"]:
        text = " ".join(str(line[key]) for key in ("village", "hamlet", "name", "id_no") if line.get(key))
        kinds = find_personal(text)
        if kinds:
            raise Refused(
                "E-PRIVACY",
                field="line",
                value=str(line["line_no"]),
                why=f"Line {line['line_no']} of {notice['notice_no']} would print a whole number: {', '.join(kinds)}.",
                remedy="Correct the name in the source list and publish the notice again.",
            )
