"""LED-03: what happened to a claim contradicts how it stood."""

from typing import Any

from sqlalchemy import CTE, Select, String, case, cast, func, or_, select

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Touched, rule
from projections.tables.claim_ends import CLAIM_ENDS
from projections.tables.payments import PAYMENTS, SUBSIDY


@rule(
    "LED-03",
    zh="状态错序",
    en="out of order",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause("DOMAIN §3（申请的状态）/ the states of a claim", "申请、审核、批准、支付依次进行"),
    needs=(PAYMENTS,),
    anchor=("claim",),
    subjects=("claim", "payment", "person"),
    keyed_by="claim",
    why_zh="申请的{payments}笔发放次序颠倒：不予批准或撤回之后仍发放{after_end}笔，批准之前发放{unapproved}笔，"
    "申请之前批准{unasked}笔，发放之前退回{came_back}笔，涉及{at_risk_yuan}。",
    why_en="{payments} payments on the claim are out of order, {at_risk_yuan} in all: {after_end} after its rejection "
    "or withdrawal, {unapproved} before its approval, {unasked} approved before it was asked for, {came_back} returned "
    "before being made.",
)
def happened_against_how_the_claim_stood(touched: Touched, _: Limits) -> Select[Any]:
    """A claim is asked for, approved, then paid; what was rejected or withdrawn is not; only what was paid comes back.

    Steps of one day are in order, whichever the bank's batch names first.
    """
    p, ended = PAYMENTS.c, _ended(touched)
    ways = {
        "after_end": p.paid_on > ended.c.ended_on,
        "unapproved": p.paid_on < p.approved_on,
        "unasked": p.approved_on < p.applied_on,
        "came_back": p.returned_on < p.paid_on,
    }
    return (
        select(p.claim_key.label("claim"), every(p.bank_ref).label("payment"), every(p.id_no).label("person"))
        .add_columns(evidence(p.position, func.coalesce(ended.c.positions, cast(p.position, String))))
        .add_columns(func.sum(p.amount_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.position.distinct()).label("payments"))
        .add_columns(*(func.count(case((way, p.position)).distinct()).label(name) for name, way in ways.items()))
        .outerjoin(ended, ended.c.claim_no == p.claim_no)
        .where(p.kind == SUBSIDY, p.claim_key.is_not(None), touched(p.claim_key), or_(*ways.values()))
        .group_by(p.claim_key)
    )


def _ended(touched: Touched) -> CTE:
    """The first day on which each claim was rejected or withdrawn."""
    end = CLAIM_ENDS.c
    return (
        select(end.claim_no, func.min(end.occurred_on).label("ended_on"), every(end.position).label("positions"))
        .where(touched(end.claim_no))
        .group_by(end.claim_no)
        .cte("ended")
    )
