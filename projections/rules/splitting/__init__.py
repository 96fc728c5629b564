"""拆分与权限: limits evaded, duties not kept apart, a book that does not agree (DOMAIN §4 F)."""

from projections.rules.rule import Rule
from projections.rules.splitting.backdated import entered_long_after_it_was_made
from projections.rules.splitting.bank_mismatch import bank_and_ledger_disagree
from projections.rules.splitting.bunched_below_a_limit import gathered_just_below_a_limit
from projections.rules.splitting.one_hand import one_hand_did_two_duties
from projections.rules.splitting.out_of_order import happened_against_how_the_claim_stood
from projections.rules.splitting.over_the_own_limit import approved_over_the_own_limit
from projections.rules.splitting.reversal_abuse import reversed_too_often_or_for_another
from projections.rules.splitting.self_dealing import handled_the_money_of_the_own_family
from projections.rules.splitting.split_below_a_limit import split_to_stay_below_a_limit

RULES: tuple[Rule, ...] = (
    split_to_stay_below_a_limit,
    gathered_just_below_a_limit,
    one_hand_did_two_duties,
    handled_the_money_of_the_own_family,
    approved_over_the_own_limit,
    bank_and_ledger_disagree,
    entered_long_after_it_was_made,
    happened_against_how_the_claim_stood,
    reversed_too_often_or_for_another,
)
