"""Erasing a person: what the ledger keeps of it (DESIGN §5)."""

from typing import ClassVar

from domain.event import Event, Kind
from domain.kinds import PersonRef, Text


class PersonErased(Event, frozen=True, kw_only=True):
    """注销: the vault has forgotten a person, so that nothing in this ledger leads back to them.

    id_no:         the reference, which is all that is left of the person.
    requested_by:  who asked for it.
    confirmed_by:  who agreed; never the same.
    reason:        why, in words that name nobody.
    also_erased:   references of accounts and telephones that only this person's entries name.
    """

    TOPIC: ClassVar[str] = "person-erased/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    id_no: PersonRef
    requested_by: Text
    confirmed_by: Text
    reason: Text
    also_erased: tuple[Text, ...] = ()
