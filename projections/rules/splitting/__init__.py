"""拆分与权限: limits evaded, duties not kept apart, a book that does not agree (DOMAIN §4 F)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
