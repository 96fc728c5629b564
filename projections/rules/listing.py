"""The rules as `rules list --json` prints them: what each lacks, and how its alerts fared (OUTPUTS §9)."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, func, select

from domain.alert_case import AlertState
from projections.rules import RULES
from projections.rules.pack import Pack
from projections.rules.rule import Rule, Waiting
from projections.rules.waiting import WAITING
from projections.tables.alerts import ALERTS
from projections.tables.fact_table import FactTable

READY: Final = "ready"
NOT_EVALUABLE: Final = "not_evaluable"
OPEN, CONFIRMED, DISMISSED = "open", "confirmed", "dismissed"

FATES: Final = {
    **dict.fromkeys(AlertState, CONFIRMED),
    AlertState.RAISED: OPEN,
    AlertState.ASSIGNED: OPEN,
    AlertState.DISMISSED: DISMISSED,
    AlertState.WITHDRAWN: None,
}
"""What the state of an alert says of its rule: whatever comes behind a confirmation was confirmed."""


def listed_rules(connection: Connection, pack: Pack) -> list[dict[str, Any]]:
    """Every rule by its id, with the numbers of `pack`. Silence of one that lacks a table never looks like cleanliness.

    `missing` names the fact tables that it needs and that hold no row, or the sheets that a rule still waits for;
    `open` counts alerts that stand undecided, `confirmed` those found to be true, whatever has come of them since, and
    `dismissed` also those whose case came to nothing. `precision` is the share of the decided that were true;
    `measured` is how the rule did on the labelled years of the bench (docs/quality.md).
    """
    counted = _counted(connection)
    lines = [_line(connection, rule, pack, counted.get(rule_id, {})) for rule_id, rule in RULES.items()]
    return sorted([*lines, *map(_waiting, WAITING)], key=itemgetter("rule_id"))


def missing(connection: Connection, rule: Rule) -> list[str]:
    """The tables without a row among those that `rule` needs."""
    return [facts.name for facts in rule.terms.needs if not _has_rows(connection, facts)]


def _line(connection: Connection, rule: Rule, pack: Pack, alerts: Mapping[str, int]) -> dict[str, Any]:
    terms = rule.terms
    lacks = missing(connection, rule)
    confirmed, dismissed = alerts.get(CONFIRMED, 0), alerts.get(DISMISSED, 0)
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
        "open": alerts.get(OPEN, 0),
        "confirmed": confirmed,
        "dismissed": dismissed,
        "precision": round(confirmed / decided, 4) if decided else None,
        "measured": measured().get(terms.rule_id),
    }


@cache
def measured() -> dict[str, dict[str, Any]]:
    """How well each rule found what was planted for it, by rule, as `python -m bench.quality` last measured it."""
    told: dict[str, dict[str, Any]] = json.loads(files(__package__).joinpath("measured.json").read_text("utf-8"))
    return {
        rule_id: {name: of_rule[name] for name in ("labels", "recall", "precision")}
        for rule_id, of_rule in told.items()
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
        "measured": None,
    }


def _has_rows(connection: Connection, facts: FactTable) -> bool:
    return connection.execute(select(facts.c.position).limit(1)).first() is not None


def _counted(connection: Connection) -> dict[str, Counter[str]]:
    """By rule, how many alerts had which fate."""
    alerts = ALERTS.c
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sorts = (alerts.rule_id, alerts.state, alerts.unfounded)
    for rule_id, state, unfounded, count in connection.execute(select(*sorts, func.count()).group_by(*sorts)):
        fate = DISMISSED if unfounded else FATES[AlertState(state)]
        if fate is not None:
            counted[rule_id][fate] += count
    return counted
