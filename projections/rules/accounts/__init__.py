"""账户: whose account it is (DOMAIN §4 H)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
