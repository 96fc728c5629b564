"""25. 支付指令台账: one row, one funding line of one approved instruction to pay one payee."""

from domain.instruction import PaymentInstructed
from intake.checks import always, day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def key(row: Row) -> tuple[str, ...]:
    """指令号 and 行号; one that is not stated is the first."""
    instruction_no = str(row.stated("instruction_no"))
    return (instruction_no, str(row.stated("line_no") or 1)) if instruction_no else ("",)


PAYMENT_INSTRUCTIONS = Sheet(
    key="payment_instructions",
    title="支付指令台账",
    number=25,
    columns=(
        Column("指令号", "instruction_no", Cell.TEXT, example="ZL-2020-00001"),
        Column(
            "业务类型", "ref_kind", Cell.ENUM, values=("补贴", "项目"), english=("claim", "contract"), example="补贴"
        ),
        Column("业务编号", "ref_no", Cell.TEXT, note="claim_no or contract_no", example="SQ-2020-00001"),
        Column("收款人", "payee_name", Cell.TEXT, personal=True, example="测试甲"),
        Column("收款人证号", "payee_id", Cell.ID_OR_USCC, note="id_no or uscc", example="440899196803051173"),
        Column("收款账号", "account_no", Cell.ACCT, example="6299990000000000012"),
        Column("指标文号", "quota_doc_no", Cell.TEXT, note="funding line", example="测试财农〔2020〕1号"),
        Column("行号", "line_no", Cell.INT, Need.O, note="default 1", example="1"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, example="600.00"),
        Column("用途代码", "purpose_code", Cell.TEXT, example="S05"),
        Column("经办人", "preparer", Cell.STAFF, example="林国栋"),
        Column("审批人", "approver", Cell.STAFF, example="陈永福"),
        Column("审批日期", "approved_on", Cell.DATE, example="2020-06-10"),
        Column("指令日期", "instructed_on", Cell.DATE, example="2020-06-12"),
        Column("分期约定", "instalment_plan", Cell.TEXT, Need.O, note="2020-06-20:1500.00;2020-12-20:1500.00"),
    ),
    business_key=("instruction_no", "line_no"),
    nature=Nature.JOURNAL,
    persons={"payee_id": "payee_name"},
    becomes=always(PaymentInstructed),
    stream_kind="instruction",
    stream_key=key,
    occurred_on=day("instructed_on"),
    references=(Reference("quota_doc_no", "quota_doc", Severity.ERROR),),
)
