"""What a household's history does not say itself: who its people are, masked, and what each payment was for.

Who works here sees whom a row is about, not their papers.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from api.ledger import Ledger
from api.revealing import words_at
from vault.masking import mask_id, mask_name

REGISTERED = frozenset({"person-registered", "member-changed"})
"""Topics of the rows that say a person's name."""


class Details(NamedTuple):
    """Beside a history.

    people:  `name` (surname and 某某) and `id_no` (as on notices) by reference.
    about:   the programme or contract of an event, by position.
    """

    people: dict[str, dict[str, str]]
    about: dict[int, str]


class _Row(msgspec.Struct):
    """The parts of a sealed state that are asked for here."""

    id_no: str | None = None
    programme: str | None = None
    contract_no: str | None = None


_row = msgspec.json.Decoder(_Row)


def details(ledger: Ledger, history: Mapping[str, Any]) -> Details:
    """The details of `history` (OUTPUTS §7)."""
    entries = {event["position"]: ledger.money.entry(event["position"]) for event in history["timeline"]}
    rows = {position: _row.decode(entry.state) for position, entry in entries.items() if entry is not None}
    named = [event["position"] for event in history["timeline"] if event["topic"].partition("/")[0] in REGISTERED]
    about = {position: row.programme or row.contract_no for position, row in rows.items()}
    return Details(
        _people(ledger, {position: str(rows[position].id_no) for position in named}),
        {position: what for position, what in about.items() if what},
    )


def _people(ledger: Ledger, references: Mapping[int, str]) -> dict[str, dict[str, str]]:
    numbers = ledger.vault.numbers(references.values())
    people = {}
    for position, words in words_at(ledger, references).items():
        reference = references[position]
        if reference in numbers:
            people[reference] = {"name": mask_name(words.get("name", "")), "id_no": mask_id(numbers[reference])}
    return people
