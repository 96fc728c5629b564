"""分红: what the village invested and what households get (DOMAIN §4 L)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
