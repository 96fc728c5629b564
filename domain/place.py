"""Places: county, township, village."""

from typing import ClassVar

from domain.event import Event
from domain.kinds import Text


class PlaceRegistered(Event, frozen=True, kw_only=True):
    """区划登记: one place, or what is newly stated of it.

    place_code:   statistics code: 6 digits county, 9 township, 12 village.
    place_name:   the name that other sheets use.
    level:        县, 镇 or 村.
    parent_code:  the place above; not for the county.
    aliases:      other spellings in use.
    """

    TOPIC: ClassVar[str] = "place-registered/v1"

    place_code: Text
    place_name: Text
    level: Text
    parent_code: Text | None = None
    aliases: tuple[Text, ...] = ()
