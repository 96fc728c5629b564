"""账户: whose account it is (DOMAIN §4 H)."""

from projections.rules.accounts.account_of_an_office import subsidy_onto_the_account_of_an_office
from projections.rules.accounts.holder_of_another_name import paid_to_a_holder_of_another_name
from projections.rules.accounts.one_card_for_several import one_card_for_several_payees
from projections.rules.accounts.one_person_many_cards import one_person_on_many_accounts
from projections.rules.accounts.paid_in_cash import cash_where_a_card_is_prescribed
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    one_card_for_several_payees,
    one_person_on_many_accounts,
    paid_to_a_holder_of_another_name,
    subsidy_onto_the_account_of_an_office,
    cash_where_a_card_is_prescribed,
)
