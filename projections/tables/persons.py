"""疑似同人: persons who may be one, a row for each pair and what makes them alike (DOMAIN §2)."""

from typing import Final, cast

from domain.event import Versioned
from domain.person import PersonsMayBeOne
from projections.tables.column import Unit, internal, stated
from projections.tables.fact_table import FactTable

TWIN: Final = "twin"
NEAR_ID: Final = "near_id"
IN_COMMON: Final = ("same_account", "same_phone", "same_household")
"""Likenesses by something that both have beside the name."""


def _pair(placed: Versioned) -> str:
    """Both references as one text, by which whatever is about the two of them is found."""
    event = cast("PersonsMayBeOne", placed.event)
    return f"{event.first_id}+{event.second_id}"


PERSONS_MAY_BE_ONE = FactTable(
    "persons_may_be_one",
    columns=(
        *stated(PersonsMayBeOne, "first_id second_id likeness"),
        internal("pair", Unit.TEXT, _pair),
    ),
    events=(PersonsMayBeOne,),
    keys={"first_id": "person", "second_id": "person"},
    indexes=("first_id", "second_id", "pair"),
    key=("first_id", "second_id", "likeness"),
    listed=False,
)
