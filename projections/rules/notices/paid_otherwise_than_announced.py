"""PUB-03: what was paid is not what hung on the board."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, case, exists, func, or_, select

from projections.rules.duplicates.same_person_programme_period import SUPPLEMENTS, persons_paid_under
from projections.rules.notices.naming import (
    named,
    paid_for_a_period,
    persons_named,
    persons_of,
)
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


def persons_claiming(claims: Select[Any]) -> Select[Any]:
    """Whoever was paid on claims that changed, or that an instruction which changed is about."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.claim_no.in_(claims))


@rule(
    "PUB-03",
    zh="公示与支付不符",
    en="paid otherwise than announced",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(17, "健全扶贫项目资金公告公示制度"),
    needs=(PAYMENTS, PROGRAMMES, NOTICES, NOTICE_LINES),
    anchor=("person", "programme", "period"),
    subjects=("person", "claim", "payment", "notice"),
    keyed_by="person",
    reached_by={
        "terms": persons_paid_under,
        "notice": persons_named,
        "household": persons_of,
        "claim": persons_claiming,
    },
    why_zh="“{programme}”{period}期公示{announced_yuan}，实际发放{paid_yuan}，相差{at_risk_yuan}。",
    why_en="{programme} for {period}: {announced_yuan} was announced, {paid_yuan} was paid; the difference is "
    "{at_risk_yuan}.",
)
def paid_otherwise_than_announced(touched: Touched, _: Limits) -> Select[Any]:
    """What is paid is what was announced: the claim's net sum is a line's, or all claims' sum is all lines'.

    补发 and 补差 add to what was announced. A claim whose agreed instalments are still to come has not been paid short.
    """
    p, n, line = PAYMENTS.c, NOTICES.c, NOTICE_LINES.c
    one_period = (p.id_no, p.programme, p.period)
    to_come = exists().where(INSTRUCTIONS.c.ref_no == p.claim_no, INSTRUCTIONS.c.instalment_plan.is_not(None))
    hangs = or_(n.withdrawn_on.is_(None), n.withdrawn_on > p.paid_on)

    def paid_and_announced(tables: FromClause) -> Select[Any]:
        return (
            select(*one_period, p.claim_key, p.position, p.line_no, p.net_fen, p.paid_on, p.bank_ref, p.claim_no)
            .add_columns(n.notice_no, line.position.label("line"), line.amount_fen)
            .add_columns(case((to_come, 1), else_=0).label("to_come"))
            .select_from(tables)
            .where(paid_for_a_period(), p.pay_kind.not_in(SUPPLEMENTS), hangs, touched(p.id_no))
        )

    of_line = named(paid_and_announced).cte("paid_and_announced")
    a = of_line.c
    against_line = (
        select(
            a.id_no, a.programme, a.period, a.claim_key, a.line, a.amount_fen, func.sum(a.net_fen).label("claim_fen")
        )
        .add_columns(func.max(a.to_come).label("to_come"), func.min(a.paid_on).label("first_on"))
        .add_columns(every(a.claim_no).label("claim"), every(a.bank_ref).label("payment"))
        .add_columns(every(a.notice_no).label("notice"), evidence(a.position, a.line))
        .group_by(a.id_no, a.programme, a.period, a.claim_key, a.line, a.amount_fen)
        .subquery("against_line")
        .c
    )
    return _differing(against_line)


def _differing(a: Any) -> Select[Any]:
    """The claims that are like no line, unless all claims of the period together are like all its lines."""
    c = (
        select(a.id_no, a.programme, a.period, a.claim_key, a.claim_fen, a.first_on)
        .add_columns(func.sum(a.amount_fen).label("announced_fen"), func.max(a.to_come).label("to_come"))
        .add_columns(func.max(case((a.claim_fen == a.amount_fen, 1), else_=0)).label("as_announced"))
        .add_columns(every(a.claim).label("claim"), every(a.payment).label("payment"))
        .add_columns(every(a.notice).label("notice"), evidence(a.evidence))
        .group_by(a.id_no, a.programme, a.period, a.claim_key, a.claim_fen, a.first_on)
        .subquery("claims_announced")
        .c
    )
    paid, announced = func.sum(c.claim_fen), func.max(c.announced_fen)
    waiting = and_(func.max(c.to_come) == 1, paid < announced)
    return (
        select(c.id_no.label("person"), c.programme, c.period, every(c.claim).label("claim"))
        .add_columns(every(c.payment).label("payment"), every(c.notice).label("notice"), evidence(c.evidence))
        .add_columns(paid.label("paid_fen"), announced.label("announced_fen"))
        .add_columns(func.abs(paid - announced).label("at_risk_fen"), func.min(c.first_on).label("holds_from"))
        .group_by(c.id_no, c.programme, c.period)
        .having(func.min(c.as_announced) == 0, paid != announced, ~waiting)
    )
