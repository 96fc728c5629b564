"""Whom a row shows, and beside what: from this the vault finds persons who may be one (DOMAIN §2).

Only what is joined to people counts: a row that is set aside until it is resolved shows nobody. An account, a telephone
and a household are those of the row's first person, in the sheets that state the person's own.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from intake.sheet import Row, Sheet
from vault.likeness import Appearance
from vault.vault import PERSON, Subject

NOT_THEIR_OWN: Final = frozenset({"guardians", "orgs", "payment_instructions"})
"""Sheets whose account may be somebody else's than the first person's: a home's, an organisation's, an insurer's."""

ACCOUNTS: Final = ("account_no", "disbursement_account")
CHANNEL, TO_THEIR_CARD = "channel", "卡"
"""What is paid on somebody's behalf (代缴) goes to an account that hundreds have in common."""

PHONE: Final = "phone"
HOUSEHOLD: Final = "household_no"


class Appearing:
    """Whom the rows of one sheet show."""

    def __init__(self, sheet: Sheet) -> None:
        """Know the columns of `sheet` that count."""
        there = {column.alias for column in sheet.columns}
        accounts = () if sheet.key in NOT_THEIR_OWN else ACCOUNTS
        self._persons = tuple(sheet.persons.items())
        self._account = next((alias for alias in accounts if alias in there), None)
        self._phone = PHONE if PHONE in there else None
        self._household = HOUSEHOLD if HOUSEHOLD in there else None

    def in_row(self, row: Row, subjects: Mapping[tuple[str, str], Subject]) -> Iterator[Appearance]:
        """Each person of `row` who stands under a name; `subjects` are those of the row's numbers."""
        if row.problems and row.quarantined:
            return
        account = self._account if row.values.get(CHANNEL, TO_THEIR_CARD) == TO_THEIR_CARD else None
        beside = tuple([str(row.stated(alias)) if alias else "" for alias in (account, self._phone, self._household)])
        for place, (alias, name) in enumerate(self._persons):
            number = str(row.stated(alias))
            subject = subjects.get((PERSON, number))
            if subject is not None:
                yield Appearance(subject.ref, number, str(row.stated(name)), *(beside if place == 0 else ()))
