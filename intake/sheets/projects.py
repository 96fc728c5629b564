"""15. 项目台账: one row, one project."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.project import ProjectAccepted, ProjectApproved, ProjectEntered, ProjectProposed, ProjectRow
from intake.checks import newly_stated, values_of
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet

CLASSES = ("产业扶贫", "基础设施", "饮水安全", "住房", "教育", "就业", "资产收益", "应急救灾")

STEPS: dict[str, type[ProjectRow]] = {
    "accepted_on": ProjectAccepted,
    "approved_on": ProjectApproved,
    "entered_on": ProjectEntered,
}
"""The steps of a project by the day that states them, the last first."""


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[ProjectRow]:
    """A new row is the proposal; a later one is named by the last step that it newly states."""
    return next((step for alias, step in STEPS.items() if newly_stated(row, before, alias)), ProjectProposed)


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """A step is about its own day."""
    return next((row.get(alias) for alias in STEPS if newly_stated(row, before, alias)), first_day(row)), None


def first_day(row: Row) -> date | None:
    """The first day that the row states of the project's life; None: that of the package."""
    days = [row.get(alias) for alias in ("entered_on", "approved_on", "started_on") if row.get(alias) is not None]
    return min(days, default=None)


def has_a_target(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A project without a performance target may not enter the library (`W-TARGET`)."""
    if row.get("performance_target") is not None or "performance_target" in row.words:
        return
    yield sheet.problem(
        row,
        "W-TARGET",
        Severity.WARNING,
        "performance_target",
        message="没有绩效目标，按规定不得入库 / Without a performance target it may not enter the library.",
        remedy="补报绩效目标 / State the performance target.",
    )


PROJECTS = Sheet(
    key="projects",
    title="项目台账",
    number=15,
    columns=(
        Column("项目编号", "project_no", Cell.TEXT, example="XM-2020-01"),
        Column("项目名称", "project_name", Cell.TEXT, example="肉牛托养"),
        Column("项目类别", "project_class", Cell.ENUM, values=CLASSES, example="产业扶贫"),
        Column("建设地点", "location", Cell.TEXT, example="测试一村"),
        Column("资金来源", "fund_source", Cell.TEXT, example="省级"),
        Column("指标文号", "quota_doc_no", Cell.TEXT, example="测试财农〔2020〕1号"),
        Column("计划资金", "budget", Cell.MONEY, note="header 计划资金(元) or 计划资金(万元)", example="100.00"),
        Column("到位资金", "received", Cell.MONEY, note="same unit rule", example="100.00"),
        Column("拨付资金", "paid", Cell.MONEY, note="same unit rule", example="60.00"),
        Column("实施单位", "implementer", Cell.TEXT, example="测试合作社"),
        Column("施工单位", "supplier_name", Cell.TEXT, Need.O),
        Column("统一社会信用代码", "supplier_uscc", Cell.USCC, Need.O, example="93440899MA9999902H"),
        Column("合同金额", "contract_amount", Cell.MONEY, Need.O, note="same unit rule"),
        Column("入库日期", "entered_on", Cell.DATE, Need.C, note="empty = not in library", example="2020-01-15"),
        Column("立项日期", "approved_on", Cell.DATE, Need.C, example="2020-01-28"),
        Column(
            "状态", "status", Cell.ENUM, Need.O, values=("申报", "入库", "立项", "在建", "验收", "决算"), example="在建"
        ),
        Column("开工日期", "started_on", Cell.DATE, Need.O, example="2020-03-01"),
        Column("验收日期", "accepted_on", Cell.DATE, Need.O),
        Column("受益户数", "beneficiary_households", Cell.INT, example="26"),
        Column("绩效目标", "performance_target", Cell.TEXT, Need.C, note="required", example="户均增收500元"),
        Column("公示起", "notice_from", Cell.DATE, Need.O, future=True, example="2020-01-16"),
        Column("公示止", "notice_until", Cell.DATE, Need.O, future=True, example="2020-01-26"),
    ),
    business_key=("project_no",),
    nature=Nature.REGISTER,
    may_change=frozenset(
        {
            "project_name",
            "location",
            "fund_source",
            "budget",
            "received",
            "paid",
            "implementer",
            "supplier_name",
            "supplier_uscc",
            "contract_amount",
            "entered_on",
            "approved_on",
            "status",
            "started_on",
            "accepted_on",
            "beneficiary_households",
            "performance_target",
            "notice_from",
            "notice_until",
        }
    ),
    becomes=becomes,
    stream_kind="project",
    occurred_on=first_day,
    when_changed=when_changed,
    row_checks=(has_a_target,),
    provides={"project": values_of("project_no")},
    on_behalf_of="implementer",
)
