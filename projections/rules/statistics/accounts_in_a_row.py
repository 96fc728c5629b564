"""STA-04: equal amounts that no standard gives went to consecutively numbered accounts."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, exists, select

from domain.money import yuan
from projections.rules.phrases import SEPARATOR, counted
from projections.rules.rule import BLUE, YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMME_RATES

_NAMED = {"payment": "bank_ref", "person": "id_no", "evidence": "position"}


def rows_of_accounts(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The runs of consecutive accounts; rows come by programme and amount, each a payment with its account's place."""
    for (programme, net_fen), same in groupby(rows, key=lambda row: (row["programme"], row["net_fen"])):
        for run in _runs(list(same)):
            accounts = list(dict.fromkeys(row["account_no"] for row in run))
            if len(accounts) < limits.accounts:
                continue
            villages = {row["village"] for row in run}
            yield {
                **{kind: SEPARATOR.join(str(row[name]) for row in run if row[name]) for kind, name in _NAMED.items()},
                "programme": programme,
                "limit": yuan(net_fen),
                "account": accounts[0],
                "accounts": len(accounts),
                "each_fen": net_fen,
                "at_risk_fen": net_fen * len(run),
                "holds_from": max(row["paid_on"] for row in run),
                "severity": BLUE if len(villages) == 1 else YELLOW,
            }


def _runs(payments: Sequence[Found]) -> Iterator[list[Found]]:
    """Payments to accounts each of which comes next to the one before, from the first of each such row of accounts."""
    at: dict[str, list[Found]] = {}
    for row in payments:
        at.setdefault(row["account_place"], []).append(row)
    behind = {row["next_place"] for row in payments}
    for first in (place for place in at if place not in behind):
        run: list[Found] = []
        place = first
        while place in at:
            run.extend(at[place])
            place = at[place][0]["next_place"]
        yield run


@rule(
    "STA-04",
    zh="同额连号",
    en="equal amounts in a row of accounts",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "≥5笔同额、账号连号"),
    needs=(PAYMENTS,),
    parameters={"accounts": Parameter(5, "accounts", "同额付款的连号账户数", least=2)},
    anchor=("programme", "limit", "account"),
    subjects=("programme", "payment", "person"),
    keyed_by=None,
    decides=rows_of_accounts,
    why_zh="“{programme}”向{accounts}个连号账户各发放{each_yuan}，共{at_risk_yuan}；该金额不是补贴标准。",
    why_en="Under {programme} {accounts} consecutively numbered accounts received {each_yuan} each, "
    "{at_risk_yuan} in all; "
    "it is no standard rate.",
)
def equal_amounts_to_accounts_in_a_row(touched: Touched, limits: Limits) -> Select[Any]:
    """People who claim by themselves have no consecutive cards. Cards issued to one village at once do: that is blue.

    Whether accounts are consecutive was found at intake (`intake.account_place`), for payments without a standard.
    """
    p, rate = PAYMENTS.c, PROGRAMME_RATES.c
    standard = exists().where(rate.programme == p.programme, rate.rate_fen == p.net_fen, ~rate.quarantined)
    return (
        select(p.programme, p.net_fen, p.account_no, p.account_place, p.next_place, p.village, p.bank_ref, p.id_no)
        .add_columns(p.position, p.paid_on)
        .where(counted(p), p.account_place.is_not(None), ~standard, touched(p.programme))
        .order_by(p.programme, p.net_fen, p.position)
    )
