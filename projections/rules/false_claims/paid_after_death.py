"""FAL-01: a subsidy is paid to somebody who had died."""

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import DEATHS

ARREARS, FUNERAL = "补发", "丧葬"


@rule(
    "FAL-01",
    zh="死亡后领取",
    en="paid after death",
    severity=RED,
    mode=Mode.STREAMING | Mode.PERIODIC,
    clause=plan(20, "完善动态管理机制,对不符合条件的农户及时清退"),
    needs=(PAYMENTS, PROGRAMMES, DEATHS),
    parameters={"days_after_death": Parameter(30, "days", "死亡后仍属正常到账的天数")},
    anchor=("person", "programme"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="“{programme}”的受领人{death_on}死亡（单位{known_on}知悉），死亡后仍发放{payments}笔共{at_risk_yuan}，"
    "其中知悉之后{knowing}笔。",
    why_en="{programme}: the payee died on {death_on}, which the office could know on {known_on}; {payments} payments, "
    "{at_risk_yuan} in all, followed, {knowing} of them after it could know.",
)
def paid_for_after_a_death(touched: Touched, limits: Limits) -> Select[Any]:
    """Whoever no longer meets the conditions is removed in time: the dead receive nothing for later periods.

    A period that begins on the day of death is not after it, and a payment may arrive for some days yet. Arrears
    (补发) of a period begun alive are lawful whenever they come; so are funeral grants and what a programme pays
    posthumously.
    """
    p, g, d = PAYMENTS.c, PROGRAMMES.c, DEATHS.c
    begun_alive = p.period_start <= d.death_on
    late = p.paid_on > d.death_on + limits.days_after_death
    payment = func.coalesce(p.bank_ref, p.stream)
    return (
        select(p.id_no.label("person"), p.programme, d.death_on, d.known_on)
        .add_columns(every(p.claim_no).label("claim"), every(p.bank_ref).label("payment"))
        .add_columns(evidence(p.position, d.last_position), func.sum(p.net_fen).label("at_risk_fen"))
        .add_columns(func.min(p.paid_on).label("holds_from"), func.count(payment.distinct()).label("payments"))
        .add_columns(func.count(case((p.paid_on > d.known_on, payment)).distinct()).label("knowing"))
        .join(DEATHS.table, d.id_no == p.id_no)
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(p.kind == SUBSIDY, ~p.quarantined, ~d.quarantined, p.net_fen > 0, touched(p.id_no))
        .where(~g.posthumous, p.pay_kind != FUNERAL)
        .where(or_(~begun_alive, and_(late, or_(p.pay_kind != ARREARS, p.period_start.is_(None)))))
        .group_by(p.id_no, p.programme, d.position, d.death_on, d.known_on)
    )
