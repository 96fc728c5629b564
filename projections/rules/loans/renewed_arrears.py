"""LNM-12: a loan is renewed while it is overdue, or renewed again and again."""

from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, Select, and_, case, false, func, literal, or_, select

from projections.rules.loans.household import said_at
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import LOANS

DEFERRED_FROM: Final = date(2020, 1, 1).toordinal()
DEFERRED_UNTIL: Final = date(2021, 3, 31).toordinal()
"""In the epidemic of 2020 what fell due could be put off, at the latest to the end of March 2021 (DOMAIN V8)."""

DEEPEST: Final = 12
"""No chain of renewals is followed further."""


def renewals_of(keys: Select[Any]) -> Select[Any]:
    """Loans, and what renews them, whatever renews that, and so on."""
    loan = LOANS.c
    chain = select(loan.loan_no, literal(0).label("deep")).where(loan.loan_no.in_(keys)).cte("renewing", recursive=True)
    step = select(loan.loan_no, chain.c.deep + 1).where(loan.renews == chain.c.loan_no, chain.c.deep < DEEPEST)
    chain = chain.union(step)
    return select(chain.c.loan_no)


def renewed_before(touched: Touched) -> CTE:
    """How many loans stand behind each that renews one, back to the first that was lent."""
    loan = LOANS.c
    chain = (
        select(loan.loan_no, loan.renews, literal(1).label("deep"))
        .where(loan.renews.is_not(None), ~loan.quarantined, touched(loan.loan_no))
        .cte("chain", recursive=True)
    )
    older = LOANS.table.alias().c
    step = select(chain.c.loan_no, older.renews, chain.c.deep + 1).where(
        older.loan_no == chain.c.renews, older.renews.is_not(None), chain.c.deep < DEEPEST
    )
    chain = chain.union(step)
    return select(chain.c.loan_no, func.max(chain.c.deep).label("renewals")).group_by(chain.c.loan_no).cte("renewed")


@rule(
    "LNM-12",
    zh="以续掩逾",
    en="renewal hides arrears",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(18, "在风险可控的前提下稳妥办理无还本续贷业务"),
    needs=(LOANS,),
    parameters={"renewals": Parameter(1, "renewals", "一笔贷款最多续贷的次数")},
    anchor=("loan",),
    subjects=("loan", "person", "household"),
    keyed_by="loan",
    reached_by={"loan": renewals_of},
    why_zh="{issued_on}续贷{at_risk_yuan}：原贷款{due_on}到期，逾期{days}天时续贷；"
    "这是第{renewals}次续贷（最多{most}次）。",
    why_en="Renewed with {at_risk_yuan} on {issued_on}: the loan before was due on {due_on} and {days} days overdue; "
    "it is renewal number {renewals}, where {most} are allowed.",
    waits_for="贷后检查 / post-loan checks",
)
def renewal_of_what_is_overdue(touched: Touched, limits: Limits) -> Select[Any]:
    """A loan is renewed without repayment where the risk is under control: not what is overdue, and not for ever.

    What was due in the epidemic and is put off to the end of March 2021 at the latest, is deferred and not hidden.
    """
    new, old, renewed = LOANS.c, LOANS.table.alias("renewed_loan").c, renewed_before(touched)
    open_still = or_(old.settled_on.is_(None), old.settled_on >= new.issued_on)
    overdue = and_(new.issued_on > old.due_on, open_still)
    put_off = and_(old.due_on.between(DEFERRED_FROM, DEFERRED_UNTIL), new.due_on <= DEFERRED_UNTIL)
    deferred = func.coalesce(put_off, false())
    days = case((overdue, new.issued_on - old.due_on), else_=0)
    return (
        select(new.loan_no.label("loan"), new.id_no.label("person"), new.household_no.label("household"))
        .add_columns(said_at(new.position, old.position))
        .add_columns(new.principal_fen.label("at_risk_fen"), new.issued_on.label("holds_from"), new.issued_on)
        .add_columns(old.due_on, days.label("days"), renewed.c.renewals, literal(limits.renewals).label("most"))
        .join(renewed, renewed.c.loan_no == new.loan_no)
        .outerjoin(old.loan_no.table, and_(old.loan_no == new.renews, ~old.quarantined))
        .where(~new.quarantined, or_(overdue, renewed.c.renewals > limits.renewals), ~deferred)
    )
