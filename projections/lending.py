"""What the facts say of loans: how one stands at the bank, and what speaks against granting another (LNM-07, -09)."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from domain.lending import Lent
from domain.money import yuan
from projections.contradictions import Contradiction, against_person
from projections.tables.loans import LOANS

MOST_FEN, MOST_WITH_TOPUP_FEN = 5_000_000, 10_000_000
"""What a household may owe: 50,000 yuan, with 追加批准 100,000 (LNM-09; 银保监发〔2021〕6号)."""

LONGEST_MONTHS = 36
MOST_LOANS = 1
"""Loans that a household may have open at once, and their longest term (LNM-09)."""

MONTHS_IN_A_YEAR = 12


class Term(NamedTuple):
    """From when until when a loan runs."""

    starts_on: date
    due_on: date


class Wish(NamedTuple):
    """A loan that is to be granted.

    person:  reference; None where the vault does not know the number.
    renews:  the loan whose place it takes.
    """

    person: str | None
    household_no: str
    amount_fen: int
    term: Term
    renews: str | None = None
    topup_approved: bool = False


def against_loan(connection: Connection, wish: Wish, *, today: date) -> list[Contradiction]:
    """What speaks against granting `wish` on `today`; the age, which no table knows, is asked elsewhere."""
    return [
        *against_person(connection, wish.person, today=today),
        *_above_limit(connection, wish),
        *against_term(wish.term),
    ]


def against_term(term: Term) -> Iterator[Contradiction]:
    """Whether a loan runs for too long."""
    if term.due_on > months_later(term.starts_on, LONGEST_MONTHS):
        yield Contradiction(
            "loan-too-long",
            f"{term.starts_on} 至 {term.due_on} 超过 {LONGEST_MONTHS} 个月 / "
            f"From {term.starts_on} to {term.due_on} is more than {LONGEST_MONTHS} months.",
        )


def lent(connection: Connection, loan_no: str) -> Lent | None:
    """What the bank has told of a loan; None before it was issued."""
    loans = LOANS.c
    asked = select(
        loans.status,
        loans.due_on,
        loans.outstanding_fen,
        loans.principal_repaid_fen,
        loans.settled_on,
    ).where(loans.loan_no == loan_no)
    row = connection.execute(asked.order_by(loans.position.desc()).limit(1)).first()
    if row is None:
        return None
    renewing = select(loans.loan_no).where(loans.renews == loan_no).limit(1)
    return Lent(
        status=row.status,
        due_on=date.fromordinal(row.due_on),
        outstanding_fen=row.outstanding_fen or 0,
        repaid_fen=row.principal_repaid_fen,
        settled=row.settled_on is not None,
        renewed=connection.execute(renewing).first() is not None,
        prior_renewals=_prior_renewals(connection, loan_no),
    )


def borrower(connection: Connection, loan_no: str) -> str | None:
    """The reference of who borrowed, as the bank has it."""
    found = connection.execute(select(LOANS.c.id_no).where(LOANS.c.loan_no == loan_no).limit(1)).scalar()
    return None if found is None else str(found)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    month = day.month - 1 + months
    first = date(day.year + month // MONTHS_IN_A_YEAR, month % MONTHS_IN_A_YEAR + 1, 1)
    after = date(first.year + first.month // MONTHS_IN_A_YEAR, first.month % MONTHS_IN_A_YEAR + 1, 1)
    return date(first.year, first.month, min(day.day, (after - first).days))


def _prior_renewals(connection: Connection, loan_no: str) -> int:
    """How many loans it goes back on; a chain that bites its own tail ends where it does."""
    seen = [loan_no]
    while True:
        asked = select(LOANS.c.renews).where(LOANS.c.loan_no == seen[-1]).limit(1)
        before = connection.execute(asked).scalar()
        if before is None or before in seen:
            return len(seen) - 1
        seen.append(str(before))


def _above_limit(connection: Connection, wish: Wish) -> Iterator[Contradiction]:
    loans = LOANS.c
    others = select(func.count(), func.coalesce(func.sum(loans.outstanding_fen), 0)).where(
        loans.household_no == wish.household_no,
        loans.outstanding_fen > 0,
        loans.quarantined.is_(False),
        _not_renewed(wish),
    )
    count, owed_fen = connection.execute(others).one()
    most_fen = MOST_WITH_TOPUP_FEN if wish.topup_approved else MOST_FEN
    total_fen = int(owed_fen) + wish.amount_fen
    if total_fen > most_fen:
        yield Contradiction(
            "loan-above-limit",
            f"全户余额将达 {yuan(total_fen)}，上限 {yuan(most_fen)} / "
            f"The household would owe {yuan(total_fen)}; {yuan(most_fen)} is the most.",
        )
    if count + 1 > MOST_LOANS:
        yield Contradiction(
            "too-many-loans",
            f"全户将有 {count + 1} 笔未结清贷款 / The household would have {count + 1} open loans; one is the most.",
        )


def _not_renewed(wish: Wish) -> ColumnElement[bool]:
    return LOANS.c.loan_no != (wish.renews or "")
