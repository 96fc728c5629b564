"""分红: what the village invested and what households get (DOMAIN §4 L)."""

from projections.rules.dividends.below_the_guarantee import paid_below_the_guarantee
from projections.rules.dividends.fixed_like_interest import equal_payments_and_no_profit
from projections.rules.dividends.not_by_shares import shared_out_otherwise_than_by_shares
from projections.rules.dividends.not_paid_by_its_day import no_dividend_a_month_after_its_day
from projections.rules.dividends.principal_at_risk import principal_that_may_not_come_back
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paid_below_the_guarantee,
    no_dividend_a_month_after_its_day,
    shared_out_otherwise_than_by_shares,
    principal_that_may_not_come_back,
    equal_payments_and_no_profit,
)
