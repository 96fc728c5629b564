"""INT-07: one hand signs for the money of several people who are not of its household."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, exists, func, literal, or_, select, union_all

from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import DIVIDENDS
from projections.tables.payments import PAYMENTS
from projections.tables.receipts import RECEIPTS
from projections.tables.roster import GUARDIANS, ROSTER_SPANS


def hands(persons: Select[Any]) -> Select[Any]:
    """The persons themselves as collectors, and who signed for them."""
    themselves = select(persons.subquery().c[0])
    signed = [select(facts.c.signed_by_id).where(facts.c.id_no.in_(persons)) for facts in (RECEIPTS, DIVIDENDS)]
    return select(union_all(themselves, *signed).subquery().c[0])


def hands_of(payments: Select[Any]) -> Select[Any]:
    """Who signed for payments that changed."""
    return select(RECEIPTS.c.signed_by_id).where(RECEIPTS.c.bank_ref.in_(payments))


def hands_for(households: Select[Any]) -> Select[Any]:
    """Who signed for members of households that changed, and those members as collectors."""
    return hands(select(ROSTER_SPANS.c.id_no).where(ROSTER_SPANS.c.household_no.in_(households)))


@rule(
    "INT-07",
    zh="代领集中",
    en="collected by one hand",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(RECEIPTS,),
    parameters={
        "persons": Parameter(3, "persons", "由同一人代领的外户人数", least=2),
        "days": Parameter(365, "days", "统计的期间"),
    },
    anchor=("collector",),
    subjects=("person", "payment", "receipt"),
    keyed_by="collector",
    reached_by={"person": hands, "payment": hands_of, "household": hands_for},
    why_zh="一人在{days}天内为外户{persons}人代签{signatures}笔，共{at_risk_yuan}。",
    why_en="Within {days} days one person signed for {persons} people of other households, {signatures} times: "
    "{at_risk_yuan}.",
)
def one_hand_for_several_households(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody comes between people and their money: each signs for himself, or his household or guardian does."""
    signed = _signed(touched).cte("signed")
    s, w = signed.c, _years(signed, limits).cte("years").c
    of_the_year = and_(w.collector == s.collector, s.signed_on <= w.last_on, s.signed_on > w.last_on - limits.days)
    one = (
        select(s.collector, s.person, s.payment, s.receipt, s.amount_fen, s.position, s.paid_position)
        .add_columns(func.min(w.last_on).label("holds_from"))
        .join_from(signed, w.collector.table, of_the_year)
        .group_by(s.collector, s.person, s.payment, s.receipt, s.amount_fen, s.position, s.paid_position)
        .subquery("of_the_year")
        .c
    )
    return (
        select(one.collector, every(one.collector, one.person).label("person"), every(one.payment).label("payment"))
        .add_columns(every(one.receipt).label("receipt"), evidence(one.position, one.paid_position))
        .add_columns(func.sum(one.amount_fen).label("at_risk_fen"), func.min(one.holds_from).label("holds_from"))
        .add_columns(func.count(one.person.distinct()).label("persons"), func.count().label("signatures"))
        .add_columns(literal(limits.days).label("days"))
        .group_by(one.collector)
    )


def _years(signed: FromClause, limits: Limits) -> Select[Any]:
    """The days up to which, over a year, a collector signed for enough people."""
    s = signed.alias("before")
    last = select(signed.c.collector, signed.c.signed_on).distinct().subquery("last")
    before = and_(
        s.c.collector == last.c.collector,
        s.c.signed_on <= last.c.signed_on,
        s.c.signed_on > last.c.signed_on - limits.days,
    )
    return (
        select(last.c.collector, last.c.signed_on.label("last_on"))
        .join_from(last, s, before)
        .group_by(last.c.collector, last.c.signed_on)
        .having(func.count(s.c.person.distinct()) >= limits.persons)
    )


def _signed(touched: Touched) -> Select[Any]:
    """Every payment for which somebody of another household, who is no guardian, signed."""
    r, d, p = RECEIPTS.c, DIVIDENDS.c, PAYMENTS.c
    paid = (
        select(p.bank_ref, func.min(p.position).label("position"), func.sum(p.net_fen).label("net_fen"))
        .where(p.bank_ref.in_(select(r.bank_ref).where(r.signed_by_id.is_not(None), touched(r.signed_by_id))))
        .group_by(p.bank_ref)
        .subquery("paid")
        .c
    )
    dividend = DIVIDENDS.table.alias("confirmed").c
    confirmed = (
        select(r.signed_by_id.label("collector"), r.id_no.label("person"), r.bank_ref.label("payment"))
        .add_columns(r.receipt_no.label("receipt"), r.stated_on.label("signed_on"), r.position)
        .add_columns(func.coalesce(paid.position, dividend.position, r.position).label("paid_position"))
        .add_columns(func.coalesce(paid.net_fen, dividend.net_fen, r.stated_amount_fen).label("amount_fen"))
        .outerjoin(paid.bank_ref.table, paid.bank_ref == r.bank_ref)
        .outerjoin(dividend.bank_ref.table, dividend.bank_ref == r.bank_ref)
        .where(~r.quarantined, touched(r.signed_by_id))
    )
    confirmed_too = exists().where(r.bank_ref == d.bank_ref, r.signed_by_id == d.signed_by_id)
    shared_out = select(
        d.signed_by_id, d.id_no, d.bank_ref, literal(None), d.paid_on, d.position, d.position, d.net_fen
    ).where(~d.quarantined, d.net_fen > 0, ~confirmed_too, touched(d.signed_by_id))
    f = union_all(confirmed, shared_out).subquery("for_another").c
    g = GUARDIANS.c
    hand, payee = ROSTER_SPANS.table.alias("of_the_hand").c, ROSTER_SPANS.table.alias("of_the_payee").c
    related = exists().where(
        hand.id_no == f.collector, payee.id_no == f.person, hand.household_no == payee.household_no
    )
    guarded = exists().where(
        g.ward_id == f.person,
        g.guardian_id == f.collector,
        g.starts_on <= f.signed_on,
        or_(g.until.is_(None), g.until >= f.signed_on),
    )
    return select(*f).where(f.collector != f.person, ~related, ~guarded)
