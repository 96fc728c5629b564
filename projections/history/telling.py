"""What each kind of row tells: of which days, under which reference, with how much money."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, cast

from domain.allocation import AllocationRow
from domain.disbursement import PaymentMade
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived, ShareRow
from domain.event import Event, Versioned
from domain.loan import LoanRepaid, LoanRow
from domain.notice import NoticeLinePosted, NoticePublished
from domain.organisation import OrgAccountRegistered, StaffPostRegistered
from domain.person import ROSTER_CHANGE_BY_EXIT_KIND, HouseholdExited, PersonDied, RosterRow
from domain.place import PlaceRegistered
from domain.subsidy import ProgrammeDefined
from projections.history.occurrence import Deed, Occurrence
from projections.history.past import Past
from projections.history.row import Row

INTEREST_SUBSIDY_PAID = "interest-subsidy-paid/v1"
"""Topic of a row of 贴息台账; a loan's own 贴息金额 stands for one."""

HAPPENED = frozenset({Deed.HAPPENED})


class Told(NamedTuple):
    """How a row is named, and how much money it moved."""

    ref: Callable[[Any], str | None]
    amount_fen: Callable[[Any], int | None] = lambda _: None


TOLD: dict[type[Event], Told] = {
    AllocationRow: Told(lambda row: row.entry_no, lambda row: row.amount_fen),
    PaymentMade: Told(lambda row: row.bank_ref, lambda row: row.amount_fen),
    LoanRow: Told(lambda row: row.loan_no, lambda row: row.principal_fen),
    AssetContractSigned: Told(lambda row: row.contract_no),
    ShareRow: Told(lambda row: row.contract_no),
    DividendReceived: Told(lambda row: row.bank_ref, lambda row: row.amount_fen),
    DividendPaid: Told(lambda row: row.bank_ref, lambda row: row.paid_fen),
    RosterRow: Told(lambda row: row.household_no),
    PersonDied: Told(lambda row: row.id_no),
    NoticePublished: Told(lambda row: row.notice_no),
    NoticeLinePosted: Told(lambda row: f"{row.notice_no}/{row.line_no}"),
    OrgAccountRegistered: Told(lambda row: row.account_no),
    StaffPostRegistered: Told(lambda row: row.staff_no),
    PlaceRegistered: Told(lambda row: row.place_code),
    ProgrammeDefined: Told(lambda row: row.programme),
}
"""By family of events. A sheet that is taken anew adds its line here."""


def occurrences(row: Row, past: Past) -> Iterator[Occurrence]:
    """Everything that `row` tells, each with its day, whether or not it holds at the moment."""
    if isinstance(row.first, LoanRow):
        yield from _of_a_loan(row, past)
    elif isinstance(row.first, RosterRow):
        yield from _of_a_roster_row(row)
    elif isinstance(row.first, PersonDied):
        yield from _of_a_death(row)
    else:
        for placed in row.versions:
            yield _own_day(row, placed, HAPPENED if placed.version == 1 else frozenset())


def _own_day(row: Row, placed: Versioned, deeds: frozenset[Deed]) -> Occurrence:
    """The event's line: money moved only where something happened."""
    told = _told(placed.event)
    return Occurrence(
        day=placed.event.occurred_on,
        known_on=placed.event.known_on,
        placed=placed,
        row=row,
        topic=placed.topic,
        ref=told.ref(placed.event),
        amount_fen=told.amount_fen(placed.event) if Deed.HAPPENED in deeds else None,
        deeds=deeds,
    )


def _told(event: Event) -> Told:
    for family in type(event).__mro__:
        if family in TOLD:
            return TOLD[family]
    return Told(lambda _: None)


def _of_a_death(row: Row) -> Iterator[Occurrence]:
    """The death counts as last stated: a corrected 知悉日期 holds, and not the first one."""
    for placed in row.versions:
        last = placed is row.versions[-1]
        yield _own_day(row, placed, frozenset({Deed.DIED}) if last else frozenset())


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
        yield _own_day(row, placed, frozenset(deeds))
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


class Step(NamedTuple):
    """A loan's total of something, as it stood from `day` on, and the version that said so."""

    day: date
    total_fen: int
    placed: Versioned


