"""截留: money that passes through other hands and does not arrive whole (DOMAIN §4 D)."""

from projections.rules.interception.collected_by_one import one_hand_for_several_households
from projections.rules.interception.dividend_held import received_and_not_paid_on
from projections.rules.interception.money_held_back import came_in_and_did_not_go_out
from projections.rules.interception.paid_late import paid_a_month_after_it_was_due
from projections.rules.interception.short_payment import less_paid_than_instructed
from projections.rules.interception.stated_less import less_arrived_than_was_paid
from projections.rules.interception.swept_together import gathered_in_one_hand
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    less_paid_than_instructed,
    came_in_and_did_not_go_out,
    paid_a_month_after_it_was_due,
    gathered_in_one_hand,
    less_arrived_than_was_paid,
    received_and_not_paid_on,
    one_hand_for_several_households,
)
