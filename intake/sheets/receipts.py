"""36. 签收回访台账: one row, one statement by one beneficiary about one payment."""

from domain.receipt import ReceiptConfirmed
from intake.checks import always, day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

RECEIPTS = Sheet(
    key="receipts",
    title="签收回访台账",
    number=36,
    columns=(
        Column("编号", "receipt_no", Cell.TEXT, fixed_key=True, example="HF-2020-001"),
        Column("流水号", "bank_ref", Cell.TEXT, note="payment or dividend asked about", example="TEST20200620001"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column(
            "本人陈述金额(元)",
            "stated_amount",
            Cell.MONEY,
            fixed_key=True,
            note="0.00 allowed here",
            example="600.00",
        ),
        Column("方式", "method", Cell.ENUM, values=("签字", "电话", "入户", "其他"), example="入户"),
        Column("签收人", "signed_by", Cell.TEXT, Need.O, personal=True, note="who signed when not the payee"),
        Column("签收人证号", "signed_by_id", Cell.ID, Need.O),
        Column("日期", "stated_on", Cell.DATE, fixed_key=True, example="2020-07-02"),
        Column("回访人", "visitor", Cell.STAFF, Need.O, example="周建军"),
    ),
    business_key=("receipt_no",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"id_no": "name", "signed_by_id": "signed_by"},
    becomes=always(ReceiptConfirmed),
    stream_kind="receipt",
    occurred_on=day("stated_on"),
    references=(Reference("bank_ref", "payment", Severity.QUARANTINE),),
)
