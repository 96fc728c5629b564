"""How payees stand on the first day of the period that they are paid for: on the roster, or off it and why."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select

from projections.rules.phrases import counted
from projections.rules.rule import Touched
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import DEATHS, ROSTER_SPANS

OUT_OF_POVERTY, DEAD = "脱贫", "死亡"
REMOVED = ("清退", "销户")
"""退出类型 by which somebody is struck from the roster."""

OF_A_PAYMENT = (
    *("position", "stream", "id_no", "household_no", "programme", "period", "period_start", "period_end"),
    *("claim_no", "bank_ref", "net_fen", "paid_on"),
)


def persons_paid_in(households: Select[Any]) -> Select[Any]:
    """Whoever is paid in `households`."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.household_no.in_(households))


def on_the_roster(p: Any) -> ColumnElement[bool]:
    """Whether the payee stands on the roster on the first day of the period."""
    s = ROSTER_SPANS.c
    in_force = and_(s.included_on <= p.period_start, or_(s.exited_on.is_(None), s.exited_on > p.period_start))
    return exists().where(s.id_no == p.id_no, s.quarantined.is_(False), in_force)


def last_exit(p: Any) -> ColumnElement[str | None]:
    """退出类型 of the payee's last exit by that day; none is read as 脱贫, null if the payee never left."""
    s = ROSTER_SPANS.c
    by_then = and_(s.id_no == p.id_no, s.quarantined.is_(False), s.exited_on <= p.period_start)
    exits = select(func.coalesce(s.exit_kind, OUT_OF_POVERTY)).where(by_then)
    return exits.order_by(s.exited_on.desc(), s.position.desc()).limit(1).scalar_subquery()


def dead_by_then(p: Any) -> ColumnElement[bool]:
    """Whether the payee had died before the period began: that is FAL-01's."""
    d = DEATHS.c
    return exists().where(d.id_no == p.id_no, d.quarantined.is_(False), d.death_on < p.period_start)


def off_the_roster(touched: Touched) -> FromClause:
    """Payments under programmes of the roster to whoever is not on it, with `last_exit` and the programme's terms."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    return (
        select(*(p[name] for name in OF_A_PAYMENT), g.carry_over_after_exit, last_exit(p).label("last_exit"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counted(p), p.period_start.is_not(None), touched(p.id_no), g.requires_roster, ~on_the_roster(p))
        .subquery("off_the_roster")
    )
