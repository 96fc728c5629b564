"""The sheets of FORMATS, one file each, in its order. A new sheet is one file and one line here."""

from intake.sheet import Sheet
from intake.sheets.allocations import ALLOCATIONS
from intake.sheets.approval_limits import APPROVAL_LIMITS
from intake.sheets.asset_contracts import ASSET_CONTRACTS
from intake.sheets.bank_statement import BANK_STATEMENT
from intake.sheets.contracts import CONTRACTS
from intake.sheets.deaths import DEATHS
from intake.sheets.dividend_receipts import DIVIDEND_RECEIPTS
from intake.sheets.dividends import DIVIDENDS
from intake.sheets.entitlements import ENTITLEMENTS
from intake.sheets.guardians import GUARDIANS
from intake.sheets.interest_subsidies import INTEREST_SUBSIDIES
from intake.sheets.loan_confirmations import LOAN_CONFIRMATIONS
from intake.sheets.loan_flows import LOAN_FLOWS
from intake.sheets.loan_repayments import LOAN_REPAYMENTS
from intake.sheets.loans import LOANS
from intake.sheets.manifest import MANIFEST
from intake.sheets.notice_lines import NOTICE_LINES
from intake.sheets.notices import NOTICES
from intake.sheets.objections import OBJECTIONS
from intake.sheets.orgs import ORGS
from intake.sheets.payment_instructions import PAYMENT_INSTRUCTIONS
from intake.sheets.payment_returns import PAYMENT_RETURNS
from intake.sheets.payroll import PAYROLL
from intake.sheets.places import PLACES
from intake.sheets.profit_reports import PROFIT_REPORTS
from intake.sheets.programme_rates import PROGRAMME_RATES
from intake.sheets.programmes import PROGRAMMES
from intake.sheets.project_payments import PROJECT_PAYMENTS
from intake.sheets.projects import PROJECTS
from intake.sheets.receipts import RECEIPTS
from intake.sheets.relations import RELATIONS
from intake.sheets.roster import ROSTER
from intake.sheets.shareholders import SHAREHOLDERS
from intake.sheets.staff import STAFF
from intake.sheets.subsidy_payments import SUBSIDY_PAYMENTS
from intake.sheets.training_attendance import TRAINING_ATTENDANCE
from intake.sheets.training_classes import TRAINING_CLASSES

SHEETS: dict[str, Sheet] = {
    sheet.key: sheet
    for sheet in (
        MANIFEST,
        PLACES,
        ORGS,
        STAFF,
        APPROVAL_LIMITS,
        RELATIONS,
        PROGRAMMES,
        PROGRAMME_RATES,
        ROSTER,
        GUARDIANS,
        DEATHS,
        PAYROLL,
        ALLOCATIONS,
        ENTITLEMENTS,
        PROJECTS,
        CONTRACTS,
        TRAINING_CLASSES,
        TRAINING_ATTENDANCE,
        ASSET_CONTRACTS,
        SHAREHOLDERS,
        PROFIT_REPORTS,
        NOTICES,
        NOTICE_LINES,
        OBJECTIONS,
        PAYMENT_INSTRUCTIONS,
        SUBSIDY_PAYMENTS,
        PROJECT_PAYMENTS,
        PAYMENT_RETURNS,
        LOANS,
        LOAN_FLOWS,
        LOAN_REPAYMENTS,
        INTEREST_SUBSIDIES,
        LOAN_CONFIRMATIONS,
        DIVIDEND_RECEIPTS,
        DIVIDENDS,
        RECEIPTS,
        BANK_STATEMENT,
    )
}
"""The sheets that are taken, by key, in the order of FORMATS, which is the order of reading and of display."""
