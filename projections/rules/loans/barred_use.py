"""LNM-15: a loan is for something that a microloan is not for."""

from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.loans.household import said_at
from projections.rules.rule import ORANGE, Limits, Mode, Touched, plan, rule
from projections.tables.loans import LOANS


@rule(
    "LNM-15",
    zh="用途违规",
    en="barred use",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(25, "纠正冒名借款、违规用款等问题"),
    needs=(LOANS,),
    anchor=("loan",),
    subjects=("loan", "person", "household"),
    keyed_by="loan",
    why_zh="{issued_on}放款{at_risk_yuan}，填写的用途属于不得使用的：{uses}。",
    why_en="{at_risk_yuan} was lent on {issued_on} for a stated purpose that is barred: {uses}.",
    waits_for="贷后检查的实际用途 / the actual use that a post-loan check finds",
)
def loan_for_a_barred_use(touched: Touched, limits: Limits) -> Select[Any]:
    """A microloan is for producing: not for a wedding, a house, investments, the household, debts, or lending on.

    Which of these the purpose names was found at intake (`intake.loan_purpose`); its words are sealed.
    """
    loan = LOANS.c
    uses = func.replace(
        func.replace(func.replace(func.replace(loan.purpose_kinds, "[", ""), "]", ""), '"', ""), ", ", "、"
    )
    return select(
        loan.loan_no.label("loan"),
        loan.id_no.label("person"),
        loan.household_no.label("household"),
        said_at(loan.position),
        loan.principal_fen.label("at_risk_fen"),
        loan.issued_on.label("holds_from"),
        loan.issued_on,
        uses.label("uses"),
    ).where(~loan.quarantined, loan.purpose_kinds != "[]", touched(loan.loan_no))
