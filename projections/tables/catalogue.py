"""Every table, and in which order a batch of each book goes into them: a new sheet's table is one line here."""

from collections.abc import Callable

from domain.event import BookName
from projections.batch import Batch
from projections.tables.alerts import ALERT_ANCHORS, ALERT_EVIDENCE, ALERT_SUBJECTS, ALERTS, keep_alerts
from projections.tables.allocations import ALLOCATIONS
from projections.tables.bank import BANK_LINES
from projections.tables.by_hand import keep_days_by_hand
from projections.tables.claim_ends import CLAIM_ENDS
from projections.tables.claims import CLAIMS, derive_claims
from projections.tables.commitments import FUND_COMMITMENTS, INSTRUCTION_WITHDRAWALS
from projections.tables.contracts import CONTRACTS
from projections.tables.dividends import (
    ASSET_CONTRACTS,
    DIVIDEND_RECEIPTS,
    DIVIDENDS,
    PRINCIPAL_RETURNS,
    PROFIT_REPORTS,
    SHARES,
    derive_dividends,
)
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.fact_table import METADATA, FactTable
from projections.tables.hands import HANDS, keep_hands
from projections.tables.imports import IMPORTS, IMPORTS_BEGUN, PACKAGES
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.loans import (
    INTEREST_SUBSIDIES,
    LOAN_CONFIRMATIONS,
    LOAN_MOVEMENTS,
    LOAN_REPAYMENTS,
    LOAN_STATEMENTS,
    LOANS,
    derive_loans,
)
from projections.tables.notices import NOTICE_LINES, NOTICES, derive_notices
from projections.tables.objections import OBJECTIONS
from projections.tables.organisations import ACCOUNTS, STAFF
from projections.tables.payment_lines import derive_payment_lines
from projections.tables.payments import PAYMENTS, derive_payments
from projections.tables.persons import PERSONS_MAY_BE_ONE
from projections.tables.places import PLACES
from projections.tables.programmes import PROGRAMME_RATES, PROGRAMMES
from projections.tables.projects import PROJECTS, derive_projects
from projections.tables.receipts import RECEIPTS
from projections.tables.relations import RELATIONS
from projections.tables.returns import PAYMENT_RETURNS
from projections.tables.roster import DEATHS, GUARDIANS, PAYROLL, ROSTER_SPANS
from projections.tables.supervision import (
    REVEALS,
    RULE_PACKS,
    SPOT_CHECK_RANDOMNESS,
    SPOT_CHECK_SAMPLES,
    SPOT_CHECKS,
    VERIFICATION_FINDINGS,
)
from projections.tables.training import TRAINING, TRAINING_CLASSES

__all__ = [
    "ALERT_ANCHORS",
    "ALERT_EVIDENCE",
    "ALERT_SUBJECTS",
    "DERIVATIONS",
    "FACT_TABLES",
    "HANDS",
    "KEPT",
    "METADATA",
]

FACT_TABLES: dict[str, FactTable] = {
    facts.name: facts
    for facts in (
        PAYMENTS,
        CLAIMS,
        ALLOCATIONS,
        INSTRUCTIONS,
        LOANS,
        LOAN_MOVEMENTS,
        LOAN_REPAYMENTS,
        LOAN_CONFIRMATIONS,
        INTEREST_SUBSIDIES,
        ASSET_CONTRACTS,
        SHARES,
        PROFIT_REPORTS,
        DIVIDEND_RECEIPTS,
        DIVIDENDS,
        ROSTER_SPANS,
        GUARDIANS,
        DEATHS,
        PAYROLL,
        RELATIONS,
        STAFF,
        PROGRAMMES,
        PROGRAMME_RATES,
        APPROVAL_LIMITS,
        ENTITLEMENTS,
        PROJECTS,
        CONTRACTS,
        NOTICES,
        NOTICE_LINES,
        OBJECTIONS,
        RECEIPTS,
        BANK_LINES,
        ACCOUNTS,
        PLACES,
        TRAINING_CLASSES,
        TRAINING,
        PAYMENT_RETURNS,
        PERSONS_MAY_BE_ONE,
        FUND_COMMITMENTS,
        INSTRUCTION_WITHDRAWALS,
        PRINCIPAL_RETURNS,
        CLAIM_ENDS,
        LOAN_STATEMENTS,
        PACKAGES,
        IMPORTS_BEGUN,
        IMPORTS,
        ALERTS,
        SPOT_CHECKS,
        SPOT_CHECK_RANDOMNESS,
        SPOT_CHECK_SAMPLES,
        REVEALS,
        RULE_PACKS,
        VERIFICATION_FINDINGS,
    )
}
"""By name, in the order of OUTPUTS §6; those that `facts` does not list come last."""

KEPT: dict[BookName, tuple[FactTable, ...]] = {
    book: tuple(
        facts
        for facts in FACT_TABLES.values()
        if any(event.BOOK is book for event in facts.events) and facts is not ALERTS
    )
    for book in BookName
}
"""The tables that keep a book's events as they come."""

DERIVATIONS: dict[BookName, tuple[Callable[[Batch], None], ...]] = {
    BookName.MONEY: (
        keep_days_by_hand,
        keep_hands,
        derive_loans,
        derive_payments,
        derive_payment_lines,
        derive_claims,
        derive_dividends,
        derive_projects,
        derive_notices,
    ),
    BookName.SUPERVISION: (keep_alerts,),
}
"""What is worked out once a batch's rows are in; each step may read what those before it wrote."""
