"""27. 支付台账: one row, one bank payment to a supplier or implementer."""

from domain.disbursement import PaymentMade
from intake.checks import always, day, pays
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def key(row: Row) -> tuple[str, ...]:
    """流水号 of the first row of a payment, as of any payment; of its further rows with 行号."""
    bank_ref, line_no = str(row.stated("bank_ref")), row.get("line_no")
    return (bank_ref,) if line_no in (None, 1) else (bank_ref, str(line_no))


PROJECT_PAYMENTS = Sheet(
    key="project_payments",
    title="支付台账",
    number=27,
    columns=(
        Column("流水号", "bank_ref", Cell.TEXT, fixed_key=True, example="TEST20200310001"),
        Column(
            "行号", "line_no", Cell.INT, Need.O, fixed_key=True, note="several documents: one row each", example="1"
        ),
        Column("项目编号", "project_no", Cell.TEXT, example="XM-2020-01"),
        Column("合同编号", "contract_no", Cell.TEXT, Need.O, example="GC-2020-01"),
        Column("收款单位", "payee_name", Cell.TEXT, example="测试建筑公司"),
        Column("收款代码", "payee_uscc", Cell.USCC, example="91440899MA9999910J"),
        Column("收款账号", "account_no", Cell.ACCT, example="6299990000000000038"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="54000.00"),
        Column("用途代码", "purpose_code", Cell.TEXT, note="Purpose codes", example="I01"),
        Column("摘要", "summary", Cell.TEXT, personal=True, example="首付款30%"),
        Column("指标文号", "quota_doc_no", Cell.TEXT, example="测试财农〔2020〕1号"),
        Column("付款账号", "paid_from", Cell.ACCT, example="6299990000000000046"),
        Column("发票号", "invoice_no", Cell.TEXT, Need.O, example="FP00012345"),
        Column("发票总额(元)", "invoice_total", Cell.MONEY, Need.O, note="shared invoice", example="54000.00"),
        Column("附件SHA256", "evidence_sha256", Cell.SHA, Need.O),
        Column("经办人", "preparer", Cell.STAFF, example="林国栋"),
        Column("审批人", "approver", Cell.STAFF, example="陈永福"),
        Column("出纳", "cashier", Cell.STAFF, Need.O, example="黄丽华"),
        Column("审批日期", "approved_on", Cell.DATE, example="2020-03-08"),
        Column("支付日期", "paid_on", Cell.DATE, fixed_key=True, example="2020-03-10"),
        Column("录入日期", "keyed_on", Cell.DATE, Need.O, example="2020-03-10"),
    ),
    business_key=("bank_ref", "line_no"),
    nature=Nature.JOURNAL,
    facts=True,
    becomes=always(PaymentMade),
    states={"paid_for": "project"},
    pays=pays("amount"),
    stream_kind="payment",
    stream_key=key,
    occurred_on=day("paid_on"),
    known_on=day("keyed_on"),
    references=(
        Reference("project_no", "project", Severity.WARNING),
        Reference("contract_no", "contract", Severity.QUARANTINE),
        Reference("quota_doc_no", "quota_doc", Severity.WARNING),
    ),
)
