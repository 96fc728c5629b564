"""虚报冒领: money for a need that was not there (DOMAIN §4 C)."""

from projections.rules.false_claims.paid_after_death import paid_for_after_a_death
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (paid_for_after_a_death,)
