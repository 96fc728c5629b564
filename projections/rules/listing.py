"""The rules as `rules list --json` prints them: what each lacks, and how its alerts fared (OUTPUTS §9)."""

from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, func, select

from projections.rules import RULES
from projections.rules.pack import Pack
from projections.rules.rule import Rule, Waiting
from projections.rules.waiting import WAITING
from projections.tables.alerts import ALERTS, WITHDRAWN
from projections.tables.fact_table import FactTable

READY: Final = "ready"
NOT_EVALUABLE: Final = "not_evaluable"
DECIDED = ("confirmed", "dismissed")


def listed_rules(connection: Connection, pack: Pack) -> list[dict[str, Any]]:
    """Every rule by its id, with the numbers of `pack`. Silence of one that lacks a table never looks like cleanliness.

    `missing` names the fact tables that it needs and that hold no row, or the sheets that a rule still waits for;
    `open` counts alerts that stand undecided.
    """
    counted = _counted(connection)
    lines = [_line(connection, rule, pack, counted.get(rule_id, {})) for rule_id, rule in RULES.items()]
    return sorted([*lines, *map(_waiting, WAITING)], key=itemgetter("rule_id"))


def missing(connection: Connection, rule: Rule) -> list[str]:
    """The tables without a row among those that `rule` needs."""
    return [facts.name for facts in rule.terms.needs if not _has_rows(connection, facts)]


def _line(connection: Connection, rule: Rule, pack: Pack, alerts: dict[str, int]) -> dict[str, Any]:
    terms = rule.terms
    lacks = missing(connection, rule)
    confirmed, dismissed = (alerts.get(state, 0) for state in DECIDED)
    decided = confirmed + dismissed
    return {
        "rule_id": terms.rule_id,
        "rule_version": terms.version,
        "family": rule.family,
        "name_zh": terms.zh,
        "name_en": terms.en,
        "severity": terms.severity,
        "status": NOT_EVALUABLE if lacks else READY,
        "missing": lacks,
        "parameters": dict(pack.parameters[terms.rule_id]),
        "open": sum(count for state, count in alerts.items() if state not in (*DECIDED, WITHDRAWN)),
        "confirmed": confirmed,
        "dismissed": dismissed,
        "precision": round(confirmed / decided, 4) if decided else None,
    }


def _waiting(rule: Waiting) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id,
        "rule_version": 0,
        "family": rule.rule_id.partition("-")[0],
        "name_zh": rule.zh,
        "name_en": rule.en,
        "severity": rule.severity,
        "status": NOT_EVALUABLE,
        "missing": list(rule.waits_for),
        "parameters": {},
        "open": 0,
        "confirmed": 0,
        "dismissed": 0,
        "precision": None,
    }


def _has_rows(connection: Connection, facts: FactTable) -> bool:
    return connection.execute(select(facts.c.position).limit(1)).first() is not None


def _counted(connection: Connection) -> dict[str, dict[str, int]]:
    alerts = ALERTS.c
    counted: dict[str, dict[str, int]] = {}
    by_state = select(alerts.rule_id, alerts.state, func.count()).group_by(alerts.rule_id, alerts.state)
    for rule_id, state, count in connection.execute(by_state):
        counted.setdefault(rule_id, {})[state] = count
    return counted
