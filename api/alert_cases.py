"""Steps with an alert: assigned, dismissed, confirmed, transferred, money recovered, closed (DOMAIN §3).

The stream of an alert is the alert: the rules and people write to it in turn, each at its next version. Nobody takes a
step with an alert that names him, or rests on what he entered, prepared, approved or paid (E-SOD).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from api.acting import acting, reading_as
from api.by_hand import decided, refuse_stale
from api.ledger import Ledger, Placed
from api.stepping import sealed_for_today, sealed_reason
from audit.seal import NotAnEntry
from domain.alert import AlertRow
from domain.alert_case import EVENT_OF, NEEDS_WORDS, WATCHERS, WHO_MAY, Alert, AlertStep, details_of
from domain.alert_steps import (
    AlertAssigned,
    AlertStepTaken,
    DishonestyLifted,
    DishonestyListed,
    Recovered,
    RecoveryOrdered,
)
from domain.catalogue import load
from domain.event import KEEPER, BookName, Event
from domain.refusal import Refused
from domain.roles import Actor
from projections.readers import named
from projections.tables.alerts import ALERTS

ALERT: Final = "alert"
WORDS: Final = "words"
"""Under which name what somebody wrote is sealed."""

CAN_BE_LISTED: Final = ("person", "org")


class AlertCommand(NamedTuple):
    """A step to be taken with an alert.

    actor:    工号, or `keeper`.
    version:  of the alert that the actor saw; None: whatever stands.
    words:    what the actor says; it is sealed.
    details:  what the step's event states beside, by field.
    """

    alert_id: str
    step: AlertStep
    actor: str
    version: int | None = None
    words: str | None = None
    details: Mapping[str, Any] = {}


class AlertPapers(NamedTuple):
    """What stands on the stream of an alert.

    said:  its newest statement.
    """

    stream: UUID
    events: list[tuple[int, Event]]
    alert: Alert
    said: AlertRow


def take_step(ledger: Ledger, command: AlertCommand) -> None:
    """Take one step.

    Raises:
        Refused: `E-REF` when there is no such alert, `E-AUTH`, `E-SOD` for whoever is named in it, `E-STATE`,
            `E-CONFLICT` for a stale version, `E-SCHEMA` for details that are not those of the step, `E-BALANCE`,
            `E-DATE` of a list whose end is not behind its appeal.
    """

    def decide() -> None:
        who = acting(ledger, command.actor)
        found = alert_papers(ledger, command.alert_id)
        who.refuse_unless_among(WHO_MAY[command.step], f"take this step with an alert ({command.step.value})")
        _refuse_named(ledger, command.alert_id, who)
        refuse_stale(command.version, found.alert.version, command.alert_id)
        found.alert.refuse_unless(command.step)
        event = _event(ledger, command, found, who)
        check = _CHECKS.get(type(event))
        if check is not None:
            check(ledger, found, event)
        _seal(ledger, Placed(found.stream, found.alert.version + 1, event))

    decided(ledger, decide)
    ledger.catch_up()


def alert_papers(ledger: Ledger, alert_id: str) -> AlertPapers:
    """What stands on the stream of an alert.

    Raises:
        Refused: `E-REF` when there is none.
    """
    stream = ledger.stream(ALERT, alert_id)
    events = [(entry.position, load(entry.topic, entry.state)) for entry in ledger.supervision.stream(stream)]
    said = [event for _, event in events if isinstance(event, AlertRow)]
    if not said:
        raise Refused(
            "E-REF",
            field="alert_id",
            value=alert_id,
            why=f"There is no alert {alert_id}.",
            remedy="List them: mingzhang alerts list.",
        )
    return AlertPapers(stream, events, Alert.told_by([event for _, event in events]), said[-1])


def _event(ledger: Ledger, command: AlertCommand, found: AlertPapers, actor: Actor) -> AlertStepTaken:
    """The event of the step, with its words sealed.

    Raises:
        Refused: `E-SCHEMA`, naming what is missing, unknown or not of its kind.
    """
    known, event_class = details_of(command.step), EVENT_OF[command.step]
    given = {name: value for name, value in command.details.items() if value is not None}
    required = {name for name, told in known.items() if told.required}
    if command.step in NEEDS_WORDS and not (command.words or "").strip():
        raise _unfitting(command.step, WORDS, "its reason in words is missing", known)
    for name in sorted(required - given.keys()):
        raise _unfitting(command.step, name, f"`{name}` is missing", known)
    for name in sorted(given.keys() - known.keys()):
        raise _unfitting(command.step, name, f"`{name}` is not one of its fields", known)
    envelope = ledger.envelope(event_class, actor=actor.staff_no)
    stated = {**envelope, **_sealed_words(ledger, found.said, command.words), "alert_id": command.alert_id}
    try:
        return msgspec.convert({**stated, **given}, event_class, from_attributes=True)
    except msgspec.ValidationError as error:
        raise _unfitting(command.step, str(error).rpartition("$.")[2].rstrip("`"), str(error), known) from error


def _unfitting(step: AlertStep, field: str, why: str, known: Mapping[str, Any]) -> Refused:
    takes = ", ".join([*known, *((WORDS,) if step in NEEDS_WORDS else ())])
    return Refused(
        "E-SCHEMA",
        field=field,
        why=f"The step {step.value} cannot be recorded: {why.rstrip('.')}.",
        remedy=f"It takes: {takes or 'nothing beside the actor'}.",
    )


def _sealed_words(ledger: Ledger, said: AlertRow, words: str | None) -> dict[str, Any]:
    """The words under the key of the person that the alert is about; of none or of several, under that of the day.

    What one person's erasure would take away with it must not be what was written about another.
    """
    persons = {subject.partition(":")[2] for subject in said.subjects if subject.startswith("person:")}
    person = persons.pop() if len(persons) == 1 else None
    return sealed_reason(ledger, person, words, under=WORDS) or sealed_for_today(ledger, words, under=WORDS)


def _seal(ledger: Ledger, placed: Placed) -> None:
    try:
        ledger.append(BookName.SUPERVISION, [placed])
    except (msgspec.ValidationError, NotAnEntry) as error:
        raise Refused(
            "E-SCHEMA",
            field=WORDS,
            why="Something is stated that an entry cannot hold: a text too long, or an odd character.",
            remedy="Shorten the texts, and leave out control characters.",
        ) from error


def _refuse_named(ledger: Ledger, alert_id: str, actor: Actor) -> None:
    """Refuse whoever is named in the alert, or in what it rests on.

    Raises:
        Refused: `E-SOD`.
    """
    if actor.staff_no == KEEPER:
        return
    asked = select(ALERTS.c.alert_id).where(ALERTS.c.alert_id == alert_id, named(reading_as(ledger, actor)))
    with ledger.engine.connect() as connection:
        if connection.execute(asked).first() is None:
            return
    raise Refused(
        "E-SOD",
        field="actor",
        value=actor.staff_no,
        why=f"{actor.staff_no} is named in this alert, or acted in what it rests on.",
        remedy="Let somebody look into it who had no part in it.",
    )


def _check_assignee(ledger: Ledger, found: AlertPapers, event: AlertAssigned) -> None:
    assignee = acting(ledger, event.assignee)
    assignee.refuse_unless_among(WATCHERS - {KEEPER}, "look into an alert")
    _refuse_named(ledger, event.alert_id, assignee)


def _check_order(_: Ledger, found: AlertPapers, event: RecoveryOrdered) -> None:
    found.alert.refuse_recovery_order_of(event.amount_fen)


def _check_recovered(_: Ledger, found: AlertPapers, event: Recovered) -> None:
    found.alert.refuse_recovery_of(event.amount_fen)


def _check_listed(_: Ledger, found: AlertPapers, event: DishonestyListed) -> None:
    able = [name for name in found.said.subjects if name.partition(":")[0] in CAN_BE_LISTED]
    if event.subject not in able:
        raise _no_such_subject(event.subject, "is no person or organisation of this alert", able)
    if event.subject in found.alert.listed:
        raise Refused(
            "E-DUP",
            field="subject",
            value=event.subject,
            why=f"{event.subject} is listed by this alert already.",
            remedy="Lift that listing first, if the new one is to take its place.",
        )
    if event.expires_on <= event.appeal_until:
        raise _ends_too_early(event.appeal_until, event.expires_on)


def _check_lifted(_: Ledger, found: AlertPapers, event: DishonestyLifted) -> None:
    if event.subject not in found.alert.listed:
        raise _no_such_subject(event.subject, "is not listed by this alert", list(found.alert.listed))


def _no_such_subject(subject: str, why: str, able: list[str]) -> Refused:
    remedy = f"It can be: {', '.join(able) or 'none'}."
    return Refused("E-REF", field="subject", value=subject, why=f"{subject} {why}.", remedy=remedy)


def _ends_too_early(appeal_until: date, expires_on: date) -> Refused:
    return Refused(
        "E-DATE",
        field="expires_on",
        value=str(expires_on),
        why=f"The listing would end on {expires_on}; it may be appealed until {appeal_until}.",
        remedy="Let it end after the last day of the appeal.",
    )


_CHECKS: Mapping[type[Event], Callable[[Ledger, AlertPapers, Any], None]] = {
    AlertAssigned: _check_assignee,
    RecoveryOrdered: _check_order,
    Recovered: _check_recovered,
    DishonestyListed: _check_listed,
    DishonestyLifted: _check_lifted,
}
"""What is refused of a step beside its actor and its state."""
