"""30. 放款资金流向: one row, one movement out of the disbursement account."""

from domain.loan import LoanProceedsMoved
from intake.checks import always, day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

LOAN_FLOWS = Sheet(
    key="loan_flows",
    title="放款资金流向",
    number=30,
    columns=(
        Column("流水号", "flow_ref", Cell.TEXT, fixed_key=True, example="LX20200312001"),
        Column("借据号", "loan_no", Cell.TEXT, example="JJ-0001"),
        Column("日期", "moved_on", Cell.DATE, fixed_key=True, example="2020-03-12"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="20000.00"),
        Column("对方账号", "to_account", Cell.ACCT, example="6299990000000000038"),
        Column("对方户名", "to_name", Cell.TEXT, personal=True, example="测试合作社"),
        Column("对方证号", "to_id", Cell.ID_OR_USCC, Need.O, note="id_no or uscc", example="93440899MA9999902H"),
        Column("用途摘要", "summary", Cell.TEXT, Need.O, personal=True, example="购牛苗"),
        Column("发票号", "invoice_no", Cell.TEXT, Need.O, note="purchase invoice", example="FP00012346"),
    ),
    business_key=("flow_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"to_id": "to_name"},
    becomes=always(LoanProceedsMoved),
    stream_kind="loan-flow",
    occurred_on=day("moved_on"),
    references=(Reference("loan_no", "loan", Severity.QUARANTINE),),
)
