"""Columns of a fact table: what an event states has its type from the event's own annotations."""

import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec.structs import fields as struct_fields
from sqlalchemy import Boolean
from sqlalchemy.types import TypeEngine

from domain.clock import business_day
from domain.event import Event, Versioned
from domain.kinds import AccountOrCash, AccountRef, Party, PersonRef, PhoneRef, Quantity
from projections.dialect import BIGINT, TEXT

INSTANTS_KEPT = 1_000
"""All rows of a batch share one."""


class Unit(StrEnum):
    """What a value is, and so how it is kept and printed."""

    TEXT = "text"
    PERSON = "person"  # a reference P-…, or an organisation's credit code
    ACCOUNT = "account"  # a reference A-…, or 现金
    PHONE = "phone"  # a reference T-…
    STAFF = "staff"  # a 工号
    INTEGER = "integer"
    FEN = "fen"
    PPM = "ppm"
    DAY = "day"  # kept as `date.toordinal()`, printed as 2020-06-20
    YES_NO = "yes_no"
    QUANTITY = "quantity"  # kept as decimal text, with a companion `<name>_millionths` for arithmetic
    LIST = "list"  # kept as JSON text, printed as an array


INTEGERS = frozenset({Unit.INTEGER, Unit.FEN, Unit.PPM, Unit.DAY})
STAFF_COLUMNS = frozenset({"approver", "preparer", "cashier", "responsible", "visitor", "resolver"})


Initial = Callable[[Versioned], Any] | str | int | None
"""A derived column's first value, or what gives it; `placed.event` is of the table's event classes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    name:      in SQL, and in rules.
    unit:      what it holds.
    field:     the event's attribute that it is taken from; None: it is derived, or personal.
    printed:   its name in facts; None: it is not printed.
    personal:  sealed in the event under this alias; always null here, filled only by a reveal.
    elsewhere: of a personal column whose alias says nothing, the alias that speaks for it.
    default:   of a personal column that nothing speaks for, what its absence means (FORMATS).
    initial:   the value of a derived column when the row comes in.
    """

    name: str
    unit: Unit
    field: str | None = None
    printed: str | None = None
    personal: bool = False
    elsewhere: str | None = None
    default: str | None = None
    initial: Initial = None


def stated(states: type[Event], names: str, *, hidden: bool = False) -> tuple[Column, ...]:
    """Columns that `states` has as fields, named by their attributes; printed under the names that are sealed."""
    sealed_as = {told.name: told.encode_name for told in struct_fields(states)}
    hints = get_type_hints(states, include_extras=True)
    return tuple(
        Column(name, _unit(name, hints[name]), field=name, printed=None if hidden else sealed_as[name])
        for name in names.split()
    )


def renamed(column: Column, printed: str) -> Column:
    """`column` printed under another name than it is sealed."""
    return replace(column, printed=printed)


def derived(name: str, unit: Unit, initial: Initial = None) -> Column:
    """A printed column that is worked out from other rows."""
    return Column(name, unit, printed=name, initial=initial)


def personal(name: str, *, elsewhere: str | None = None, default: str | None = None) -> Column:
    """A name or free text: it is sealed in the event, and null here. What a blank one means, a reveal fills in."""
    return Column(name, Unit.TEXT, printed=name, personal=True, elsewhere=elsewhere, default=default)


def copied(name: str, unit: Unit, field: str, *, hidden: bool = False) -> Column:
    """A column that begins as the event's `field` and may be worked out anew, or that keeps what was stated."""
    return Column(name, unit, field=field, printed=None if hidden else name)


def internal(name: str, unit: Unit, initial: Initial = None) -> Column:
    """A column for rules and balances that is not printed."""
    return Column(name, unit, initial=initial)


def day_recorded(placed: Versioned) -> int:
    """The business day on which this ledger took an entry in, as a day number."""
    return _day_of(placed.event.recorded_at)


def second_recorded(placed: Versioned) -> int:
    """When this ledger took an entry in, in whole seconds since 1970."""
    return _second_of(placed.event.recorded_at)


@lru_cache(INSTANTS_KEPT)
def _second_of(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


@lru_cache(INSTANTS_KEPT)
def _day_of(instant: str) -> int:
    return business_day(datetime.fromisoformat(instant)).toordinal()


def sql_type(unit: Unit) -> TypeEngine[Any]:
    """How the database keeps a value of `unit`."""
    if unit in INTEGERS:
        return BIGINT
    return Boolean() if unit is Unit.YES_NO else TEXT


def _unit(name: str, hint: Any) -> Unit:
    inner = _without_none(hint)
    for reference, unit in (
        (PersonRef, Unit.PERSON),
        (Party, Unit.PERSON),
        (AccountRef, Unit.ACCOUNT),
        (AccountOrCash, Unit.ACCOUNT),
        (PhoneRef, Unit.PHONE),
        (Quantity, Unit.QUANTITY),
    ):
        if inner == reference:
            return unit
    return Unit.STAFF if name in STAFF_COLUMNS else _plain_unit(name, inner)


def _plain_unit(name: str, hint: Any) -> Unit:
    plain = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    if plain is int:
        return Unit.FEN if name.endswith("_fen") else Unit.PPM if name.endswith("_ppm") else Unit.INTEGER
    if plain is date:
        return Unit.DAY
    if plain is bool:
        return Unit.YES_NO
    return Unit.LIST if get_origin(plain) is tuple else Unit.TEXT


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        [hint] = [part for part in get_args(hint) if part is not type(None)]
    return hint
