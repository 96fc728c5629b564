"""The sheets of FORMATS, one file each, in its order. A new sheet is one file and one line here."""

from intake.sheet import Sheet
from intake.sheets.allocations import ALLOCATIONS
from intake.sheets.asset_contracts import ASSET_CONTRACTS
from intake.sheets.deaths import DEATHS
from intake.sheets.dividend_receipts import DIVIDEND_RECEIPTS
from intake.sheets.dividends import DIVIDENDS
from intake.sheets.loans import LOANS
from intake.sheets.manifest import MANIFEST
from intake.sheets.orgs import ORGS
from intake.sheets.places import PLACES
from intake.sheets.programme_rates import PROGRAMME_RATES
from intake.sheets.programmes import PROGRAMMES
from intake.sheets.roster import ROSTER
from intake.sheets.shareholders import SHAREHOLDERS
from intake.sheets.staff import STAFF
from intake.sheets.subsidy_payments import SUBSIDY_PAYMENTS

SHEETS: dict[str, Sheet] = {
    sheet.key: sheet
    for sheet in (
        MANIFEST,
        PLACES,
        ORGS,
        STAFF,
        PROGRAMMES,
        PROGRAMME_RATES,
        ROSTER,
        DEATHS,
        ALLOCATIONS,
        ASSET_CONTRACTS,
        SHAREHOLDERS,
        SUBSIDY_PAYMENTS,
        LOANS,
        DIVIDEND_RECEIPTS,
        DIVIDENDS,
    )
}
"""The sheets that are taken, by key, in the order of FORMATS, which is the order of recording."""

OTHER_TITLES: dict[str, str] = {
    "approval_limits": "审批限额",
    "relations": "近亲属备案",
    "guardians": "监护代管登记",
    "payroll": "财政供养名单",
    "entitlements": "应享名单",
    "projects": "项目台账",
    "contracts": "合同台账",
    "training_classes": "培训班次",
    "training_attendance": "培训签到表",
    "profit_reports": "经营报告",
    "notices": "公示台账",
    "notice_lines": "公示明细",
    "objections": "异议台账",
    "payment_instructions": "支付指令台账",
    "project_payments": "支付台账",
    "payment_returns": "退票冲正台账",
    "loan_flows": "放款资金流向",
    "loan_repayments": "还款流水",
    "interest_subsidies": "贴息台账",
    "loan_confirmations": "借款核实台账",
    "receipts": "签收回访台账",
    "bank_statement": "银行流水",
}
"""The sheets of FORMATS that are not taken yet, by key: named `W-FILE`, and no reference into them is a problem."""
