"""PUB-05: a project was approved or accepted, and nothing hung that said so."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, exists, func, literal, or_, select, union_all

from projections.rules.phrases import evidence
from projections.rules.rule import YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.notices import NOTICES
from projections.tables.projects import PROJECTS

APPROVED, ACCEPTED = "立项", "验收"
IN_ENGLISH = {APPROVED: "approval", ACCEPTED: "acceptance"}


@rule(
    "PUB-05",
    zh="应公未公",
    en="not announced",
    severity=YELLOW,
    mode=Mode.STREAMING | Mode.PERIODIC,
    clause=Clause(
        "《关于完善扶贫资金项目公告公示制度的指导意见》",
        "谁分配谁公开、谁使用谁公开、分配到哪里公开到哪里",
    ),
    needs=(PROJECTS, NOTICES),
    parameters={"days": Parameter(30, "days", "立项、验收后应当公告公示的天数")},
    anchor=("project", "stage"),
    subjects=("project", "fund"),
    keyed_by="project",
    why_zh="项目{happened_on}{stage}，其后{days}日内没有公告公示，涉及{at_risk_yuan}。",
    why_en="The {stage_en} of {happened_on} was not announced within {days} days; at stake is {at_risk_yuan}.",
    waits_for="指标到达与年度结果：公示台账不写指标文号 / arrivals of quota money and yearly results: no sheet says "
    "which document a notice tells of",
)
def approved_or_accepted_without_a_notice(touched: Touched, limits: Limits) -> CompoundSelect[Any]:
    """Whoever uses the money says so: a notice about the project hangs within the days, before the fact or after it.

    公示起 of the project's own row is such a notice too. What hung before the acceptance tells of it only where it says
    that it is about that; one that was withdrawn tells of nothing.
    """
    return union_all(*(_unannounced(stage, touched, limits) for stage in (APPROVED, ACCEPTED)))


def _unannounced(stage: str, touched: Touched, limits: Limits) -> Select[Any]:
    project, n = PROJECTS.c, NOTICES.c
    happened_on = project.accepted_on if stage == ACCEPTED else project.approved_on
    own = and_(project.notice_from.is_not(None), project.notice_from <= happened_on + limits.days)
    tells = and_(n.project_no == project.project_no, n.starts_on <= happened_on + limits.days, n.withdrawn_on.is_(None))
    if stage == ACCEPTED:
        own = and_(own, project.notice_from >= happened_on)
        tells = and_(tells, or_(n.starts_on >= happened_on, n.subject_kind == ACCEPTED))
    return (
        select(
            project.project_no.label("project"),
            literal(stage).label("stage"),
            literal(IN_ENGLISH[stage]).label("stage_en"),
        )
        .add_columns(
            project.quota_doc_no.label("fund"), evidence(project.last_position), happened_on.label("happened_on")
        )
        .add_columns(literal(limits.days).label("days"), func.max(project.budget_fen).label("at_risk_fen"))
        .add_columns((happened_on + limits.days + 1).label("holds_from"))
        .where(happened_on + limits.days < limits.as_of.toordinal(), touched(project.project_no))
        .where(~own, ~exists().where(tells))
        .group_by(project.project_no, project.quota_doc_no, happened_on)
    )
