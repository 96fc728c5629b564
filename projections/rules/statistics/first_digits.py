"""STA-01: the first digits of amounts do not fall as Benford's law has them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import log10
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from projections.rules.phrases import SEPARATOR
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.tables.payments import INTEREST_SUBSIDY, PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES

FREE_RULES = ("上限", "据实")
"""Ways in which the amount of a programme is not fixed by a rate."""

PROJECTS = "项目支付"
TWO_DIGITS_FEN, LARGEST_EXPONENT = 10, 15
MILLION = 1_000_000


def first_two(amount: ColumnElement[int]) -> ColumnElement[int]:
    """The first two digits of an amount of at least ten fen, 10 to 99."""
    return case(*((amount < 10 ** (digits + 1), amount // 10 ** (digits - 1)) for digits in range(1, LARGEST_EXPONENT)))


def deviation_ppm(counted: Counter[int], first: int) -> int:
    """The mean absolute deviation of the shares of digits from `first` to its last like, from log₁₀(1 + 1/d)."""
    digits, n = range(first, first * 10), counted.total()
    return round(sum(abs(counted[d] / n - log10(1 + 1 / d)) for d in digits) / len(digits) * MILLION)


def unlike_benford(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The series whose digits stray; each row counts the amounts of a series that begin with two digits."""
    for series, same in groupby(rows, key=lambda row: row["series"]):
        pairs = list(same)
        two = Counter({row["digits"]: row["payments"] for row in pairs})
        one: Counter[int] = Counter()
        for digits, payments in two.items():
            one[digits // 10] += payments
        least, most = min(row["least_fen"] for row in pairs), max(row["most_fen"] for row in pairs)
        one_ppm, two_ppm = deviation_ppm(one, 1), deviation_ppm(two, 10)
        strays = one_ppm > limits.first_ppm or (two.total() >= limits.payments_of_two and two_ppm > limits.two_ppm)
        if two.total() < limits.payments or most < least * 10**limits.orders or not strays:
            continue
        yield {
            "programme": series,
            "evidence": SEPARATOR.join(str(row[end]) for row in pairs for end in ("first_position", "last_position")),
            "at_risk_fen": 0,
            "holds_from": max(row["last_on"] for row in pairs),
            "payments": two.total(),
            "one_ppm": one_ppm,
            "two_ppm": two_ppm,
        }


@rule(
    "STA-01",
    zh="本福特",
    en="Benford's law",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("DOMAIN V31（其余参数待客户确认 / the rest to be confirmed）", "first digit MAD >0.015"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={
        "payments": Parameter(300, "payments", "检验首位数字所需的笔数", least=1),
        "first_ppm": Parameter(15_000, "ppm", "首位数字平均绝对偏差的界限"),
        "payments_of_two": Parameter(1_000, "payments", "检验前两位数字所需的笔数", least=1),
        "two_ppm": Parameter(2_200, "ppm", "前两位数字平均绝对偏差的界限"),
        "orders": Parameter(2, "orders of magnitude", "金额至少跨越的数量级"),
    },
    anchor=("programme",),
    subjects=("programme",),
    keyed_by=None,
    decides=unlike_benford,
    why_zh="“{programme}”{payments}笔金额的首位数字平均偏离本福特定律{one_percent}，前两位偏离{two_percent}；"
    "仅作背景参考。",
    why_en="The first digits of {payments} amounts of {programme} stray from Benford's law by {one_percent} on "
    "average, "
    "the first two by {two_percent}; context only.",
)
def digits_of_amounts(touched: Touched, limits: Limits) -> Select[Any]:
    """Amounts that nothing fixes begin with 1 more often than with 9; invented ones seldom do.

    By programme without a rate, and for all project payments together. It is context and accuses nobody: no money is
    at risk by it.
    """
    p, g = PAYMENTS.c, PROGRAMMES.c
    free = select(g.programme).where(g.amount_rule.in_(FREE_RULES), ~g.quarantined)
    series = case((p.kind == SUBSIDY, p.programme), else_=literal(PROJECTS))
    counted = or_(p.programme.in_(free), p.kind.not_in((SUBSIDY, INTEREST_SUBSIDY)))
    each = (
        select(series.label("series"), first_two(p.net_fen).label("digits"), p.net_fen, p.position, p.paid_on)
        .where(counted, ~p.quarantined, p.net_fen >= TWO_DIGITS_FEN, touched(p.programme))
        .subquery("amounts")
        .c
    )
    return (
        select(each.series, each.digits, func.count().label("payments"), func.max(each.paid_on).label("last_on"))
        .add_columns(func.min(each.net_fen).label("least_fen"), func.max(each.net_fen).label("most_fen"))
        .add_columns(func.min(each.position).label("first_position"), func.max(each.position).label("last_position"))
        .group_by(each.series, each.digits)
        .order_by(each.series, each.digits)
    )
