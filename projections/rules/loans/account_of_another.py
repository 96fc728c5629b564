"""LNM-08: a loan went into the account of somebody else than its borrower."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from projections.rules.loans.household import both, loans_touched, said_at
from projections.rules.rule import RED, YELLOW, Limits, Mode, Reach, Touched, plan, rule
from projections.tables.loans import LOANS
from projections.tables.roster import ROSTER_SPANS

HEAD, SPOUSE, PARENTS = "户主", "配偶", "父母"


def loans_of(kind: str) -> Reach:
    """The loans that touched keys of `kind` concern."""
    return lambda keys: select(LOANS.c.loan_no).where(loans_touched(kind, keys))


def married() -> ColumnElement[bool]:
    """Whether the roster has borrower and holder as head and spouse of one household, or as the head's parents."""
    loan, one, other = LOANS.c, ROSTER_SPANS.table.alias().c, ROSTER_SPANS.table.alias().c
    couple = or_(
        and_(one.relation == HEAD, other.relation == SPOUSE),
        and_(one.relation == SPOUSE, other.relation == HEAD),
        and_(one.relation == PARENTS, other.relation == PARENTS),
    )
    return (
        exists()
        .where(one.id_no == loan.id_no, other.id_no == loan.holder_id, one.household_no == other.household_no, couple)
        .where(~one.quarantined, ~other.quarantined)
    )


@rule(
    "LNM-08",
    zh="放入他人账户",
    en="other's account",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(25, "防范扶贫小额信贷还贷风险,纠正冒名借款、违规用款等问题"),
    needs=(LOANS,),
    anchor=("loan",),
    subjects=("loan", "person", "household"),
    keyed_by="loan",
    reached_by={"person": loans_of("person"), "household": loans_of("household")},
    why_zh="{issued_on}的贷款{at_risk_yuan}放入的账户，户主不是借款人（{whose_zh}）。",
    why_en="{at_risk_yuan}, lent on {issued_on}, went into an account whose holder is not the borrower ({whose_en}).",
)
def lent_into_the_account_of_another(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: a loan goes into the borrower's account.

    The holder is judged by the ID number where the bank states it, otherwise by the name. The account of the spouse is
    yellow.
    """
    loan, spouse = LOANS.c, func.coalesce(married(), False)
    unlike = case((loan.holder_id.is_not(None), loan.holder_id != loan.id_no), else_=loan.holder_matches.is_(False))
    whose = {"zh": ("配偶", "他人"), "en": ("spouse", "another person")}
    return (
        select(loan.loan_no.label("loan"), loan.household_no.label("household"), loan.issued_on)
        .add_columns(both(loan.id_no, loan.holder_id).label("person"))
        .add_columns(
            said_at(loan.position), loan.principal_fen.label("at_risk_fen"), loan.issued_on.label("holds_from")
        )
        .add_columns(case((spouse, YELLOW), else_=RED).label("severity"))
        .add_columns(
            *(case((spouse, it), else_=other).label(f"whose_{tongue}") for tongue, (it, other) in whose.items())
        )
        .where(~loan.quarantined, loan.id_no.is_not(None), touched(loan.loan_no), unlike)
    )
