"""LNM-16: a loan is long overdue and nobody did anything, or too much of what was lent is overdue."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.loans.household import said_at
from projections.rules.phrases import SEPARATOR
from projections.rules.rule import BLUE, YELLOW, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS

OVERDUE = "逾期"
MILLION = 1_000_000


def ageing(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The loans that are long overdue, and the township's rate, of overdue loans with what is owed in all."""
    overdue = list(rows)
    as_of = limits.as_of.toordinal()
    for row in overdue:
        if as_of - row["due_on"] > limits.days:
            held_on = row["due_on"] + limits.days + 1
            figures = {"days": limits.days, "rate_ppm": None, "at_risk_fen": row["owed_fen"]}
            yield {**row, **figures, "limit": "days", "holds_from": held_on}
    owed, all_owed = sum(row["owed_fen"] for row in overdue), overdue[0]["all_owed_fen"] if overdue else 0
    if owed * MILLION > all_owed * limits.rate_ppm:
        newest = max(overdue, key=lambda row: (row["due_on"], row["loan"]))
        yield {
            **newest,
            **{kind: SEPARATOR.join(str(row[kind]) for row in overdue if row[kind]) for kind in _TOGETHER},
            "limit": "rate",
            "at_risk_fen": owed,
            "owed_fen": owed,
            "days": 0,
            "rate_ppm": owed * MILLION // all_owed,
            "holds_from": newest["due_on"] + 1,
            "severity": BLUE,
        }


_TOGETHER = ("person", "household", "evidence")


@rule(
    "LNM-16",
    zh="逾期未处置",
    en="overdue unattended",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=plan(25, "防范扶贫小额信贷还贷风险"),
    needs=(LOANS,),
    parameters={
        "days": Parameter(90, "days", "逾期未处置的天数"),
        "rate_ppm": Parameter(10_000, "ppm", "全镇逾期率的警戒线", most=MILLION),
    },
    anchor=("limit", "loan"),
    subjects=("loan", "person", "household"),
    keyed_by=None,
    decides=ageing,
    why_zh="逾期超过{days}天未还的余额{owed_yuan}，最晚{due_on}到期；全镇逾期率{rate_percent}。",
    why_en="{owed_yuan}, due on {due_on} at the latest, is more than {days} days overdue; of all that is owed in the "
    "township {rate_percent} is overdue.",
    waits_for="催收与代偿 / collection and compensation",
)
def loan_overdue_and_unattended(touched: Touched, limits: Limits) -> Select[Any]:
    """Guard against loans that are not repaid: what is overdue for more than 90 days is collected or made good.

    Overdue is what the bank says is (状态 逾期), from the due date on. A township of which more than one percent of
    what it owes is overdue is told so, in one blue alert that is anchored on the loan that fell due last.
    """
    loan = LOANS.c
    any_loan = LOANS.table.alias().c
    all_owed = (
        select(func.coalesce(func.sum(any_loan.outstanding_fen), 0))
        .where(~any_loan.quarantined, any_loan.outstanding_fen > 0)
        .scalar_subquery()
    )
    return (
        select(loan.loan_no.label("loan"), loan.id_no.label("person"), loan.household_no.label("household"))
        .add_columns(
            said_at(loan.position), loan.outstanding_fen.label("owed_fen"), loan.due_on, all_owed.label("all_owed_fen")
        )
        .where(~loan.quarantined, loan.status == OVERDUE, loan.outstanding_fen > 0, touched(loan.loan_no))
        .where(loan.due_on < limits.as_of.toordinal())
        .order_by(loan.position)
    )
