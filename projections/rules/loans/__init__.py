"""冒名借款、违规用款: loans that another uses than the one who owes them (DOMAIN §4 B)."""

from projections.rules.loans.account_of_another import lent_into_the_account_of_another
from projections.rules.loans.barred_use import loan_for_a_barred_use
from projections.rules.loans.batch_alike import loans_alike_on_one_branch
from projections.rules.loans.common_agent import one_hand_in_several_loans
from projections.rules.loans.common_repayer import one_payer_for_several_borrowers
from projections.rules.loans.denied_loan import loan_that_somebody_denies
from projections.rules.loans.ineligible_borrower import lent_to_somebody_ineligible
from projections.rules.loans.over_the_limit import household_owes_over_the_limit
from projections.rules.loans.overdue_unattended import loan_overdue_and_unattended
from projections.rules.loans.paid_by_the_user import borrowers_paid_by_who_uses_their_loans
from projections.rules.loans.renewed_arrears import renewal_of_what_is_overdue
from projections.rules.loans.shared_account import one_account_for_several_households
from projections.rules.loans.shared_phone import one_phone_for_several_borrowers
from projections.rules.loans.subsidy_of_interest import subsidy_beyond_the_interest
from projections.rules.loans.used_by_another import lent_money_used_by_another
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    one_account_for_several_households,
    one_phone_for_several_borrowers,
    one_hand_in_several_loans,
    one_payer_for_several_borrowers,
    lent_money_used_by_another,
    borrowers_paid_by_who_uses_their_loans,
    lent_to_somebody_ineligible,
    lent_into_the_account_of_another,
    household_owes_over_the_limit,
    loan_that_somebody_denies,
    loans_alike_on_one_branch,
    renewal_of_what_is_overdue,
    subsidy_beyond_the_interest,
    loan_for_a_barred_use,
    loan_overdue_and_unattended,
)
