"""LNM-03: one agent acts for borrowers of other households, or a borrower was not there at all."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union

from projections.rules.loans.household import any_of, is_of, loans_touched
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, RED, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS
from projections.tables.organisations import ACCOUNTS, STAFF
from projections.tables.roster import ROSTER_SPANS

WORK_TEAM = "work_team"

SLIGHT, PLAIN, GRAVE = 0, 1, 2
"""What it means who acted for a loan."""


def whose_hand() -> ColumnElement[str]:
    """Who acted: an agent of another household, otherwise the borrower."""
    loan = LOANS.c
    outside = and_(loan.agent_id.is_not(None), loan.agent_id != loan.id_no, ~is_of(loan.agent_id, loan.household_no))
    return case((outside, loan.agent_id), else_=loan.id_no)


def hands_of(kind: str) -> Any:
    """Both who may have acted in the loans that touched keys of `kind` concern."""

    def reach(keys: Select[Any]) -> Select[Any]:
        concerned = loans_touched(kind, keys)
        both = union(select(LOANS.c.id_no).where(concerned), select(LOANS.c.agent_id).where(concerned)).subquery()
        return select(both.c[0])

    return reach


def serves(role: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether who acted for a loan held a post of such a role on the day of issue."""
    post, loan = STAFF.c, LOANS.c
    there = and_(
        post.serving_from <= loan.issued_on, func.coalesce(post.serving_until, loan.issued_on) >= loan.issued_on
    )
    return exists().where(post.id_no == loan.agent_id, ~post.quarantined, role, there)


@rule(
    "LNM-03",
    zh="同一代办人",
    en="common agent",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(25, "纠正冒名借款、违规用款等问题"),
    needs=(LOANS, ROSTER_SPANS),
    parameters={
        "loans": Parameter(3, "loans", "同一户外代办人经办的贷款笔数", least=2),
        "elderly_years": Parameter(60, "years", "工作队帮办老年人时，视为老年的周岁"),
    },
    anchor=("person",),
    subjects=("person", "loan", "household"),
    keyed_by="person",
    reached_by={kind: hands_of(kind) for kind in ("person", "household", "loan")},
    why_zh="{loans}笔贷款共{at_risk_yuan}由同一人经手，涉及{borrowers}名借款人；其中借款人本人未到场{absent}笔。",
    why_en="One hand was in {loans} loans, {at_risk_yuan} in all, of {borrowers} borrowers; at {absent} of them the "
    "borrower was not present.",
)
def one_hand_in_several_loans(touched: Touched, limits: Limits) -> Select[Any]:
    """Set right borrowing under another person's name: who owes a loan comes for it, or sends one of the household.

    An outside agent in three loans is an alert, and so is any loan for which the borrower did not come; it is the
    agent's, or without one the borrower's. A cadre or somebody of an operator as agent makes it red. The work team
    that helps the elderly, who came themselves, is yellow.
    """
    loan, hand = LOANS.c, whose_hand()
    accounts = ACCOUNTS.c
    operator = exists().where(accounts.legal_person_id == loan.agent_id, ~accounts.quarantined)
    office = or_(serves(STAFF.c.role != WORK_TEAM), operator)
    of_team = and_(serves(STAFF.c.role == WORK_TEAM), loan.borrower_present, loan.borrower_age >= limits.elderly_years)
    n = (
        select(hand.label("person"), loan.loan_no, loan.id_no, loan.household_no, loan.principal_fen, loan.issued_on)
        .add_columns(loan.position, case((hand == loan.id_no, 0), else_=1).label("by_agent"))
        .add_columns(case((loan.borrower_present.is_(False), 1), else_=0).label("absent"))
        .add_columns(
            case((hand == loan.id_no, SLIGHT), (office, GRAVE), (of_team, SLIGHT), else_=PLAIN).label("weight")
        )
        .where(~loan.quarantined, loan.id_no.is_not(None))
        .where(or_(loan.agent_id.is_not(None), loan.borrower_present.is_(False)), touched(hand))
        .where(any_of(loan.position, touched(loan.id_no), touched(loan.agent_id)))
        .subquery("hands")
        .c
    )
    of_hand = func.sum(n.by_agent).over(partition_by=n.person)
    nth_loan = func.sum(n.by_agent).over(partition_by=n.person, order_by=(n.issued_on, n.position))
    h = select(*n, of_hand.label("by_one_agent"), nth_loan.label("so_many")).subquery("in_turn").c
    enough = and_(h.by_agent == 1, h.by_one_agent >= limits.loans)
    holds = or_(h.absent == 1, and_(h.by_agent == 1, h.so_many >= limits.loans))
    weight = func.max(case((h.absent == 1, case((h.weight == GRAVE, GRAVE), else_=PLAIN)), else_=h.weight))
    return (
        select(h.person, every(h.loan_no).label("loan"), every(h.household_no).label("household"))
        .add_columns(evidence(h.position), func.sum(h.principal_fen).label("at_risk_fen"))
        .add_columns(func.min(case((holds, h.issued_on))).label("holds_from"), func.count().label("loans"))
        .add_columns(func.count(h.id_no.distinct()).label("borrowers"), func.sum(h.absent).label("absent"))
        .add_columns(case((weight == GRAVE, RED), (weight == PLAIN, ORANGE), else_=YELLOW).label("severity"))
        .where(or_(enough, h.absent == 1))
        .group_by(h.person)
    )
