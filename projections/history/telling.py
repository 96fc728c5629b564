"""What each kind of row tells: of which days, under which reference, with how much money."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from domain.catalogue import BESIDE_A_ROW
from domain.disbursement import EventReversed, PaymentMade, ReturnRow
from domain.dividend import DividendPaid
from domain.event import Versioned
from domain.loan import InterestSubsidyPaid, LoanRepaid, LoanRow
from domain.person import ROSTER_CHANGE_BY_EXIT_KIND, HouseholdExited, PersonDied, RosterRow
from projections.history.lending import is_loan, of_a_loan
from projections.history.naming import LATER, own_day, told_of
from projections.history.occurrence import Deed, Occurrence
from projections.history.past import Past
from projections.history.row import Row

__all__ = ["is_loan", "occurrences", "returns"]

HAPPENED = frozenset({Deed.HAPPENED})
RETURNABLE = frozenset(family.TOPIC for family in (PaymentMade, DividendPaid, InterestSubsidyPaid, LoanRepaid))
"""Topics of money that can be returned or reversed; their `ref` is the 流水号 that a return names."""


def occurrences(row: Row, past: Past) -> Iterator[Occurrence]:
    """Everything that `row` tells, each with its day, whether or not it holds at the moment."""
    if is_loan(row):
        yield from of_a_loan(row, past)
    elif isinstance(row.first, RosterRow):
        yield from _of_a_roster_row(row)
    elif isinstance(row.first, PersonDied):
        yield from _of_a_death(row)
    else:
        yield from _of_a_row(row)


def returns(told: Iterable[Occurrence], past: Past) -> Iterator[Occurrence]:
    """What took money of `told` back: one line a return, with the part of it that concerns the subject.

    A return counts with its payment, never before it: what did not hold at the moment is not taken back.
    """
    moved: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in told:
        holds = past.moment.holds(occurrence.day, occurrence.known_on)
        if occurrence.ref and occurrence.amount_fen is not None and occurrence.topic in RETURNABLE and holds:
            moved[occurrence.ref].append(occurrence)
    for row in past.returns_of(moved):
        targets = tuple(moved[row.now.target_ref])
        deed = Deed.REVERSED if isinstance(row.first, EventReversed) else Deed.RETURNED
        yield replace(
            own_day(row, row.versions[0], frozenset({deed})),
            amount_fen=sum(target.amount_fen or 0 for target in targets),
            targets=targets,
        )


def _of_a_row(row: Row) -> Iterator[Occurrence]:
    """The row's own versions, and the later days that stand in it, each on its day wherever it was stated."""
    later = list(_later_days(row))
    for placed in row.versions:
        own = own_day(row, placed, _deeds(row, placed))
        same = next((told for told in later if _is_version_of(told, own)), None)
        if same is not None:
            later.remove(same)
            own = replace(own, deeds=own.deeds | same.deeds)
        yield own
    yield from later


def _deeds(row: Row, placed: Versioned) -> frozenset[Deed]:
    if isinstance(row.first, ReturnRow) or (placed.version != 1 and placed.topic not in BESIDE_A_ROW):
        return frozenset()
    if isinstance(row.first, InterestSubsidyPaid):
        return frozenset({Deed.SUBSIDISED})
    return frozenset({Deed.REPAID}) if isinstance(row.first, LoanRow) else HAPPENED


def _later_days(row: Row) -> Iterator[Occurrence]:
    for family, days in LATER.items():
        if not isinstance(row.first, family):
            continue
        for later in days:
            day: date | None = later.day(row.now)
            if day is not None:
                yield Occurrence(
                    day=day,
                    known_on=None,
                    placed=row.since(later.day),
                    row=row,
                    topic=later.becomes.TOPIC,
                    ref=told_of(row.now).ref(row.now),
                    deeds=frozenset({Deed.CHANGED}),
                )


def _is_version_of(told: Occurrence, own: Occurrence) -> bool:
    """Whether a later day is what a version of that day is about, so that both are one line."""
    return told.placed is own.placed and told.topic == own.topic and told.day == own.day


def _of_a_death(row: Row) -> Iterator[Occurrence]:
    """The death counts as last stated: a corrected 知悉日期 holds, and not the first one."""
    for placed in row.versions:
        last = placed is row.versions[-1]
        yield own_day(row, placed, frozenset({Deed.DIED}) if last else frozenset())


def _of_a_roster_row(row: Row) -> Iterator[Occurrence]:
    """Inclusion, changes, and the exit on its own day wherever it was stated.

    An exit is known on the later of 退出日期 and 登记日期 (OUTPUTS §1).
    """
    left = row.since(lambda event: event.exited_on) if row.now.exited_on else None
    for placed in row.versions:
        deeds = {Deed.HAPPENED} if placed.version == 1 else set()
        exits = placed is left
        if exits and placed.event.occurred_on == row.now.exited_on and placed.version > 1:
            deeds.add(Deed.EXITED)
            exits = False
        yield own_day(row, placed, frozenset(deeds))
        if exits:
            yield _exit(row, placed)


def _exit(row: Row, placed: Versioned) -> Occurrence:
    exited_on, registered_on = row.now.exited_on, row.now.registered_on
    becomes = ROSTER_CHANGE_BY_EXIT_KIND.get(row.now.exit_kind or "", HouseholdExited)
    return Occurrence(
        day=exited_on,
        known_on=max(exited_on, registered_on) if registered_on else None,
        placed=placed,
        row=row,
        topic=becomes.TOPIC,
        ref=row.now.household_no,
        deeds=frozenset({Deed.EXITED}),
    )
