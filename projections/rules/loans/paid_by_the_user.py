"""LNM-06: whoever uses the loans of several borrowers pays them "dividends"."""

from typing import Any

from sqlalchemy import CTE, Select, and_, case, exists, func, or_, select, union

from projections.rules.loans.counterparty import accounts_of_one, accounts_reached, used_by_another
from projections.rules.loans.household import any_of
from projections.rules.loans.used_by_another import USE_BY_ANOTHER
from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import RED, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.bank import BANK_LINES
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDENDS, SHARES
from projections.tables.loans import LOAN_MOVEMENTS, LOANS
from projections.tables.organisations import ACCOUNTS


def operators_of(contracts: Select[Any]) -> Select[Any]:
    """The accounts at which the operators of contracts are counted."""
    c, moved, register = ASSET_CONTRACTS.c, LOAN_MOVEMENTS.c, ACCOUNTS.c
    operators = select(c.operator_uscc).where(c.contract_no.in_(contracts))
    registered = select(register.account_no).where(register.uscc.in_(operators))
    return accounts_of_one(
        select(moved.to_account).where(
            any_of(moved.position, moved.to_id.in_(operators), moved.to_account.in_(registered))
        )
    )


def users(touched: Touched, limits: Limits) -> CTE:
    """Loans and who uses them: one row a loan and counterparty, with its credit code; bought stock is no use."""
    u, register = used_by_another(touched, limits).c, ACCOUNTS.c
    uscc = func.max(func.coalesce(case((~u.to_id.startswith("P-"), u.to_id)), register.uscc))
    each = (u.account, u.loan_no, u.id_no, u.household_no, u.principal_fen, u.disbursement_account, u.loan_position)
    return (
        select(
            *each, uscc.label("uscc"), func.min(u.moved_on).label("moved_on"), func.min(u.position).label("position")
        )
        .outerjoin(ACCOUNTS.table, and_(register.account_no == u.to_account, ~register.quarantined))
        .where(u.invoice_no.is_(None))
        .group_by(*each)
        .cte("users")
    )


def paid_back(u: Any) -> CTE:
    """What the users paid to the borrowers since, by bank or as dividends; not to their shareholders."""
    line, paid, share, c, register = BANK_LINES.c, DIVIDENDS.c, SHARES.c, ASSET_CONTRACTS.c, ACCOUNTS.c
    moved = LOAN_MOVEMENTS.c
    whose = or_(share.id_no == u.id_no, share.household_no == u.household_no)
    shareholder = (
        exists()
        .where(share.contract_no == c.contract_no, c.operator_uscc == u.uscc, whose)
        .where(~share.quarantined, ~c.quarantined)
    )
    accounts = union(
        select(u.account, u.account.label("from_account")),
        select(u.account, moved.to_account).join(LOAN_MOVEMENTS.table, moved.to_id == u.uscc),
        select(u.account, register.account_no).join(ACCOUNTS.table, register.uscc == u.uscc),
    ).cte("paying_accounts")
    by_bank = (
        select(u.account, u.loan_no, line.booked_on.label("paid_on"), line.amount_fen, line.position, line.bank_ref)
        .join_from(u.account.table, accounts, accounts.c.account == u.account)
        .join(
            BANK_LINES.table,
            and_(line.from_account == accounts.c.from_account, line.to_account == u.disbursement_account),
        )
        .where(line.booked_on >= u.moved_on, ~line.quarantined, ~shareholder)
    )
    as_dividend = (
        select(u.account, u.loan_no, paid.paid_on, paid.net_fen, paid.position, paid.bank_ref)
        .join(DIVIDENDS.table, and_(paid.operator_uscc == u.uscc, paid.id_no == u.id_no))
        .where(paid.paid_on >= u.moved_on, paid.net_fen > 0, ~paid.quarantined, ~shareholder)
    )
    return union(by_bank, as_dividend).cte("paid_back")


@rule(
    "LNM-06",
    zh="贷款户收“分红”",
    en="borrower paid by user of the loan",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=Clause("银保监发〔2021〕6号", "不得以入股分红、转贷、指标交换交由企业使用"),
    needs=(LOANS, LOAN_MOVEMENTS, BANK_LINES),
    parameters=USE_BY_ANOTHER | {"paid_borrowers": Parameter(3, "borrowers", "收到用款人付款的借款人数", least=2)},
    anchor=("account",),
    subjects=("account", "org", "loan", "person", "payment"),
    keyed_by="account",
    reached_by={kind: accounts_reached(kind) for kind in ("account", "person", "household", "loan", "org")}
    | {"contract": operators_of},
    why_zh="{borrowers}名借款人的贷款转给同一对象使用，该对象此后向他们付款{payments}笔共{paid_yuan}；"
    "涉及贷款{loans}笔共{at_risk_yuan}。",
    why_en="{borrowers} borrowers whose loans one counterparty uses got {payments} payments, {paid_yuan} in "
    "all, from it; "
    "{loans} loans of {at_risk_yuan}.",
    waits_for="仅在用途中写明的经营主体 / an operator that only the purpose names",
)
def borrowers_paid_by_who_uses_their_loans(touched: Touched, limits: Limits) -> Select[Any]:
    """A loan is not handed to a firm against dividends: the user of the loans pays at least three of its borrowers.

    Loans that LNM-05 shows to be used by it, and payments since. A shareholder of a contract with it is paid for that.
    """
    user = users(touched, limits)
    u, b = user.c, paid_back(user.c).c
    first_pay = (b.paid_on, b.position)
    p = (
        select(*u, b.paid_on, b.amount_fen, b.position.label("pay_position"), b.bank_ref)
        .add_columns(case((nth(*first_pay, of=(u.account, u.id_no)) == 1, 1), else_=0).label("new_borrower"))
        .add_columns(case((nth(*first_pay, of=(u.account, u.loan_no)) == 1, u.principal_fen)).label("lent_once_fen"))
        .join_from(user, b.account.table, and_(b.account == u.account, b.loan_no == u.loan_no))
        .subquery("paid")
        .c
    )
    t = select(*p, so_far(p.new_borrower, p.paid_on, p.pay_position, of=(p.account,)).label("borrowers")).subquery().c
    return (
        select(t.account, every(t.uscc).label("org"), every(t.loan_no).label("loan"), every(t.id_no).label("person"))
        .add_columns(every(t.bank_ref).label("payment"), evidence(t.position, t.pay_position, t.loan_position))
        .add_columns(func.sum(t.lent_once_fen).label("at_risk_fen"), func.sum(t.amount_fen).label("paid_fen"))
        .add_columns(func.max(t.borrowers).label("borrowers"), func.count().label("payments"))
        .add_columns(func.count(t.loan_no.distinct()).label("loans"))
        .add_columns(func.min(case((t.borrowers >= limits.paid_borrowers, t.paid_on))).label("holds_from"))
        .group_by(t.account)
        .having(func.max(t.borrowers) >= limits.paid_borrowers)
    )
