"""应享未享: whoever is entitled and is not paid (DOMAIN §4 M)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
