"""LNM-07: the borrower could not have had the loan on the day of issue."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, false, func, or_, select

from projections.rules.loans.household import enumerated, loans_touched, said_at
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS
from projections.tables.roster import DEATHS, PAYROLL, ROSTER_SPANS

ENDED_BY = ("清退", "销户", "死亡", "迁出")
"""Exits from the roster that end eligibility; one out of poverty (脱贫) does not."""


def loans_of_persons(keys: Select[Any]) -> Select[Any]:
    """The loans of the borrowers whose roster, death or payroll changed."""
    return select(LOANS.c.loan_no).where(loans_touched("person", keys))


def on_the_roster(touched: Touched) -> CTE:
    """What the roster says of each borrower on the day of issue: whether he stands on it, and what ended when."""
    loan, span = LOANS.c, ROSTER_SPANS.c
    over = span.exited_on <= loan.issued_on
    hard = func.coalesce(span.exit_kind.in_(ENDED_BY), false())
    return (
        select(loan.loan_no)
        .add_columns(func.max(case((func.coalesce(over, false()), 0), else_=1)).label("stands"))
        .add_columns(func.max(case((and_(over, ~hard), span.exited_on))).label("left_on"))
        .add_columns(func.max(case((and_(over, hard), span.exited_on))).label("ended_on"))
        .add_columns(func.max(case((span.incapable, 1), else_=0)).label("incapable"))
        .join(ROSTER_SPANS.table, and_(span.id_no == loan.id_no, span.included_on <= loan.issued_on))
        .where(~span.quarantined, touched(loan.loan_no))
        .group_by(loan.loan_no)
        .cte("on_the_roster")
    )


def grounds(roster: CTE, limits: Limits) -> dict[str, ColumnElement[bool]]:
    """What speaks against a borrower on the day of issue, each with the words for it (`中文|English`)."""
    loan, pay, r = LOANS.c, PAYROLL.c, roster.c
    listed = or_(r.stands == 1, and_(r.left_on.is_not(None), r.left_on > func.coalesce(r.ended_on, 0)))
    paid = (
        exists()
        .where(pay.id_no == loan.id_no, ~pay.quarantined, pay.starts_on <= loan.issued_on)
        .where(func.coalesce(pay.until, loan.issued_on) >= loan.issued_on)
    )
    return {
        "不在册|not on the roster": ~func.coalesce(listed, false()),
        "年龄不符|of another age": ~loan.borrower_age.between(limits.least_years, limits.most_years),
        "财政供养|on the public payroll": paid,
        "无民事行为能力|without legal capacity": r.incapable == 1,
        "已死亡|dead": DEATHS.c.death_on < loan.issued_on,
    }


@rule(
    "LNM-07",
    zh="借款人不合条件",
    en="ineligible borrower",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(18, "规范扶贫小额信贷发放"),
    needs=(LOANS, ROSTER_SPANS),
    parameters={
        "least_years": Parameter(18, "years", "放款日借款人的最低周岁"),
        "most_years": Parameter(65, "years", "放款日借款人的最高周岁"),
    },
    anchor=("loan",),
    subjects=("loan", "person", "household"),
    keyed_by="loan",
    reached_by={"person": loans_of_persons},
    why_zh="{issued_on}放款{at_risk_yuan}时借款人不合条件：{reasons_zh}。",
    why_en="When {at_risk_yuan} was lent on {issued_on}, the borrower was not eligible: {reasons_en}.",
)
def lent_to_somebody_ineligible(touched: Touched, limits: Limits) -> Select[Any]:
    """A microloan is for households of the roster, and for who is of age and can owe it, on the day of issue.

    Leaving poverty keeps eligibility; removal, death and moving away end it. A span of the roster that is loaded later
    counts from its own day. A death that the office knew later holds from then.
    """
    loan, d, roster = LOANS.c, DEATHS.c, on_the_roster(touched)
    against = {words: func.coalesce(ground, false()) for words, ground in grounds(roster, limits).items()}
    zh, en = (
        enumerated({words.split("|")[place]: holds for words, holds in against.items()}, separator)
        for place, separator in enumerate(("、", ", "))
    )
    *others, dead = against.values()
    known_on = case((or_(*others), loan.issued_on), (d.known_on > loan.issued_on, d.known_on), else_=loan.issued_on)
    return (
        select(loan.loan_no.label("loan"), loan.id_no.label("person"), loan.household_no.label("household"))
        .add_columns(said_at(loan.position, case((dead, d.position))), loan.principal_fen.label("at_risk_fen"))
        .add_columns(known_on.label("holds_from"), loan.issued_on, zh.label("reasons_zh"), en.label("reasons_en"))
        .outerjoin(roster, roster.c.loan_no == loan.loan_no)
        .outerjoin(DEATHS.table, and_(d.id_no == loan.id_no, ~d.quarantined))
        .where(~loan.quarantined, loan.id_no.is_not(None), touched(loan.loan_no), or_(*against.values()))
    )
