"""公告公示: what must hang before money moves (DOMAIN §4 I)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
