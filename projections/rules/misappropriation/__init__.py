"""挪用: earmarked money goes elsewhere (DOMAIN §4 E)."""

from projections.rules.misappropriation.barred_purpose import paid_for_a_barred_purpose
from projections.rules.misappropriation.change_without_approval import changed_since_entry
from projections.rules.misappropriation.more_than_approved import paid_more_than_approved
from projections.rules.misappropriation.paid_before_acceptance import most_paid_before_acceptance
from projections.rules.misappropriation.paid_off_library import paid_before_the_library_approved
from projections.rules.misappropriation.purpose_outside_the_earmark import paid_outside_the_earmark
from projections.rules.misappropriation.unexplained_funding import paid_without_instruction
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paid_outside_the_earmark,
    paid_before_the_library_approved,
    paid_for_a_barred_purpose,
    paid_more_than_approved,
    paid_without_instruction,
    most_paid_before_acceptance,
    changed_since_entry,
)
