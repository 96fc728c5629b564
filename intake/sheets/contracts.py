"""16. 合同台账: one row, one contract."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.contract import ContractRow, ContractSigned, ProjectChanged
from intake.checks import day, newly_stated, values_of
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def amended(row: Row, before: Mapping[str, Any] | None) -> bool:
    """Whether the row, sent again, states an amendment that it did not state before."""
    return newly_stated(row, before, "amended_amount") or newly_stated(row, before, "amended_on")


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[ContractRow]:
    """The contract, or its amendment."""
    return ProjectChanged if amended(row, before) else ContractSigned


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """An amendment is about its own day."""
    changed_on = row.get("amended_on") if amended(row, before) else None
    return changed_on or row.get("signed_on"), None


CONTRACTS = Sheet(
    key="contracts",
    title="合同台账",
    number=16,
    columns=(
        Column("合同编号", "contract_no", Cell.TEXT, example="GC-2020-01"),
        Column("项目编号", "project_no", Cell.TEXT, example="XM-2020-01"),
        Column("供应商", "supplier_name", Cell.TEXT, example="测试建筑公司"),
        Column("供应商代码", "supplier_uscc", Cell.USCC, example="91440899MA9999910J"),
        Column(
            "采购方式",
            "method",
            Cell.ENUM,
            values=("公开招标", "邀请招标", "竞争性谈判", "询价", "直接委托"),
            example="询价",
        ),
        Column("合同金额(元)", "amount", Cell.MONEY, above_zero=True, example="180000.00"),
        Column("签订日期", "signed_on", Cell.DATE, example="2020-02-20"),
        Column("经常性合同", "recurring", Cell.YN, note="是 = monthly supply", example="否"),
        Column("变更后金额(元)", "amended_amount", Cell.MONEY, Need.O, above_zero=True, note="approved change"),
        Column("变更日期", "amended_on", Cell.DATE, Need.O),
    ),
    business_key=("contract_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"recurring", "amended_amount", "amended_on"}),
    becomes=becomes,
    stream_kind="contract",
    occurred_on=day("signed_on"),
    when_changed=when_changed,
    references=(Reference("project_no", "project", Severity.ERROR),),
    provides={"contract": values_of("contract_no")},
)
