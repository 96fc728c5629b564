"""滞留与时序: money that lies idle, or moves at odd times (DOMAIN §4 J)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
