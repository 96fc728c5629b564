"""The rules, one file each in the folder of its family: a new rule is a file, and a line in its family."""

from projections.rules import (
    accounts,
    conflicts,
    coverage,
    dividends,
    duplicates,
    false_claims,
    interception,
    loans,
    misappropriation,
    notices,
    splitting,
    statistics,
    timing,
)
from projections.rules.rule import Rule

FAMILIES = (
    duplicates,
    loans,
    false_claims,
    interception,
    misappropriation,
    splitting,
    conflicts,
    accounts,
    notices,
    timing,
    statistics,
    dividends,
    coverage,
)
"""In the order of DOMAIN §4."""

RULES: dict[str, Rule] = {
    rule.terms.rule_id: rule
    for rule in sorted((rule for family in FAMILIES for rule in family.RULES), key=lambda rule: rule.terms.rule_id)
}
"""Every rule by its id."""
