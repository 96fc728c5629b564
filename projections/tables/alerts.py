"""Alerts as they stand, from the supervision book; positions here are that book's."""

from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index, Table, bindparam, update

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from projections.batch import Batch
from projections.dialect import TEXT, insert_missing
from projections.tables.column import Column, Unit, derived, internal, stated
from projections.tables.fact_table import METADATA, FactTable

RAISED, WITHDRAWN = "raised", "withdrawn"


def _first_raised(before: Any, now: dict[str, Any]) -> None:
    """An alert keeps the instant at which it was first raised, whatever became of it since."""
    now["raised_at"] = before["raised_at"]


ALERTS = FactTable(
    "alerts",
    columns=(
        *stated(AlertRaised, "alert_id rule_id rule_version pack_hash severity"),
        derived("state", Unit.TEXT, RAISED),
        *stated(AlertRaised, "anchor subjects event_refs amount_at_risk_fen"),
        Column("holds_from", Unit.DAY, field="holds_from", printed="occurred_on"),
        Column("raised_at", Unit.TEXT, field="recorded_at", printed="raised_at"),
        *stated(AlertRaised, "why_zh why_en"),
        internal("withdrawn_at", Unit.TEXT),
        internal("clearing_position", Unit.INTEGER),
        internal("last_version", Unit.INTEGER, lambda placed: placed.version),
    ),
    events=(AlertRaised, AlertChanged),
    register=True,
    keys={},
    indexes=("alert_id", "rule_id state", "raised_at alert_id"),
    key=("alert_id",),
    listed=False,
    carry=_first_raised,
)
"""`last_position` is the last entry about the alert, `last_version` its version in the alert's stream."""

ALERT_ANCHORS = Table(
    "alert_anchors",
    METADATA,
    SqlColumn("alert_id", TEXT, primary_key=True),
    SqlColumn("rule_id", TEXT, nullable=False),
    SqlColumn("anchor_value", TEXT, primary_key=True),
)
"""One row for each part of an alert's anchor: `person:P-…`, `programme:职业培训补贴`, `2020Q2`."""

Index("alert_anchors_by_value", ALERT_ANCHORS.c.anchor_value, ALERT_ANCHORS.c.rule_id)


def keep_alerts(batch: Batch) -> None:
    """Keep what was raised, changed and withdrawn, in the order of the book."""
    raised = [placed.event for placed in batch.of(AlertRaised, AlertChanged)]
    batch.keep(ALERTS)
    anchors = [
        (event.alert_id, event.rule_id, value)
        for event in raised
        if isinstance(event, AlertRaised | AlertChanged)
        for value in event.anchor
    ]
    insert_missing(batch.connection, ALERT_ANCHORS, ("alert_id", "rule_id", "anchor_value"), anchors)
    _withdraw(batch)


def _withdraw(batch: Batch) -> None:
    """A withdrawal counts unless the alert was raised again after it."""
    withdrawn = [
        {
            "its_stream": placed.stream,
            "at": placed.position,
            "instant": placed.event.recorded_at,
            "cleared": placed.event.clearing_position,
            "version": placed.version,
        }
        for placed in batch.of(AlertWithdrawn)
        if isinstance(placed.event, AlertWithdrawn)
    ]
    if not withdrawn:
        return
    alerts = ALERTS.c
    batch.connection.execute(
        update(ALERTS.table)
        .where(alerts.stream == bindparam("its_stream"), alerts.last_position < bindparam("at"))
        .values(
            state=WITHDRAWN,
            withdrawn_at=bindparam("instant"),
            clearing_position=bindparam("cleared"),
            last_position=bindparam("at"),
            last_version=bindparam("version"),
        ),
        withdrawn,
    )
