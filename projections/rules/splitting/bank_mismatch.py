"""LED-01: the bank's statement and the ledger do not agree, by reference and amount, on either side."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from projections.period import last_day
from projections.rules.phrases import SEPARATOR, every
from projections.rules.rule import RED, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.allocations import ALLOCATIONS
from projections.tables.bank import BANK_LINES
from projections.tables.dividends import DIVIDEND_RECEIPTS, DIVIDENDS, PRINCIPAL_RETURNS
from projections.tables.loans import LOAN_MOVEMENTS, LOAN_REPAYMENTS
from projections.tables.organisations import ACCOUNTS
from projections.tables.payments import PAYMENTS
from projections.tables.returns import PAYMENT_RETURNS

MISSING_IN_LEDGER, MISSING_AT_BANK, OTHER_AMOUNT = "账上没有", "银行没有", "金额不同"
IN_ENGLISH = {
    MISSING_IN_LEDGER: "the ledger does not have it",
    MISSING_AT_BANK: "the bank does not have it",
    OTHER_AMOUNT: "the amounts differ",
}


def pair_across_month_ends(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """What is left once lines that only the cut-off of a month sets apart are paired: same amount, a day apart."""
    found = list(rows)
    at_bank = [row for row in found if row["what"] == MISSING_IN_LEDGER]
    for row in found:
        others = found if row["what"] == MISSING_IN_LEDGER else at_bank
        if row["what"] != OTHER_AMOUNT and _is_cut_off(row, others, limits.cut_off_days):
            continue
        known_on = min(_month_end(date.fromordinal(row["booked_on"])), limits.as_of)
        yield {**row, "what_en": IN_ENGLISH[row["what"]], "holds_from": known_on.toordinal()}


def _month_end(day: date) -> date:
    return last_day(f"{day:%Y-%m}") or day


def _is_cut_off(row: Found, others: Sequence[Found], days: int) -> bool:
    month = date.fromordinal(row["booked_on"]).month
    return any(
        {row["what"], other["what"]} == {MISSING_IN_LEDGER, MISSING_AT_BANK}
        and other["account"] == row["account"]
        and other["at_risk_fen"] == row["at_risk_fen"]
        and abs(other["booked_on"] - row["booked_on"]) <= days
        and date.fromordinal(other["booked_on"]).month != month
        for other in others
    )


@rule(
    "LED-01",
    zh="对账不符",
    en="bank mismatch",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(17, "健全扶贫资金项目常态化监管机制"),
    needs=(BANK_LINES, ACCOUNTS),
    parameters={"cut_off_days": Parameter(1, "days", "月末截止差：相差不超过此天数的同额收支视为同一笔")},
    anchor=("account", "payment"),
    subjects=("account", "payment"),
    keyed_by=None,
    why_zh="{booked_on}，银行{bank_yuan}，账上{ledger_yuan}：{what}，相差{at_risk_yuan}。",
    why_en="{booked_on}: {bank_yuan} at the bank, {ledger_yuan} in the ledger; {what_en}, by {at_risk_yuan}.",
    decides=pair_across_month_ends,
)
def bank_and_ledger_disagree(_: Touched, _limits: Limits) -> CompoundSelect[Any]:
    """Every month the statement of each account that is 纳入对账 and the ledger agree, by account and reference.

    The ledger's side of an outgoing line is the payment from the account, of an incoming one the transfer or dividend
    to it; where a sheet does not name the account, the reference decides. What the ledger has behind the last day of a
    statement is not asked of the bank yet.
    """
    bank, ledger = _statements(), _ledger()
    b, entry = bank.c, ledger.c
    own = case((b.is_outgoing == 1, entry.from_account), else_=entry.to_account)
    of_account = or_(own.is_(None), own == b.account)
    from_bank = (
        select(b.account, b.bank_ref.label("payment"), b.booked_on, b.fen.label("bank_fen"))
        .add_columns(entry.fen.label("ledger_fen"))
        .add_columns(case((entry.bank_ref.is_(None), MISSING_IN_LEDGER), else_=OTHER_AMOUNT).label("what"))
        .add_columns(func.abs(b.fen - func.coalesce(entry.fen, 0)).label("at_risk_fen"))
        .add_columns(func.coalesce(b.positions + SEPARATOR + entry.positions, b.positions).label("evidence"))
        .select_from(bank.outerjoin(ledger, and_(entry.bank_ref == b.bank_ref, of_account)))
        .where(entry.fen.is_distinct_from(b.fen))
    )
    return union_all(from_bank, _only_in_ledger(bank))


def _statements() -> CTE:
    """The lines of the statements of accounts that are 纳入对账, one a reference."""
    line, account = BANK_LINES.c, ACCOUNTS.c
    return (
        select(line.statement_account.label("account"), line.bank_ref, func.min(line.booked_on).label("booked_on"))
        .add_columns(func.sum(line.amount_fen).label("fen"), every(line.position).label("positions"))
        .add_columns(func.max(case((line.from_account == line.statement_account, 1), else_=0)).label("is_outgoing"))
        .join(ACCOUNTS.table, account.account_no == line.statement_account)
        .where(account.reconciled, line.bank_ref.is_not(None))
        .group_by(line.statement_account, line.bank_ref)
        .cte("statements")
    )


def _ledger() -> CTE:
    """What the ledger has under each reference, as it was before anything came back."""
    repaid = LOAN_REPAYMENTS.c.principal_fen + LOAN_REPAYMENTS.c.interest_fen
    unnamed = cast(null(), String)
    entries = union_all(
        *(
            select(ref.label("bank_ref"), fen.label("fen"), ref.table.c.position).add_columns(
                from_account.label("from_account"), to_account.label("to_account")
            )
            for ref, fen, from_account, to_account in (
                (PAYMENTS.c.bank_ref, PAYMENTS.c.amount_fen, PAYMENTS.c.paid_from, unnamed),
                (DIVIDENDS.c.bank_ref, DIVIDENDS.c.paid_fen, unnamed, unnamed),
                (
                    DIVIDEND_RECEIPTS.c.bank_ref,
                    DIVIDEND_RECEIPTS.c.amount_fen,
                    unnamed,
                    DIVIDEND_RECEIPTS.c.to_account,
                ),
                (ALLOCATIONS.c.bank_ref, ALLOCATIONS.c.amount_fen, unnamed, ALLOCATIONS.c.to_account),
                (PAYMENT_RETURNS.c.return_ref, PAYMENT_RETURNS.c.amount_fen, unnamed, unnamed),
                (PRINCIPAL_RETURNS.c.bank_ref, PRINCIPAL_RETURNS.c.amount_fen, unnamed, unnamed),
                (LOAN_REPAYMENTS.c.repay_ref, repaid, unnamed, unnamed),
                (LOAN_MOVEMENTS.c.flow_ref, LOAN_MOVEMENTS.c.amount_fen, unnamed, unnamed),
            )
        )
    ).subquery("entries")
    e = entries.c
    return (
        select(e.bank_ref, func.sum(e.fen).label("fen"), every(e.position).label("positions"))
        .add_columns(func.max(e.from_account).label("from_account"), func.max(e.to_account).label("to_account"))
        .where(e.bank_ref.is_not(None))
        .group_by(e.bank_ref)
        .cte("ledger")
    )


def _only_in_ledger(bank: CTE) -> Select[Any]:
    """What the ledger has for an account within the days of its statement, and the statement does not."""
    p, a, d, b = PAYMENTS.c, ALLOCATIONS.c, DIVIDEND_RECEIPTS.c, bank.c
    entries = union_all(
        select(
            p.paid_from.label("account"), p.bank_ref, p.paid_on.label("day"), p.amount_fen.label("fen"), p.position
        ).where(p.reversed_fen == 0),
        select(a.to_account, a.bank_ref, a.occurred_on, a.amount_fen, a.position),
        select(d.to_account, d.bank_ref, d.received_on, d.amount_fen, d.position),
    ).subquery("expected")
    span = select(b.account, func.min(b.booked_on).label("first_on"), func.max(b.booked_on).label("last_on"))
    days = span.group_by(b.account).subquery("days")
    e = entries.c
    return (
        select(e.account, e.bank_ref, func.min(e.day), literal(0), func.sum(e.fen), literal(MISSING_AT_BANK))
        .add_columns(func.sum(e.fen), every(e.position))
        .join(days, days.c.account == e.account)
        .outerjoin(bank, and_(b.account == e.account, b.bank_ref == e.bank_ref))
        .where(b.bank_ref.is_(None), e.bank_ref.is_not(None), e.day >= days.c.first_on, e.day < days.c.last_on)
        .group_by(e.account, e.bank_ref)
    )
