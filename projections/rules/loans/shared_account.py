"""LNM-01: loans to borrowers of different households went into one account."""

from typing import Any

from sqlalchemy import Select, and_, case, func, select

from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS


@rule(
    "LNM-01",
    zh="共用放款账户",
    en="shared account",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(25, "防范扶贫小额信贷还贷风险,纠正冒名借款、违规用款等问题"),
    needs=(LOANS,),
    parameters={"borrowers": Parameter(2, "borrowers", "同一放款账号的借款人数和户数", least=2)},
    anchor=("account",),
    subjects=("account", "loan", "person"),
    keyed_by="account",
    why_zh="{households}户{borrowers}名借款人的{loans}笔贷款共{at_risk_yuan}放入同一账户。",
    why_en="{loans} loans, {at_risk_yuan} in all, to {borrowers} borrowers of {households} households went into one "
    "account.",
)
def one_account_for_several_households(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: a loan goes to the account of the household that owes it.

    Loans are taken in the order of their days, so that the rule holds from the one that brings the second borrower
    and the second household. A borrower of no known household is one of his own.
    """
    loan = LOANS.c
    household = func.coalesce(loan.household_no, loan.id_no)
    account = loan.disbursement_account
    in_turn = (loan.issued_on, loan.position)
    n = (
        select(account.label("account"), loan.loan_no, loan.id_no, loan.principal_fen, *in_turn)
        .add_columns(case((nth(*in_turn, of=(account, loan.id_no)) == 1, 1), else_=0).label("new_borrower"))
        .add_columns(case((nth(*in_turn, of=(account, household)) == 1, 1), else_=0).label("new_household"))
        .where(~loan.quarantined, account.is_not(None), loan.id_no.is_not(None), touched(account))
        .subquery("newcomers")
        .c
    )
    t = (
        select(n.account, n.loan_no, n.id_no, n.principal_fen, n.issued_on, n.position)
        .add_columns(so_far(n.new_borrower, n.issued_on, n.position, of=(n.account,)).label("borrowers"))
        .add_columns(so_far(n.new_household, n.issued_on, n.position, of=(n.account,)).label("households"))
        .subquery("in_turn")
        .c
    )
    enough = and_(t.borrowers >= limits.borrowers, t.households >= limits.borrowers)
    return (
        select(t.account, every(t.loan_no).label("loan"), every(t.id_no).label("person"), evidence(t.position))
        .add_columns(func.sum(t.principal_fen).label("at_risk_fen"))
        .add_columns(func.min(case((enough, t.issued_on))).label("holds_from"))
        .add_columns(func.max(t.borrowers).label("borrowers"), func.max(t.households).label("households"))
        .add_columns(func.count().label("loans"))
        .group_by(t.account)
        .having(func.max(case((enough, 1), else_=0)) == 1)
    )
