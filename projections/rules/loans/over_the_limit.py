"""LNM-09: a household owes more, longer or on more loans than a microloan allows, or paid for a guarantee."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from projections.rules.loans.household import loans_touched
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Reach, Touched, plan, rule
from projections.tables.loans import LOAN_REPAYMENTS, LOANS

RENEWED, EXTENDED = "续贷", "展期"
CLOSES, REPAYS, OPENS = 0, 1, 2
"""The order of what happens on one day: a household that settles one loan and takes another has one."""


def households_of(kind: str) -> Reach:
    """The households whose loans touched keys of `kind` concern."""
    return lambda keys: select(LOANS.c.household_no).where(loans_touched(kind, keys), LOANS.c.household_no.is_not(None))


def lent(touched: Touched, limits: Limits) -> CTE:
    """The loans of the households, each with `closed_on`: settled, or renewed if settled within days of that."""
    loan, repaid = LOANS.c, LOAN_REPAYMENTS.c
    renewing = LOANS.table.alias().c
    ours = select(loan.loan_no).where(loan.household_no.is_not(None), touched(loan.household_no))
    renewal = (
        select(renewing.renews, func.min(renewing.issued_on).label("renewed_on"))
        .where(renewing.renews.in_(ours), ~renewing.quarantined)
        .group_by(renewing.renews)
        .subquery("renewal")
    )
    last = (
        select(repaid.loan_no, func.max(repaid.repaid_on).label("repaid_on"))
        .where(repaid.loan_no.in_(ours), repaid.reversed_fen == 0)
        .group_by(repaid.loan_no)
        .subquery("last_repaid")
    )
    overlap = loan.settled_on.between(renewal.c.renewed_on, renewal.c.renewed_on + limits.renewal_days)
    closed_on = case(
        (overlap, renewal.c.renewed_on),
        (loan.settled_on.is_not(None), loan.settled_on),
        (loan.status == RENEWED, renewal.c.renewed_on),
        (loan.outstanding_fen <= 0, last.c.repaid_on),
    )
    long = loan.term_months > limits.months
    return (
        select(loan.household_no, loan.loan_no, loan.id_no, loan.principal_fen, loan.issued_on, loan.position)
        .add_columns(closed_on.label("closed_on"), func.coalesce(loan.guarantee_fee_fen, 0).label("fee_fen"))
        .add_columns(case((loan.topup_approved, 1), else_=0).label("topped_up"))
        .add_columns(case((and_(long, func.coalesce(loan.status, "") != EXTENDED), 1), else_=0).label("long"))
        .outerjoin(renewal, renewal.c.renews == loan.loan_no)
        .outerjoin(last, last.c.loan_no == loan.loan_no)
        .where(~loan.quarantined, loan.household_no.is_not(None), touched(loan.household_no))
        .cte("lent")
    )


def owed(lent: CTE) -> Any:
    """What each household owed after each thing that happened: `balance_fen`, on `open` loans, `topped_up` of them."""
    own, repaid = lent.c, LOAN_REPAYMENTS.c
    before = or_(own.closed_on.is_(None), repaid.repaid_on < own.closed_on)
    kept = (
        select(repaid.loan_no, repaid.repaid_on, repaid.principal_fen)
        .join_from(LOAN_REPAYMENTS.table, lent, own.loan_no == repaid.loan_no)
        .where(before, repaid.reversed_fen == 0, repaid.principal_fen > 0, ~repaid.quarantined)
        .cte("kept")
    )
    whole = select(kept.c.loan_no, func.sum(kept.c.principal_fen).label("fen")).group_by(kept.c.loan_no).subquery()
    left = own.principal_fen - func.coalesce(whole.c.fen, 0)

    def entry(day: ColumnElement[Any], order: int, fen: ColumnElement[Any], count: int) -> Select[Any]:
        figures = {"day": day, "turn": literal(order), "fen": fen, "count": literal(count)}
        who = (own.household_no, own.position, own.principal_fen)
        return select(*who, *(figure.label(name) for name, figure in figures.items())).add_columns(
            (own.topped_up * count).label("topped_up")
        )

    happened = union_all(
        entry(own.issued_on, OPENS, own.principal_fen, 1),
        entry(kept.c.repaid_on, REPAYS, -kept.c.principal_fen, 0).join_from(lent, kept, kept.c.loan_no == own.loan_no),
        entry(own.closed_on, CLOSES, -left, -1)
        .join_from(lent, whole, whole.c.loan_no == own.loan_no, isouter=True)
        .where(own.closed_on.is_not(None)),
    ).subquery("happened")
    h = happened.c
    by_then = {"balance_fen": h.fen, "open": h.count, "topped": h.topped_up}
    running = (
        so_far(figure, h.day, h.turn, h.position, of=(h.household_no,)).label(name) for name, figure in by_then.items()
    )
    return select(h.household_no, h.day, h.turn, h.principal_fen, *running).cte("owed").c


def worst(owed: Any, limits: Limits) -> CTE:
    """By household: how far it went above the limit and from when, and the loans beyond those that it may have open."""
    limit_fen = case((owed.topped > 0, limits.topup_limit_fen), else_=limits.limit_fen)
    opens = owed.turn == OPENS
    above, many = and_(opens, owed.balance_fen > limit_fen), and_(opens, owed.open >= limits.loans)
    return (
        select(owed.household_no, func.max(owed.balance_fen).label("most_fen"), func.max(owed.open).label("most_open"))
        .add_columns(func.max(case((above, owed.balance_fen - limit_fen), else_=0)).label("excess_fen"))
        .add_columns(func.sum(case((many, owed.principal_fen), else_=0)).label("second_fen"))
        .add_columns(func.min(case((or_(above, many), owed.day))).label("since"))
        .add_columns(func.max(case((or_(above, many), owed.day))).label("last"))
        .group_by(owed.household_no)
        .cte("worst")
    )


@rule(
    "LNM-09",
    zh="超额超期",
    en="over limit",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(18, "规范扶贫小额信贷发放"),
    needs=(LOANS,),
    parameters={
        "limit_fen": Parameter(50_000_00, "fen", "一户的贷款余额上限", least=1),
        "topup_limit_fen": Parameter(100_000_00, "fen", "经批准追加后一户的贷款余额上限", least=1),
        "months": Parameter(36, "months", "贷款期限上限", least=1),
        "loans": Parameter(2, "loans", "一户同时未还清的贷款达到此笔数", least=2),
        "renewal_days": Parameter(3, "days", "续贷后多少天内结清的原贷款视为已结清"),
    },
    anchor=("household",),
    subjects=("household", "loan", "person"),
    keyed_by="household",
    reached_by={"loan": households_of("loan")},
    why_zh="一户贷款余额最高{most_yuan}（超出上限{excess_yuan}），同时未还清{most_open}笔，期限超长{long}笔，"
    "担保费{fee_yuan}。",
    why_en="A household owed up to {most_yuan} ({excess_yuan} above the limit) on up to {most_open} loans at once; "
    "{long} run too long; guarantees cost {fee_yuan}.",
)
def household_owes_over_the_limit(touched: Touched, limits: Limits) -> Select[Any]:
    """A microloan is of a size, a term and a number that a household can bear, and takes no guarantee.

    What was owed is followed day by day: lent, repaid, settled. A loan that was renewed and settled some days later
    counts as closed by the renewal. One that was extended is not too long for that. At risk is what is above the limit,
    else the loans beyond the first, or the loan that runs too long.
    """
    loans = lent(touched, limits)
    at_worst = worst(owed(loans), limits)
    own, w = loans.c, at_worst.c
    open_then = and_(own.issued_on <= w.last, or_(own.closed_on.is_(None), own.closed_on > w.since))
    odd = or_(own.long == 1, own.fee_fen > 0)
    of_household = {"excess_fen": w.excess_fen, "most_fen": w.most_fen, "most_open": w.most_open}
    together_fen = func.max(case((w.excess_fen > 0, w.excess_fen), else_=w.second_fen))
    long_fen = func.sum(own.long * own.principal_fen)
    at_risk = case((and_(together_fen >= long_fen, together_fen > 0), together_fen), (long_fen > 0, long_fen))
    held_on = case((odd, case((w.since < own.issued_on, w.since), else_=own.issued_on)), else_=w.since)
    return (
        select(own.household_no.label("household"), every(own.loan_no).label("loan"), every(own.id_no).label("person"))
        .add_columns(evidence(own.position), func.coalesce(at_risk, func.sum(own.fee_fen)).label("at_risk_fen"))
        .add_columns(func.min(held_on).label("holds_from"), func.sum(own.long).label("long"))
        .add_columns(func.sum(own.fee_fen).label("fee_fen"))
        .add_columns(*(func.max(figure).label(name) for name, figure in of_household.items()))
        .join_from(loans, at_worst, w.household_no == own.household_no)
        .where(or_(odd, and_(w.since.is_not(None), open_then)))
        .group_by(own.household_no)
    )
