"""12. 财政供养名单: one row, one person on the public payroll for an interval."""

from domain.person import PayrollListed
from intake.checks import always, day
from intake.sheet import Cell, Column, Nature, Need, Sheet

PAYROLL = Sheet(
    key="payroll",
    title="财政供养名单",
    number=12,
    columns=(
        Column("姓名", "name", Cell.TEXT, personal=True, example="陈志强"),
        Column("身份证号", "id_no", Cell.ID, example="440899198307305284"),
        Column("单位", "org", Cell.TEXT, example="测试镇中心小学"),
        Column("起始日", "from", Cell.DATE, field="starts_on", example="2012-09-01"),
        Column("终止日", "until", Cell.DATE, Need.O, future=True),
    ),
    business_key=("id_no", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"org", "until"}),
    persons={"id_no": "name"},
    becomes=always(PayrollListed),
    stream_kind="payroll",
    occurred_on=day("from"),
    on_behalf_of="org",
)
