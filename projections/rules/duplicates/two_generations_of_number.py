"""DUP-02: one person is registered under the old and the new identity number, and counts twice."""

from typing import Any

from sqlalchemy import CTE, Select, case, cast, func, literal, null, or_, select, union_all

from projections.dialect import TEXT
from projections.rules.duplicates.pairs import paid_to_both, pairs_of
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.persons import TWIN
from projections.tables.roster import ROSTER_SPANS


def listed_at_once(pairs: CTE) -> Select[Any]:
    """Intervals in which both of a pair stand on the roster; 退出日期 is the first day without."""
    one, other = ROSTER_SPANS.table.alias("one"), ROSTER_SPANS.table.alias("other")
    a, b = one.c, other.c
    return (
        select(pairs.c.pair, literal(0), literal(1), literal(0))
        .add_columns(case((a.included_on > b.included_on, a.included_on), else_=b.included_on))
        .add_columns(every(a.position, b.position), every(a.household_no, b.household_no))
        .add_columns(*(cast(null(), TEXT) for _ in range(3)))
        .join_from(pairs, one, a.id_no == pairs.c.first_id)
        .join(other, b.id_no == pairs.c.second_id)
        .where(a.quarantined.is_(False), b.quarantined.is_(False))
        .where(or_(a.exited_on.is_(None), a.exited_on > b.included_on))
        .where(or_(b.exited_on.is_(None), b.exited_on > a.included_on))
        .group_by(pairs.c.pair, a.position, b.position, a.included_on, b.included_on)
    )


@rule(
    "DUP-02",
    zh="新旧证号重复",
    en="15/18-digit twins",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS,),
    anchor=("person",),
    subjects=("person", "household", "claim", "payment", "account"),
    keyed_by="person",
    why_zh="同一人以15位和18位两个证号登记为两人：两个证号同项同期均有发放的有{periods}期，重复{at_risk_yuan}；"
    "花名册中两个证号同时在册{spans}次。",
    why_en="One person is registered twice, under 15 and under 18 digits: both numbers were paid under one programme "
    "for one period {periods} times, {at_risk_yuan} of it twice; the roster holds both at once {spans} times.",
)
def one_person_under_two_numbers(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish false claims: whoever has a number of each generation is one person, and is listed and paid once.

    At risk is the smaller of both sums of each programme and period. Intervals of the roster that only follow each
    other are of a number that was renewed.
    """
    pairs = pairs_of(TWIN, touched)
    paid = paid_to_both(pairs, yearly=False).c
    paid_twice = select(
        paid.pair, literal(1).label("periods"), literal(0).label("spans"), paid.at_risk_fen, paid.holds_from
    ).add_columns(paid.evidence, paid.household, paid.claim, paid.payment, paid.account)
    found = union_all(paid_twice, listed_at_once(pairs)).subquery("found").c
    return (
        select(pairs.c.pair, every(pairs.c.first_id, pairs.c.second_id).label("person"))
        .add_columns(*(every(found[name]).label(name) for name in ("household", "claim", "payment", "account")))
        .add_columns(evidence(pairs.c.told_at, found.evidence), func.sum(found.at_risk_fen).label("at_risk_fen"))
        .add_columns(func.min(found.holds_from).label("holds_from"))
        .add_columns(func.sum(found.periods).label("periods"), func.sum(found.spans).label("spans"))
        .join(pairs, found.pair == pairs.c.pair)
        .group_by(pairs.c.pair)
    )
