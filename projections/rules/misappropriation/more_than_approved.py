"""MIS-04: more was paid on a claim, under a contract or for a project than was approved."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Label, Select, and_, case, func, literal, null, or_, select, union_all

from projections.rules.misappropriation.obligations import (
    CLAIM,
    CONTRACT,
    OF_A_CLAIM,
    PROJECT,
    REACHED,
)
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.claims import CLAIMS
from projections.tables.commitments import stands
from projections.tables.contracts import CONTRACTS
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.payments import PAYMENTS
from projections.tables.projects import PROJECTS


def _paid(of: str, number: ColumnElement[Any], basis: ColumnElement[int], **approved: Any) -> Select[Any]:
    """Payments with what was approved on their day (`then_fen`), and at last (`last_fen`, since `last_on`)."""
    p = PAYMENTS.c
    numbers = {CLAIM: p.claim_no, CONTRACT: p.contract_no, PROJECT: p.project_no}
    upwards = {CLAIM: {CLAIM}, CONTRACT: {CONTRACT, PROJECT}, PROJECT: {CONTRACT, PROJECT}}[of]
    named: list[Label[Any]] = [(column if kind in upwards else null()).label(kind) for kind, column in numbers.items()]
    return (
        select(literal(of).label("of"), number.label("obligation"), *named)
        .add_columns(p.bank_ref.label("payment"), p.id_no.label("person"), p.payee_uscc.label("org"))
        .add_columns(p.position, p.line_no, p.paid_on, p.net_fen, basis.label("basis"))
        .add_columns(*(figure.label(name) for name, figure in approved.items()))
        .where(p.net_fen > 0)
    )


def _claims_approved(touched: Touched) -> CTE:
    """Claims paid beyond 核定金额; where that is blank, beyond what the instructions that stand tell to pay."""
    c, i = CLAIMS.c, INSTRUCTIONS.c
    stated = select(c.claim_key, c.approved_amount_fen.label("approved_fen")).where(
        c.net_fen > c.approved_amount_fen, touched(c.claim_key)
    )
    instructed = (
        select(c.claim_key, func.sum(i.amount_fen).label("approved_fen"))
        .join(INSTRUCTIONS.table, and_(i.ref_no == c.claim_no, i.ref_kind == OF_A_CLAIM))
        .where(c.approved_amount_fen.is_(None), stands(), touched(c.claim_key))
        .group_by(c.claim_key, c.net_fen)
        .having(c.net_fen > func.sum(i.amount_fen))
    )
    return union_all(stated, instructed).cte("approved_claims")


def paid_on_claims(touched: Touched) -> Select[Any]:
    """Payments of claims that came to more than was approved for the whole claim."""
    p, claim = PAYMENTS.c, _claims_approved(touched).c
    approved_fen = func.coalesce(p.approved_amount_fen, claim.approved_fen)
    paid = _paid(CLAIM, p.claim_key, p.position, then_fen=approved_fen, last_fen=approved_fen, last_on=p.paid_on)
    return paid.join(claim.claim_key.table, claim.claim_key == p.claim_key)


def contract_fen(day: ColumnElement[int]) -> ColumnElement[int]:
    """The amount of a contract in force on `day`: an amendment replaces it from its date."""
    k = CONTRACTS.c
    agreed_before = case((k.agreed_before_fen > k.amount_fen, k.agreed_before_fen), else_=k.amount_fen)
    amended = and_(k.amended_amount_fen.is_not(None), func.coalesce(k.amended_on, 0) <= day)
    return case((amended, k.amended_amount_fen), else_=agreed_before)


def paid_under_contracts(touched: Touched) -> Select[Any]:
    """Payments under contracts."""
    p, k = PAYMENTS.c, CONTRACTS.c
    last = {
        "last_fen": func.coalesce(k.amended_amount_fen, k.amount_fen),
        "last_on": func.coalesce(k.amended_on, p.paid_on),
    }
    paid = _paid(CONTRACT, p.contract_no, k.last_position, then_fen=contract_fen(p.paid_on), **last)
    return paid.join(CONTRACTS.table, k.contract_no == p.contract_no).where(touched(p.contract_no))


def paid_for_projects(touched: Touched) -> Select[Any]:
    """Payments for projects, whatever the contract."""
    p, j = PAYMENTS.c, PROJECTS.c
    paid = _paid(
        PROJECT, p.project_no, j.last_position, then_fen=j.budget_fen, last_fen=j.budget_fen, last_on=p.paid_on
    )
    return paid.join(PROJECTS.table, j.project_no == p.project_no).where(
        j.budget_fen.is_not(None), touched(p.project_no)
    )


@rule(
    "MIS-04",
    zh="超付",
    en="over-payment",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(17, "加强扶贫资金使用和监管"),
    needs=(PAYMENTS,),
    anchor=("obligation", "of"),
    subjects=("claim", "contract", "project", "payment", "person", "org"),
    keyed_by="obligation",
    reached_by=REACHED,
    why_zh="核准{approved_yuan}，扣除退回后已付{paid_yuan}（{payments}笔），超付{at_risk_yuan}。",
    why_en="{approved_yuan} was approved; {paid_yuan} was paid after returns, in {payments} payments: {at_risk_yuan} "
    "too much.",
)
def paid_more_than_approved(touched: Touched, limits: Limits) -> Select[Any]:
    """Supervise the use of the money: nothing is paid beyond what was approved for it.

    A claim, a contract and a project are judged each by itself. An amendment of a contract counts from its date, so
    that what was paid before is measured by what had been agreed by then. Returned money was not paid.
    """
    n = union_all(paid_on_claims(touched), paid_under_contracts(touched), paid_for_projects(touched)).cte("paid").c
    in_turn = (n.paid_on, n.position, n.line_no)
    of_claim_fen = func.max(n.then_fen).over(partition_by=(n.of, n.obligation))
    then_fen = case((n.of == CLAIM, of_claim_fen), else_=n.then_fen)
    running_fen = so_far(n.net_fen, *in_turn, of=(n.of, n.obligation))
    t = select(*n, (running_fen - then_fen).label("beyond_fen")).subquery("in_turn").c
    paid_fen, last_fen = func.sum(t.net_fen), func.max(t.last_fen)
    beyond_fen = func.max(t.beyond_fen)
    at_last = paid_fen - last_fen
    return (
        select(t.obligation, t.of, *(every(t[kind]).label(kind) for kind in (CLAIM, CONTRACT, PROJECT)))
        .add_columns(every(t.payment).label("payment"), every(t.person).label("person"), every(t.org).label("org"))
        .add_columns(evidence(t.position, t.basis), paid_fen.label("paid_fen"), last_fen.label("approved_fen"))
        .add_columns(func.count(t.payment.distinct()).label("payments"))
        .add_columns(case((beyond_fen > at_last, beyond_fen), else_=at_last).label("at_risk_fen"))
        .add_columns(
            func.coalesce(func.min(case((t.beyond_fen > 0, t.paid_on))), func.max(t.last_on)).label("holds_from")
        )
        .group_by(t.of, t.obligation)
        .having(or_(beyond_fen > 0, at_last > 0))
    )
