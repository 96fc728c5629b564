"""32. 贴息台账: one row, one interest subsidy payment."""

from domain.loan import InterestSubsidyPaid
from intake.checks import always, day, not_before, pays
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

THE_BANK = "承办银行"

INTEREST_SUBSIDIES = Sheet(
    key="interest_subsidies",
    title="贴息台账",
    number=32,
    columns=(
        Column("流水号", "bank_ref", Cell.TEXT, fixed_key=True, example="TX20200621001"),
        Column("借据号", "loan_no", Cell.TEXT, example="JJ-0001"),
        Column("计息起", "from", Cell.DATE, field="starts_on", example="2020-03-10"),
        Column("计息止", "to", Cell.DATE, field="ends_before", future=True, note="exclusive", example="2020-06-20"),
        Column("本金(元)", "principal", Cell.MONEY, example="50000.00"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="663.70"),
        Column("收款人", "payee_name", Cell.TEXT, personal=True, note="borrower or bank", example="测试丁"),
        Column(
            "收款人证号",
            "payee_id",
            Cell.ID_OR_USCC,
            in_clear=frozenset({THE_BANK}),
            note="id_no, or 承办银行",
            example="440899198307305284",
        ),
        Column("收款账号", "account_no", Cell.ACCT, example="6299990000000000020"),
        Column("发放日期", "paid_on", Cell.DATE, fixed_key=True, example="2020-06-21"),
        Column("指标文号", "quota_doc_no", Cell.TEXT, Need.O, example="测试财农〔2020〕7号"),
    ),
    business_key=("bank_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"payee_id": "payee_name"},
    becomes=always(InterestSubsidyPaid),
    pays=pays("amount"),
    stream_kind="payment",
    occurred_on=day("paid_on"),
    references=(
        Reference("loan_no", "loan", Severity.QUARANTINE),
        Reference("quota_doc_no", "quota_doc", Severity.WARNING),
    ),
    row_checks=(not_before("to", "from", same_day=False),),
)
