"""The alerts as `alerts export` prints them (OUTPUTS §9); references for people, whom the doors may reveal."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, select, tuple_

from projections.readers import Reader, named
from projections.tables.alerts import ALERTS

LISTS = ("anchor", "subjects", "event_refs")

COLUMNS = (
    "alert_id",
    "rule_id",
    "rule_version",
    "pack_hash",
    "severity",
    "state",
    "anchor",
    "subjects",
    "event_refs",
    "amount_at_risk_fen",
    "holds_from",
    "raised_at",
    "why_zh",
    "why_en",
    "assignee",
    "reason_code",
    "ordered_fen",
    "recovered_fen",
    "grounds_changed",
    "grounds_gone",
    "unfounded",
)


ROWS_FETCHED: Final = 1_000
"""Rows held at once."""


class Asked(NamedTuple):
    """Which alerts; what is not named is not asked for.

    since:  only those raised at or after this instant, as far as it is given: `2026-11-24`, `2026-11-24T03:40`.
    reader: who asks, if that is a person who may be named in some; those are left out.
    """

    alert_id: str | None = None
    rule_id: str | None = None
    severity: str | None = None
    state: str | None = None
    since: str | None = None
    reader: Reader | None = None


ALL: Final = Asked()


def listed(
    connection: Connection, asked: Asked = ALL, *, after: tuple[str, str] | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The alerts by `raised_at`, `alert_id`, withdrawn ones too; `after` is such a pair, of the last line read.

    They come row by row: memory does not grow with how many there are.
    """
    alerts = ALERTS.c
    place = tuple_(alerts.raised_at, alerts.alert_id)
    query = _among(select(*(alerts[name] for name in COLUMNS)), asked)
    query = query.order_by(alerts.raised_at, alerts.alert_id).limit(limit)
    if after is not None:
        query = query.where(place > after)
    with connection.execute(query, execution_options={"yield_per": ROWS_FETCHED}) as found:
        for row in found.mappings():
            yield {printed(name): _value(name, row[name]) for name in COLUMNS}


def counted(connection: Connection, asked: Asked = ALL) -> int:
    """How many alerts `listed` gives."""
    count: int = connection.execute(_among(select(func.count()).select_from(ALERTS.table), asked)).scalar_one()
    return count


def printed_columns() -> list[str]:
    """The columns of a line, in their order."""
    return [printed(name) for name in COLUMNS]


def _among(query: Select[Any], asked: Asked) -> Select[Any]:
    alerts = ALERTS.c
    for name in ("alert_id", "rule_id", "severity", "state"):
        wanted = getattr(asked, name)
        if wanted is not None:
            query = query.where(alerts[name] == wanted)
    if asked.reader is not None:
        query = query.where(~named(asked.reader))
    return query if asked.since is None else query.where(alerts.raised_at >= asked.since)


def printed(name: str) -> str:
    """The name under which a column is printed."""
    return "occurred_on" if name == "holds_from" else name


def _value(name: str, stored: Any) -> Any:
    if name == "holds_from":
        return date.fromordinal(stored).isoformat()
    return json.loads(stored) if name in LISTS else stored
