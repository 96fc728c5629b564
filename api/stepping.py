"""Taking a step with a thing that has a state machine: claims, loans, notices, objections, projects, contracts.

The stream of a thing is the thing: a step is sealed at its next version, so two who act at once meet there. Whoever is
second reads again what is there and decides again (`api.by_hand.decided`).
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import msgspec

from api.acting import acting
from api.by_hand import decided, refuse_stale, seal
from api.known import LedgerKnown
from api.ledger import Ledger, Placed
from api.overriding import NO_OVERRIDE, Override
from domain.catalogue import load, restated
from domain.correction import EventCorrected
from domain.event import Event, Kind, Source
from domain.refusal import Refused
from domain.roles import Actor
from intake.checking import Recorded
from intake.recording import Scribe
from intake.sheet import Sheet
from vault.vault import PACKAGE

KEPT_OF_A_ROW = ("on_behalf_of", "content", "commitments", "id_quality", "quarantine", "known_on")
"""What of its envelope a row keeps when a step states it anew."""

ENVELOPE = frozenset(told.name for told in msgspec.structs.fields(Event))


class Machine(Protocol):
    """A thing as its events tell it."""

    @property
    def version(self) -> int:
        """Of its stream."""
        ...

    def refuse_unless(self, step: Any) -> None:
        """Refuse a step that is not possible now."""
        ...


Told = TypeVar("Told", bound=Machine)


class Command(NamedTuple):
    """A step to be taken with a thing.

    number:    of the thing.
    actor:     工号.
    version:   of the thing that the actor saw; None: whatever stands.
    amount_fen: what is granted, where the step grants something; None: all.
    reason:    why; it is sealed.
    override:  where known facts speak against it.
    """

    number: str
    actor: str
    version: int | None = None
    amount_fen: int | None = None
    reason: str | None = None
    override: Override = NO_OVERRIDE


class Papers(NamedTuple):
    """What stands on a stream.

    events:  as they are told, corrections as the rows that they state, each with its position.
    """

    stream: UUID
    events: list[tuple[int, Event]]

    @property
    def version(self) -> int:
        """Of the stream."""
        return len(self.events)

    @property
    def told(self) -> list[Event]:
        """The events alone."""
        return [event for _, event in self.events]


def papers(ledger: Ledger, kind: str, *key: str) -> Papers:
    """What stands on the stream of a thing; nothing where there is none."""
    stream = ledger.stream(kind, *key)
    return Papers(stream, [(entry.position, _told(entry.topic, entry.state)) for entry in ledger.money.stream(stream)])


def papers_there(ledger: Ledger, kind: str, number: str, *, field: str, remedy: str) -> Papers:
    """What stands on the stream of a thing that there must be.

    Raises:
        Refused: `E-REF` when there is none.
    """
    found = papers(ledger, kind, number)
    if found.events:
        return found
    what = field.removesuffix("_no").replace("_", " ")
    raise Refused("E-REF", field=field, value=number, why=f"There is no {what} {number}.", remedy=remedy)


def take(
    ledger: Ledger,
    command: Command,
    step: StrEnum,
    read: Callable[[], Told],
    place: Callable[[Told, Actor], Sequence[Placed]],
) -> None:
    """Take one step: what `place` gives for the thing that `read` tells is sealed together.

    Raises:
        Refused: what `read` and `place` refuse, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def decide() -> None:
        actor = acting(ledger, command.actor)
        told = read()
        refuse_stale(command.version, told.version, command.number)
        told.refuse_unless(step)
        seal(ledger, place(told, actor))

    decided(ledger, decide)


def first_stated(ledger: Ledger, form: Sheet, keys: Sequence[tuple[str, ...]]) -> Mapping[tuple[str, ...], Recorded]:
    """What was submitted on `form` under each key, whatever followed it."""
    there = {}
    scribe = Scribe(form, ledger.vault, known=LedgerKnown(ledger), randomness=ledger.salts)
    for key in keys:
        entries = ledger.money.stream(ledger.stream(form.stream_kind, *key))
        if entries:
            submitted = load(entries[0].topic, entries[0].state)
            there[key] = Recorded(submitted.content, None, partial(scribe.read, submitted))
    return there


def row_after(
    ledger: Ledger, sheet: Sheet, row: Event, event_class: type[Event], actor: Actor, **changes: Any
) -> Event:
    """The row of `sheet` as a step states it anew: `row` with `changes`, as an event of `event_class` of today.

    It is an intent, whatever the class is of a workbook's row: it could have been refused.

    The digest of its content stays that of the row as its list stated it last: an office that sends its old list again
    says nothing new, and takes no step back. A `reason` among the changes is sealed with the row's words.
    """
    reason = changes.pop("reason", None)
    fields = {told.name for told in msgspec.structs.fields(event_class)}
    stated = {name: getattr(row, name) for name in row.__struct_fields__ if name in fields - ENVELOPE}
    kept = {name: getattr(row, name) for name in KEPT_OF_A_ROW}
    envelope = ledger.envelope(event_class, actor=actor.staff_no)
    return event_class(
        **{**kept, **envelope, "kind": Kind.INTENT, "source": Source(channel="api", sheet=sheet.title)},
        **_with_reason(ledger, row, reason),
        **{**stated, **changes},
    )


def timeline(events: Sequence[tuple[int, Event]]) -> list[dict[str, Any]]:
    """One line an event."""
    return [
        {
            "position": position,
            "topic": event.TOPIC,
            "occurred_on": event.occurred_on.isoformat(),
            "recorded_at": event.recorded_at,
            "actor": event.actor,
        }
        for position, event in events
    ]


def sealed_reason(ledger: Ledger, person: str | None, reason: str | None, *, under: str = "reason") -> dict[str, Any]:
    """A reason, which may speak of a person, as ciphertext under that person's key."""
    subject = ledger.vault.subjects([person]).get(person) if person else None
    if not reason or subject is None:
        return {}
    return {"sealed": ledger.vault.seal_for(subject, {under: reason}), "sealed_for": subject.ref}


def sealed_for_today(ledger: Ledger, reason: str | None, *, under: str = "reason") -> dict[str, Any]:
    """A reason that speaks of no person, as ciphertext under the key of the day's entries by hand."""
    if not reason:
        return {}
    package_id = f"HAND-{ledger.today}"
    subject = ledger.vault.refer(PACKAGE, [package_id])[package_id]
    return {"sealed": ledger.vault.seal_for(subject, {under: reason}), "sealed_for": subject.ref}


def _with_reason(ledger: Ledger, row: Event, reason: str | None) -> dict[str, Any]:
    if reason is None:
        return {"sealed": row.sealed, "sealed_for": row.sealed_for}
    subject = ledger.vault.subjects([row.sealed_for]).get(row.sealed_for) if row.sealed_for else None
    if subject is None or not row.sealed:
        return sealed_for_today(ledger, reason)
    [words] = ledger.vault.open_sealed([(subject.ref, row.sealed)])
    return {"sealed": ledger.vault.seal_for(subject, {**words, "reason": reason}), "sealed_for": subject.ref}


def _told(topic: str, state: bytes) -> Event:
    event = load(topic, state)
    return restated(event) if isinstance(event, EventCorrected) else event
