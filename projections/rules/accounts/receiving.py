"""Which money came onto which account, as the rules about accounts read it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select

from projections.rules.paid import BY_CARD, ON_BEHALF, PER_HOUSEHOLD, Keeping, paid
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import GUARDIANS

CARD = "卡"


def onto_accounts(keep: Keeping) -> FromClause:
    """Payments of `paid` that went onto an account, each with the `unit` of its programme (a dividend: household).

    A premium that a collecting body takes on somebody's behalf (代缴) is not the payee's account, and cash is none.
    """
    p, g = paid(keep).c, PROGRAMMES.c
    unit, mode = func.coalesce(g.unit, PER_HOUSEHOLD), func.coalesce(g.pay_mode, BY_CARD)
    return (
        select(*p, unit.label("unit"))
        .outerjoin(PROGRAMMES.table, g.programme == p.programme)
        .where(p.account_no.is_not(None), p.channel == CARD, mode != ON_BEHALF)
        .subquery("onto_accounts")
    )


def received_by_a_guardian(p: Any) -> ColumnElement[bool]:
    """Whether on that day a registered guardian could receive for the payee, on this account or on one not named."""
    w = GUARDIANS.c
    in_force = and_(w.starts_on <= p.paid_on, or_(w.until.is_(None), w.until >= p.paid_on))
    account = or_(w.account_no.is_(None), w.account_no == p.account_no)
    return exists().where(w.ward_id == p.id_no, w.quarantined.is_(False), in_force, account)


def accounts_paid_under(terms: Select[Any]) -> Select[Any]:
    """The accounts paid under the programmes whose terms changed."""
    return select(PAYMENTS.c.account_no).where(PAYMENTS.c.programme.in_(terms))


def accounts_of(persons: Select[Any]) -> Select[Any]:
    """The accounts onto which `persons` were paid."""
    return select(paid(lambda of: of.id_no.in_(persons)).c.account_no)
