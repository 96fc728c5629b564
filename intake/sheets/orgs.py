"""3. 单位账户登记: one row, one bank account of one organisation."""

from domain.organisation import OrgAccountRegistered
from intake.checks import always
from intake.sheet import Cell, Column, Nature, Need, Sheet

KINDS = (
    "县财政",
    "镇财政",
    "村集体",
    "合作社",
    "企业",
    "培训机构",
    "承办银行",
    "代缴机构",
    "养老机构",
    "施工单位",
)

ORGS = Sheet(
    key="orgs",
    title="单位账户登记",
    number=3,
    columns=(
        Column("单位代码", "org_code", Cell.TEXT, example="ORG-C03"),
        Column("单位名称", "org_name", Cell.TEXT, example="测试合作社"),
        Column("单位类型", "org_kind", Cell.ENUM, values=KINDS, example="合作社"),
        Column("统一社会信用代码", "uscc", Cell.USCC, Need.O, example="93440899MA9999902H"),
        Column("所在村", "village", Cell.TEXT, Need.O, example="测试一村"),
        Column("账号", "account_no", Cell.ACCT, example="6299990000000000012"),
        Column("纳入对账", "reconciled", Cell.YN, note="是: LED-01 compares this account's statement", example="否"),
        Column("负责人", "legal_person", Cell.TEXT, Need.O, personal=True, example="测试甲"),
        Column("负责人证号", "legal_person_id", Cell.ID, Need.O, example="440899196803051173"),
    ),
    business_key=("account_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"org_name", "reconciled", "village", "legal_person", "legal_person_id"}),
    persons={"legal_person_id": "legal_person"},
    becomes=always(OrgAccountRegistered),
    stream_kind="account",
    occurred_on=lambda _: None,
    on_behalf_of="org_name",
)
