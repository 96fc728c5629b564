"""LNM-11: one branch issues a batch of loans that are alike in amount and purpose, or in where the money went."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from domain.money import yuan
from projections.rules.phrases import SEPARATOR, every
from projections.rules.rule import ORANGE, YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.tables.loans import LOAN_MOVEMENTS, LOANS
from projections.tables.roster import ROSTER_SPANS

MILLION = 1_000_000


def batches(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """The batches among the candidates, each row a loan with its `village` and the `accounts` its money went to."""
    for _, same in groupby(rows, key=lambda row: (row["bank"], row["principal_fen"])):
        loans = sorted(same, key=lambda row: (row["issued_on"], row["position"]))
        begins = 0
        while begins < len(loans):
            last = loans[begins]["issued_on"] + 2 * limits.days
            batch = [row for row in loans[begins:] if row["issued_on"] <= last]
            if found := _alert(batch, limits):
                yield found
                begins += len(batch)
            else:
                begins += 1


def _alert(batch: Sequence[Found], limits: Limits) -> Found | None:
    """The alert that a batch is, if it is large enough and alike enough."""
    if len(batch) < limits.loans:
        return None
    purposes = Counter(row["purpose_token"] for row in batch if row["purpose_token"])
    accounts = Counter(account for row in batch for account in set((row["accounts"] or "").split(SEPARATOR)) if account)
    of_purpose, to_account = (max(counted.values(), default=0) for counted in (purposes, accounts))
    enough = len(batch) * limits.share_ppm
    if max(of_purpose, to_account) * MILLION < enough:
        return None
    villages = {row["village"] for row in batch}
    promoted = len(villages) == 1 and None not in villages and to_account * MILLION < enough
    first, *_ = batch
    return {
        **{kind: SEPARATOR.join(str(row[name]) for row in batch if row[name]) for kind, name in _NAMED.items()},
        "org": first["bank"],
        "day": date.fromordinal(first["issued_on"]).isoformat(),
        "limit": yuan(first["principal_fen"]),
        "at_risk_fen": sum(row["principal_fen"] for row in batch),
        "holds_from": sorted(row["issued_on"] for row in batch)[limits.loans - 1],
        "severity": YELLOW if promoted else ORANGE,
        "each_fen": first["principal_fen"],
        "loans": len(batch),
        "purposes": of_purpose,
        "accounts": to_account,
    }


_NAMED = {"loan": "loan_no", "person": "id_no", "household": "household_no", "evidence": "position"}


@rule(
    "LNM-11",
    zh="批量同质",
    en="batch look-alikes",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "5笔、±2天、80%"),
    needs=(LOANS,),
    parameters={
        "loans": Parameter(5, "loans", "同一网点同额贷款的笔数", least=2),
        "days": Parameter(2, "days", "放款日前后相差的天数"),
        "share_ppm": Parameter(800_000, "ppm", "用途相同或资金流向同一对象的占比", least=1, most=MILLION),
    },
    anchor=("org", "day", "limit"),
    subjects=("loan", "person", "household"),
    keyed_by=None,
    decides=batches,
    why_zh="{org}自{day}起数日内发放{loans}笔{each_yuan}的贷款，共{at_risk_yuan}；"
    "其中用途相同{purposes}笔，流向同一账户{accounts}笔。",
    why_en="{org} issued {loans} loans of {each_yuan} each within days from {day}, {at_risk_yuan} in all; "
    "{purposes} have "
    "one purpose, and of {accounts} the money went to one account.",
)
def loans_alike_on_one_branch(touched: Touched, limits: Limits) -> Select[Any]:
    """Loans that are alike in branch, days, amount and purpose were perhaps applied for by one hand.

    A day of promotion in one village, where the money then goes many ways, is yellow.
    """
    loan, span, moved = LOANS.c, ROSTER_SPANS.c, LOAN_MOVEMENTS.c
    alike = (
        select(loan.bank, loan.principal_fen)
        .where(~loan.quarantined, loan.bank.is_not(None))
        .group_by(loan.bank, loan.principal_fen)
        .having(func.count() >= limits.loans)
        .cte("alike")
    )
    village = select(func.min(span.village)).where(span.household_no == loan.household_no).scalar_subquery()
    accounts = select(every(moved.to_account)).where(moved.loan_no == loan.loan_no).scalar_subquery()
    return (
        select(loan.bank, loan.principal_fen, loan.issued_on, loan.position, loan.loan_no, loan.id_no)
        .add_columns(loan.household_no, loan.purpose_token, village.label("village"), accounts.label("accounts"))
        .join(alike, (alike.c.bank == loan.bank) & (alike.c.principal_fen == loan.principal_fen))
        .where(~loan.quarantined, touched(loan.loan_no))
        .order_by(loan.bank, loan.principal_fen)
    )
