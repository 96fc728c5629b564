"""21. 经营报告: one row, one period of one contract."""

from collections.abc import Mapping
from typing import Any

from domain.dividend import OperatorReport, OperatorStatusReported, ProfitReported
from intake.checks import day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Reference, Row, Sheet


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[OperatorReport]:
    """The report; or, where only the operator's state is another, what became of the operator."""
    same_profit = before is not None and row.get("profit") == before.get("profit")
    return OperatorStatusReported if same_profit else ProfitReported


PROFIT_REPORTS = Sheet(
    key="profit_reports",
    title="经营报告",
    number=21,
    columns=(
        Column("合同编号", "contract_no", Cell.TEXT, example="HT-01"),
        Column("期", "period", Cell.PERIOD, example="2020"),
        Column("利润(元)", "profit", Cell.MONEY, signed=True, note="may be negative or 0", example="100000.00"),
        Column("经营状态", "status", Cell.ENUM, values=("正常", "异常", "注销"), example="正常"),
        Column("报告日期", "reported_on", Cell.DATE, example="2020-12-10"),
    ),
    business_key=("contract_no", "period"),
    nature=Nature.REGISTER,
    may_change=frozenset({"profit", "status"}),
    becomes=becomes,
    stream_kind="profit-report",
    occurred_on=day("reported_on"),
    references=(Reference("contract_no", "asset_contract", Severity.ERROR),),
)
