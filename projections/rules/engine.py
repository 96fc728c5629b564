"""The engine: what the rules find now, against the alerts that stand (DESIGN §6 "Alerts").

    touched keys ──► each rule's SELECT ──► alerts as they should be ─┐
         └─────────► standing alerts with those keys ─────────────────┴──► raised, changed, withdrawn

Live and whole are one: a whole run is the same code without the restriction. Who calls appends the outcome to the
supervision book, lets the runner project it, and only then clears the touched keys:

    project both books → evaluate → append → project → clear_touched

A crash anywhere between leaves the keys touched; the next round projects what was appended, finds no difference for
it, and so appends nothing twice.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypedDict

from sqlalchemy import Connection, Select, delete, literal, select, union

from domain.event import BookName
from projections.rules import RULES
from projections.rules.alert import AlertFields, alert_of
from projections.rules.pack import Pack
from projections.rules.rule import Mode, Rule, Terms, Touched
from projections.runner import position_of
from projections.tables.alerts import ALERT_ANCHORS, ALERTS, WITHDRAWN
from projections.tables.internal import TOUCHED

SUBSTANCE: Final = (
    "severity",
    "anchor",
    "subjects",
    "event_refs",
    "amount_at_risk_fen",
    "holds_from",
    "why_zh",
    "why_en",
)
"""What makes an alert another than it was; not the rule's version nor the pack, which stay those that raised it."""


class Scope(Enum):
    """Over what the rules run."""

    TOUCHED = "the keys that changed since they ran last"
    EVERYTHING = "every fact"


class Withdrawal(TypedDict):
    """What `domain.alert.AlertWithdrawn` says beside its envelope."""

    alert_id: str
    rule_id: str
    clearing_position: int


class Outcome(NamedTuple):
    """What changed, each in the order of rule and anchor.

    raised:     alerts that newly hold, or hold again.
    changed:    standing alerts as they are now.
    withdrawn:  standing alerts that no longer hold.
    through:    position of the money book up to which it was judged.
    """

    raised: list[AlertFields]
    changed: list[AlertFields]
    withdrawn: list[Withdrawal]
    through: int


def evaluate(
    connection: Connection,
    pack: Pack,
    *,
    as_of: date,
    scope: Scope = Scope.TOUCHED,
    rules: Iterable[Rule] = tuple(RULES.values()),
) -> Outcome:
    """Judge the facts as the tables hold them, at the evaluation date `as_of`; writes nothing.

    `connection` is within one transaction, so that facts, alerts and touched keys are of one moment.
    """
    outcome = Outcome([], [], [], position_of(connection, BookName.MONEY))
    for rule in rules:
        if scope is Scope.TOUCHED and Mode.STREAMING not in rule.terms.mode:
            continue
        keys = _keys(rule.terms) if scope is Scope.TOUCHED else None
        standing = {alert["alert_id"]: alert for alert in _standing(connection, rule.terms, keys)}
        found = connection.execute(rule.finds(Touched(keys), pack.limits_for(rule, as_of))).mappings()
        for alert in sorted((alert_of(rule, pack, row) for row in found), key=itemgetter("anchor")):
            before = standing.pop(alert["alert_id"], None)
            if before is None:
                outcome.raised.append(alert)
            elif any(before[name] != alert[name] for name in SUBSTANCE):
                outcome.changed.append(alert)
        outcome.withdrawn.extend(
            Withdrawal(alert_id=gone, rule_id=rule.terms.rule_id, clearing_position=outcome.through)
            for gone in standing
        )
    return outcome


def anything_touched(connection: Connection) -> bool:
    """Whether a key changed since the rules ran last."""
    return connection.execute(select(TOUCHED.c.kind).limit(1)).first() is not None


def clear_touched(connection: Connection, through: int) -> bool:
    """Forget the touched keys once the outcome of judging through `through` stands in the tables.

    Keeps them, and gives False, when the tables have moved on since: what was touched meanwhile is judged again.
    """
    if position_of(connection, BookName.MONEY) != through:
        return False
    connection.execute(delete(TOUCHED))
    return True


def _keys(terms: Terms) -> Select[Any]:
    """The rule's own keys that were touched, or are reached from others that were."""
    reached = (reach(_touched(kind)) for kind, reach in terms.reached_by.items())
    every_key = union(_touched(terms.keyed_by), *reached).subquery()
    return select(every_key.c[0])


def _touched(kind: str) -> Select[Any]:
    return select(TOUCHED.c.key).where(TOUCHED.c.kind == kind)


def _standing(connection: Connection, terms: Terms, keys: Select[Any] | None) -> Iterator[dict[str, Any]]:
    """The rule's alerts that stand, by anchor; those with one of `keys` in it, found through the anchors' index."""
    alerts, anchors = ALERTS.c, ALERT_ANCHORS.c
    query = select(alerts.alert_id, *(alerts[name] for name in SUBSTANCE)).where(alerts.state != WITHDRAWN)
    if keys is None:
        query = query.where(alerts.rule_id == terms.rule_id)
    else:
        key = keys.subquery().c[0]
        query = query.join(ALERT_ANCHORS, anchors.alert_id == alerts.alert_id).where(
            anchors.rule_id == terms.rule_id,
            anchors.anchor_value.in_(select(literal(f"{terms.keyed_by}:") + key)),
        )
    for row in connection.execute(query.order_by(alerts.anchor)).mappings():
        yield {
            **row,
            **{name: tuple(json.loads(row[name])) for name in ("anchor", "subjects", "event_refs")},
            "holds_from": date.fromordinal(row["holds_from"]),
        }
