"""INT-05: beneficiaries say that they received less than was paid."""

from typing import Any

from sqlalchemy import Select, and_, case, func, select, union_all

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import DIVIDENDS
from projections.tables.objections import OBJECTIONS
from projections.tables.payments import PAYMENTS
from projections.tables.receipts import RECEIPTS

UNFOUNDED = ("不成立", "撤回")


@rule(
    "INT-05",
    zh="签收/回访不符",
    en="stated ≠ paid",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(RECEIPTS,),
    parameters={
        "tolerated_fen": Parameter(100, "fen", "可容忍的差额"),
        "statements": Parameter(2, "statements", "构成红色的陈述份数", least=1),
    },
    anchor=("payment",),
    subjects=("payment", "person", "claim", "contract", "receipt", "objection"),
    keyed_by="payment",
    why_zh="发放{paid_yuan}，{statements}份陈述称少收，最少的称收到{stated_yuan}，相差{at_risk_yuan}。",
    why_en="{paid_yuan} was paid; {statements} statement(s) say that less arrived, the least {stated_yuan}: "
    "{at_risk_yuan} apart.",
)
def less_arrived_than_was_paid(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody keeps back what others are to receive: what a beneficiary says he got is what was paid to him.

    Memory errs, so that one statement is orange and two are red; an objection to the payment that was not found to be
    unfounded is one more.
    """
    o = OBJECTIONS.c
    f = _stated(touched).subquery("stated").c
    against = and_(o.bank_ref == f.payment, func.coalesce(o.outcome, "").not_in(UNFOUNDED))
    statements = func.count(f.receipt.distinct()) + func.count(o.objection_no.distinct())
    return (
        select(f.payment, every(f.person).label("person"), every(f.claim).label("claim"), f.paid_fen)
        .add_columns(every(f.contract).label("contract"), every(f.receipt).label("receipt"))
        .add_columns(every(o.objection_no).label("objection"), func.min(f.stated_fen).label("stated_fen"))
        .add_columns(evidence(f.position, f.paid_position, func.coalesce(o.last_position, f.position)))
        .add_columns((f.paid_fen - func.min(f.stated_fen)).label("at_risk_fen"), statements.label("statements"))
        .add_columns(func.min(f.stated_on).label("holds_from"))
        .add_columns(case((statements >= limits.statements, RED), else_=ORANGE).label("severity"))
        .outerjoin(OBJECTIONS.table, against)
        .where(f.stated_fen < f.paid_fen - limits.tolerated_fen)
        .group_by(f.payment, f.paid_fen)
    )


def _stated(touched: Touched) -> Any:
    """What each statement says, beside what the payment came to, net of what the bank took back."""
    r, p, d = RECEIPTS.c, PAYMENTS.c, DIVIDENDS.c
    asked = (r.bank_ref.label("payment"), r.receipt_no.label("receipt"), r.stated_on, r.position)
    found = []
    for facts, claim, contract in ((p, p.claim_no, None), (d, None, d.contract_no)):
        found.append(
            select(*asked, r.stated_amount_fen.label("stated_fen"), func.max(facts.id_no).label("person"))
            .add_columns(func.max(claim).label("claim"), func.max(contract).label("contract"))
            .add_columns(func.min(facts.position).label("paid_position"), func.sum(facts.net_fen).label("paid_fen"))
            .join(facts.bank_ref.table, facts.bank_ref == r.bank_ref)
            .where(~r.quarantined, touched(r.bank_ref))
            .group_by(r.bank_ref, r.receipt_no, r.stated_on, r.position, r.stated_amount_fen)
        )
    return union_all(*found)
