"""挪用: earmarked money goes elsewhere (DOMAIN §4 E)."""

from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
