"""LNM-13: an interest subsidy is more than the interest, or goes to somebody else."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from projections.rules.loans.household import loans_touched, said_at
from projections.rules.rule import ORANGE, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.loans import INTEREST_SUBSIDIES, LOANS
from projections.tables.organisations import ACCOUNTS

MILLION = 1_000_000
THE_BANK = "承办银行"
BANKERS_DAYS = 360
"""Banks reckon by a year of so many days; what is explained by that is yellow."""


def loans_of(keys: Select[Any]) -> Select[Any]:
    """The loans whose subsidies went to a person that changed."""
    return select(LOANS.c.loan_no).where(loans_touched("person", keys))


def subsidies_to(organisations: Select[Any]) -> Select[Any]:
    """The loans whose subsidies went to an organisation that registered anew."""
    paid = INTEREST_SUBSIDIES.c
    return select(paid.loan_no).where(paid.payee_id.in_(organisations), paid.loan_no.is_not(None))


def least(*days: ColumnElement[Any]) -> ColumnElement[Any]:
    """The earliest of days, of which all but the first may be null."""
    first, *others = days
    for day in others:
        first = case((day < first, day), else_=first)
    return first


def greatest(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The later of two days, of which the second may be null."""
    return case((other > one, other), else_=one)


def allowed_days() -> ColumnElement[int]:
    """The days of a subsidy on which the loan ran: not before it, not overdue, not after it was settled."""
    paid, loan = INTEREST_SUBSIDIES.c, LOANS.c
    begins = greatest(loan.issued_on, paid.starts_on)
    ends = least(func.coalesce(paid.ends_before, paid.paid_on), loan.due_on, loan.settled_on)
    return case((ends > begins, ends - begins), else_=0)


def paid_to_another() -> ColumnElement[bool]:
    """Whether neither the borrower nor the bank was paid."""
    paid, loan, register = INTEREST_SUBSIDIES.c, LOANS.c, ACCOUNTS.c
    bank = exists().where(register.uscc == paid.payee_id, register.org_name == loan.bank, ~register.quarantined)
    return and_(paid.payee_id.is_not(None), paid.payee_id != loan.id_no, paid.payee_id.not_in((THE_BANK,)), ~bank)


@rule(
    "LNM-13",
    zh="贴息异常",
    en="interest-subsidy error",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(18, "规范扶贫小额信贷发放"),
    needs=(LOANS, INTEREST_SUBSIDIES),
    parameters={
        "limit_fen": Parameter(50_000_00, "fen", "可贴息的本金上限", least=1),
        "days_a_year": Parameter(365, "days", "计息的一年天数", least=360, most=366),
        "tolerance_fen": Parameter(1_00, "fen", "允许的尾差"),
    },
    anchor=("loan", "payment"),
    subjects=("loan", "payment", "person", "household"),
    keyed_by="loan",
    reached_by={"org": subsidies_to},
    why_zh="贴息{paid_yuan}，而可贴息的{days}天按本金{base_yuan}计息为{interest_yuan}（{whom_zh}）；"
    "多付{at_risk_yuan}。",
    why_en="{paid_yuan} was paid as interest subsidy; {days} allowed days on {base_yuan} come to {interest_yuan} "
    "({whom_en}). Too much: {at_risk_yuan}.",
)
def subsidy_beyond_the_interest(touched: Touched, limits: Limits) -> Select[Any]:
    """An interest subsidy is the interest of the loan, up to the principal that is subsidised, on the days it ran.

    计息止 is exclusive. Days before the issue, beyond the due date and after settlement are not allowed. What neither
    the borrower nor the bank got is at risk whole. A difference that comes of counting days is yellow.
    """
    paid, loan, days = INTEREST_SUBSIDIES.c, LOANS.c, allowed_days()
    base = least(func.coalesce(paid.principal_fen, loan.principal_fen), loan.principal_fen)
    base = case((base > limits.limit_fen, limits.limit_fen), else_=base)
    a_day, astray = base * func.coalesce(loan.rate_ppm, 0), func.coalesce(paid_to_another(), False)
    a_year = limits.days_a_year * MILLION
    interest = (a_day * days + a_year // 2) // a_year
    too_much = (paid.net_fen - limits.tolerance_fen) * a_year > a_day * days
    counted = (paid.net_fen - limits.tolerance_fen) * BANKERS_DAYS * MILLION <= a_day * (days + 1)
    whom = {
        "zh": ("收款人既非借款人亦非承办银行", "收款人相符"),
        "en": ("to neither borrower nor bank", "to whom it is due"),
    }
    return (
        select(loan.loan_no.label("loan"), paid.bank_ref.label("payment"), loan.household_no.label("household"))
        .add_columns(loan.id_no.label("person"), said_at(paid.position, loan.position))
        .add_columns(case((astray, paid.net_fen), else_=paid.net_fen - interest).label("at_risk_fen"))
        .add_columns(paid.paid_on.label("holds_from"), paid.net_fen.label("paid_fen"), days.label("days"))
        .add_columns(base.label("base_fen"), interest.label("interest_fen"))
        .add_columns(*(case((astray, no), else_=yes).label(f"whom_{tongue}") for tongue, (no, yes) in whom.items()))
        .add_columns(case((and_(~astray, counted, days > 0), YELLOW), else_=ORANGE).label("severity"))
        .join(LOANS.table, loan.loan_no == paid.loan_no)
        .where(~paid.quarantined, ~loan.quarantined, paid.net_fen > 0, touched(loan.loan_no))
        .where(or_(astray, and_(too_much, loan.rate_ppm.is_not(None))))
    )
