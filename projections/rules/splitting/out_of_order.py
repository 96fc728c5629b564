"""LED-03: what happened to a claim contradicts how it stood."""

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Touched, rule
from projections.tables.claim_ends import CLAIM_ENDS
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.returns import PAYMENT_RETURNS


def claims_returned(refs: Select[Any]) -> Select[Any]:
    """The claims whose payments came back under a reference."""
    return select(PAYMENTS.c.claim_key).where(PAYMENTS.c.bank_ref.in_(refs))


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
    reached_by={"returned": claims_returned},
    why_zh="申请的{payments}笔发放次序颠倒：不予批准或撤回之后仍发放{after_end}笔，批准之前发放{unapproved}笔，"
    "申请之前批准{unasked}笔，发放之前退回{came_back}笔，涉及{at_risk_yuan}。",
    why_en="{payments} payments on the claim are out of order, {at_risk_yuan} in all: {after_end} after it was rejected "
    "or withdrawn, {unapproved} before its approval, {unasked} approved before it was asked for, {came_back} returned "
    "before being made.",
)
def happened_against_how_the_claim_stood(touched: Touched, _: Limits) -> Select[Any]:
    """A claim is asked for, approved, then paid; what was rejected or withdrawn is not; only what was paid comes back.

    Steps of one day are in order, whichever the bank's batch names first.
    """
    p, end, back = PAYMENTS.c, CLAIM_ENDS.c, PAYMENT_RETURNS.c
    ways = {
        "after_end": p.paid_on > end.occurred_on,
        "unapproved": p.paid_on < p.approved_on,
        "unasked": p.approved_on < p.applied_on,
        "came_back": and_(back.returned_on < p.paid_on, back.quarantined.is_(False)),
    }
    return (
        select(p.claim_key.label("claim"), every(p.bank_ref).label("payment"), every(p.id_no).label("person"))
        .add_columns(evidence(p.position, func.coalesce(end.position, p.position)))
        .add_columns(func.sum(p.amount_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.position.distinct()).label("payments"))
        .add_columns(*(func.count(case((way, p.position)).distinct()).label(name) for name, way in ways.items()))
        .outerjoin(CLAIM_ENDS.table, end.claim_no == p.claim_no)
        .outerjoin(PAYMENT_RETURNS.table, back.target_ref == p.bank_ref)
        .where(p.kind == SUBSIDY, p.claim_key.is_not(None), touched(p.claim_key), or_(*ways.values()))
        .group_by(p.claim_key)
    )
