"""To whom the money of loans went: the accounts of one counterparty are taken together.

A movement that states an ID number or a credit code goes to whoever bears it, and is counted at the first of his
accounts on record; one that states none is counted at the account it went to.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, or_, select, union

from projections.rules.loans.household import OWED_BY, any_of, is_of, loans_touched
from projections.rules.phrases import nth, so_far
from projections.rules.rule import Limits, Reach, Touched
from projections.tables.loans import LOAN_MOVEMENTS, LOANS
from projections.tables.organisations import ACCOUNTS
from projections.tables.payments import PAYMENTS

MILLION = 1_000_000


def accounts_of_one(accounts: Select[Any]) -> Select[Any]:
    """`accounts`, and those that are counted together with them."""
    moved, theirs = LOAN_MOVEMENTS.table.alias().c, LOAN_MOVEMENTS.table.alias().c
    own = accounts.cte()
    known = select(theirs.to_id).where(theirs.to_account.in_(select(own.c[0])), theirs.to_id.is_not(None))
    together = union(select(own.c[0]), select(moved.to_account).where(moved.to_id.in_(known))).cte()
    return select(together.c[0]).where(together.c[0].is_not(None))


def accounts_reached(kind: str) -> Reach:
    """The accounts that touched keys of `kind` concern: their own, and those to which their loans' money went."""

    def reach(keys: Select[Any]) -> Select[Any]:
        moved = LOAN_MOVEMENTS.c
        own = {"account": moved.to_account, "person": moved.to_id, "org": moved.to_id, "loan": moved.loan_no}
        concerned = [own[kind].in_(keys)] if kind in own else []
        if kind == "account":
            registered = select(ACCOUNTS.c.uscc).where(ACCOUNTS.c.account_no.in_(keys))
            concerned.append(moved.to_id.in_(registered))
        if kind != "org":
            concerned.append(moved.loan_no.in_(select(LOANS.c.loan_no).where(loans_touched(kind, keys))))
        return accounts_of_one(select(moved.to_account).where(any_of(moved.position, *concerned)))

    return reach


def goes_to_the_household() -> ColumnElement[bool]:
    """Whether a movement stays with the household that owes the loan: its people, and accounts known for theirs."""
    moved, loan, sister, p = LOAN_MOVEMENTS.c, LOANS.c, LOANS.table.alias().c, PAYMENTS.c
    household = loan.household_no
    return or_(
        moved.to_id == loan.id_no,
        moved.to_account == loan.disbursement_account,
        is_of(moved.to_id, household),
        exists().where(sister.disbursement_account == moved.to_account, sister.household_no == household),
        exists().where(p.account_no == moved.to_account, p.household_no == household, ~p.quarantined),
    )


def moved_away(touched: Touched) -> CTE:
    """Every movement of a loan's money out of the household, with the `account` at which it is counted."""
    moved, loan, near, wide = LOAN_MOVEMENTS.c, LOANS.c, *(LOAN_MOVEMENTS.table.alias().c for _ in range(2))
    near_ids = select(near.to_id).where(near.to_id.is_not(None), touched(near.to_account))
    in_turn = nth(wide.position, of=(wide.to_id,)).label("place")
    theirs = select(wide.to_id, wide.to_account.label("account"), in_turn).where(wide.to_id.in_(near_ids))
    numbered = theirs.where(wide.to_account.is_not(None)).subquery("theirs").c
    first = select(numbered.to_id, numbered.account).where(numbered.place == 1).cte("first_account")
    account = func.coalesce(first.c.account, moved.to_account)
    return (
        select(account.label("account"), moved.flow_ref, moved.moved_on, moved.amount_fen, moved.to_id, moved.position)
        .add_columns(
            moved.to_account, moved.invoice_no, loan.loan_no, loan.id_no, loan.household_no, loan.principal_fen
        )
        .add_columns(OWED_BY.label("owed_by"), loan.issued_on, loan.disbursement_account)
        .add_columns(loan.position.label("loan_position"))
        .join(LOANS.table, loan.loan_no == moved.loan_no)
        .outerjoin(first, first.c.to_id == moved.to_id)
        .where(any_of(moved.position, moved.to_id.in_(near_ids), touched(moved.to_account)), touched(account))
        .where(~moved.quarantined, ~loan.quarantined, loan.id_no.is_not(None))
        .where(~func.coalesce(goes_to_the_household(), False))
        .cte("moved_away")
    )


def used_by_another(touched: Touched, limits: Limits) -> CTE:
    """The movements that show that another uses the loans, each with `held_on`, the day from which they do.

    `limits` has `days` and `share_ppm`, within which so much of one loan goes to one counterparty; and `borrowers`
    and `fan_in_days`, within which the money of so many reaches one.
    """
    f = moved_away(touched).c
    soon = f.moved_on - f.issued_on <= limits.days
    in_turn = select(*f, so_far(f.amount_fen, f.moved_on, f.position, of=(f.account, f.loan_no)).label("so_far_fen"))
    s = in_turn.where(soon).cte("moved_soon").c
    most = (
        select(s.account, s.loan_no, func.min(s.moved_on).label("held_on"))
        .where(s.so_far_fen * MILLION >= s.principal_fen * limits.share_ppm)
        .group_by(s.account, s.loan_no)
        .cte("most_of_it")
    )
    crowd = select(f.account).group_by(f.account).having(func.count(f.id_no.distinct()) >= limits.borrowers)
    e = select(f.account, f.moved_on).where(f.account.in_(crowd)).distinct().subquery("ends").c
    together = and_(f.account == e.account, f.moved_on.between(e.moved_on - limits.fan_in_days, e.moved_on))
    fan_in = (
        select(e.account, e.moved_on.label("held_on"))
        .join_from(e.account.table, f.account.table, together)
        .group_by(e.account, e.moved_on)
        .having(func.count(f.id_no.distinct()) >= limits.borrowers)
        .cte("fan_in")
    )
    n = fan_in.c
    of_crowd = and_(n.account == f.account, f.moved_on.between(n.held_on - limits.fan_in_days, n.held_on))
    crowded = (
        select(f.position, func.min(n.held_on).label("held_on"))
        .join_from(f.account.table, fan_in, of_crowd)
        .group_by(f.position)
        .cte("crowded")
    )
    of_loan = and_(most.c.account == f.account, most.c.loan_no == f.loan_no, soon)
    return (
        select(*f, most.c.held_on.label("most_on"), crowded.c.held_on.label("crowd_on"))
        .outerjoin(most, of_loan)
        .outerjoin(crowded, crowded.c.position == f.position)
        .where(or_(most.c.held_on.is_not(None), crowded.c.held_on.is_not(None)))
        .cte("used_by_another")
    )
