"""LNM-10: the borrower denies a loan, or an objection names it."""

from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, RED, YELLOW, Limits, Mode, Touched, plan, rule
from projections.tables.loans import LOAN_STATEMENTS, LOANS
from projections.tables.objections import OBJECTIONS

DENIED, CONFIRMED = "否认", "确认"
UNFOUNDED = ("不成立", "撤回")


def said_of_loans(touched: Touched) -> Any:
    """What borrowers said and what was objected: `denied`, or `objected` to in another way; `confirmed_on`."""
    said, objection = LOAN_STATEMENTS.c, OBJECTIONS.c
    denied = func.coalesce(objection.denial, False)
    founded = or_(denied, objection.outcome.is_(None), objection.outcome.not_in(UNFOUNDED))
    names = ("loan_no", "day", "position", "objection", "denied", "confirmed")
    rows = (
        select(said.loan_no, said.stated_on, said.position, said.objection_no)
        .add_columns(case((said.result == DENIED, 1), else_=0), case((said.result == CONFIRMED, 1), else_=0))
        .where(said.result.in_((DENIED, CONFIRMED)), ~said.quarantined, touched(said.loan_no)),
        select(objection.loan_no, objection.filed_on, objection.position, objection.objection_no)
        .add_columns(case((denied, 1), else_=0), literal(0))
        .where(objection.loan_no.is_not(None), founded, ~objection.quarantined, touched(objection.loan_no)),
    )
    told = union_all(*rows).subquery("told")
    return select(*(column.label(name) for name, column in zip(names, told.c, strict=True))).subquery("said").c


@rule(
    "LNM-10",
    zh="借款人否认",
    en="borrower denies",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(25, "防范扶贫小额信贷还贷风险,纠正冒名借款、违规用款等问题"),
    needs=(LOANS, LOAN_STATEMENTS),
    anchor=("loan",),
    subjects=("loan", "person", "household", "objection"),
    keyed_by="loan",
    why_zh="{issued_on}放款{at_risk_yuan}的贷款，被借款人否认{denials}次，被提出异议{objections}次；"
    "此后确认{confirmations}次。",
    why_en="The loan of {at_risk_yuan}, issued on {issued_on}, was denied {denials} times and objected to {objections} "
    "times; it was confirmed {confirmations} times afterwards.",
)
def loan_that_somebody_denies(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: a borrower who denies the loan is heard.

    A denial is red until the borrower confirms the loan after it, which makes it yellow: one forgets, and families
    borrow together. An objection that names the loan and denies nothing is orange, unless it was found baseless.
    """
    loan, s = LOANS.c, said_of_loans(touched)
    against = s.confirmed == 0
    last_denied, last_confirmed = (func.max(case((told == 1, s.day))) for told in (s.denied, s.confirmed))
    denials = func.count(case((s.denied == 1, s.day)).distinct())
    return (
        select(loan.loan_no.label("loan"), loan.id_no.label("person"), loan.household_no.label("household"))
        .add_columns(every(s.objection).label("objection"), evidence(loan.position, s.position))
        .add_columns(loan.principal_fen.label("at_risk_fen"), loan.issued_on, denials.label("denials"))
        .add_columns(func.count(s.objection.distinct()).label("objections"))
        .add_columns(func.count(case((s.confirmed == 1, s.day)).distinct()).label("confirmations"))
        .add_columns(func.min(case((against, s.day))).label("holds_from"))
        .add_columns(case((last_denied < last_confirmed, YELLOW), (denials > 0, RED), else_=ORANGE).label("severity"))
        .join(s.loan_no.table, s.loan_no == loan.loan_no)
        .where(~loan.quarantined, touched(loan.loan_no))
        .group_by(loan.position, loan.loan_no, loan.id_no, loan.household_no, loan.principal_fen, loan.issued_on)
        .having(func.max(case((against, 1), else_=0)) == 1)
    )
