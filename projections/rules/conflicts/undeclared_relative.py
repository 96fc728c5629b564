"""COI-01: a cadre's relative was paid before the cadre declared the relation."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from domain.roles import CLERK, SUPERVISOR
from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.paid import ON_BEHALF
from projections.rules.phrases import every, evidence
from projections.rules.rule import BLUE, RED, Clause, Limits, Mode, Touched, rule
from projections.rules.splitting.approvals import serving
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES
from projections.tables.relations import RELATIONS
from projections.tables.roster import household_on

OF_A_VILLAGE = (CLERK, SUPERVISOR)
"""Roles that concern one village; all others concern every village of the township."""


def relatives_of_staff(keys: Select[Any]) -> Select[Any]:
    """The declared relatives of these cadres."""
    return select(RELATIONS.c.relative_id).where(RELATIONS.c.staff_no.in_(keys))


def _served_there() -> ColumnElement[bool]:
    """Whether the cadre then served in the village that reported the payee, or in a body that is over it."""
    p, r, s = PAYMENTS.c, RELATIONS.c, STAFF.c
    there = or_(s.role.not_in(OF_A_VILLAGE), s.org == p.village)
    return exists().where(s.staff_no == r.staff_no, serving(p.paid_on, s), there)


@rule(
    "COI-01",
    zh="近亲属未备案",
    en="relative, undeclared",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=Clause(
        "参数（待客户确认）/ parameter to be confirmed", "payee within 2 steps of a serving cadre ∧ no RelationDeclared"
    ),
    needs=(PAYMENTS, STAFF, RELATIONS),
    anchor=("person", "staff"),
    subjects=("person", "staff", "claim", "payment"),
    keyed_by="person",
    reached_by={"staff": relatives_of_staff, "terms": persons_paid_under},
    waits_for="亲属关系数据（备案以外） / relations beyond those declared",
    why_zh="在职人员于{declared_on}备案的亲属，此前已领取{payments}笔共{at_risk_yuan}，首笔{first_on}。",
    why_en="A relative whom a serving cadre declared on {declared_on} had been paid {payments} times before, from "
    "{first_on} on: {at_risk_yuan} in all.",
)
def relative_paid_before_declared(touched: Touched, limits: Limits) -> Select[Any]:
    """A cadre declares relatives before they are paid; who is eligible and declared since is for information only.

    Relations are known here from the declarations alone, so that the day of the declaration decides.
    """
    p, r, g = PAYMENTS.c, RELATIONS.c, PROGRAMMES.c
    eligible = or_(g.requires_roster.is_(False), household_on(p.id_no, p.paid_on).is_not(None))
    return (
        select(p.id_no.label("person"), r.staff_no.label("staff"), every(p.claim_no).label("claim"))
        .add_columns(every(p.bank_ref).label("payment"), evidence(p.position, r.last_position))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.count(p.position.distinct()).label("payments"))
        .add_columns(func.min(p.paid_on).label("first_on"), r.declared_on, r.declared_on.label("holds_from"))
        .add_columns(case((func.min(case((eligible, 1), else_=0)) == 1, BLUE), else_=RED).label("severity"))
        .join(RELATIONS.table, and_(r.relative_id == p.id_no, p.paid_on < r.declared_on))
        .outerjoin(PROGRAMMES.table, g.programme == p.programme)
        .where(
            p.kind == SUBSIDY,
            ~p.quarantined,
            ~r.quarantined,
            p.net_fen > 0,
            p.channel != ON_BEHALF,
            touched(p.id_no),
            _served_there(),
        )
        .where(p.id_no.in_(select(r.relative_id)))
        .group_by(p.id_no, r.staff_no, r.declared_on)
    )
