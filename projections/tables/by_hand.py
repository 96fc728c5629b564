"""The days on which something was entered by hand: what stands by a day stands at least as far as these (DESIGN §6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.clock import business_day
from domain.event import Event, Versioned
from projections.batch import Batch
from projections.dialect import insert_missing
from projections.tables.column import Column, Unit, internal
from projections.tables.internal import BY_HAND

BY_HAND_ON = "by_hand_on"


def day_by_hand(placed: Versioned) -> int | None:
    """The day on which a row, or a step with it, was entered by hand; None of one that a file brought."""
    return _day(placed.event.recorded_at) if _by_hand(placed.event) else None


def keep_days_by_hand(batch: Batch) -> None:
    """Keep the days on which the batch's rows were entered by hand."""
    recorded = {placed.event.recorded_at for placed in batch.events if _by_hand(placed.event)}
    days = sorted(set(map(_day, recorded)))
    insert_missing(batch.connection, BY_HAND, ("day",), ((day,) for day in days))


def _by_hand(event: Event) -> bool:
    return event.source.channel == "api" and event.source.sheet is not None


def _day(instant: str) -> int:
    return business_day(datetime.fromisoformat(instant)).toordinal()


def by_hand_on() -> Column:
    """The column of that day; `keep_day_by_hand` carries it on."""
    return internal(BY_HAND_ON, Unit.DAY, day_by_hand)


def keep_day_by_hand(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A file that states the row again does not undo that somebody had it in hand."""
    days = [row[BY_HAND_ON] for row in (before, now) if row[BY_HAND_ON] is not None]
    now[BY_HAND_ON] = max(days, default=None)
