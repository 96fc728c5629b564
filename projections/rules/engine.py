"""The engine: what the rules find now, against the alerts that stand (DESIGN §6 "Alerts").

    touched keys ──► each rule's SELECT ──► alerts as they should be ─┐
         └─────────► standing alerts with those keys ─────────────────┴──► raised, changed, withdrawn

Live and whole are one: a whole run is the same code without the restriction. What must run whole is said by `due`:
a rule that looks at the evaluation date when that moves, one that judges whole populations when an import has ended,
everything when the numbers by which rules judge are others. Who calls appends the outcome to the supervision book,
lets the runner project it, and only then clears the touched keys:

    project both books → evaluate → append → project → settle

A crash anywhere between leaves the keys touched; the next round projects what was appended, finds no difference for
it, and so appends nothing twice.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import IntEnum
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypedDict

from sqlalchemy import Connection, Select, delete, func, insert, literal, select, union

from domain.alert_case import UNDECIDED
from domain.event import BookName
from projections.rules import RULES
from projections.rules.alert import AlertFields, alert_of
from projections.rules.pack import Pack
from projections.rules.rule import Limits, Mode, Query, Rule, Terms, Touched
from projections.runner import position_of
from projections.tables.alerts import ALERT_ANCHORS, ALERTS, WITHDRAWN
from projections.tables.imports import IMPORTS
from projections.tables.internal import RULES_RAN, SUBJECT_INDEX, TOUCHED

STATEMENTS_KEPT: Final = 1_000

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


NAMED_BY_MANY: Final = frozenset({"programme", "place", "org"})
"""Kinds of subject that so many entries name that the newest of them says little."""


class Scope(IntEnum):
    """Over what the rules run; each scope holds those before it."""

    TOUCHED = 0
    """Keyed rules, over the keys that changed since they ran last."""
    IMPORTED = 1
    """And rules over whole populations, over every fact."""
    DAY_TURNED = 2
    """And rules that look at the evaluation date, over every fact."""
    EVERYTHING = 3
    """All rules, over every fact."""

    def whole(self, terms: Terms) -> bool:
        """Whether a rule runs over every fact."""
        return self >= _WHOLE_FROM[terms.keyed_by is None, Mode.PERIODIC in terms.mode]


_WHOLE_FROM: Final = {
    (True, True): Scope.IMPORTED,
    (False, True): Scope.DAY_TURNED,
    (False, False): Scope.EVERYTHING,
}
"""By whether a rule judges whole populations, and whether it looks at the evaluation date."""


class Withdrawal(TypedDict):
    """What `domain.alert.AlertWithdrawn` and `domain.alert_steps.GroundsChanged` say beside their envelopes."""

    alert_id: str
    rule_id: str
    clearing_position: int


class Outcome(NamedTuple):
    """What changed, each in the order of rule and anchor.

    raised:     alerts that newly hold, or hold again.
    changed:    standing alerts as they are now.
    withdrawn:  standing alerts that no longer hold and that nobody has decided on.
    marked:     decided alerts that no longer hold: they stand, and that their grounds are gone is said once.
    through:    position of the money book up to which it was judged.
    evaluable:  the rules that had what they need, and what more they had.
    """

    raised: list[AlertFields]
    changed: list[AlertFields]
    withdrawn: list[Withdrawal]
    marked: list[Withdrawal]
    through: int
    evaluable: frozenset[str]


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
    holding = tables_with_rows(connection)
    evaluable = frozenset(_standing_of(rule.terms, holding) for rule in RULES.values()) - {""}
    outcome = Outcome([], [], [], [], position_of(connection, BookName.MONEY), evaluable)
    kinds = set(connection.execute(select(TOUCHED.c.kind).distinct()).scalars())
    judged = _judged_last(connection)
    for rule in rules:
        terms = rule.terms
        now = _standing_of(terms, holding)
        whole = scope.whole(terms) or now not in judged
        if now and (whole or kinds & {terms.keyed_by, *terms.reached_by}):
            _judge(connection, rule, _asked(rule, pack, as_of, live=not whole), pack, outcome)
    return outcome


class Asked(NamedTuple):
    """The statements of one rule: what it finds, by which limits, and which of its alerts stand."""

    finds: Query
    limits: Limits
    standing: Select[Any]


def _asked(rule: Rule, pack: Pack, as_of: date, *, live: bool) -> Asked:
    """The rule's statements, built once for a pack and a day: building takes longer than a small batch's answer."""
    key = (rule.terms.rule_id, id(rule.finds), pack.hash, as_of, live)
    if key not in _BUILT:
        if len(_BUILT) >= STATEMENTS_KEPT:
            _BUILT.clear()
        keys, limits = keys_touched(rule.terms) if live else None, pack.limits_for(rule, as_of)
        _BUILT[key] = Asked(rule.finds(Touched(keys), limits), limits, _standing(rule.terms, keys))
    return _BUILT[key]


_BUILT: Final[dict[tuple[str, int, str, date, bool], Asked]] = {}


def is_evaluable(terms: Terms, holding: Collection[str]) -> bool:
    """Whether the tables without which a rule can say nothing are among those that hold a row."""
    return all(facts.name in holding for facts in terms.needs)


def _standing_of(terms: Terms, holding: Collection[str]) -> str:
    """How a rule can judge: its id, with the weighed tables that hold a row; nothing where it cannot at all."""
    weighed = (facts.name for facts in terms.weighs if facts.name in holding)
    return "+".join((terms.rule_id, *weighed)) if is_evaluable(terms, holding) else ""


def tables_with_rows(connection: Connection) -> frozenset[str]:
    """The names of the fact tables that rules need and that hold a row."""
    needed = {facts.name: facts for rule in RULES.values() for facts in (*rule.terms.needs, *rule.terms.weighs)}
    return frozenset(
        name
        for name, facts in needed.items()
        if connection.execute(select(facts.c.position).limit(1)).first() is not None
    )


def _judged_last(connection: Connection) -> frozenset[str]:
    """The rules that had what they need when they ran last; one that has it since then must judge everything."""
    judged: str = connection.execute(select(RULES_RAN.c.judged)).scalar() or ""
    return frozenset(judged.split())


def _judge(connection: Connection, rule: Rule, asked: Asked, pack: Pack, outcome: Outcome) -> None:
    """Put what `rule` finds, against what stands, into `outcome`."""
    standing = {alert["alert_id"]: alert for alert in _stands(connection, asked.standing)}
    found = rule.decided(connection.execute(asked.finds).mappings(), asked.limits)
    for alert in sorted((alert_of(rule, pack, row) for row in found), key=itemgetter("anchor")):
        before = standing.pop(alert["alert_id"], None)
        if before is None:
            outcome.raised.append(alert)
        elif before["grounds_gone"] or any(before[name] != alert[name] for name in SUBSTANCE):
            outcome.changed.append(alert)
    for gone, before in standing.items():
        if before["grounds_gone"]:
            continue
        told = outcome.withdrawn if before["stage"] in UNDECIDED else outcome.marked
        cleared_by = _cleared_by(connection, before, outcome.through)
        told.append(Withdrawal(alert_id=gone, rule_id=rule.terms.rule_id, clearing_position=cleared_by))


def _cleared_by(connection: Connection, alert: Mapping[str, Any], through: int) -> int:
    """What cleared an alert: the newest entry since the last run that names one of its subjects.

    An entry that names but its programme or place is taken where no other is there; the last one judged where none is.
    """
    since: int = connection.execute(select(RULES_RAN.c.through)).scalar() or 0
    index = SUBJECT_INDEX.c
    named = {
        (kind, value)
        for kind, _, value in (part.partition(":") for part in (*alert["anchor"], *alert["subjects"]))
        if value
    }
    for kinds_apart in (False, True):
        newest: list[int | None] = [
            connection.execute(
                select(func.max(index.position)).where(
                    index.kind == kind, index.value == value, index.position.between(since + 1, through)
                )
            ).scalar()
            for kind, value in sorted(named)
            if (kind in NAMED_BY_MANY) is kinds_apart
        ]
        if found := [position for position in newest if position is not None]:
            return max(found)
    return through


class Due(NamedTuple):
    """What has to run.

    scope:  over what.
    as_of:  the day at which to judge.
    dated:  the evaluation date of the facts, which `as_of` is unless somebody asked for another day since.
    """

    scope: Scope
    as_of: date
    dated: date


def due(connection: Connection, pack: Pack, dated: date) -> Due:
    """What has to run, now that the facts' evaluation date is `dated`: more than the touched keys if something turned.

    A day that somebody asked for (`rules run --as-of`) stands until the facts' own date moves.
    """
    ran = connection.execute(select(RULES_RAN)).mappings().first()
    if ran is None:
        return Due(Scope.EVERYTHING, dated, dated)
    if ran["dated"] != dated.toordinal():
        scope, as_of = Scope.DAY_TURNED, dated
    else:
        imported = select(IMPORTS.c.position).where(IMPORTS.c.position > ran["through"]).limit(1)
        scope = Scope.TOUCHED if connection.execute(imported).first() is None else Scope.IMPORTED
        as_of = date.fromordinal(ran["as_of"])
    return Due(scope if ran["judged_by"] == _judged_by(pack) else Scope.EVERYTHING, as_of, dated)


def anything_touched(connection: Connection) -> bool:
    """Whether a key changed since the rules ran last."""
    return connection.execute(select(TOUCHED.c.kind).limit(1)).first() is not None


def settle(connection: Connection, pack: Pack, judged: Due, outcome: Outcome) -> None:
    """Forget what was touched through the position that was judged, once the outcome stands in the tables.

    What another process projected meanwhile stays touched, and is judged in the next round.
    """
    connection.execute(delete(TOUCHED).where(TOUCHED.c.position <= outcome.through))
    connection.execute(delete(RULES_RAN))
    days = {"as_of": judged.as_of.toordinal(), "dated": judged.dated.toordinal()}
    ids = " ".join(sorted(outcome.evaluable))
    ran = insert(RULES_RAN).values(**days, through=outcome.through, judged_by=_judged_by(pack), judged=ids)
    connection.execute(ran)


def judged_at(connection: Connection) -> Due | None:
    """At which day the rules ran last; None before they ever did."""
    ran = connection.execute(select(RULES_RAN)).mappings().first()
    if ran is None:
        return None
    return Due(Scope.EVERYTHING, date.fromordinal(ran["as_of"]), date.fromordinal(ran["dated"]))


def stand_at(connection: Connection, day: Due) -> None:
    """Let the next run judge everything, at the day at which the rules ran before the tables were made anew."""
    days = {"as_of": day.as_of.toordinal(), "dated": day.dated.toordinal()}
    connection.execute(delete(RULES_RAN))
    connection.execute(insert(RULES_RAN).values(**days, through=0, judged_by="", judged=""))


def _judged_by(pack: Pack) -> str:
    """The numbers, and the versions of the rules, by which alerts are as they are."""
    versions = ",".join(f"{rule_id}/{rule.terms.version}" for rule_id, rule in RULES.items())
    return sha256(f"{pack.hash}|{versions}".encode()).hexdigest()


def keys_touched(terms: Terms) -> Select[Any]:
    """The rule's own keys that were touched, or are reached from others that were: named once, used where it takes."""
    reached = (reach(_touched(kind)) for kind, reach in terms.reached_by.items())
    every_key = union(_touched(str(terms.keyed_by)), *reached).cte("touched_keys")
    return select(every_key.c[0])


def _touched(kind: str) -> Select[Any]:
    return select(TOUCHED.c.key).where(TOUCHED.c.kind == kind)


def _standing(terms: Terms, keys: Select[Any] | None) -> Select[Any]:
    """The rule's alerts that stand, by anchor; those with one of `keys` in it, found through the anchors' index."""
    alerts, anchors = ALERTS.c, ALERT_ANCHORS.c
    columns = (alerts[name] for name in ("alert_id", "stage", "grounds_gone", *SUBSTANCE))
    query = select(*columns).where(alerts.stage != WITHDRAWN).order_by(alerts.anchor)
    if keys is None:
        return query.where(alerts.rule_id == terms.rule_id)
    key = keys.subquery().c[0]
    return query.join(ALERT_ANCHORS, anchors.alert_id == alerts.alert_id).where(
        anchors.rule_id == terms.rule_id,
        anchors.anchor_value.in_(select(literal(f"{terms.keyed_by}:") + key)),
    )


def _stands(connection: Connection, query: Select[Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(query).mappings():
        yield {
            **row,
            **{name: tuple(json.loads(row[name])) for name in ("anchor", "subjects", "event_refs")},
            "holds_from": date.fromordinal(row["holds_from"]),
        }
