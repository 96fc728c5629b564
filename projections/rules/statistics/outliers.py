"""STA-03: a claim is far from what others are granted under the same programme and standard."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.rules.statistics.exact import twice_the_median
from projections.rules.statistics.first_digits import FREE_RULES
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

MAD_AT_ONE, IQR_AT_ONE = 6_745, 13_490
"""Ten thousandths: of a standard deviation, the MAD of normal amounts; and their interquartile range."""


def far_off(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The claims that are far off; rows come by programme and standard, each a claim, the least first."""
    for _, same in groupby(rows, key=lambda row: (row["programme"], row["variant"])):
        claims = list(same)
        if len(claims) < limits.claims:
            continue
        amounts = [int(row["claim_fen"]) for row in claims]
        middle = twice_the_median(amounts)
        weigh, spread = _spread(amounts, middle)
        for row, amount in zip(claims, amounts, strict=True):
            far = abs(2 * amount - middle)
            if spread and far * weigh * 1_000 > limits.z_milli * 10_000 * spread:
                yield {
                    **row,
                    "median_fen": middle // 2,
                    "claims": len(claims),
                    "at_risk_fen": max(0, amount - middle // 2),
                }


def _spread(amounts: Sequence[int], middle: int) -> tuple[int, int]:
    """(ten thousandths, twice the spread): of the MAD, of the interquartile range where that is 0, or 0 of neither."""
    twice_mad = twice_the_median(sorted(abs(2 * amount - middle) for amount in amounts))
    if twice_mad:
        return 2 * MAD_AT_ONE, twice_mad
    last = len(amounts) - 1
    return IQR_AT_ONE, 2 * (amounts[last - last // 4] - amounts[last // 4])


@rule(
    "STA-03",
    zh="离群",
    en="outlier",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "稳健z值3.5，n≥12"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={
        "claims": Parameter(12, "claims", "同一项目同一档次所需的申请笔数", least=3),
        "z_milli": Parameter(3_500, "thousandths", "稳健z值的界限", least=1),
    },
    anchor=("programme", "claim"),
    subjects=("claim", "programme", "person", "household", "payment"),
    keyed_by=None,
    decides=far_off,
    why_zh="“{programme}”的一笔申请发放{claim_yuan}，同类{claims}笔的中位数为{median_yuan}。",
    why_en="One claim under {programme} was paid {claim_yuan}; the median of {claims} alike is {median_yuan}.",
)
def claims_and_what_they_come_to(touched: Touched, limits: Limits) -> Select[Any]:
    """A grant far from all others of its kind is looked at; a large household may explain it.

    Only programmes whose amount no rate fixes: by claim, within the programme and its standard (档次).
    """
    p, g = PAYMENTS.c, PROGRAMMES.c
    free = select(g.programme).where(g.amount_rule.in_(FREE_RULES), ~g.quarantined)
    claim_fen = func.sum(p.net_fen)
    return (
        select(p.programme, p.variant, p.claim_key.label("claim"), claim_fen.label("claim_fen"), evidence(p.position))
        .add_columns(every(p.bank_ref).label("payment"), every(p.id_no).label("person"))
        .add_columns(every(p.household_no).label("household"), func.max(p.paid_on).label("holds_from"))
        .where(counted(p), p.programme.in_(free), p.claim_key.is_not(None), touched(p.programme))
        .group_by(p.programme, p.variant, p.claim_key)
        .order_by(p.programme, p.variant, claim_fen, p.claim_key)
    )
