"""优亲厚友 and 关联: relatives, linked suppliers, concentration (DOMAIN §4 G)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
