"""DUP-03: two persons of one name and nearly one identity number are paid under one programme in one year."""

from typing import Any

from sqlalchemy import CTE, Select, cast, func, select

from projections.dialect import TEXT
from projections.rules.duplicates.pairs import paid_to_both, pairs_of
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.persons import IN_COMMON, NEAR_ID, PERSONS_MAY_BE_ONE


def what_they_share(pairs: CTE) -> CTE:
    """How many of account, telephone and household both of a pair have stated, and where the ledger says so."""
    told = PERSONS_MAY_BE_ONE.c
    return (
        select(told.pair, func.count().label("in_common"), every(told.position).label("told_at"))
        .where(told.likeness.in_(IN_COMMON), told.pair.in_(select(pairs.c.pair)))
        .group_by(told.pair)
        .cte("shared")
    )


@rule(
    "DUP-03",
    zh="近似证号/错号",
    en="near-identical ID",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS,),
    anchor=("person",),
    subjects=("person", "household", "claim", "payment", "account"),
    keyed_by="person",
    why_zh="两人同名、证号近似（错一位、邻位互换或出生日期数字换位），{years}个项目年度内均有发放，"
    "较少一方共{at_risk_yuan}；账户、电话、户三项中有{in_common}项相同。",
    why_en="Two persons of one name, whose numbers differ by one slip or in the order of the birth date, were both "
    "paid in {years} programme years, the one who got less {at_risk_yuan}; of account, telephone and household they "
    "share {in_common}.",
)
def one_name_and_nearly_one_number(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish false claims: a number that was mistyped, or varied on purpose, makes of one person two who are paid.

    Relatives of one name with numbers far apart, and twins with names of their own, are no pair. At risk is the smaller
    of both sums of each programme and year.
    """
    pairs = pairs_of(NEAR_ID, touched)
    shared = what_they_share(pairs)
    paid = paid_to_both(pairs, yearly=True).c
    return (
        select(pairs.c.pair, every(pairs.c.first_id, pairs.c.second_id).label("person"))
        .add_columns(*(every(paid[name]).label(name) for name in ("household", "claim", "payment", "account")))
        .add_columns(
            evidence(paid.evidence, func.coalesce(shared.c.told_at, cast(pairs.c.told_at, TEXT)), pairs.c.told_at)
        )
        .add_columns(func.sum(paid.at_risk_fen).label("at_risk_fen"), func.min(paid.holds_from).label("holds_from"))
        .add_columns(func.count().label("years"), func.coalesce(func.max(shared.c.in_common), 0).label("in_common"))
        .join(pairs, paid.pair == pairs.c.pair)
        .outerjoin(shared, shared.c.pair == pairs.c.pair)
        .group_by(pairs.c.pair)
    )
