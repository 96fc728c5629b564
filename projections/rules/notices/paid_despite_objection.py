"""PUB-04: a line was paid while an objection to it was open."""

from typing import Any

from sqlalchemy import FromClause, Select, func, select

from projections.rules.notices.naming import (
    HANGING,
    is_open_on,
    named_once,
    notices_naming,
    notices_of,
    paid_for_a_period,
)
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Clause, Limits, Mode, Touched, rule
from projections.tables.notices import NOTICE_LINES
from projections.tables.objections import OBJECTIONS
from projections.tables.payments import PAYMENTS


def objections_to(notices: Select[Any]) -> Select[Any]:
    """The objections to notices that changed."""
    return select(OBJECTIONS.c.objection_no).where(OBJECTIONS.c.notice_no.in_(notices))


def objections_about(persons: Select[Any]) -> Select[Any]:
    """The objections to notices that name persons who changed, or their households."""
    return objections_to(notices_naming(persons))


def objections_in(households: Select[Any]) -> Select[Any]:
    """The objections to notices that name households which changed, or who was paid in them."""
    return objections_to(notices_of(households))


def objections_under(terms: Select[Any]) -> Select[Any]:
    """The objections to notices about programmes whose terms changed."""
    return objections_to(select(HANGING.notice.c.notice_no).where(HANGING.notice.c.programme.in_(terms)))


@rule(
    "PUB-04",
    zh="异议未结先付",
    en="paid despite an open objection",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause("《关于完善扶贫资金项目公告公示制度的指导意见》", "公示期间有异议的，核实处理后再行实施"),
    needs=(PAYMENTS, NOTICE_LINES, OBJECTIONS),
    anchor=("objection",),
    subjects=("objection", "notice", "person", "claim", "payment"),
    keyed_by="objection",
    reached_by={
        "notice": objections_to,
        "person": objections_about,
        "household": objections_in,
        "terms": objections_under,
    },
    why_zh="异议{filed_on}提出，发放时尚未办结；其间发放{payments}笔共{at_risk_yuan}，最早在{first_on}。",
    why_en="The objection of {filed_on} was open when {payments} payments were made, {at_risk_yuan} in all, the first "
    "on {first_on}.",
)
def paid_while_an_objection_was_open(touched: Touched, _: Limits) -> Select[Any]:
    """While an objection to a line is open, the line is not paid; one resolved by the payment day is not open."""
    p, o, line = PAYMENTS.c, OBJECTIONS.c, NOTICE_LINES.c

    def held(tables: FromClause) -> Select[Any]:
        return (
            select(o.objection_no, o.filed_on, o.last_position, line.notice_no, p.id_no, p.claim_no, p.bank_ref)
            .add_columns(p.position, p.line_no, p.net_fen, p.paid_on)
            .select_from(tables.join(OBJECTIONS.table, HANGING.objection()))
            .where(paid_for_a_period(), is_open_on(p.paid_on), touched(o.objection_no))
        )

    t = named_once(held).subquery("held").c
    return (
        select(t.objection_no.label("objection"), t.filed_on, every(t.notice_no).label("notice"))
        .add_columns(every(t.id_no).label("person"), every(t.claim_no).label("claim"))
        .add_columns(every(t.bank_ref).label("payment"), evidence(t.last_position, t.position))
        .add_columns(func.sum(t.net_fen).label("at_risk_fen"), func.count(t.position.distinct()).label("payments"))
        .add_columns(func.min(t.paid_on).label("first_on"), func.min(t.paid_on).label("holds_from"))
        .group_by(t.objection_no, t.filed_on)
    )
