"""Replay: a subject's state and timeline at a point of any of the three times (OUTPUTS §7)."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from projections.history.account import Account
from projections.history.contract import Contract
from projections.history.fund import Fund
from projections.history.household import Household
from projections.history.loan import Loan
from projections.history.moment import Moment
from projections.history.named import NAMED
from projections.history.notice import Notice
from projections.history.occurrence import Occurrence
from projections.history.past import Past
from projections.history.payment import Payment
from projections.history.person import Person
from projections.history.place import Place
from projections.history.project import Project
from projections.history.reader import Reader
from projections.history.subject import Subject

SUBJECTS: dict[str, type[Subject]] = {
    subject.kind: subject
    for subject in (Household, Person, Loan, Fund, Payment, Project, Contract, Notice, Account, Place, *NAMED)
}
"""By the word before the colon; a subject that is taken anew adds its file and its name here."""


def replay(
    connection: Connection,
    reader: Reader,
    subject: str,
    *,
    as_of: date,
    known_on: date | None = None,
    known_at: int | None = None,
) -> dict[str, Any]:
    """The state and timeline of `subject` with the keys of OUTPUTS §7, ready for JSON.

    A fold over the events that touch it: those with `occurred_on` ≤ `as_of`, `known_on` (where absent `occurred_on`)
    ≤ `known_on`, position ≤ `known_at`. People, accounts and phones are references, in the question as in the answer.

    Raises:
        LookupError: when the subject is of no kind that has a history, or nowhere in the ledger.
    """
    kind, colon, value = subject.partition(":")
    if not colon or kind not in SUBJECTS or not value:
        raise LookupError(
            f"没有“{kind}”这类对象的历史；写作 类型:编号，类型可用 {'、'.join(SUBJECTS)} / "
            f"There is no history of {kind!r}: write kind:value with one of {', '.join(SUBJECTS)}."
        )
    moment = Moment(as_of, known_on, known_at)
    history = SUBJECTS[kind](value, Past(connection, reader, moment))
    if not history.is_named:
        raise LookupError(f"账内没有 {subject}；请核对编号 / {subject} is nowhere in this ledger; check the number.")
    timeline = [_line(history, occurrence) for occurrence in _holding(history, moment)]
    return {
        "subject": subject,
        "as_of": as_of.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "known_at": known_at,
        "state": history.state(),
        "timeline": timeline,
    }


def _holding(history: Subject, moment: Moment) -> list[Occurrence]:
    """What had happened and was known at the moment, in the timeline's order."""
    told = (occurrence for occurrence in history.told() if moment.holds(occurrence.day, occurrence.known_on))
    return sorted(told, key=lambda occurrence: occurrence.order)


def _line(history: Subject, occurrence: Occurrence) -> dict[str, Any]:
    """Fold the occurrence; its line has the subject's figure after it."""
    history.take(occurrence)
    return {
        "position": occurrence.placed.position,
        "occurred_on": occurrence.day.isoformat(),
        "known_on": occurrence.known_on.isoformat() if occurrence.known_on else None,
        "recorded_at": occurrence.placed.event.recorded_at,
        "topic": occurrence.topic,
        "ref": occurrence.ref,
        "amount_fen": occurrence.amount_fen,
        "balance_fen": history.figure_fen,
    }
