"""MIS-02: a project was paid that was not approved in the library on that day."""

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from projections.rules.misappropriation.obligations import PROJECT
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.projects import PROJECTS

EMERGENCY = "应急救灾"

APPROVED_OR_LATER = ("立项", "在建", "验收", "决算")
"""状态 by which a project without 立项日期 was approved on the day on which it entered the library."""


def approved_in_library_on() -> ColumnElement[int | None]:
    """The day from which a project is `approved` in the library (FORMATS §15); null while it is not."""
    j = PROJECTS.c
    return case(
        (j.entered_on > j.approved_on, j.entered_on),
        (j.entered_on.is_not(None) & j.approved_on.is_not(None), j.approved_on),
        (j.status.in_(APPROVED_OR_LATER), j.entered_on),
    )


@rule(
    "MIS-02",
    zh="库外项目",
    en="off-library project",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(17, "优先用于脱贫攻坚项目库内项目实施"),
    needs=(PAYMENTS, PROJECTS),
    anchor=("project",),
    subjects=("project", "payment", "contract"),
    keyed_by="project",
    why_zh="支付时未在项目库立项"
    "（入库{entered_on}，立项{approved_on}）：{first_on}起支付{payments}笔共{at_risk_yuan}。",
    why_en="The project was not approved in the library when it was paid (entered {entered_on}, approved "
    "{approved_on}): {payments} payments from {first_on} on, {at_risk_yuan} in all.",
)
def paid_before_the_library_approved(touched: Touched, limits: Limits) -> Select[Any]:
    """Money goes first to projects of the library: one that is paid was approved there, be it on the same day.

    What answers an emergency (应急救灾) does not wait for the library.
    """
    p, j = PAYMENTS.c, PROJECTS.c
    approved = approved_in_library_on()
    return (
        select(
            p.project_no.label("project"), every(p.bank_ref).label("payment"), every(p.contract_no).label("contract")
        )
        .add_columns(evidence(p.position, func.coalesce(j.last_position, p.position)))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.count(p.bank_ref.distinct()).label("payments"))
        .add_columns(func.min(p.paid_on).label("holds_from"), func.min(p.paid_on).label("first_on"))
        .add_columns(func.max(j.entered_on).label("entered_on"), func.max(approved).label("approved_on"))
        .outerjoin(PROJECTS.table, j.project_no == p.project_no)
        .where(p.kind == PROJECT, p.project_no.is_not(None), p.net_fen > 0, touched(p.project_no))
        .where(or_(j.project_class.is_(None), j.project_class != EMERGENCY))
        .where(or_(approved.is_(None), p.paid_on < approved))
        .group_by(p.project_no)
    )
