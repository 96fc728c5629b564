"""冒名借款、违规用款: loans that another uses than the one who owes them (DOMAIN §4 B)."""

from projections.rules.loans.shared_account import one_account_for_several_households
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (one_account_for_several_households,)
