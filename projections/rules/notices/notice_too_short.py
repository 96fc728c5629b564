"""PUB-02: a notice hung fewer days than the programme asks for, or its payments did not wait for its end."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, exists, func, or_, select

from projections.rules.notices.naming import (
    ANOTHER,
    HANGING,
    named_once,
    notices_beside,
    notices_naming,
    notices_of,
    notices_under,
    paid_for_a_period,
)
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


@rule(
    "PUB-02",
    zh="公示期不足",
    en="notice too short",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause("《关于完善扶贫资金项目公告公示制度的指导意见》第四条", "公示期不少于10天"),
    needs=(PAYMENTS, PROGRAMMES, NOTICES, NOTICE_LINES),
    parameters={"notice_days": Parameter(10, "days", "补贴目录未填“公示天数”时的公示天数", least=1)},
    anchor=("notice",),
    subjects=("notice", "person", "claim", "payment"),
    keyed_by="notice",
    reached_by={
        "notice": notices_beside,
        "person": notices_naming,
        "household": notices_of,
        "terms": notices_under,
    },
    why_zh="公示自{from_on}至{until_on}共{days}天，须{asked}天且期满后发放；依此发放{payments}笔共{at_risk_yuan}，最早在{first_on}。",
    why_en="The notice hung from {from_on} until {until_on}, {days} days, where {asked} are due before payment; "
    "{payments} payments, {at_risk_yuan} in all, rest on it, the first on {first_on}.",
)
def paid_on_a_notice_that_hung_too_short(touched: Touched, limits: Limits) -> Select[Any]:
    """A notice hangs as long as its programme asks, and payments wait for its end.

    A payment that another, sufficient notice names is in order. 公示天数 are calendar days from 公示起 to 公示止.
    """
    p, g, n, other = PAYMENTS.c, PROGRAMMES.c, NOTICES.c, ANOTHER.notice.c
    asked = func.coalesce(g.notice_days, limits.notice_days)
    long_enough = and_(other.until - other.starts_on >= asked, other.until < p.paid_on)
    enough = and_(ANOTHER.hangs_on(p.paid_on), long_enough)
    fails = or_(n.until - n.starts_on < asked, n.until >= p.paid_on)
    in_order = or_(*(exists().where(names, enough) for names in (ANOTHER.names_payee(), ANOTHER.names_household())))

    def too_early(tables: FromClause) -> Select[Any]:
        return (
            select(n.notice_no, n.starts_on, n.until, n.last_position, asked.label("asked"), p.id_no, p.claim_no)
            .add_columns(p.bank_ref, p.position, p.line_no, p.net_fen, p.paid_on)
            .select_from(tables)
            .where(g.needs_notice, paid_for_a_period(), HANGING.hangs_on(p.paid_on), touched(n.notice_no))
            .where(fails, ~in_order)
        )

    t = named_once(too_early).subquery("too_early").c
    return (
        select(t.notice_no.label("notice"), t.starts_on.label("from_on"), t.until.label("until_on"))
        .add_columns((t.until - t.starts_on).label("days"), func.max(t.asked).label("asked"))
        .add_columns(every(t.id_no).label("person"), every(t.claim_no).label("claim"))
        .add_columns(every(t.bank_ref).label("payment"), evidence(t.last_position, t.position))
        .add_columns(func.sum(t.net_fen).label("at_risk_fen"), func.count(t.position.distinct()).label("payments"))
        .add_columns(func.min(t.paid_on).label("first_on"), func.min(t.paid_on).label("holds_from"))
        .group_by(t.notice_no, t.starts_on, t.until)
    )
