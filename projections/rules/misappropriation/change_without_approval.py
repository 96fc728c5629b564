"""MIS-07: a project's plan or scale is another than was put into the library, and nobody approved the change."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, not_, or_, select

from projections.rules.misappropriation.paid_before_acceptance import ACCEPTED
from projections.rules.phrases import evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.contracts import CONTRACTS
from projections.tables.projects import PROJECTS


def _differs(now: ColumnElement[int], then: ColumnElement[int], percent: int) -> tuple[ColumnElement[bool], ...]:
    """Whether `now` is above, and below, `then` by more than `percent`."""
    return now * 100 > then * (100 + percent), now * 100 < then * (100 - percent)


@rule(
    "MIS-07",
    zh="变更未批",
    en="unapproved change",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause(
        "国务院扶贫办《关于完善县级脱贫攻坚项目库建设的指导意见》2018-03-08",
        "location/scale/budget ±10 % vs entry without ProjectChanged",
    ),
    needs=(PROJECTS,),
    parameters={"percent": Parameter(10, "percent", "未经批准计划资金、受益户数可偏离入库时的比例", most=100)},
    anchor=("project",),
    subjects=("project",),
    keyed_by="project",
    waits_for="建设地点 / location",
    why_zh="入库时计划资金{entry_yuan}、受益{entry_households}户，现为{budget_yuan}、{households}户，偏离超过{percent}%，"
    "没有变更批准。",
    why_en="Entered with {entry_yuan} for {entry_households} households, the project now states {budget_yuan} for "
    "{households}: more than {percent}% away, with no approved change.",
)
def changed_since_entry(touched: Touched, limits: Limits) -> Select[Any]:
    """What the library took in is what is built: plan and scale change with an approval.

    An approval is a change of the project that was approved here, or an amendment of one of its contracts (合同变更,
    FORMATS §16). A smaller plan of a project that was accepted is what the audit left of it.
    """
    j, k = PROJECTS.c, CONTRACTS.c
    more_fen, less_fen = _differs(j.budget_fen, j.entry_budget_fen, limits.percent)
    more_of_them, fewer = _differs(j.beneficiary_households, j.entry_households, limits.percent)
    audited = or_(j.accepted_on.is_not(None), func.coalesce(j.status, "").in_(ACCEPTED))
    amended = exists().where(k.project_no == j.project_no, k.amended_on.is_not(None))
    difference_fen = j.budget_fen - j.entry_budget_fen
    return (
        select(j.project_no.label("project"), evidence(j.position, j.last_position))
        .add_columns(func.max(case((difference_fen < 0, -difference_fen), else_=difference_fen)).label("at_risk_fen"))
        .add_columns(func.max(j.entry_budget_fen).label("entry_fen"), func.max(j.budget_fen).label("budget_fen"))
        .add_columns(func.max(j.entry_households).label("entry_households"))
        .add_columns(func.max(j.beneficiary_households).label("households"), literal(limits.percent).label("percent"))
        .add_columns(func.max(j.restated_on).label("holds_from"))
        .where(touched(j.project_no), not_(amended))
        .where(or_(more_fen, and_(less_fen, not_(audited)), more_of_them, fewer))
        .group_by(j.project_no)
    )
