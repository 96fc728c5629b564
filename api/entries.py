"""Facts by hand: one row of any sheet, with the checks, codes and event that the same row of a workbook has.

Two hands may bring one row at once: both write version 1 of its stream, one of them conflicts, reads again what is
there, and is told `unchanged` where the content is the same, `E-DUP` where it is not (DESIGN §3, Streams).
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from api.acting import acting
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.committing import commitments
from api.ledger import Ledger
from domain.refusal import Refused
from domain.roles import Actor
from intake.entry import Stated
from intake.problem import Problem
from intake.sheet import Row, Sheet
from intake.sheets import SHEETS

MANIFEST = "manifest"
REFUSED_BY_HAND = frozenset({"E-ID", "E-BALANCE"})
"""Problems that a workbook's row is set aside for, and that a hand can mend at once (DOMAIN §2)."""


class Entry(NamedTuple):
    """A row to be recorded: which sheet's, by whose hand, and what it states by alias."""

    sheet_key: str
    actor: str
    stated: Mapping[str, Stated]


class Entered(NamedTuple):
    """What became of it.

    problems:   warnings and reasons for quarantine.
    position, stream, version, topic: of its entry; None where the row tells of nothing that happened.
    unchanged:  it was there with the same content, and nothing was sealed.
    """

    problems: list[Problem]
    position: int | None = None
    stream: UUID | None = None
    version: int | None = None
    topic: str | None = None
    unchanged: bool = False


def enter(ledger: Ledger, entry: Entry) -> Entered:
    """Record one row, or find that it stands already.

    Raises:
        Refused: `E-REF` for a sheet that there is not, `E-AUTH` for a hand that may not, the first error's code with
            all `problems` for a row that cannot be recorded, `E-FUNDS` for an instruction that a document does not
            cover, `E-CONFLICT` when others were always first.
    """
    sheet = sheet_of(entry.sheet_key)

    def decide() -> Entered:
        actor = acting(ledger, entry.actor)
        actor.refuse_unless_may_record(sheet.key)
        return _enter(ledger, sheet, actor, entry.stated)

    return decided(ledger, decide)


def sheet_of(key: str) -> Sheet:
    """The sheet whose rows are entered under `key`.

    Raises:
        Refused: `E-REF` when there is none; a manifest belongs to a package of files.
    """
    sheet = SHEETS.get(key)
    if sheet is None or key == MANIFEST:
        raise Refused(
            "E-REF",
            field="sheet",
            value=key,
            why=f"There is no sheet {key} whose rows can be entered by hand.",
            remedy=f"Use one of: {', '.join(name for name in SHEETS if name != MANIFEST)}.",
        )
    return sheet


def _enter(ledger: Ledger, sheet: Sheet, actor: Actor, stated: Mapping[str, Stated]) -> Entered:
    """One row, decided against the ledger as it stands now."""
    hand = Hand(ledger, sheet, actor)
    fate = hand.fate_of(stated)
    problems = fate.problems
    for row in (*fate.unchanged, *fate.resumed):
        return _standing(ledger, hand, sheet, row, problems)
    if not sheet.facts:
        refuse_set_aside(sheet, problems, REFUSED_BY_HAND)
    written = hand.written(fate)
    if not written:
        return Entered(problems)
    placed = hand.placed(written)
    first = placed[0]
    position = seal(ledger, [*placed, *commitments(ledger, [one.event for one in placed], actor=actor.staff_no)]).start
    return Entered(problems, position, first.stream, first.version, first.event.TOPIC)


def _standing(ledger: Ledger, hand: Hand, sheet: Sheet, row: Row, problems: list[Problem]) -> Entered:
    """What is recorded of a row that was there."""
    target = sheet.stands_on(row, hand.known) if sheet.stands_on else None
    kind, key = target if target is not None else (sheet.stream_kind, sheet.key_of(row))
    stream = ledger.stream(kind, *key)
    latest = ledger.money.latest([stream]).get(stream)
    if latest is None:
        return Entered(problems, unchanged=True)
    return Entered(problems, latest.position, stream, latest.version, latest.topic, unchanged=True)
