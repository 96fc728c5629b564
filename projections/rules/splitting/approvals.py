"""What somebody approved, as one list: payments for projects, and claims of subsidies."""

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, and_, func, or_, select, union_all

from projections.rules.misappropriation.obligations import PROJECT
from projections.rules.phrases import every
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES

STANDARD: Final = ("定额", "数量×标准")
"""计发方式 under which nobody decides on an amount."""


def lowest_limit() -> ColumnElement[int | None]:
    """No amount below this is near a limit."""
    return select(func.min(APPROVAL_LIMITS.c.amount_fen)).scalar_subquery()


def approvals(from_fen: ColumnElement[Any], *, discretionary: bool = False) -> CTE:
    """Approvals of `from_fen` or more: what was approved, by whom, on which day, and what was paid on it.

    A payment for a project is approved whole, whatever documents fund it; of a subsidy the claim is. With
    `discretionary`, only where somebody decided on the amount.
    """
    p = PAYMENTS.c
    whole_fen = func.coalesce(p.approved_amount_fen, p.net_fen)
    paid = _rows("paid_for_projects", p.bank_ref, p.net_fen, p.kind == PROJECT, p.project_no.is_not(None))
    near = [p.kind == SUBSIDY, whole_fen >= from_fen]
    if discretionary:
        g = PROGRAMMES.c
        near.append(p.programme.in_(select(g.programme).where(g.amount_rule.not_in(STANDARD))))
    claimed = _rows("claimed", p.claim_key, whole_fen, *near)
    amount_fen = func.sum(paid.c.whole_fen)
    of_projects = _approved(paid, amount_fen).having(amount_fen >= from_fen)
    return union_all(of_projects, _approved(claimed, func.max(claimed.c.whole_fen))).cte("approvals")


def _rows(name: str, key: Any, whole_fen: Any, *where: ColumnElement[bool]) -> CTE:
    """Rows of payments that somebody approved, gathered first: grouped, they would be walked in an index's order."""
    p = PAYMENTS.c
    told = (p.approver, p.net_fen, p.approved_on, p.paid_on, p.bank_ref, p.claim_no, p.project_no, p.position)
    rows = select(key.label("key"), whole_fen.label("whole_fen"), *told)
    return rows.where(p.net_fen > 0, p.approver.is_not(None), *where).cte(name).prefix_with("MATERIALIZED")


def _approved(rows: CTE, amount_fen: Any) -> Select[Any]:
    r = rows.c
    return select(
        *(r.key, r.approver, amount_fen.label("amount_fen"), func.sum(r.net_fen).label("net_fen")),
        func.min(func.coalesce(r.approved_on, r.paid_on)).label("day"),
        *(every(r.bank_ref).label("payments"), every(r.claim_no).label("claims")),
        *(every(r.project_no).label("projects"), every(r.position).label("positions")),
    ).group_by(r.key, r.approver)


def serving(day: ColumnElement[Any], staff: Any) -> ColumnElement[bool]:
    """Whether a row of 干部名册, with columns `staff`, is a post in force on `day`; 任职止 is the last day."""
    return and_(staff.serving_from <= day, or_(staff.serving_until.is_(None), staff.serving_until >= day))
