"""Projects (项目): proposed, entered into the library, approved, changed, accepted."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import Count, Fen, Text, Uscc


class ProjectRow(Event, frozen=True, kw_only=True):
    """What every row of 项目台账 states.

    project_no:             项目编号, the key.
    project_name:           项目名称.
    project_class:          产业扶贫, 基础设施, 饮水安全, 住房, 教育, 就业, 资产收益 or 应急救灾.
    location:               建设地点.
    fund_source:            资金来源.
    quota_doc_no:           the document that funds it.
    budget_fen:             计划资金.
    received_fen:           到位资金, as stated.
    paid_fen:               拨付资金, as stated; what was paid is in 支付台账.
    implementer:            实施单位.
    supplier_name:          施工单位.
    supplier_uscc:          its credit code.
    contract_amount_fen:    合同金额.
    entered_on:             入库日期; absent: not in the library.
    approved_on:            立项日期.
    status:                 申报, 入库, 立项, 在建, 验收 or 决算.
    started_on:             开工日期.
    accepted_on:            验收日期.
    beneficiary_households: 受益户数.
    performance_target:     绩效目标.
    notice_from, notice_until: 公示起, 公示止.
    """

    project_no: Text
    project_name: Text | None = None
    project_class: Text | None = None
    location: Text | None = None
    fund_source: Text | None = None
    quota_doc_no: Text | None = None
    budget_fen: Fen | None = None
    received_fen: Fen | None = None
    paid_fen: Fen | None = None
    implementer: Text | None = None
    supplier_name: Text | None = None
    supplier_uscc: Uscc | None = None
    contract_amount_fen: Fen | None = None
    entered_on: date | None = None
    approved_on: date | None = None
    status: Text | None = None
    started_on: date | None = None
    accepted_on: date | None = None
    beneficiary_households: Count | None = None
    performance_target: Text | None = None
    notice_from: date | None = None
    notice_until: date | None = None


class ProjectProposed(ProjectRow, frozen=True, kw_only=True):
    """申报: the first row of a project, or a later one that changes none of its steps."""

    TOPIC: ClassVar[str] = "project-proposed/v1"


class ProjectEntered(ProjectRow, frozen=True, kw_only=True):
    """入库: the row as newly stated, entered into the library."""

    TOPIC: ClassVar[str] = "project-entered/v1"


class ProjectApproved(ProjectRow, frozen=True, kw_only=True):
    """立项: the row as newly stated, approved."""

    TOPIC: ClassVar[str] = "project-approved/v1"


class ProjectAccepted(ProjectRow, frozen=True, kw_only=True):
    """验收: the row as newly stated, accepted."""

    TOPIC: ClassVar[str] = "project-accepted/v1"
