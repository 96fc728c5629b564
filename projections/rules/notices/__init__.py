"""公告公示: what must hang before money moves (DOMAIN §4 I)."""

from projections.rules.notices.not_announced import approved_or_accepted_without_a_notice
from projections.rules.notices.notice_too_short import paid_on_a_notice_that_hung_too_short
from projections.rules.notices.paid_despite_objection import paid_while_an_objection_was_open
from projections.rules.notices.paid_otherwise_than_announced import paid_otherwise_than_announced
from projections.rules.notices.paid_without_notice import paid_before_any_notice_matured
from projections.rules.notices.personal_data_shown import shown_whole_on_a_notice
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paid_before_any_notice_matured,
    paid_on_a_notice_that_hung_too_short,
    paid_otherwise_than_announced,
    paid_while_an_objection_was_open,
    approved_or_accepted_without_a_notice,
    shown_whole_on_a_notice,
)
