"""PUB-01: a subsidy is paid before any notice that names the payee has matured."""

from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.notices.naming import (
    HANGING,
    NAMED,
    paid_for_a_period,
    persons_named,
    persons_of,
)
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.notices import NOTICES
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


@rule(
    "PUB-01",
    zh="未公示先付",
    en="paid before notice",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(17, "健全扶贫项目资金公告公示制度"),
    needs=(PAYMENTS, PROGRAMMES, NOTICES),
    anchor=("person", "programme", "period"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under, "notice": persons_named, "household": persons_of},
    why_zh="“{programme}”{period}期须先公示；发放的{payments}笔共{at_risk_yuan}，在发放日之前没有载明该受领人的公示期满。",
    why_en="{programme} for {period} must be announced first; {payments} payments, {at_risk_yuan} in all, were made "
    "before any notice that names the payee had matured.",
)
def paid_before_any_notice_matured(touched: Touched, _: Limits) -> Select[Any]:
    """What must be announced is announced before money moves: a notice that names the payee, programme and period.

    It has matured when 公示止 is before the payment day, it is not withdrawn, and no objection to the line is open.
    """
    p, g = PAYMENTS.c, PROGRAMMES.c
    undisputed = ~HANGING.is_objected_to(p.paid_on)
    has_matured = and_(HANGING.hangs_on(p.paid_on), NOTICES.c.until < p.paid_on, undisputed)
    named = (exists().where(names, has_matured) for names in (HANGING.names_payee(), HANGING.names_household()))
    matured = or_(*named)
    return (
        select(p.id_no.label("person"), p.programme, p.period, every(p.claim_no).label("claim"))
        .add_columns(every(p.bank_ref).label("payment"), evidence(p.position))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.position.distinct()).label("payments"))
        .select_from(NAMED)
        .where(g.needs_notice, paid_for_a_period(), touched(p.id_no), ~matured)
        .group_by(p.id_no, p.programme, p.period)
    )
