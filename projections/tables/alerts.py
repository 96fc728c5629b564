"""Alerts as they stand, from the supervision book; positions here are that book's.

What an alert says comes from its newest statement; where it stands in its life is folded by `domain.alert_case`, the
same machine that refuses an impossible step, so that a table never says otherwise than the door.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index, RowMapping, Table, bindparam, delete, select, update

from domain.alert import AlertChanged, AlertRaised, AlertRow, AlertWithdrawn
from domain.alert_case import Alert, AlertStage, AlertState
from domain.alert_steps import STEPS_TAKEN, GroundsChanged
from domain.event import Event, Versioned
from projections.batch import Batch
from projections.dialect import BIGINT, TEXT, insert_missing
from projections.tables.column import Column, Unit, derived, internal, stated
from projections.tables.fact_table import METADATA, FactTable

RAISED, WITHDRAWN = AlertState.RAISED.value, AlertState.WITHDRAWN.value
AT_REST: Final = (AlertState.WITHDRAWN.value, AlertState.DISMISSED.value, AlertState.CLOSED.value)
"""States of alerts that nobody has to work on."""

STREAMS_AT_ONCE: Final = 500


def family_of(rule_id: str) -> str:
    """The family of a rule: `DUP` of `DUP-01`."""
    return rule_id.partition("-")[0]


def _first_raised(before: Any, now: dict[str, Any]) -> None:
    """An alert keeps the instant at which it was first raised, whatever became of it since."""
    now["raised_at"] = before["raised_at"]


def _family(placed: Versioned) -> str | None:
    return family_of(placed.event.rule_id) if isinstance(placed.event, AlertRow) else None


ALERTS = FactTable(
    "alerts",
    columns=(
        *stated(AlertRaised, "alert_id rule_id rule_version pack_hash severity"),
        derived("state", Unit.TEXT, RAISED),
        *stated(AlertRaised, "anchor subjects event_refs amount_at_risk_fen"),
        Column("holds_from", Unit.DAY, field="holds_from", printed="occurred_on"),
        Column("raised_at", Unit.TEXT, field="recorded_at", printed="raised_at"),
        *stated(AlertRaised, "why_zh why_en"),
        derived("assignee", Unit.STAFF),
        derived("reason_code", Unit.TEXT),
        derived("ordered_fen", Unit.FEN),
        derived("recovered_fen", Unit.FEN, 0),
        derived("grounds_changed", Unit.YES_NO, initial=False),
        derived("grounds_gone", Unit.YES_NO, initial=False),
        derived("unfounded", Unit.YES_NO, initial=False),
        internal("stage", Unit.TEXT, AlertStage.RAISED.value),
        internal("listed", Unit.TEXT, "[]"),
        internal("family", Unit.TEXT, _family),
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

ALERT_SUBJECTS = Table(
    "alert_subjects",
    METADATA,
    SqlColumn("alert_id", TEXT, primary_key=True),
    SqlColumn("subject", TEXT, primary_key=True),
    SqlColumn("kind", TEXT, nullable=False),
)
"""One row for each subject that an alert names, as `kind:value`, those of its anchor too: from them leads are made."""

Index("alert_subjects_by_subject", ALERT_SUBJECTS.c.subject, ALERT_SUBJECTS.c.alert_id)

ALERT_EVIDENCE = Table(
    "alert_evidence",
    METADATA,
    SqlColumn("alert_id", TEXT, primary_key=True),
    SqlColumn("position", BIGINT, primary_key=True, autoincrement=False),
)
"""One row for each entry of the money book that an alert rests on."""

HAPPENINGS: tuple[type[Event], ...] = (AlertRaised, AlertChanged, AlertWithdrawn, GroundsChanged, *STEPS_TAKEN)
"""All that happens to alerts."""


class Life(Struct, frozen=True):
    """Where an alert stands.

    position:           of the last entry about it.
    withdrawn_at:       when it was withdrawn, while it is.
    clearing_position:  what cleared it, while its grounds are gone.
    """

    alert: Alert
    position: int = 0
    withdrawn_at: str | None = None
    clearing_position: int | None = None

    def after(self, placed: Versioned) -> "Life":
        """The life once `placed` has happened."""
        event = placed.event
        alert = replace(self.alert.after(event), version=placed.version)
        life = replace(self, alert=alert, position=placed.position)
        if isinstance(event, AlertRaised | AlertChanged):
            return replace(life, withdrawn_at=None, clearing_position=None)
        if isinstance(event, AlertWithdrawn):
            withdrawn_at = event.recorded_at if alert.stage is AlertStage.WITHDRAWN else None
            return replace(life, withdrawn_at=withdrawn_at, clearing_position=event.clearing_position)
        return replace(life, clearing_position=event.clearing_position) if isinstance(event, GroundsChanged) else life

    def columns(self) -> dict[str, Any]:
        """What of it stands in the table, by column."""
        alert = self.alert
        return {
            "state": alert.state.value,
            "stage": alert.stage.value,
            "assignee": alert.assignee,
            "reason_code": alert.reason_code,
            "ordered_fen": alert.ordered_fen,
            "recovered_fen": alert.recovered_fen,
            "grounds_changed": alert.grounds_changed,
            "grounds_gone": alert.grounds_gone,
            "unfounded": alert.unfounded,
            "listed": json.dumps(alert.listed, ensure_ascii=False),
            "last_version": alert.version,
            "last_position": self.position,
            "withdrawn_at": self.withdrawn_at,
            "clearing_position": self.clearing_position,
        }


OF_A_LIFE: Final = tuple(Life(Alert(alert_id="")).columns())


def keep_alerts(batch: Batch) -> None:
    """Keep what happened to alerts, in the order of the book."""
    happened = batch.of(*HAPPENINGS)
    if not happened:
        return
    lives = _standing(batch, {placed.stream for placed in happened})
    known = {life.alert.alert_id for life in lives.values()}
    batch.keep(ALERTS)
    _keep_what_they_name(batch, known)
    for placed in happened:
        life = lives.get(placed.stream)
        if life is not None:
            lives[placed.stream] = life.after(placed)
        elif isinstance(placed.event, AlertRow):
            lives[placed.stream] = Life(Alert(alert_id=placed.event.alert_id, version=placed.version), placed.position)
    alerts = ALERTS.c
    values: dict[str, Any] = {name: bindparam(f"its_{name}") for name in OF_A_LIFE}
    if lives:
        batch.connection.execute(
            update(ALERTS.table).where(alerts.stream == bindparam("its_stream")).values(values),
            [
                {"its_stream": stream} | {f"its_{name}": value for name, value in life.columns().items()}
                for stream, life in lives.items()
            ],
        )


def life_of(row: RowMapping) -> Life:
    """The life that a row of the table tells."""
    alert = Alert(
        alert_id=row["alert_id"],
        stage=AlertStage(row["stage"]),
        version=row["last_version"],
        listed=tuple(json.loads(row["listed"])),
        **{
            name: row[name]
            for name in (
                *("assignee", "reason_code", "ordered_fen", "recovered_fen"),
                *("grounds_changed", "grounds_gone", "unfounded"),
            )
        },
    )
    return Life(alert, row["last_position"], row["withdrawn_at"], row["clearing_position"])


def _standing(batch: Batch, streams: Iterable[str]) -> dict[str, Life]:
    """The lives of those streams before the batch."""
    alerts, found = ALERTS.c, {}
    asked = select(alerts.stream, alerts.alert_id, *(alerts[name] for name in OF_A_LIFE))
    for chunk in _chunks(sorted(streams)):
        for row in batch.connection.execute(asked.where(alerts.stream.in_(chunk))).mappings():
            found[row["stream"]] = life_of(row)
    return found


def _keep_what_they_name(batch: Batch, known: set[str]) -> None:
    """Keep the anchors, and the subjects and evidence of the newest statement of each alert."""
    newest = {
        placed.event.alert_id: placed.event
        for placed in batch.of(AlertRaised, AlertChanged)
        if isinstance(placed.event, AlertRow)
    }
    connection = batch.connection
    for table in (ALERT_SUBJECTS, ALERT_EVIDENCE):
        for chunk in _chunks(sorted(known & newest.keys())):
            connection.execute(delete(table).where(table.c.alert_id.in_(chunk)))
    anchors = [(alert_id, said.rule_id, value) for alert_id, said in newest.items() for value in said.anchor]
    insert_missing(connection, ALERT_ANCHORS, ("alert_id", "rule_id", "anchor_value"), anchors)
    subjects = [
        (alert_id, subject, subject.partition(":")[0])
        for alert_id, said in newest.items()
        for subject in dict.fromkeys((*said.anchor, *said.subjects))
        if ":" in subject
    ]
    insert_missing(connection, ALERT_SUBJECTS, ("alert_id", "subject", "kind"), subjects)
    evidence = [(alert_id, position) for alert_id, said in newest.items() for position in said.event_refs]
    insert_missing(connection, ALERT_EVIDENCE, ("alert_id", "position"), evidence)


def _chunks(values: list[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while chunk := list(islice(rest, STREAMS_AT_ONCE)):
        yield chunk
