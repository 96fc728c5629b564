"""The alerts as `alerts export` prints them (OUTPUTS §9); references for people, whom the doors may reveal."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, tuple_

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
)


def listed(
    connection: Connection,
    *,
    rule: str | None = None,
    severity: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Every alert by `raised_at`, `alert_id`, withdrawn ones too; `after` is such a pair, of the last line read."""
    alerts = ALERTS.c
    place = tuple_(alerts.raised_at, alerts.alert_id)
    query = select(*(alerts[name] for name in COLUMNS)).order_by(alerts.raised_at, alerts.alert_id).limit(limit)
    if rule is not None:
        query = query.where(alerts.rule_id == rule)
    if severity is not None:
        query = query.where(alerts.severity == severity)
    if after is not None:
        query = query.where(place > after)
    for row in connection.execute(query).mappings():
        yield {_printed(name): _value(name, row[name]) for name in COLUMNS}


def _printed(name: str) -> str:
    return "occurred_on" if name == "holds_from" else name


def _value(name: str, stored: Any) -> Any:
    if name == "holds_from":
        return date.fromordinal(stored).isoformat()
    return json.loads(stored) if name in LISTS else stored
