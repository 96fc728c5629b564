"""SOD-03: somebody approved an amount that the next level decides."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, cast, exists, func, not_, select
from sqlalchemy.types import String

from domain.roles import MAY, Deed
from projections.rules.phrases import every, evidence, nth
from projections.rules.rule import ORANGE, YELLOW, Clause, Limits, Mode, Touched, rule
from projections.rules.splitting.approvals import approvals, lowest_limit, serving
from projections.rules.splitting.limits_in_force import APPROVAL, in_force
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS

APPROVERS = sorted(MAY[Deed.APPROVE_CLAIM])
"""Roles that approve; one without a limit may approve any amount."""


def _with_limit() -> CTE:
    """Approvals with the limit of the post that the approver then held; the highest, of several posts."""
    a = approvals(lowest_limit())
    s, t = STAFF.c, APPROVAL_LIMITS.c
    of_post = (
        select(*a.c, s.role, t.amount_fen.label("limit_fen"), t.last_position.label("limit_at"))
        .add_columns(nth(t.starts_on.desc(), s.position, of=(a.c.key, a.c.approver, s.role)).label("latest"))
        .join(STAFF.table, and_(s.staff_no == a.c.approver, serving(a.c.day, s)))
        .outerjoin(APPROVAL_LIMITS.table, and_(t.limit_kind == APPROVAL, t.role == s.role, in_force(a.c.day)))
        .subquery("of_posts")
        .c
    )
    unlimited = and_(of_post.limit_fen.is_(None), of_post.role.in_(APPROVERS))
    whole = [of_post[column.name] for column in a.c]
    return (
        select(*whole, func.max(of_post.limit_fen).label("limit_fen"), every(of_post.limit_at).label("limits_at"))
        .where(of_post.latest == 1)
        .group_by(*whole)
        .having(func.max(case((unlimited, 1), else_=0)) == 0, of_post.amount_fen >= func.max(of_post.limit_fen))
        .cte("over_the_limit")
    )


def _next_level_served(day: ColumnElement[int], limit_fen: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the register has anybody who then could have decided: an approver with a higher limit, or with none."""
    s, t = STAFF.table.alias("next_level").c, APPROVAL_LIMITS.c
    as_low = exists().where(t.limit_kind == APPROVAL, t.role == s.role, in_force(day), t.amount_fen <= limit_fen)
    return exists().where(s.role.in_(APPROVERS), serving(day, s), not_(as_low))


@rule(
    "SOD-03",
    zh="越权",
    en="over limit",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "approved amount > actor's limit (facts/imports)"),
    needs=(PAYMENTS, APPROVAL_LIMITS, STAFF),
    anchor=("staff", "limit"),
    subjects=("staff", "payment", "claim", "project"),
    keyed_by=None,
    why_zh="审批{approvals}笔，每笔达到或超过本人限额{limit_yuan}，合计{at_risk_yuan}；当时{next_level_zh}上级审批人在册。",
    why_en="{approvals} approvals, {at_risk_yuan} in all, of as much as the own limit of {limit_yuan} or more; "
    "{next_level_en} of the next level was then on the register.",
)
def approved_over_the_own_limit(touched: Touched, limits: Limits) -> Select[Any]:
    """An amount of a limit or more needs the next level (FORMATS §5): one case for an approver and a limit.

    Where 干部名册 has nobody of the next level, its consent may stand elsewhere: yellow.
    """
    over = _with_limit()
    o = select(*over.c, case((_next_level_served(over.c.day, over.c.limit_fen), 1), else_=0).label("passed_over"))
    t = o.subquery("with_next_level").c
    passed_over = func.max(t.passed_over) == 1
    return (
        select(t.approver.label("staff"), cast(t.limit_fen, String).label("limit"), t.limit_fen)
        .add_columns(every(t.payments).label("payment"), every(t.claims).label("claim"))
        .add_columns(every(t.projects).label("project"), evidence(t.positions, t.limits_at))
        .add_columns(func.sum(t.net_fen).label("at_risk_fen"), func.count().label("approvals"))
        .add_columns(func.min(t.day).label("holds_from"), case((passed_over, ORANGE), else_=YELLOW).label("severity"))
        .add_columns(case((passed_over, "有"), else_="无").label("next_level_zh"))
        .add_columns(case((passed_over, "somebody"), else_="nobody").label("next_level_en"))
        .group_by(t.approver, t.limit_fen)
    )