def steps(row: Row, read: Callable[[Versioned], tuple[date, int]], *, keeps_day: bool = False) -> list[Step]:
    """How a total that is stated again and again grew; `read` gives the day and the total of a version.

    A later version with no more than before, or of no later day, corrects what stood. With `keeps_day` the same total
    stated again does not move its day.
    """
    told: list[Step] = []
    for placed in row.versions:
        day, total_fen = read(placed)
        if told and told[-1].total_fen == total_fen and (keeps_day or told[-1].day == day):
            continue
        told = [step for step in told if step.day < day and step.total_fen < total_fen]
        if total_fen:
            told.append(Step(day, total_fen, placed))
    return told


def _of_a_loan(row: Row, past: Past) -> Iterator[Occurrence]:
    """Lending, changes, and on their own days what was repaid, settled and paid as 贴息金额 (OUTPUTS §5, §6)."""
    later = [*_repayments(row, past), *_interest_subsidies(row, past)]
    for placed in row.versions:
        own = _own_day(row, placed, HAPPENED if placed.version == 1 else frozenset())
        same = next((told for told in later if _is_own_day(told, own)), None)
        if same is not None:
            later.remove(same)
            own = replace(own, amount_fen=same.amount_fen, deeds=same.deeds)
        yield own
    yield from later


def _is_own_day(told: Occurrence, own: Occurrence) -> bool:
    """Whether a later day of a loan is what a change event of that day is about; only 还款 itself moves money."""
    if told.placed is not own.placed or told.day != own.day or told.topic != LoanRepaid.TOPIC or own.deeds:
        return False
    return told.amount_fen is None or own.topic == LoanRepaid.TOPIC


def _repayments(row: Row, past: Past) -> list[Occurrence]:
    """还款金额 as `HK/<loan_no>`, and 结清日; one line where they fall on one day."""
    loan_no, settled_on = row.now.loan_no, row.now.settled_on
    settled = row.since(lambda event: event.settled_on) if settled_on else None
    told: list[Occurrence] = []
    total_fen = 0
    for step in steps(row, lambda placed: _repaid(placed, past)):
        line = _later_day(row, step.placed, step.day, LoanRepaid.TOPIC, f"HK/{loan_no}")
        deeds = {Deed.REPAID}
        if settled is step.placed and settled_on == step.day:
            deeds.add(Deed.SETTLED)
            settled = None
        told.append(replace(line, amount_fen=step.total_fen - total_fen, deeds=frozenset(deeds)))
        total_fen = step.total_fen
    if settled is not None:
        line = _later_day(row, settled, settled_on, LoanRepaid.TOPIC, loan_no)
        told.append(replace(line, deeds=frozenset({Deed.SETTLED})))
    return told


def _interest_subsidies(row: Row, past: Past) -> list[Occurrence]:
    """贴息金额 as the payment `TX/<loan_no>`, on the 数据截止日 of the package that stated it."""
    told: list[Occurrence] = []
    total_fen = 0
    for step in steps(row, lambda placed: _subsidised(placed, past), keeps_day=True):
        line = _later_day(row, step.placed, step.day, INTEREST_SUBSIDY_PAID, f"TX/{row.now.loan_no}")
        told.append(replace(line, amount_fen=step.total_fen - total_fen, deeds=frozenset({Deed.SUBSIDISED})))
        total_fen = step.total_fen
    return told


def _repaid(placed: Versioned, past: Past) -> tuple[date, int]:
    """还款金额 on 还款日, else on 结清日, else on the day up to which the package tells."""
    stated = cast("LoanRow", placed.event)
    return stated.repaid_on or stated.settled_on or past.cut_off_day(placed), stated.repaid_fen or 0


def _subsidised(placed: Versioned, past: Past) -> tuple[date, int]:
    """贴息金额 on the day up to which the package tells."""
    return past.cut_off_day(placed), cast("LoanRow", placed.event).interest_subsidy_fen or 0


def _later_day(row: Row, placed: Versioned, day: date, topic: str, ref: str) -> Occurrence:
    return Occurrence(day=day, known_on=None, placed=placed, row=row, topic=topic, ref=ref)
