"""统计: figures that honest money seldom gives; context, never above yellow (DOMAIN §4 K)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
