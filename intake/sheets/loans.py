"""29. 小额信贷台账: one row, one loan."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.loan import LOAN_CHANGE_BY_STATUS, LoanIssued, LoanRepaid, LoanRow
from intake.checks import day, not_before, values_of
from intake.known import Known
from intake.loan_purpose import assessed
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet

STATUSES = ("正常", "逾期", "结清", "续贷", "展期", "核销")


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[LoanRow]:
    """A new row is the loan; a later one is named by its changed standing, else by what was repaid."""
    if before is None:
        return LoanIssued
    standing = row.get("status") or ""
    if standing != before.get("status") and standing in LOAN_CHANGE_BY_STATUS:
        return LOAN_CHANGE_BY_STATUS[standing]
    repaid_more = any(row.get(alias) != before.get(alias) for alias in ("repaid", "repaid_on"))
    return LoanRepaid if repaid_more else LoanIssued


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """A settlement or repayment is about its own day."""
    for alias in ("settled_on", "repaid_on"):
        if row.get(alias) is not None and row.get(alias) != before.get(alias):
            return row.get(alias), None
    return row.get("issued_on"), None


def repaid_in_detail(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """What stands in 还款流水 goes before what this row says was repaid (`W-DOUBLE`)."""
    if not row.get("repaid") or not known.repayments(row.get("loan_no") or ""):
        return
    yield sheet.problem(
        row,
        "W-DOUBLE",
        Severity.WARNING,
        "repaid",
        message=f"借据 {row.get('loan_no')} 在还款流水已有记录 / {row.get('loan_no')} has rows in 还款流水.",
        remedy="以还款流水为准 / The rows of 还款流水 count.",
    )


LOANS = Sheet(
    key="loans",
    title="小额信贷台账",
    number=29,
    columns=(
        Column("借据号", "loan_no", Cell.TEXT, fixed_key=True, example="JJ-0001"),
        Column("借款人", "borrower_name", Cell.TEXT, personal=True, example="测试丁"),
        Column("身份证号", "id_no", Cell.ID, example="440899198307305284"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0003"),
        Column("承办银行", "bank", Cell.TEXT, example="测试信用社"),
        Column("贷款金额(元)", "principal", Cell.MONEY, above_zero=True, fixed_key=True, example="50000.00"),
        Column("年利率(%)", "rate_pct", Cell.PCT, note="≤ 4 decimals", example="4.75"),
        Column("放款日", "issued_on", Cell.DATE, fixed_key=True, example="2020-03-10"),
        Column("到期日", "due_on", Cell.DATE, fixed_key=True, future=True, example="2022-03-09"),
        Column("用途", "purpose", Cell.TEXT, personal=True, example="养牛"),
        Column("放款账号", "disbursement_account", Cell.ACCT, example="6299990000000000020"),
        Column("户名", "holder_name", Cell.TEXT, personal=True, example="测试丁"),
        Column("户名证号", "holder_id", Cell.ID, Need.O, example="440899198307305284"),
        Column("代办人", "agent", Cell.TEXT, Need.O, personal=True),
        Column("代办人证号", "agent_id", Cell.ID, Need.O),
        Column("本人到场", "borrower_present", Cell.YN, example="是"),
        Column("联系电话", "phone", Cell.PHONE, example="0759-0000001"),
        Column("担保费(元)", "guarantee_fee", Cell.MONEY, Need.O, note="0.00 allowed"),
        Column("续贷原借据号", "renews", Cell.TEXT, Need.O, note="loan this one renews"),
        Column("追加批准", "topup_approved", Cell.YN, Need.O, note="是 lifts the limit to 100 000"),
        Column("贴息金额(元)", "interest_subsidy", Cell.MONEY, Need.O, note="total; details in 贴息台账"),
        Column("还款日", "repaid_on", Cell.DATE, Need.O, note="last; details in 还款流水"),
        Column("还款金额(元)", "repaid", Cell.MONEY, Need.O),
        Column("还款人", "payer", Cell.TEXT, Need.O, personal=True),
        Column("余额(元)", "balance", Cell.MONEY, note="0.00 allowed", example="50000.00"),
        Column("结清日", "settled_on", Cell.DATE, Need.C, note="status 结清/续贷"),
        Column("状态", "status", Cell.ENUM, values=STATUSES, example="正常"),
    ),
    business_key=("loan_no",),
    nature=Nature.REGISTER,
    facts=True,
    may_change=frozenset(
        {
            "due_on",
            "phone",
            "guarantee_fee",
            "topup_approved",
            "interest_subsidy",
            "repaid_on",
            "repaid",
            "payer",
            "balance",
            "settled_on",
            "status",
        }
    ),
    persons={"id_no": "borrower_name", "agent_id": "agent", "holder_id": "holder_name"},
    holder="holder_name",
    assessed=assessed,
    becomes=becomes,
    stream_kind="loan",
    occurred_on=day("issued_on"),
    when_changed=when_changed,
    row_checks=(not_before("due_on", "issued_on", same_day=False), repaid_in_detail),
    provides={"loan": values_of("loan_no")},
)
