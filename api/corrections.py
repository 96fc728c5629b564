"""Corrections and reversals (更正, 冲正): by a second person, on the stream of what they mend, at its next version.

A correction states anew what is no money, day or key; those are reversed in full and entered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import msgspec

from api.acting import acting, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.entries import Entered
from api.known import LedgerKnown
from api.ledger import Ledger, Placed
from api.revealing import states_its_row
from audit.book import Sealed
from domain.catalogue import as_told, load
from domain.correction import EventCorrected
from domain.disbursement import RETURNS
from domain.event import Event, Versioned
from domain.money import plain_yuan, yuan
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.checks import always
from intake.entry import Stated, as_stated
from intake.recording import Scribe
from intake.sheet import Cell, Paid, Row, Sheet
from intake.sheets import SHEETS
from vault.vault import PACKAGE

FIXED = frozenset({Cell.MONEY, Cell.PCT, Cell.DATE, Cell.START, Cell.END})
"""Kinds of column that no correction changes: money and days."""

REASON = "correction_reason"
RETURNS_SHEET = SHEETS["payment_returns"]
REVERSAL = "冲正"
ENVELOPE = frozenset(field.encode_name for field in msgspec.structs.fields(Event))
BY_TITLE = {sheet.title: sheet for sheet in SHEETS.values()}


class Correction(NamedTuple):
    """What is stated otherwise, by alias, and why."""

    actor: str
    fields: Mapping[str, Stated]
    reason: str


class Reversal(NamedTuple):
    """A payment taken back in full.

    return_ref:  its own number; None: `CZ-` and the position.
    amount_fen:  must be the full amount; None: that.
    """

    actor: str
    reason: str
    return_ref: str | None = None
    amount_fen: int | None = None


class Target(NamedTuple):
    """The row at a position.

    row:  as it is stated now, corrections included; position, stream and version are of the last statement.
    """

    sheet: Sheet
    first: Event
    row: Event
    stream: Any
    version: int


def correct(ledger: Ledger, position: int, correction: Correction) -> Entered:
    """State the row at `position` anew.

    Raises:
        Refused: `E-REF` where there is no entry, `E-STATE` where it is no row or was stated anew since, `E-AUTH`,
            `E-SOD`, `E-SCHEMA` for money, days, keys and what is no column, and the first error of the row.
    """

    def decide() -> Entered:
        target = _target(ledger, position)
        actor = _second_person(ledger, correction.actor, target, Deed.CORRECT)
        actor.refuse_unless_may_record(target.sheet.key)
        _refuse_fixed(target.sheet, correction.fields)
        stands = _stated(ledger, target)
        now, problems = _restated(ledger, target, actor, {**stands, **correction.fields})
        refuse_set_aside(target.sheet, [one for one in problems if one.column in correction.fields])
        differ = [alias for alias, value in correction.fields.items() if stands.get(alias) != value]
        if not differ:
            raise Refused(
                "E-SCHEMA",
                field="fields",
                why="Nothing is stated otherwise than it stands.",
                remedy="State what is to be corrected.",
            )
        event = _corrected(ledger, position, target, now, (sorted(differ), correction.reason, actor))
        placed = Placed(target.stream, target.version + 1, event)
        at = seal(ledger, [placed]).start
        return Entered(problems, at, placed.stream, placed.version, event.TOPIC)

    return decided(ledger, decide)


def reverse(ledger: Ledger, position: int, reversal: Reversal) -> Entered:
    """Take back the payment at `position` in full.

    Raises:
        Refused: `E-REF` where there is no entry, `E-STATE` where it is no payment, `E-BALANCE` for a second reversal or
            another amount than the full one, `E-AUTH`, `E-SOD`.
    """

    def decide() -> Entered:
        target = _target(ledger, position)
        actor = _second_person(ledger, reversal.actor, target, Deed.REVERSE)
        paid = _payment(ledger, position, target)
        amount_fen = paid.amount_fen if reversal.amount_fen is None else reversal.amount_fen
        _refuse_part_or_second(paid, amount_fen)
        hand = Hand(ledger, RETURNS_SHEET, actor)
        fate = hand.fate_of(
            {
                "return_ref": reversal.return_ref or f"CZ-{position}",
                "return_kind": REVERSAL,
                "target_ref": paid.bank_ref,
                "amount": plain_yuan(amount_fen),
                "returned_on": ledger.today.isoformat(),
                "reason": reversal.reason,
                "preparer": actor.staff_no,
            }
        )
        refuse_set_aside(RETURNS_SHEET, fate.problems)
        placed = hand.placed(hand.written(fate))
        at = seal(ledger, placed).start
        return Entered(fate.problems, at, placed[0].stream, placed[0].version, placed[0].event.TOPIC)

    return decided(ledger, decide)


def _target(ledger: Ledger, position: int) -> Target:
    """The row that the entry at `position` states first, as it stands."""
    entry = ledger.money.entry(position)
    if entry is None:
        raise Refused(
            "E-REF",
            field="position",
            value=str(position),
            why=f"There is no entry {position} in the money book; it has {ledger.money.head.position}.",
            remedy="Look up the position: mingzhang events.",
        )
    first = load(entry.topic, entry.state)
    sheet = BY_TITLE.get(first.source.sheet or "")
    if sheet is None or isinstance(first, EventCorrected):
        raise Refused(
            "E-STATE",
            field="position",
            value=str(position),
            why=f"Entry {position} is {entry.topic}, and no row of a sheet.",
            remedy="Correct the row itself; its position stands in the correction and in the facts.",
        )
    entries = ledger.money.stream(entry.stream)
    last = _last_statement(entries, entry)
    told = as_told(Versioned(last.position, str(last.stream), last.version, last.topic, load(last.topic, last.state)))
    return Target(sheet, first, told.event, entry.stream, entries[-1].version)


def _last_statement(entries: Sequence[Sealed], entry: Sealed) -> Sealed:
    """The entry itself, or the last of its corrections.

    Raises:
        Refused: `E-STATE` when the row was stated anew since.
    """
    last = entry
    for later in entries[entry.version :]:
        event = load(later.topic, later.state)
        if isinstance(event, EventCorrected):
            last = later if event.target_position == entry.position else last
        elif entry.topic not in RETURNS and states_its_row(later):
            raise Refused(
                "E-STATE",
                field="position",
                value=str(entry.position),
                why=f"The row was stated anew at position {later.position}.",
                remedy=f"Correct position {later.position}.",
            )
    return last


def _second_person(ledger: Ledger, staff_no: str, target: Target, deed: Deed) -> Actor:
    actor = acting(ledger, staff_no)
    recorder = target.first.actor
    actor.refuse_same_hand(person_of(ledger, recorder), as_what="recorded it; a second person mends it")
    actor.refuse_unless_may(deed)
    return actor


def _refuse_fixed(sheet: Sheet, fields: Mapping[str, Stated]) -> None:
    """Refuse what a correction cannot change.

    Raises:
        Refused: `E-SCHEMA`, naming the column.
    """
    columns = {column.alias: column for column in sheet.columns}
    for alias in fields:
        column = columns.get(alias)
        if column is None:
            why, remedy = f"{sheet.key} has no column {alias}.", f"The columns are: {', '.join(columns)}."
        elif column.kind in FIXED or column.fixed_key or alias in sheet.business_key:
            why = f"{alias} is money, a day or the key of its row, and is never corrected."
            remedy = "Reverse the payment in full and enter it again, or send the register's row anew."
        else:
            continue
        raise Refused("E-SCHEMA", field=alias, why=why, remedy=remedy)


def _stated(ledger: Ledger, target: Target) -> dict[str, Stated]:
    """What the row states now, as cells would; what its event leaves out, since it goes without saying, is not said."""
    scribe = Scribe(target.sheet, ledger.vault, known=LedgerKnown(ledger), randomness=ledger.salts)
    left_out = {
        field.name
        for field in msgspec.structs.fields(target.row)
        if field.default is not None and getattr(target.row, field.name) == field.default
    }
    said = as_stated(target.sheet, scribe.read(target.row))
    fields = {column.alias: column.event_field for column in target.sheet.columns}
    return {alias: value for alias, value in said.items() if fields[alias] not in left_out}


def _restated(ledger: Ledger, target: Target, actor: Actor, stated: Mapping[str, Stated]) -> tuple[Event, list[Any]]:
    """The row's event as it would be if it were recorded so, of the class that it is, and what is odd about it."""
    sheet = replace(target.sheet, becomes=always(type(target.row)), also=None, dated_by=None)
    hand = Hand(ledger, sheet, actor, recorded=lambda *_: {})
    fate = hand.fate_of(stated)
    if not sheet.facts:
        refuse_set_aside(sheet, fate.problems)
    return hand.written(fate)[0].event, fate.problems


