"""Limits: how much a role may approve, and from where on work must be tendered."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event
from domain.kinds import Fen, Text


class LimitSet(Event, frozen=True, kw_only=True):
    """限额: one limit in force from a day, or what is newly stated of it.

    limit_kind:           审批 or 招标.
    role:                 the role of DOMAIN §1 that it binds; `*` of a tender.
    amount_fen:           an amount of this much or more needs the next level.
    starts_on (`from`):   first day in force.
    until:                last day.
    """

    TOPIC: ClassVar[str] = "limit-set/v1"

    limit_kind: Text
    role: Text
    amount_fen: Fen
    starts_on: date = field(name="from")
    until: date | None = None
