"""24. 异议台账: one row, one objection."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from domain.loan import LoanDenied
from domain.objection import ObjectionFiled, ObjectionResolved, ObjectionRow
from intake.checks import day, newly_stated, not_before, required_when
from intake.problem import Severity
from intake.sheet import Also, Cell, Column, Nature, Need, Reference, Row, Sheet, Thing

NOTICE, LOAN, PAYMENT, OTHER = "公示", "贷款", "支付", "其他"


def about(ref_kind: str) -> Callable[[Row], bool]:
    """Whether the objection is to this kind of thing."""
    return lambda row: bool(row.get("ref_kind") == ref_kind)


def to_a_whole_notice(row: Row) -> bool:
    """A notice without lines (of a project) is objected to by its number."""
    return about(NOTICE)(row) and "#" not in str(row.get("ref_no"))


def to_a_line(row: Row) -> bool:
    """`notice_no#line_no`."""
    return about(NOTICE)(row) and "#" in str(row.get("ref_no"))


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[ObjectionRow]:
    """A row is an objection; a 结案日期 that arrives later closes it."""
    return ObjectionResolved if newly_stated(row, before, "resolved_on") else ObjectionFiled


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """A decision is about its own day, any other change about 提出日期 (OUTPUTS §1)."""
    return row.get("resolved_on" if newly_stated(row, before, "resolved_on") else "filed_on"), None


def denied_loan(row: Row) -> Iterator[Also]:
    """A borrower who objects to his own loan denies it (FORMATS §24)."""
    if row.get("ref_kind") == LOAN and row.get("denial"):
        objection_no, stated_on = row.get("objection_no"), row.get("filed_on")
        fields = {"loan_no": row.get("ref_no"), "result": "否认", "stated_on": stated_on, "objection_no": objection_no}
        yield Also(LoanDenied, Thing("loan-denial", (objection_no,)), fields)


OBJECTIONS = Sheet(
    key="objections",
    title="异议台账",
    number=24,
    columns=(
        Column("异议编号", "objection_no", Cell.TEXT, example="YY-2020-01"),
        Column(
            "对象类型",
            "ref_kind",
            Cell.ENUM,
            values=(NOTICE, LOAN, PAYMENT, OTHER),
            english=("notice line", "loan", "payment"),
            example=NOTICE,
        ),
        Column("对象编号", "ref_no", Cell.TEXT, note="notice_no#line_no, loan_no, bank_ref", example="GS-2020-001#1"),
        Column("提出日期", "filed_on", Cell.DATE, example="2020-05-25"),
        Column(
            "内容", "content", Cell.TEXT, personal=True, note="stored outside the chain", example="名单中的测试乙已迁出"
        ),
        Column("本人否认", "denial", Cell.YN, Need.O, note="the borrower/payee himself denies", example="否"),
        Column("结案日期", "resolved_on", Cell.DATE, Need.O, note="empty = open", example="2020-05-29"),
        Column(
            "结果",
            "outcome",
            Cell.ENUM,
            Need.C,
            values=("成立", "不成立", "部分成立", "撤回"),
            note="with 结案日期",
            example="不成立",
        ),
        Column("答复人", "resolver", Cell.STAFF, Need.O),
    ),
    business_key=("objection_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"resolved_on", "outcome", "resolver"}),
    becomes=becomes,
    also=denied_loan,
    last=True,
    stream_kind="objection",
    occurred_on=day("filed_on"),
    when_changed=when_changed,
    references=(
        Reference("ref_no", "notice_line", Severity.ERROR, when=to_a_line),
        Reference("ref_no", "notice", Severity.ERROR, when=to_a_whole_notice),
        Reference("ref_no", "loan", Severity.ERROR, when=about(LOAN)),
        Reference("ref_no", "payment", Severity.ERROR, when=about(PAYMENT)),
    ),
    row_checks=(
        not_before("resolved_on", "filed_on"),
        required_when("outcome", "已结案", "the objection is closed", lambda row: row.get("resolved_on") is not None),
    ),
)