def _corrected(
    ledger: Ledger, position: int, target: Target, now: Event, told: tuple[list[str], str, Actor]
) -> EventCorrected:
    differ, reason, actor = told
    words: dict[str, str] = {}
    if now.sealed and now.sealed_for:
        [words] = ledger.vault.open_sealed([(now.sealed_for, now.sealed)])
    subject = ledger.vault.subjects([now.sealed_for]).get(now.sealed_for) if now.sealed_for else None
    if subject is None:
        package_id = f"HAND-{ledger.today}"
        subject = ledger.vault.refer(PACKAGE, [package_id])[package_id]
    known_on: date | None = target.first.known_on
    return EventCorrected(
        **ledger.envelope(EventCorrected, actor=actor.staff_no),
        on_behalf_of=now.on_behalf_of,
        correlation_id=target.first.correlation_id,
        causation_id=f"money:{position}",
        content=now.content,
        commitments=now.commitments,
        sealed=ledger.vault.seal_for(subject, {**words, REASON: reason}),
        sealed_for=subject.ref,
        id_quality=now.id_quality,
        quarantine=now.quarantine,
        target_position=position,
        target_topic=now.TOPIC,
        row_occurred_on=target.first.occurred_on,
        row_known_on=known_on,
        corrected=tuple(differ),
        before=_own_fields(target.row),
        fields=_own_fields(now),
    )


