"""13. 资金指标台账: one row, one arrival, breakdown or transfer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.allocation import ALLOCATION_BY_KIND, AllocationRow
from domain.money import plain_yuan
from intake.checks import day, required_when
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet

ARRIVAL, BREAKDOWN, TRANSFER = "到达", "分解", "拨付"


def is_transfer(row: Row) -> bool:
    """Whether the row is a 拨付."""
    return bool(row.get("entry_kind") == TRANSFER)


def comes_from_a_document(row: Row) -> bool:
    """Whether the row draws on a document that arrived before."""
    return row.get("entry_kind") in (BREAKDOWN, TRANSFER)


def arrived_documents(row: Row) -> Iterable[str]:
    """The document that an arrival brings."""
    return [row.get("quota_doc_no")] if row.get("entry_kind") == ARRIVAL and row.get("quota_doc_no") else []


def broken_down_beyond_arrival(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Σ分解 above 到达 of the document is recorded, and warned of where it passes the sum (E-FUNDS)."""
    arrived, broken_down = known.allocation_sums(without={row.get("entry_no") for row in rows})
    for row in rows:
        if row.get("entry_kind") == ARRIVAL:
            document = row.get("quota_doc_no")
            arrived[document] = arrived.get(document, 0) + (row.get("amount") or 0)
    for row in rows:
        document = row.get("quota_doc_no")
        if row.get("entry_kind") != BREAKDOWN or document is None:
            continue
        broken_down[document] = broken_down.get(document, 0) + (row.get("amount") or 0)
        if broken_down[document] > arrived.get(document, 0) > 0:
            yield sheet.problem(
                row,
                "E-FUNDS",
                Severity.WARNING,
                "amount",
                message=(
                    f"{document} 分解累计 {plain_yuan(broken_down[document])} 元，超过到达 "
                    f"{plain_yuan(arrived[document])} 元 / {document}: broken down {plain_yuan(broken_down[document])} "
                    f"yuan in all, arrived {plain_yuan(arrived[document])} yuan."
                ),
                remedy="已照实入账，请核对指标文件 / Recorded as stated; check the document.",
            )


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[AllocationRow]:
    """到达, 分解 or 拨付, by its kind."""
    return ALLOCATION_BY_KIND[row.get("entry_kind")]


ALLOCATIONS = Sheet(
    key="allocations",
    title="资金指标台账",
    number=13,
    columns=(
        Column("流水编号", "entry_no", Cell.TEXT, example="ZB-2020-0001"),
        Column(
            "类型",
            "entry_kind",
            Cell.ENUM,
            values=(ARRIVAL, BREAKDOWN, TRANSFER),
            english=("AllocationReceived", "SubAllocated", "Transferred"),
            example="到达",
        ),
        Column("指标文号", "quota_doc_no", Cell.TEXT, note="分解/拨付: the parent", example="测试财农〔2020〕1号"),
        Column("上级文号", "parent_doc_no", Cell.TEXT, Need.O, note="of 到达", example="粤测财农〔2020〕9号"),
        Column(
            "资金来源",
            "fund_source",
            Cell.ENUM,
            values=("中央", "省级", "市级", "县级", "帮扶", "社会"),
            example="省级",
        ),
        Column("下达单位", "from_org", Cell.TEXT, example="测试县财政局"),
        Column("接收单位", "to_org", Cell.TEXT, example="测试镇财政所"),
        Column("接收账号", "to_account", Cell.ACCT, Need.C, note="拨付: required", example="6299990000000000046"),
        Column(
            "金额", "amount", Cell.MONEY, above_zero=True, note="header 金额(元) or 金额(万元)", example="100000.00"
        ),
        Column("用途", "purpose_codes", Cell.LIST, note="codes joined by 、", example="I01、I02"),
        Column("项目", "target", Cell.TEXT, Need.C, note="分解: programme or project_no", example="XM-2020-01"),
        Column("日期", "occurred_on", Cell.DATE, note="到达/分解/拨付 日期", example="2020-01-10"),
        Column("年度", "year", Cell.INT, note="budget year", example="2020"),
        Column("银行流水号", "bank_ref", Cell.TEXT, Need.C, note="拨付: required", example="TEST20200110001"),
        Column("整合批复文号", "integration_doc", Cell.TEXT, Need.O, note="涉农整合 permission"),
    ),
    business_key=("entry_no",),
    nature=Nature.JOURNAL,
    becomes=becomes,
    stream_kind="allocation",
    occurred_on=day("occurred_on"),
    references=(Reference("quota_doc_no", "quota_doc", Severity.ERROR, when=comes_from_a_document),),
    row_checks=(
        required_when("to_account", "拨付", "the row is a 拨付", is_transfer),
        required_when("bank_ref", "拨付", "the row is a 拨付", is_transfer),
        required_when("target", "分解", "the row is a 分解", lambda row: row.get("entry_kind") == BREAKDOWN),
    ),
    file_checks=(broken_down_beyond_arrival,),
    provides={"quota_doc": arrived_documents},
    on_behalf_of="from_org",
)
