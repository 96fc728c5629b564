"""What was paid for training, as the rules about classes read it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from projections.rules.paid import Keeping
from projections.rules.phrases import counted, every
from projections.tables.payments import PAYMENTS

DAY_BEGINS, DAY_ENDS = "00:00", "23:59"
TIME_FROM, TIME_DIGITS = 12, 5


def paid_for_classes(keep: Keeping) -> FromClause:
    """What each person was paid for each class: a row a person and class."""
    p = PAYMENTS.c
    one = (p.id_no, p.class_id)
    return (
        select(*one, func.sum(p.net_fen).label("fen"), func.min(p.paid_on).label("paid_on"))
        .add_columns(every(p.claim_no).label("claim"), every(p.bank_ref).label("payment"))
        .add_columns(every(p.position).label("positions"))
        .where(counted(p), p.class_id.is_not(None), keep(p))
        .group_by(*one)
        .subquery("paid_for_classes")
    )


def told_as_a_whole_day(session: Any) -> ColumnElement[bool]:
    """Whether a session states its day alone, so that nobody knows which half of it was attended."""
    begins = func.substr(session.start_at, TIME_FROM, TIME_DIGITS)
    return and_(begins == DAY_BEGINS, func.substr(session.end_at, TIME_FROM, TIME_DIGITS) == DAY_ENDS)