def _own_fields(row: Event) -> dict[str, Any]:
    """What the row states beside its envelope."""
    return {name: value for name, value in msgspec.to_builtins(row).items() if name not in ENVELOPE}


def _payment(ledger: Ledger, position: int, target: Target) -> Paid:
    """The payment that the row is, all its lines together, and what took it back.

    Raises:
        Refused: `E-STATE` where it is none, or has no 流水号 by which it could be reversed.
    """
    pays = target.sheet.pays
    scribe = Scribe(target.sheet, ledger.vault, known=LedgerKnown(ledger), randomness=ledger.salts)
    paid = pays(Row(1, scribe.read(target.row))) if pays is not None else None
    found = LedgerKnown(ledger).payment(paid.bank_ref) if paid is not None else None
    if found is None:
        raise Refused(
            "E-STATE",
            field="position",
            value=str(position),
            why=f"Entry {position} is no payment with a 流水号, and cannot be reversed.",
            remedy="Reverse the payment itself; what is no payment is corrected, or sent again.",
        )
    return found


def _refuse_part_or_second(paid: Paid, amount_fen: int) -> None:
    if paid.returned_by:
        why = f"{paid.bank_ref} was taken back whole by {min(paid.returned_by)} already."
        remedy = "Check which payment is to be reversed."
    elif amount_fen != paid.amount_fen:
        why = f"{yuan(amount_fen)} would be reversed of {yuan(paid.amount_fen)}; a reversal is of the full amount."
        remedy = "Reverse the full amount, and enter what is right."
    else:
        return
    raise Refused("E-BALANCE", field="amount_fen", value=plain_yuan(amount_fen), why=why, remedy=remedy)
