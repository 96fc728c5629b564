"""The people of a household's history, masked: who works here sees whom a row is about, not their papers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.ledger import Ledger
from api.revealing import words_at
from vault.masking import mask_id, mask_name

REGISTERED = frozenset({"person-registered", "member-changed"})
"""Topics of the rows that say a person's name."""


def masked_people(ledger: Ledger, history: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`name` (surname and 某某) and `id_no` (as on notices) of each person whose roster row is in `history`."""
    rows = [event["position"] for event in history["timeline"] if event["topic"].partition("/")[0] in REGISTERED]
    references = {position: _person_at(ledger, position) for position in rows}
    numbers = ledger.vault.numbers(reference for reference in references.values() if reference)
    people = {}
    for position, words in words_at(ledger, rows).items():
        reference = references[position]
        if reference in numbers:
            people[reference] = {"name": mask_name(words.get("name", "")), "id_no": mask_id(numbers[reference])}
    return people


def _person_at(ledger: Ledger, position: int) -> str:
    sealed = ledger.money.entry(position)
    return str(msgspec.json.decode(sealed.state).get("id_no", "")) if sealed else ""
