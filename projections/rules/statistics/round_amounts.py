"""STA-02: round amounts are more frequent in one village than in the others, under a programme of free amounts."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Select, case, func, select

from projections.rules.phrases import counted, every
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.rules.statistics.exact import MILLION, so_many_are_rare
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

DISCRETIONARY = "据实"


def rounder_than_peers(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The villages whose share of round amounts is improbable by that of all others under the programme.

    The others' share counts one round and one other amount more than there were, so that few say little.
    """
    for _, same in groupby(rows, key=lambda row: row["programme"]):
        villages = list(same)
        all_rounds, all_payments = (sum(row[name] for row in villages) for name in ("rounds", "payments"))
        for row in villages:
            rounds, payments = row["rounds"], row["payments"]
            others = all_rounds - rounds + 1, all_payments - payments + 2
            if payments < limits.payments or payments == all_payments or not rounds:
                continue
            if so_many_are_rare(rounds, payments, share=others, below_ppm=limits.chance_ppm):
                yield {**row, "peers_ppm": others[0] * MILLION // others[1], "share_ppm": rounds * MILLION // payments}


@rule(
    "STA-02",
    zh="整数过多",
    en="too many round amounts",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "整千元占比，二项检验 p<0.01"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={
        "round_fen": Parameter(1_000_00, "fen", "整数的单位", least=1),
        "payments": Parameter(20, "payments", "检验所需的笔数", least=1),
        "chance_ppm": Parameter(10_000, "ppm", "单侧二项检验的显著性水平", least=1, most=MILLION),
    },
    anchor=("programme", "place"),
    subjects=("programme", "place", "payment"),
    keyed_by=None,
    decides=rounder_than_peers,
    why_zh="“{programme}”在{place}的{payments}笔中有{rounds}笔为整千元（{share_percent}），其他村为{peers_percent}。",
    why_en="Of {payments} payments of {programme} in {place}, {rounds} are of whole thousands "
    "({share_percent}); in the "
    "other villages it is {peers_percent}.",
)
def round_amounts_by_village(touched: Touched, limits: Limits) -> Select[Any]:
    """What is granted by need comes to odd amounts; invented ones are round. By village, against all others."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    free = select(g.programme).where(g.amount_rule == DISCRETIONARY, ~g.quarantined)
    rounds = p.net_fen % limits.round_fen == 0
    return (
        select(p.programme, p.village.label("place"), func.count().label("payments"))
        .add_columns(func.sum(case((rounds, 1), else_=0)).label("rounds"))
        .add_columns(func.sum(case((rounds, p.net_fen), else_=0)).label("at_risk_fen"))
        .add_columns(
            every(case((rounds, p.bank_ref))).label("payment"), every(case((rounds, p.position))).label("evidence")
        )
        .add_columns(func.max(p.paid_on).label("holds_from"))
        .where(counted(p), p.programme.in_(free), p.village.is_not(None), touched(p.programme))
        .group_by(p.programme, p.village)
        .order_by(p.programme, p.village)
    )
