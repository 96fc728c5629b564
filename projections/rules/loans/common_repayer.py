"""LNM-04: somebody of another household repays several borrowers, or half of a loan."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union

from projections.rules.loans.household import is_of, loans_touched
from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import RED, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOAN_REPAYMENTS, LOANS
from projections.tables.roster import ROSTER_SPANS

SELF, NOBODY = "本人", "无"
KIN = ("配偶", "子女", "父母")
MILLION = 1_000_000


def payer() -> ColumnElement[str]:
    """Who repaid; where the bank says only that it was a stranger, the borrower stands for him."""
    repaid = LOAN_REPAYMENTS.c
    return func.coalesce(repaid.payer_id, LOANS.c.id_no)


def payers_of(kind: str) -> Any:
    """The payers of the loans that touched keys of `kind` concern."""

    def reach(keys: Select[Any]) -> Select[Any]:
        repaid = LOAN_REPAYMENTS.c
        return (
            select(payer())
            .select_from(LOAN_REPAYMENTS.table.join(LOANS.table, LOANS.c.loan_no == repaid.loan_no))
            .where(loans_touched(kind, keys))
        )

    return reach


def repaid_by_others(touched: Touched) -> Select[Any]:
    """Repayments from outside the household, in turn, with the running share of the loan and by whom."""
    repaid, loan = LOAN_REPAYMENTS.c, LOANS.c
    concerned = union(
        select(repaid.loan_no).where(touched(repaid.payer_id)), select(loan.loan_no).where(touched(loan.id_no))
    ).subquery("concerned")
    stranger = and_(repaid.payer_id.is_(None), repaid.payer_relation == NOBODY)
    other = and_(repaid.payer_id != loan.id_no, ~is_of(repaid.payer_id, loan.household_no))
    r = (
        select(payer().label("person"), loan.loan_no, loan.id_no, loan.household_no, repaid.repay_ref)
        .add_columns(repaid.repaid_on, repaid.position, loan.principal_fen.label("lent_fen"), repaid.principal_fen)
        .add_columns(case((repaid.payer_relation.in_(KIN), 1), else_=0).label("kin"))
        .add_columns(loan.position.label("loan_position"))
        .join(LOANS.table, loan.loan_no == repaid.loan_no)
        .where(~loan.quarantined, ~repaid.quarantined, loan.id_no.is_not(None), repaid.reversed_fen == 0)
        .where(or_(stranger, other), func.coalesce(repaid.payer_relation, NOBODY) != SELF, touched(payer()))
        .where(repaid.loan_no.in_(select(concerned.c[0])))
        .subquery("repaid")
        .c
    )
    first = func.row_number().over(partition_by=(r.person, r.id_no), order_by=(r.kin, r.repaid_on, r.position))
    by_loan = so_far(r.principal_fen, r.repaid_on, r.position, of=(r.person, r.loan_no))
    return select(*r, by_loan.label("so_far_fen"), case((first == 1, 1), else_=0).label("first"))


@rule(
    "LNM-04",
    zh="他人集中还款",
    en="common repayer",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(25, "防范扶贫小额信贷还贷风险,纠正冒名借款、违规用款等问题"),
    needs=(LOANS, LOAN_REPAYMENTS, ROSTER_SPANS),
    parameters={
        "borrowers": Parameter(2, "borrowers", "同一户外还款人代还的借款人数", least=2),
        "share_ppm": Parameter(500_000, "ppm", "户外还款人代还本金占一笔贷款本金的比例", least=1, most=MILLION),
    },
    anchor=("person",),
    subjects=("person", "loan", "household", "payment"),
    keyed_by="person",
    reached_by={kind: payers_of(kind) for kind in ("person", "household", "loan")},
    why_zh="户外的同一人为{borrowers}名借款人还款，代还本金{repaid_yuan}，涉及{loans}笔贷款共{at_risk_yuan}；"
    "代还最多的一笔达本金的{most_percent}。",
    why_en="One person outside the households repaid for {borrowers} borrowers, {repaid_yuan} of principal on {loans} "
    "loans of {at_risk_yuan} in all; of one loan as much as {most_percent}.",
)
def one_payer_for_several_borrowers(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: who repays a loan shows whose it is.

    The share is of principal, after what came back. Spouse, children and parents who live elsewhere make it yellow.
    """
    t = repaid_by_others(touched).subquery("others").c
    strange = func.sum(t.first * (1 - t.kin)).over(partition_by=t.person)
    borrowers = func.sum(t.first).over(partition_by=t.person)
    whole = func.max(t.so_far_fen).over(partition_by=(t.person, t.loan_no))
    so_many = so_far(t.first, t.repaid_on, t.position, of=(t.person,))
    half = t.so_far_fen * MILLION >= t.lent_fen * limits.share_ppm
    a = (
        select(*t, strange.label("strangers"), borrowers.label("borrowers"), whole.label("whole_fen"))
        .add_columns(case((or_(so_many >= limits.borrowers, half), t.repaid_on)).label("held_on"))
        .add_columns(
            case((nth(t.repaid_on, t.position, of=(t.person, t.loan_no)) == 1, t.lent_fen)).label("lent_once_fen")
        )
        .subquery("weighed")
        .c
    )
    most = a.whole_fen * MILLION >= a.lent_fen * limits.share_ppm
    red = or_(a.strangers >= limits.borrowers, and_(most, a.kin == 0))
    return (
        select(a.person, every(a.loan_no).label("loan"), every(a.household_no).label("household"))
        .add_columns(every(a.repay_ref).label("payment"), evidence(a.position, a.loan_position))
        .add_columns(func.min(a.held_on).label("holds_from"), func.count(a.loan_no.distinct()).label("loans"))
        .add_columns(func.sum(a.lent_once_fen).label("at_risk_fen"), func.max(a.borrowers).label("borrowers"))
        .add_columns(func.sum(a.principal_fen).label("repaid_fen"))
        .add_columns(func.max(a.whole_fen * MILLION // a.lent_fen).label("most_ppm"))
        .add_columns(case((func.max(case((red, 1), else_=0)) == 1, RED), else_=YELLOW).label("severity"))
        .where(or_(a.borrowers >= limits.borrowers, most))
        .group_by(a.person)
    )
