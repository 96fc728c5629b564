"""Corrections (更正): what a row states beside its money, days and key is stated anew, by a second person.

Nothing is taken back: the first statement stays in the book, and the correction behind it. Whatever shows the row shows
it as corrected (`domain.catalogue.as_told`).
"""

from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.event import Event, Kind
from domain.kinds import Position, Text

Restated = Annotated[
    dict[str, str | int | bool | tuple[str, ...]],
    Meta(description="What a row states, by the names of its own event's fields."),
]


class EventCorrected(Event, frozen=True, kw_only=True):
    """更正: a row as it should have been stated; names, and the reason, are sealed.

    target_position:  of the entry that is corrected.
    target_topic:     its topic, whose fields `fields` are.
    row_occurred_on:  the row's own business day, which stays.
    row_known_on:     the day on which the office knew, which stays.
    corrected:        what of the row is stated otherwise, by column.
    before:           the whole row as it stood.
    fields:           the whole row as it is stated now.
    """

    TOPIC: ClassVar[str] = "event-corrected/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    target_position: Position
    target_topic: Text
    row_occurred_on: date
    row_known_on: date | None = None
    corrected: tuple[Text, ...]
    before: Restated
    fields: Restated
