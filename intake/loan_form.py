"""贷款申请表: a loan as it is applied for by hand. It is no sheet of FORMATS: a workbook states issued loans."""

from domain.lending import LoanApplied
from intake.checks import always, not_before
from intake.claim_form import OVERRIDE_REASON
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

LOAN_FORM = Sheet(
    key="loan_applications",
    title="贷款申请表",
    number=0,
    columns=(
        Column("借据号", "loan_no", Cell.TEXT, example="JJ-0001"),
        Column("借款人", "borrower_name", Cell.TEXT, personal=True, example="测试丁"),
        Column("身份证号", "id_no", Cell.ID, example="440899198307305284"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0003"),
        Column("承办银行", "bank", Cell.TEXT, example="测试信用社"),
        Column("申请金额(元)", "amount", Cell.MONEY, above_zero=True, example="50000.00"),
        Column("年利率(%)", "rate_pct", Cell.PCT, Need.O, example="4.75"),
        Column("起始日", "from", Cell.DATE, field="starts_on", future=True, example="2020-03-10"),
        Column("到期日", "due_on", Cell.DATE, future=True, example="2022-03-09"),
        Column("用途", "purpose", Cell.TEXT, personal=True, example="养牛"),
        Column("放款账号", "disbursement_account", Cell.ACCT, Need.O, example="6299990000000000020"),
        Column("代办人", "agent", Cell.TEXT, Need.O, personal=True),
        Column("代办人证号", "agent_id", Cell.ID, Need.O),
        Column("本人到场", "borrower_present", Cell.YN, Need.O, example="是"),
        Column("联系电话", "phone", Cell.PHONE, Need.O, example="0759-0000001"),
        Column("续贷原借据号", "renews", Cell.TEXT, Need.O, note="loan this one renews"),
        Column("追加批准", "topup_approved", Cell.YN, Need.O, note="是 lifts the limit to 100 000"),
        Column("附件", "evidence", Cell.LIST, Need.O, note="SHA-256 of each"),
        OVERRIDE_REASON,
        Column("说明责任人", "override_approver", Cell.TEXT, Need.O),
    ),
    business_key=("loan_no",),
    nature=Nature.JOURNAL,
    persons={"id_no": "borrower_name", "agent_id": "agent"},
    becomes=always(LoanApplied),
    stream_kind="loan-file",
    occurred_on=lambda _: None,
    references=(Reference("renews", "loan", Severity.ERROR),),
    row_checks=(not_before("due_on", "from", same_day=False),),
)
