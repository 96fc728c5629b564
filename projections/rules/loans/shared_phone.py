"""LNM-02: borrowers of different households left one telephone number with the bank."""

from typing import Any

from sqlalchemy import Select, and_, case, func, select

from projections.rules.loans.household import OWED_BY
from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS
from projections.tables.roster import ROSTER_SPANS


def loans_in_turn(touched: Touched) -> Select[Any]:
    """The loans of each telephone in the order of their days, with how many borrowers and households it had by then."""
    loan = LOANS.c
    in_turn = (loan.issued_on, loan.position)
    n = (
        select(loan.phone, loan.loan_no, loan.id_no, loan.household_no, loan.principal_fen, *in_turn)
        .add_columns(case((nth(*in_turn, of=(loan.phone, loan.id_no)) == 1, 1), else_=0).label("new_borrower"))
        .add_columns(case((nth(*in_turn, of=(loan.phone, OWED_BY)) == 1, 1), else_=0).label("new_household"))
        .where(~loan.quarantined, loan.phone.is_not(None), loan.id_no.is_not(None), touched(loan.phone))
        .subquery("newcomers")
        .c
    )
    return (
        select(n.phone, n.loan_no, n.id_no, n.household_no, n.principal_fen, n.issued_on, n.position)
        .add_columns(so_far(n.new_borrower, n.issued_on, n.position, of=(n.phone,)).label("borrowers"))
        .add_columns(so_far(n.new_household, n.issued_on, n.position, of=(n.phone,)).label("households"))
    )


@rule(
    "LNM-02",
    zh="共用手机号",
    en="shared phone",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(25, "防范扶贫小额信贷还贷风险,纠正冒名借款、违规用款等问题"),
    needs=(LOANS,),
    parameters={
        "borrowers": Parameter(3, "borrowers", "同一联系电话的借款人数", least=2),
        "households": Parameter(2, "households", "同一联系电话的借款户数", least=1),
    },
    anchor=("phone",),
    subjects=("phone", "loan", "person", "household"),
    keyed_by="phone",
    why_zh="{households}户{borrowers}名借款人的{loans}笔贷款共{at_risk_yuan}留的是同一个电话；"
    "花名册上留此电话的有{owners}人。",
    why_en="{borrowers} borrowers of {households} households left one telephone number for {loans} loans, "
    "{at_risk_yuan} "
    "in all; on the roster it stands beside {owners} people.",
)
def one_phone_for_several_borrowers(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: who is called about a loan is the one who owes it.

    The rule holds from the loan that brings the third borrower, if two households are among them by then. Whose
    number it is, as far as the roster knows, is said beside it.
    """
    t, spans = loans_in_turn(touched).cte("in_turn").c, ROSTER_SPANS.c
    enough = and_(t.borrowers >= limits.borrowers, t.households >= limits.households)
    shared = (
        select(t.phone, every(t.loan_no).label("loan"), every(t.id_no).label("person"), evidence(t.position))
        .add_columns(every(t.household_no).label("household"), func.count().label("loans"))
        .add_columns(func.sum(t.principal_fen).label("at_risk_fen"))
        .add_columns(func.min(case((enough, t.issued_on))).label("holds_from"))
        .add_columns(func.max(t.borrowers).label("borrowers"), func.max(t.households).label("households"))
        .group_by(t.phone)
        .having(func.max(case((enough, 1), else_=0)) == 1)
        .cte("shared")
    )
    known = (
        select(spans.phone, func.count(spans.id_no.distinct()).label("owners"))
        .where(~spans.quarantined, spans.phone.in_(select(shared.c.phone)))
        .group_by(spans.phone)
        .cte("known")
    )
    owners = func.coalesce(known.c.owners, 0).label("owners")
    return select(*shared.c, owners).outerjoin(known, known.c.phone == shared.c.phone)
