"""All families of cases, in the order of DOMAIN §4."""

from bench.quality.accounts import ACCOUNTS
from bench.quality.classes import CLASSES
from bench.quality.coverage import COVERAGE
from bench.quality.dividends import DIVIDENDS
from bench.quality.duplicates import DUPLICATES
from bench.quality.duplicates_across import DUPLICATES_ACROSS
from bench.quality.false_claims import FALSE_CLAIMS
from bench.quality.interception import INTERCEPTION
from bench.quality.label import Family
from bench.quality.loan_terms import LOAN_TERMS
from bench.quality.loans import LOANS
from bench.quality.misappropriation import MISAPPROPRIATION
from bench.quality.notices import NOTICES
from bench.quality.relations import RELATIONS
from bench.quality.splitting import SPLITTING
from bench.quality.statistical import STATISTICAL
from bench.quality.timing import TIMING

FAMILIES: list[Family] = [
    DUPLICATES, DUPLICATES_ACROSS, LOANS, LOAN_TERMS, FALSE_CLAIMS, CLASSES, INTERCEPTION, MISAPPROPRIATION, SPLITTING,
    RELATIONS, ACCOUNTS, NOTICES, TIMING, STATISTICAL, DIVIDENDS, COVERAGE,
]  # fmt: skip
