"""FAL-02: a subsidy is paid for a period that began after its payee was struck from the roster."""

from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.false_claims.standing import OUT_OF_POVERTY, REMOVED, dead_by_then, off_the_roster
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import ROSTER_SPANS


@rule(
    "FAL-02",
    zh="退出/清退后领取",
    en="after exit/removal",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(20, "完善动态管理机制,对不符合条件的农户及时清退"),
    needs=(PAYMENTS, PROGRAMMES, ROSTER_SPANS),
    anchor=("person", "programme"),
    subjects=("person", "household", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="受领人已{exit}，“{programme}”此后各期仍发放{payments}笔共{at_risk_yuan}。",
    why_en="{programme}: the payee was off the roster ({exit}); {payments} payments, {at_risk_yuan} in all, were made "
    "for periods that began after that.",
)
def paid_for_after_an_exit(touched: Touched, limits: Limits) -> Select[Any]:
    """Whoever no longer meets the conditions is removed in time, and is paid for no later period.

    The roster is read on the first day of the period. Leaving poverty ends only what the programme does not carry over
    (摘帽不摘政策); deaths are FAL-01's.
    """
    p = off_the_roster(touched).c
    ends = or_(p.last_exit.in_(REMOVED), and_(p.last_exit == OUT_OF_POVERTY, p.carry_over_after_exit.is_(False)))
    return (
        select(p.id_no.label("person"), p.programme, every(p.household_no).label("household"))
        .add_columns(every(p.claim_no).label("claim"), every(p.bank_ref).label("payment"), evidence(p.position))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.stream.distinct()).label("payments"), func.min(p.last_exit).label("exit"))
        .where(ends, ~dead_by_then(p))
        .group_by(p.id_no, p.programme)
    )
