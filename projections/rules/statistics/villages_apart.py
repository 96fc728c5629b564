"""STA-05: a village receives a programme far more, or far less, often than the others for its size."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.phrases import SEPARATOR, counted
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.rules.statistics.exact import MILLION, lies_outside
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import ROSTER_SPANS


def outside_the_funnel(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The villages outside the funnel of their programme; each row has those paid in a village, and its people."""
    for _, same in groupby(rows, key=lambda row: row["programme"]):
        villages = [row for row in same if row["people"] >= row["paid"]]
        paid, people = (sum(row[name] for row in villages) for name in ("paid", "people"))
        for row in villages:
            above = row["paid"] * people > paid * row["people"]
            odd = row["paid"] if above else row["people"] - row["paid"]
            if row["people"] < limits.people or len(villages) < limits.villages or odd < limits.odd:
                continue
            if lies_outside(row["paid"], row["people"], share=(paid, people), z_milli=limits.z_milli):
                beyond = max(0, row["paid"] * people - paid * row["people"])
                yield {
                    **row,
                    "evidence": SEPARATOR.join(str(row[end]) for end in ("first_position", "last_position")),
                    "at_risk_fen": row["paid_fen"] * beyond // (row["paid"] * people),
                    "here_ppm": row["paid"] * MILLION // row["people"],
                    "all_ppm": paid * MILLION // people,
                }


@rule(
    "STA-05",
    zh="村际离群",
    en="village apart",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("DOMAIN V11 (peer comparison)", "funnel plot abs(z) > 3"),
    needs=(PAYMENTS, PROGRAMMES, ROSTER_SPANS),
    parameters={
        "z_milli": Parameter(3_000, "thousandths", "漏斗图的界限（标准误的倍数）", least=1),
        "people": Parameter(30, "persons", "参与比较的村的花名册人数", least=1),
        "villages": Parameter(3, "villages", "参与比较的村数", least=2),
        "odd": Parameter(5, "persons", "使该村偏离的至少人数：偏高时为受领人，偏低时为未受领人", least=1),
    },
    anchor=("programme", "place"),
    subjects=("programme", "place"),
    keyed_by=None,
    decides=outside_the_funnel,
    why_zh="“{programme}”在{place}有{paid}人受领，占花名册{people}人的{here_percent}；各村合计为{all_percent}。",
    why_en="{paid} people of {place} received {programme}, {here_percent} of {people} on its roster; in all "
    "villages it is "
    "{all_percent}.",
)
def people_paid_by_village(touched: Touched, limits: Limits) -> Select[Any]:
    """Villages of one township receive a programme about alike for their size; a poor village may explain it.

    A few people are no village: it takes five who receive it where it is more, and five who do not where it is less.
    """
    p, span = PAYMENTS.c, ROSTER_SPANS.c
    size = (
        select(span.village, func.count(span.id_no.distinct()).label("people"))
        .where(~span.quarantined)
        .group_by(span.village)
        .cte("size")
    )
    return (
        select(p.programme, p.village.label("place"), size.c.people, func.count(p.id_no.distinct()).label("paid"))
        .add_columns(func.sum(p.net_fen).label("paid_fen"), func.max(p.paid_on).label("holds_from"))
        .add_columns(func.min(p.position).label("first_position"), func.max(p.position).label("last_position"))
        .join(size, size.c.village == p.village)
        .where(counted(p), touched(p.programme))
        .group_by(p.programme, p.village, size.c.people)
        .order_by(p.programme, p.village)
    )
