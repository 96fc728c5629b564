"""申请表: a claim as it is entered by hand. It is no sheet of FORMATS: a claim in a workbook stands on its payment."""

from domain.claim import ClaimSubmitted
from intake.checks import always
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet
from intake.sheets.subsidy_payments import period_of_the_kind

OVERRIDE_REASON = Column("需说明的理由", "override_reason", Cell.TEXT, Need.O, personal=True)
"""Why a known fact is no reason not to; it is sealed."""

CLAIM_FORM = Sheet(
    key="claims",
    title="申请表",
    number=0,
    columns=(
        Column("申请编号", "claim_no", Cell.TEXT, example="SQ-2020-00001"),
        Column("项目名称", "programme", Cell.TEXT, example="职业培训补贴"),
        Column("所属期", "period", Cell.PERIOD, example="2020Q2"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("户编号", "household_no", Cell.TEXT, Need.O, example="H-0001"),
        Column("村", "village", Cell.TEXT, Need.O, example="测试一村"),
        Column("数量", "quantity", Cell.QTY, Need.O, example="1"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, example="600.00"),
        Column("卡号", "account_no", Cell.ACCT, Need.O, example="6299990000000000012"),
        Column("代办人", "agent", Cell.TEXT, Need.O, personal=True),
        Column("代办人证号", "agent_id", Cell.ID, Need.O),
        Column("附件", "evidence", Cell.LIST, Need.O, note="SHA-256 of each"),
        OVERRIDE_REASON,
        Column("说明责任人", "override_approver", Cell.TEXT, Need.O),
    ),
    business_key=("claim_no",),
    nature=Nature.JOURNAL,
    persons={"id_no": "name", "agent_id": "agent"},
    becomes=always(ClaimSubmitted),
    stream_kind="claim",
    occurred_on=lambda _: None,
    references=(Reference("programme", "programme", Severity.ERROR),),
    row_checks=(period_of_the_kind,),
)
