"""截留: money that passes through other hands and does not arrive whole (DOMAIN §4 D)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
