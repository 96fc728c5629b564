"""What is asked of the facts before a loan is granted; the age is in the number, which only the vault knows."""

from api.board import age
from api.ledger import Ledger
from domain.lending import LoanApplied
from intake.sheet import Row
from projections.contradictions import Contradiction
from projections.lending import Term, Wish, against_loan
from vault.vault import PERSON

YOUNGEST, OLDEST = 18, 65
"""Full years of a borrower on the first day (LNM-07)."""


def wish_of(ledger: Ledger, row: Row) -> Wish:
    """What a row of 贷款申请表 asks for."""
    number = row.get("id_no")
    person = ledger.vault.find(PERSON, [number]).get(number)
    return Wish(
        person=person.ref if person else None,
        household_no=row.get("household_no"),
        amount_fen=row.get("amount"),
        term=Term(row.get("from"), row.get("due_on")),
        renews=row.get("renews"),
        topup_approved=bool(row.get("topup_approved")),
    )


def wish_applied(applied: LoanApplied, amount_fen: int) -> Wish:
    """What is granted of an application."""
    return Wish(
        person=applied.id_no,
        household_no=applied.household_no,
        amount_fen=amount_fen,
        term=Term(applied.starts_on, applied.due_on),
        renews=applied.renews,
        topup_approved=bool(applied.topup_approved),
    )


def stops_against(ledger: Ledger, wish: Wish, number: str | None) -> list[Contradiction]:
    """What speaks against granting it; `number` is the borrower's ID."""
    with ledger.engine.connect() as connection:
        stops = against_loan(connection, wish, today=ledger.today)
    years = age(number, wish.term.starts_on)
    if years is None or not YOUNGEST <= years <= OLDEST:
        told = (
            f"{years} 岁 / The borrower is {years} years old" if years is not None else "年龄不明 / The age is unknown"
        )
        stops.append(Contradiction("borrower-age", f"{told}; {YOUNGEST}–{OLDEST}."))
    return stops
