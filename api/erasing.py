"""Erasing a person by two people, under the law's conditions (DESIGN §5).

    request    one person asks for it; nothing is erased
    confirm    another agrees. From here on it is carried out, crash or no crash:
                 the event is sealed, then the vault forgets, in one transaction, key, index, number and texts
    finish     the next start carries out what was confirmed and broken off

Legal hold is the rule: whoever is named in an open alert, in an entry whose retention has not ended, or in a hold that
somebody placed, is not erased. Retention is counted in full years after the year of the person's last entry, as the
archives' rules count (会计档案管理办法, art. 14).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from api.ledger import Ledger, Placed
from api.reading import alerts, by_reference
from domain.clock import instant
from domain.erasure import PersonErased
from domain.event import BookName
from domain.refusal import Refused
from vault.erasure import Erasure, Hold
from vault.masking import find_personal

WITHDRAWN = "withdrawn"
_REFERENCE = re.compile(rb'"([PAT]-[0-9a-z]{16,26})"')


class _Told(msgspec.Struct):
    """The parts of a sealed state that erasing asks for."""

    class _Source(msgspec.Struct):
        file_sha256: str | None = None

    source: _Source
    occurred_on: date


_told = msgspec.json.Decoder(_Told)


class Traces(NamedTuple):
    """What the money book says of a person.

    positions:  of the entries that name them.
    newest:     the last business day among those; None without any.
    alone:      accounts and telephones that no other entry names.
    files:      workbooks in which nobody else is left.
    """

    positions: set[int]
    newest: date | None
    alone: list[str]
    files: list[str]


def erase(ledger: Ledger, subject: str, *, actor: str, reason: str) -> dict[str, Any]:
    """Ask for the erasure of a person, or confirm what another asked for; gives what became of it.

    subject:  `person:` with a number or a reference.

    Raises:
        Refused: `E-STATE` under legal hold, `E-SOD` when the person who asked confirms, `E-PRIVACY` for a reason with
            a number in it, `E-SCHEMA` for a subject that is no person or an actor without a name.
        LookupError: when the vault does not know the person.
    """
    ref = _person(ledger, subject)
    _refuse_personal(reason)
    _refuse_nobody(actor)
    with ledger.storage.importing(wait=True):
        asked = _asked_for(ledger, ref)
        if asked is not None and asked.confirmed_by is not None:
            return _carry_out(ledger, asked)
        ledger.catch_up()
        refuse_held(ledger, ref)
        if asked is None:
            ledger.vault.erasures.request(Erasure(ref, actor, instant(ledger.clock()), reason, None))
            return {"person": ref, "state": "requested", "requested_by": actor, "confirmed_by": None}
        if asked.requested_by.strip().casefold() == actor.strip().casefold():
            raise Refused(
                "E-SOD",
                field="--actor",
                value=actor,
                why=f"{actor} asked for this erasure and cannot confirm it.",
                remedy="Let a second person confirm it: mingzhang vault erase --actor NAME.",
            )
        ledger.vault.erasures.confirm(ref, actor)
        return _carry_out(ledger, asked._replace(confirmed_by=actor))


def withdraw(ledger: Ledger, subject: str) -> dict[str, Any]:
    """Take back an erasure that nobody has confirmed."""
    ref = _person(ledger, subject)
    there = ledger.vault.erasures.withdraw(ref)
    return {"person": ref, "state": "withdrawn" if there else "not requested"}


def hold(ledger: Ledger, subject: str, *, actor: str, reason: str) -> dict[str, Any]:
    """Let nobody erase a person until the hold is released."""
    ref = _person(ledger, subject)
    _refuse_personal(reason)
    _refuse_nobody(actor)
    ledger.vault.erasures.hold(ref, Hold(actor, instant(ledger.clock()), reason))
    return {"person": ref, "state": "held", "placed_by": actor, "reason": reason}


def release(ledger: Ledger, subject: str) -> dict[str, Any]:
    """Take away the hold on a person."""
    ref = _person(ledger, subject)
    there = ledger.vault.erasures.release(ref)
    return {"person": ref, "state": "released" if there else "not held"}


def finish_erasures(ledger: Ledger) -> int:
    """Carry out what was confirmed and broken off; gives how many. Does nothing while another process imports."""
    confirmed = [asked for asked in ledger.vault.erasures.asked_for() if asked.confirmed_by is not None]
    if not confirmed:
        return 0
    with ledger.storage.importing(wait=False) as held:
        if not held:
            return 0
        for asked in confirmed:
            _carry_out(ledger, asked)
    return len(confirmed)


def refuse_held(ledger: Ledger, ref: str) -> None:
    """Refuse to erase somebody under legal hold; the views are up to date.

    Raises:
        Refused: `E-STATE`, naming what holds.
    """
    placed = ledger.vault.erasures.hold_on(ref)
    if placed is not None:
        raise _held(
            f"{placed.placed_by} placed a hold on {ref} on {placed.placed_at[:10]}.",
            "Release it when its reason has gone: mingzhang vault release person:-.",
        )
    traces = traces_of(ledger, ref)
    for alert in alerts(ledger):
        concerned = f"person:{ref}" in alert["subjects"] or traces.positions & set(alert["event_refs"])
        if concerned and alert["state"] != WITHDRAWN:
            raise _held(
                f"{ref} is named in the open alert {alert['alert_id']} ({alert['rule_id']}).",
                "Close the alert first.",
            )
    years = ledger.settings.retention_years
    if traces.newest is not None and ledger.today < (ends := date(traces.newest.year + years + 1, 1, 1)):
        raise _held(
            f"The last entry that names {ref} is of {traces.newest}; it is kept for {years} full years, until {ends}.",
            f"Wait until {ends}, or set MINGZHANG_RETENTION_YEARS where the law asks for less.",
        )


def traces_of(ledger: Ledger, ref: str) -> Traces:
    """What the money book says of the person `ref`; reads it through twice."""
    ours = ref.encode()
    positions: set[int] = set()
    newest: date | None = None
    alone: set[bytes] = set()
    files: dict[str, set[str]] = {}
    for position, state in _states(ledger):
        if ours in state:
            told = _told.decode(state)
            positions.add(position)
            newest = max(newest or told.occurred_on, told.occurred_on)
            alone.update(found for found in _REFERENCE.findall(state) if not found.startswith(b"P-"))
            if told.source.file_sha256:
                files[told.source.file_sha256] = set()
    for _, state in _states(ledger) if alone or files else ():
        if ours in state:
            continue
        named = _REFERENCE.findall(state)
        alone.difference_update(named)
        others = files.get(_told.decode(state).source.file_sha256 or "") if files else None
        if others is not None:
            others.update(found.decode() for found in named if found.startswith(b"P-"))
    nobody_left = [sha for sha, others in files.items() if not ledger.vault.subjects(sorted(others))]
    return Traces(positions, newest, sorted(found.decode() for found in alone), nobody_left)


def _carry_out(ledger: Ledger, asked: Erasure) -> dict[str, Any]:
    """Seal the event, unless it was sealed before a crash; then let the vault forget."""
    ref, confirmed_by = asked.ref, str(asked.confirmed_by)
    traces = traces_of(ledger, ref)
    stream = ledger.stream("erasure", ref)
    if not ledger.money.latest([stream]):
        event = PersonErased(
            **ledger.envelope(PersonErased, actor=confirmed_by),
            id_no=ref,
            requested_by=asked.requested_by,
            confirmed_by=confirmed_by,
            reason=asked.reason,
            also_erased=tuple(traces.alone),
        )
        ledger.append(BookName.MONEY, [Placed(stream, 1, event)])
    ledger.vault.forget_files(traces.files)
    ledger.vault.erase([ref, *traces.alone])
    return {
        "person": ref,
        "state": "erased",
        "requested_by": asked.requested_by,
        "confirmed_by": confirmed_by,
        "position": ledger.money.latest([stream])[stream].position,
        "also_erased": traces.alone,
        "workbooks_forgotten": traces.files,
    }


def _states(ledger: Ledger) -> Iterator[tuple[int, bytes]]:
    """The states of the money book, without what the erasing itself wrote."""
    for entry in ledger.money.read():
        if entry.topic != PersonErased.TOPIC:
            yield entry.position, entry.state


def _person(ledger: Ledger, subject: str) -> str:
    kind, _, ref = by_reference(ledger, subject).partition(":")
    if kind != "person":
        raise Refused(
            "E-SCHEMA",
            field="SUBJECT",
            value=kind,
            why="Only a person is held or erased; accounts and telephones go with the person.",
            remedy="Write person:- and give the identity number on standard input, or person:P-….",
        )
    if not ledger.vault.subjects([ref]):
        raise LookupError(f"保管库内没有 {ref} / The vault does not know {ref}: never seen, or erased already.")
    return ref


def _asked_for(ledger: Ledger, ref: str) -> Erasure | None:
    return next((asked for asked in ledger.vault.erasures.asked_for() if asked.ref == ref), None)


def _held(why: str, remedy: str) -> Refused:
    return Refused("E-STATE", field="SUBJECT", why=f"Legal hold: {why}", remedy=remedy)


def _refuse_personal(reason: str) -> None:
    if found := find_personal(reason):
        raise Refused(
            "E-PRIVACY",
            field="--reason",
            why=f"The reason holds personal data ({', '.join(found)}), and it will stand in the ledger for ever.",
            remedy="Say it without numbers and names.",
        )


def _refuse_nobody(actor: str) -> None:
    if not actor.strip() or not actor.isprintable():
        raise Refused("E-SCHEMA", field="--actor", why="Nobody is named.", remedy="Give your own name in the office.")
