"""What is read of an alert's life: one alert with every step, and the leads that alerts make."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import fields as struct_fields
from sqlalchemy import select

from api import reading
from api.acting import reader_of
from api.alert_cases import WORDS, alert_papers
from api.ledger import Ledger
from api.revealing import leave_trace, with_numbers
from domain.alert import AlertRow
from domain.event import KEEPER, Event
from projections.leads import LeadAsked, leads
from projections.readers import Reader, named
from projections.tables.alerts import ALERTS

OF_AN_EVENT: Final = frozenset(told.name for told in struct_fields(Event))
OF_A_STATEMENT: Final = ("severity", "amount_at_risk_fen", "rule_version", "pack_hash", "event_refs")
"""What a life tells of each statement of the rules; the newest stands whole in the alert itself."""


def life(
    ledger: Ledger, alert_id: str, *, actor: str | None = None, reveal: bool = False, why: str = ""
) -> dict[str, Any]:
    """One alert (OUTPUTS §9) with its version, what is possible now, who is listed by it, and every step of its life.

    `words` of a step are null unless revealed, which leaves a trace.

    Raises:
        LookupError: when there is none of that id, or `actor` is named in it.
        Refused: `E-AUTH` when `actor` does not serve.
    """
    reader = reader_of(ledger, actor)
    told = reading.alert(ledger, alert_id, reader)
    found = alert_papers(ledger, alert_id)
    steps = [_step(position, version, event) for version, (position, event) in enumerate(found.events, start=1)]
    answer = {
        **told,
        "version": found.alert.version,
        "allowed": [step.value for step in found.alert.allowed],
        "outstanding_fen": found.alert.outstanding_fen,
        "dishonest": list(found.alert.listed),
        "life": steps,
    }
    if not reveal:
        return answer
    subject = f"alert:{alert_id}"
    leave_trace(ledger, where="alerts show", subject=subject, why=why, references=1, actor=actor or KEEPER)
    _fill_in_words(ledger, steps, [event for _, event in found.events])
    revealed: dict[str, Any] = with_numbers(ledger, [answer])[0]
    return revealed


def seen_by(ledger: Ledger, reader: Reader | None, alert_ids: Iterable[str]) -> frozenset[str]:
    """Those of the alerts that do not name the reader; all, for the keeper. One that the views lack is not seen yet."""
    ids = frozenset(alert_ids)
    if reader is None or not ids:
        return ids
    ledger.project()
    asked = select(ALERTS.c.alert_id).where(ALERTS.c.alert_id.in_(sorted(ids)), ~named(reader))
    with ledger.engine.connect() as connection:
        return frozenset(str(alert_id) for alert_id in connection.execute(asked).scalars())


def whole_id(ledger: Ledger, beginning: str) -> str:
    """The id of the one alert that begins so.

    Raises:
        LookupError: when none or several do.
    """
    asked = select(ALERTS.c.alert_id).where(ALERTS.c.alert_id.startswith(beginning, autoescape=True)).limit(2)
    with ledger.engine.connect() as connection:
        found = [str(alert_id) for alert_id in connection.execute(asked).scalars()]
    if not found:
        raise LookupError(f"没有以 {beginning} 开头的疑点 / No alert begins with {beginning}.")
    if len(found) > 1:
        raise LookupError(f"以 {beginning} 开头的疑点不止一条 / Several alerts begin with {beginning}.")
    return found[0]


def lead_page(
    ledger: Ledger, *, asked: LeadAsked, after: tuple[int, str] | None = None, limit: int
) -> list[dict[str, Any]]:
    """At most `limit` leads, the highest score first, behind the one `after` (score_ppm, subject)."""
    with ledger.engine.connect() as connection:
        return leads(connection, asked, after=after, limit=limit)


def _step(position: int, version: int, event: Event) -> dict[str, Any]:
    own = OF_A_STATEMENT if isinstance(event, AlertRow) else _own_fields(event)
    return {
        "position": position,
        "version": version,
        "topic": event.TOPIC,
        "occurred_on": event.occurred_on.isoformat(),
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "details": {name: msgspec.to_builtins(getattr(event, name)) for name in own},
        "has_words": event.sealed is not None,
        "words": None,
    }


def _own_fields(event: Event) -> list[str]:
    own = [told.name for told in struct_fields(type(event)) if told.name not in OF_AN_EVENT | {"alert_id"}]
    return [name for name in own if getattr(event, name) is not None]


def _fill_in_words(ledger: Ledger, steps: Sequence[dict[str, Any]], events: Sequence[Event]) -> None:
    spoken = [
        (step, event.sealed_for, event.sealed)
        for step, event in zip(steps, events, strict=True)
        if event.sealed and event.sealed_for
    ]
    opened = ledger.vault.open_sealed([(ref, sealed) for _, ref, sealed in spoken])
    for (step, _, _), words in zip(spoken, opened, strict=True):
        step[WORDS] = words.get(WORDS)
