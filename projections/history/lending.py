"""What a loan's own row tells: lending, and what was repaid, settled and subsidised by totals stated again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple, cast

from domain.event import Versioned
from domain.loan import InterestSubsidyPaid, LoanRepaid, LoanRow
from projections.history.naming import own_day
from projections.history.occurrence import Deed, Occurrence
from projections.history.past import Past
from projections.history.row import Row
from projections.tables.loans import states_a_loan


def is_loan(row: Row) -> bool:
    """Whether a row is one of 小额信贷台账; a repayment of 还款流水 is none."""
    return isinstance(row.first, LoanRow) and states_a_loan(row.first)


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


def of_a_loan(row: Row, past: Past) -> Iterator[Occurrence]:
    """Lending, changes, and on their own days what was repaid, settled and paid as 贴息金额 (OUTPUTS §5, §6).

    What stands in 还款流水 or 贴息台账 is told there, and not here.
    """
    detailed = past.detailed(row.now.loan_no)
    later = _repayments(row, past, detailed=detailed.repaid)
    if not detailed.subsidised:
        later += _interest_subsidies(row, past)
    for placed in row.versions:
        own = own_day(row, placed, frozenset({Deed.HAPPENED}) if placed.version == 1 else frozenset())
        same = next((told for told in later if _isown_day(told, own)), None)
        if same is not None:
            later.remove(same)
            own = replace(own, amount_fen=same.amount_fen, deeds=same.deeds)
        yield own
    yield from later


def _isown_day(told: Occurrence, own: Occurrence) -> bool:
    """Whether a later day of a loan is what a change event of that day is about; only 还款 itself moves money."""
    if told.placed is not own.placed or told.day != own.day or told.topic != LoanRepaid.TOPIC or own.deeds:
        return False
    return told.amount_fen is None or own.topic == LoanRepaid.TOPIC


def _repayments(row: Row, past: Past, *, detailed: bool) -> list[Occurrence]:
    """还款金额 as `HK/<loan_no>`, and 结清日; one line where they fall on one day."""
    loan_no, settled_on = row.now.loan_no, row.now.settled_on
    settled = row.since(lambda event: event.settled_on) if settled_on else None
    told: list[Occurrence] = []
    total_fen = 0
    for step in () if detailed else steps(row, lambda placed: _repaid(placed, past)):
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
        line = _later_day(row, step.placed, step.day, InterestSubsidyPaid.TOPIC, f"TX/{row.now.loan_no}")
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
