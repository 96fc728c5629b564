"""虚报冒领: money for a need that was not there (DOMAIN §4 C)."""

from projections.rules.false_claims.above_standard import paid_above_the_standard
from projections.rules.false_claims.bad_numbers_gathered import bad_numbers_of_one_preparer
from projections.rules.false_claims.class_made_up import class_that_looks_made_up
from projections.rules.false_claims.ghost_payee import payee_whom_nobody_has_seen
from projections.rules.false_claims.on_the_payroll import paid_while_on_the_payroll
from projections.rules.false_claims.overlapping_training import signed_in_to_two_classes_at_once
from projections.rules.false_claims.paid_after_death import paid_for_after_a_death
from projections.rules.false_claims.paid_after_exit import paid_for_after_an_exit
from projections.rules.false_claims.paid_off_the_lists import paid_off_the_lists
from projections.rules.false_claims.repeated_training import trained_again_for_one_skill
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paid_for_after_a_death,
    paid_for_after_an_exit,
    paid_off_the_lists,
    payee_whom_nobody_has_seen,
    signed_in_to_two_classes_at_once,
    trained_again_for_one_skill,
    class_that_looks_made_up,
    paid_while_on_the_payroll,
    bad_numbers_of_one_preparer,
    paid_above_the_standard,
)
