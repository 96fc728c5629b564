"""重复领取: the same need is paid for twice (DOMAIN §4 A)."""

from projections.rules.duplicates.equal_amounts_soon import same_amount_again_soon
from projections.rules.duplicates.exclusive_programmes import paid_under_exclusive_programmes
from projections.rules.duplicates.household_paid_twice import household_paid_to_several_members
from projections.rules.duplicates.near_identical_number import one_name_and_nearly_one_number
from projections.rules.duplicates.same_person_programme_period import more_claims_than_one_period_allows
from projections.rules.duplicates.two_generations_of_number import one_person_under_two_numbers
from projections.rules.duplicates.two_villages import paid_or_listed_in_two_villages
from projections.rules.duplicates.voucher_used_again import one_voucher_for_several_payments
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    more_claims_than_one_period_allows,
    one_person_under_two_numbers,
    one_name_and_nearly_one_number,
    household_paid_to_several_members,
    paid_under_exclusive_programmes,
    paid_or_listed_in_two_villages,
    one_voucher_for_several_payments,
    same_amount_again_soon,
)
