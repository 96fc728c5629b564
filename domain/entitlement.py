"""Entitlements (应享): to what a person or household has a claim, from when until when."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event
from domain.kinds import Fen, PersonRef, Text


class EntitlementRow(Event, frozen=True, kw_only=True):
    """What every row of 应享名单 states.

    programme:              项目名称.
    household_no:           户编号.
    id_no:                  reference of the person or household head; the name is sealed.
    starts_on, ends_on:     起 and 止 (last day); sealed as `from` and `to`.
    amount_per_period_fen:  每期金额, what each period is due.
    granted_on:             核定日期.
    declined_on:            书面放弃日期, from which nothing is due.
    """

    programme: Text
    household_no: Text
    id_no: PersonRef
    starts_on: date = field(name="from")
    ends_on: date | None = field(default=None, name="to")
    amount_per_period_fen: Fen
    granted_on: date
    declined_on: date | None = None


class EntitlementGranted(EntitlementRow, frozen=True, kw_only=True):
    """应享核定: one interval of one programme, or the row as newly stated; a 止 ahead stays on the grant."""

    TOPIC: ClassVar[str] = "entitlement-granted/v1"


class EntitlementEnded(EntitlementRow, frozen=True, kw_only=True):
    """应享终止: the row as newly stated, with a 止 that has passed; `occurred_on` is that day."""

    TOPIC: ClassVar[str] = "entitlement-ended/v1"
