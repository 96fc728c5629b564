"""IDL-02: money arrived and is not spent half a year, a year, two years later."""

from typing import Any

from sqlalchemy import Select, case, func, literal, select

from projections.balances import ARRIVED
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, RED, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.rules.timing.documents import arrivals, documents_above, families, spent
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import PAYMENTS
from projections.tables.projects import PROJECTS


@rule(
    "IDL-02",
    zh="资金闲置",
    en="money lying idle",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=plan(17, "全面实施扶贫资金绩效管理"),
    needs=(ALLOCATIONS, PAYMENTS),
    parameters={
        "yellow_days": Parameter(180, "days", "未支出为黄色的天数"),
        "orange_days": Parameter(365, "days", "未支出为橙色的天数"),
        "red_days": Parameter(730, "days", "未支出为红色（结余收回）的天数"),
        "tolerated_fen": Parameter(100, "fen", "可容忍的余额"),
    },
    anchor=("fund",),
    subjects=("fund", "entry", "project", "document"),
    keyed_by="fund",
    reached_by={"document": documents_above},
    why_zh="指标到达{came_yuan}，已支出{spent_yuan}；自{came_on}起有{at_risk_yuan}超过{days}天未支出。",
    why_en="{came_yuan} arrived and {spent_yuan} was spent; {at_risk_yuan} has not been since {came_on}, more than "
    "{days} days.",
)
def arrived_and_not_spent(touched: Touched, limits: Limits) -> Select[Any]:
    """Money is for use; what arrived first is spent first.

    What is spent under a document that was issued out of another is spent by both.
    """
    as_of = limits.as_of.toordinal()
    a, s = arrivals(touched, as_of).subquery("arrivals").c, spent(families(touched), as_of).subquery("spent").c
    gone = func.max(s.spent_fen)

    def older_than(days: int) -> Any:
        return func.sum(case((a.occurred_on + days < as_of, a.amount_fen), else_=0)) - gone

    idle = older_than(limits.yellow_days)
    steps = ((limits.red_days, RED), (limits.orange_days, ORANGE), (limits.yellow_days, YELLOW))
    came_on = func.min(case((a.so_far_fen > s.spent_fen + limits.tolerated_fen, a.occurred_on)))
    return (
        select(a.document.label("fund"), every(a.entry_no).label("entry"), evidence(a.position))
        .add_columns(idle.label("at_risk_fen"), func.sum(a.amount_fen).label("came_fen"), gone.label("spent_fen"))
        .add_columns(_projects(a.document).label("project"), _issued_below(a.document).label("document"))
        .add_columns(came_on.label("came_on"), (came_on + limits.yellow_days + 1).label("holds_from"))
        .add_columns(case(*((older_than(days) > limits.tolerated_fen, sign) for days, sign in steps)).label("severity"))
        .add_columns(
            case(*((older_than(days) > limits.tolerated_fen, literal(days)) for days, _ in steps)).label("days")
        )
        .join(s.spent_fen.table, s.document == a.document)
        .group_by(a.document)
        .having(idle > limits.tolerated_fen)
    )


def _projects(document: Any) -> Any:
    """The projects that a document is for."""
    projects = PROJECTS.c
    return select(every(projects.project_no)).where(projects.quota_doc_no == document).scalar_subquery()


def _issued_below(document: Any) -> Any:
    """The documents issued out of one."""
    rows = ALLOCATIONS.table.alias("issued").c
    issued = (rows.parent_doc_no == document) & (rows.entry_kind == ARRIVED)
    return select(every(rows.quota_doc_no)).where(issued).scalar_subquery()
