"""应享未享: whoever is entitled and is not paid (DOMAIN §4 M)."""

from projections.rules.coverage.entitled_and_not_paid import due_and_not_paid
from projections.rules.coverage.never_drawn import no_sample_drew_from_it
from projections.rules.coverage.stopped_without_a_word import paid_before_and_not_since
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    due_and_not_paid,
    paid_before_and_not_since,
    no_sample_drew_from_it,
)
