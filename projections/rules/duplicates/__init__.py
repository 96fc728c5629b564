"""重复领取: the same need is paid for twice (DOMAIN §4 A)."""

from projections.rules.duplicates.same_person_programme_period import more_claims_than_one_period_allows
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (more_claims_than_one_period_allows,)
