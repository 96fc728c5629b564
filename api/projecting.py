"""The views follow the books, and the alerts follow the views.

    money book ──> fact tables, touched keys ──> rules ──> alerts in the supervision book ──> alert table

Touched keys are forgotten only after the alerts that they led to are sealed and projected, so a crash in between
repeats the rules and changes nothing twice: an alert's stream and version are taken, or its evidence is the same.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from api.ledger import Ledger, Placed
from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_steps import GroundsChanged
from domain.event import SYSTEM, BookName, Event
from domain.refusal import Refused
from projections.dialect import writing
from projections.rebuilding import Compared, build
from projections.rules.adopting import adopted_pack
from projections.rules.engine import Due, Outcome, Scope, anything_touched, due, evaluate, judged_at, settle, stand_at
from projections.runner import Projector
from projections.tables.imports import evaluation_date as latest_as_of

ROUNDS = 5
"""How often an evaluation is repeated when another process raised the same alerts first."""


def catch_up(ledger: Ledger, progress: Callable[[int, int], None] | None = None) -> None:
    """Project what is new in both books, and run the rules that this, or a new evaluation date, asks for."""
    for _ in range(ROUNDS):
        projector(ledger).catch_up(progress)
        with ledger.engine.connect() as connection:
            pack = adopted_pack(connection)
            now = due(connection, pack, _evaluation_date(ledger, connection))
            if now.scope is Scope.TOUCHED and not anything_touched(connection):
                return
            outcome = evaluate(connection, pack, as_of=now.as_of, scope=now.scope)
        if _recorded(ledger, outcome):
            projector(ledger).catch_up()
            with writing(ledger.engine) as connection:
                settle(connection, pack, now, outcome)
            return
    raise Refused(
        "E-CONFLICT",
        why=f"Other processes raised the same alerts {ROUNDS} times over.",
        remedy="Wait for their imports to end, then run mingzhang project.",
    )


def run_all_rules(ledger: Ledger, as_of: date | None) -> tuple[int, int, int]:
    """Run every rule over everything at `as_of`; gives how many alerts were raised, changed and withdrawn."""
    with ledger.engine.connect() as connection:
        pack, dated = adopted_pack(connection), _evaluation_date(ledger, connection)
        asked = Due(Scope.EVERYTHING, as_of or dated, dated)
        outcome = evaluate(connection, pack, as_of=asked.as_of, scope=asked.scope)
    if not _recorded(ledger, outcome):
        raise Refused("E-CONFLICT", why="Another process raised the same alerts first.", remedy="Run the rules again.")
    projector(ledger).catch_up()
    with writing(ledger.engine) as connection:
        settle(connection, pack, asked, outcome)
    return len(outcome.raised), len(outcome.changed), len(outcome.withdrawn)


def evaluation_date(ledger: Ledger) -> date:
    """The greatest 数据截止日 of the packages so far, or the last day of native entry; before both, today."""
    with ledger.engine.connect() as connection:
        return _evaluation_date(ledger, connection)


def _evaluation_date(ledger: Ledger, connection: Connection) -> date:
    return latest_as_of(connection) or ledger.today


def projector(ledger: Ledger) -> Projector:
    """The projector of this ledger's two books."""
    return Projector(
        ledger.engine, {BookName.MONEY.value: ledger.money, BookName.SUPERVISION.value: ledger.supervision}
    )


def rebuild(ledger: Ledger, progress: Callable[[int, int], None] | None = None) -> list[Compared]:
    """Make the views anew beside the live ones, compare the two, and put the new ones in their place.

    The alerts are judged anew, at the day at which they were judged last; they keep their ids and their life.
    """
    projector(ledger).catch_up()
    feeds = {BookName.MONEY.value: ledger.money, BookName.SUPERVISION.value: ledger.supervision}
    with ledger.engine.connect() as connection:
        day = judged_at(connection)
    with ledger.storage.beside() as fresh:
        compared = build(fresh, ledger.engine, feeds, progress)
        ledger.storage.put_in_place(fresh)
    if day is not None:
        with writing(ledger.engine) as connection:
            stand_at(connection, day)
    catch_up(ledger)
    return compared


def _recorded(ledger: Ledger, outcome: Outcome) -> bool:
    """Seal what the rules found; False when another process was first."""
    told: list[tuple[type[Event], Mapping[str, Any]]] = [
        *((AlertRaised, fields) for fields in outcome.raised),
        *((AlertChanged, fields) for fields in outcome.changed),
        *((AlertWithdrawn, fields) for fields in outcome.withdrawn),
        *((GroundsChanged, fields) for fields in outcome.marked),
    ]
    if not told:
        return True
    streams = [ledger.stream("alert", fields["alert_id"]) for _, fields in told]
    latest = ledger.supervision.latest(streams)
    placed = [
        Placed(stream, latest[stream].version + 1 if stream in latest else 1, _event(ledger, event_class, fields))
        for stream, (event_class, fields) in zip(streams, told, strict=True)
    ]
    try:
        ledger.append(BookName.SUPERVISION, placed)
    except Refused as refused:
        if refused.code != "E-CONFLICT":
            raise
        return False
    return True


def _event(ledger: Ledger, event_class: type[Event], fields: Mapping[str, Any]) -> Event:
    return event_class(**ledger.envelope(event_class, actor=SYSTEM, occurred_on=fields.get("holds_from")), **fields)
