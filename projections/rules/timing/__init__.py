"""滞留与时序: money that lies idle, or moves at odd times (DOMAIN §4 J)."""

from projections.rules.rule import Rule
from projections.rules.timing.behind_the_curve import spent_behind_the_curve
from projections.rules.timing.lies_idle import arrived_and_not_spent
from projections.rules.timing.not_broken_down import arrived_and_not_broken_down
from projections.rules.timing.rush_at_year_end import paid_in_a_rush

RULES: tuple[Rule, ...] = (
    arrived_and_not_broken_down,
    arrived_and_not_spent,
    paid_in_a_rush,
    spent_behind_the_curve,
)
