"""26. 补贴发放表: one row, one bank payment to one beneficiary for one period."""

from collections.abc import Iterator

from domain.disbursement import PaymentMade
from intake.account_place import assessed
from intake.checks import always, day, pays, product_agrees
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet

PERIOD_LENGTHS = {"月": 7, "季": 6, "年": 4, "一次性": 4}
"""Characters of a period of each kind: 2020-03, 2020Q1, 2020. A one-off programme has the year (FORMATS, Package)."""


def period_of_the_kind(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """The period must be of the programme's kind: a quarter for a quarterly one."""
    programme = known.programme(row.get("programme") or "")
    period = row.get("period")
    if programme is None or period is None:
        return
    kind = programme.get("period_kind")
    if kind and len(period) != PERIOD_LENGTHS.get(kind, len(period)):
        yield sheet.problem(
            row,
            "E-DATE",
            Severity.QUARANTINE,
            "period",
            message=(
                f"所属期 {period} 不是“{row.get('programme')}”的周期（{kind}） / "
                f"Period {period} is not of the kind ({kind}) of this programme."
            ),
            remedy="已照实入账、暂不归集；请更正所属期 / Recorded but not joined; correct the period.",
        )


def key_of_a_batch_line(row: Row) -> tuple[str, ...]:
    """The key of a line in the bank's batch list, which has no 流水号; equal lines of a file are numbered."""
    if row.get("bank_ref"):
        return (str(row.get("bank_ref")),)
    stated = ("programme", "period", "id_no", "account_no", "amount", "paid_on")
    return ("batch", *(str(row.get(alias) or row.words.get(alias) or "") for alias in stated), str(row.ordinal))


SUBSIDY_PAYMENTS = Sheet(
    key="subsidy_payments",
    title="补贴发放表",
    number=26,
    columns=(
        Column("项目名称", "programme", Cell.TEXT, example="职业培训补贴"),
        Column("所属期", "period", Cell.PERIOD, note="2020 / 2020Q1 / 2020-03", example="2020Q2"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("户编号", "household_no", Cell.TEXT, Need.O, note="derived from roster when empty", example="H-0001"),
        Column("村", "village", Cell.TEXT, note="village that reported the payee", example="测试一村"),
        Column("数量", "quantity", Cell.QTY, Need.O, example="1"),
        Column("标准(元)", "rate", Cell.MONEY, Need.O, example="600.00"),
        Column("档次", "variant", Cell.TEXT, Need.O),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="600.00"),
        Column("开户行", "bank", Cell.TEXT, example="测试信用社"),
        Column("卡号", "account_no", Cell.ACCT, example="6299990000000000012"),
        Column("户名", "holder_name", Cell.TEXT, personal=True, example="测试甲"),
        Column("申请日期", "applied_on", Cell.DATE, Need.O, example="2020-06-01"),
        Column("申请编号", "claim_no", Cell.TEXT, Need.O, note="instalments share it", example="SQ-2020-00001"),
        Column("核定金额(元)", "approved_amount", Cell.MONEY, Need.O, note="for the whole claim", example="600.00"),
        Column("审批日期", "approved_on", Cell.DATE, Need.O, example="2020-06-10"),
        Column("审批人", "approver", Cell.STAFF, example="陈永福"),
        Column("经办人", "preparer", Cell.STAFF, example="林国栋"),
        Column("出纳", "cashier", Cell.STAFF, Need.O, example="黄丽华"),
        Column("代办人", "agent", Cell.TEXT, Need.O, personal=True, note="applied or collects for the payee"),
        Column("发放日期", "paid_on", Cell.DATE, fixed_key=True, example="2020-06-20"),
        Column("流水号", "bank_ref", Cell.TEXT, Need.O, note="unique in the ledger", example="TEST20200620001"),
        Column(
            "发放类型",
            "pay_kind",
            Cell.ENUM,
            Need.O,
            values=("正常", "补发", "补差", "分期", "重发", "丧葬"),
            note="default 正常",
            example="正常",
        ),
        Column(
            "发放渠道", "channel", Cell.ENUM, Need.O, values=("卡", "代缴", "现金"), note="default 卡", example="卡"
        ),
        Column("指标文号", "quota_doc_no", Cell.TEXT, Need.O, note="funding", example="测试财农〔2020〕1号"),
        Column("付款账号", "paid_from", Cell.ACCT, Need.O, note="default: township", example="6299990000000000046"),
        Column("培训班号", "class_id", Cell.TEXT, Need.C, note="training programmes", example="PX-2020-01"),
        Column("凭证号", "invoice_no", Cell.TEXT, Need.O),
        Column("附件SHA256", "evidence_sha256", Cell.SHA, Need.O),
        Column("录入日期", "keyed_on", Cell.DATE, Need.O, note="day the clerk keyed it", example="2020-06-20"),
        Column("备注", "remark", Cell.TEXT, Need.O, personal=True),
    ),
    business_key=("bank_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"id_no": "name"},
    holder="holder_name",
    holder_staff="holder_staff_no",
    assessed=assessed,
    becomes=always(PaymentMade),
    pays=pays("amount"),
    stream_kind="payment",
    stream_key=key_of_a_batch_line,
    occurred_on=day("paid_on"),
    known_on=day("keyed_on"),
    references=(
        Reference("programme", "programme", Severity.QUARANTINE),
        Reference("quota_doc_no", "quota_doc", Severity.WARNING),
    ),
    row_checks=(period_of_the_kind, product_agrees("amount", "quantity", "rate")),
)
