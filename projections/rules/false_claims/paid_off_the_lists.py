"""FAL-03: a subsidy is paid to somebody who is not on the roster, or not on the list of those entitled."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.false_claims.standing import (
    DEAD,
    OF_A_PAYMENT,
    OUT_OF_POVERTY,
    REMOVED,
    dead_by_then,
    last_exit,
    on_the_roster,
    persons_paid_in,
)
from projections.rules.paid import PER_HOUSEHOLD
from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import ROSTER_SPANS


def entitled() -> ColumnElement[bool]:
    """Whether the payee, or the household where it is paid to one, is entitled on any day of the period."""
    p, g, e = PAYMENTS.c, PROGRAMMES.c, ENTITLEMENTS.c
    then = and_(e.starts_on <= p.period_end, or_(e.ends_on.is_(None), e.ends_on >= p.period_start))
    stands = and_(e.programme == p.programme, e.quarantined.is_(False), then)
    as_household = and_(g.unit == PER_HOUSEHOLD, exists().where(e.household_no == p.household_no, stands))
    return or_(exists().where(e.id_no == p.id_no, stands), as_household)


def payments_and_lists(touched: Touched) -> FromClause:
    """Payments of which the payee is off one of the lists that the programme requires: `off_roster`, `unentitled`."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    off_roster, unentitled = and_(g.requires_roster, ~on_the_roster(p)), and_(g.requires_entitlement, ~entitled())
    flags = {"off_roster": off_roster, "unentitled": unentitled}
    lines = (
        select(*(p[name] for name in OF_A_PAYMENT), g.carry_over_after_exit)
        .add_columns(*(case((flag, 1), else_=0).label(name) for name, flag in flags.items()))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counted(p), p.period_start.is_not(None), touched(p.id_no))
        .subquery("lines")
        .c
    )
    left = case((lines.off_roster == 1, last_exit(lines)))
    return select(*lines, left.label("last_exit")).where(lines.off_roster + lines.unentitled > 0).subquery("off_lists")


@rule(
    "FAL-03",
    zh="册外领取",
    en="not on roster/entitlement",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(20, "提高精准识别质量,完善动态管理机制"),
    needs=(PAYMENTS, PROGRAMMES, ROSTER_SPANS, ENTITLEMENTS),
    anchor=("person", "programme"),
    subjects=("person", "household", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under, "household": persons_paid_in},
    why_zh="“{programme}”的受领人在所属期首日不在花名册（{unlisted}笔）或无应享核定（{unentitled}笔），"
    "共发放{payments}笔{at_risk_yuan}。",
    why_en="{programme}: on the first day of the period the payee was not on the roster ({unlisted} payments) or not "
    "entitled for it ({unentitled}); {payments} payments, {at_risk_yuan} in all.",
)
def paid_off_the_lists(touched: Touched, limits: Limits) -> Select[Any]:
    """Identify precisely: who is paid stands on the lists that the programme requires, on the roster and as entitled.

    The roster is read on the first day of the period; an entitlement for any day of the period is one for it. Whoever
    was struck from the roster is FAL-02's, the dead are FAL-01's; a list that comes late clears the alert.
    """
    p = payments_and_lists(touched).c
    struck = or_(
        p.last_exit.in_((DEAD, *REMOVED)),
        and_(p.last_exit == OUT_OF_POVERTY, p.carry_over_after_exit.is_(False)),
    )
    unlisted = and_(p.off_roster == 1, func.coalesce(p.last_exit, "") != OUT_OF_POVERTY)
    return (
        select(p.id_no.label("person"), p.programme, every(p.household_no).label("household"))
        .add_columns(every(p.claim_no).label("claim"), every(p.bank_ref).label("payment"), evidence(p.position))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.stream.distinct()).label("payments"))
        .add_columns(func.count(case((unlisted, p.stream)).distinct()).label("unlisted"))
        .add_columns(func.count(case((p.unentitled == 1, p.stream)).distinct()).label("unentitled"))
        .where(~func.coalesce(struck, False), or_(unlisted, p.unentitled == 1), ~dead_by_then(p))
        .group_by(p.id_no, p.programme)
    )
