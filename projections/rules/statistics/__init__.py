"""统计: figures that honest money seldom gives; context, never above yellow (DOMAIN §4 K)."""

from projections.rules.rule import Rule
from projections.rules.statistics.accounts_in_a_row import equal_amounts_to_accounts_in_a_row
from projections.rules.statistics.first_digits import digits_of_amounts
from projections.rules.statistics.outliers import claims_and_what_they_come_to
from projections.rules.statistics.round_amounts import round_amounts_by_village
from projections.rules.statistics.villages_apart import people_paid_by_village

RULES: tuple[Rule, ...] = (
    digits_of_amounts,
    round_amounts_by_village,
    claims_and_what_they_come_to,
    equal_amounts_to_accounts_in_a_row,
    people_paid_by_village,
)
